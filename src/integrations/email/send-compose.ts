// A mail as the bytes that go over the wire. The body is the package's; the head is ours but for what names addresses
// and mails: the package would encode every value with a quote in it, and spell names its own way.
import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeWord, encodeWords, foldLines } from 'nodemailer/lib/mime-funcs';
import type { MailAddress } from './address.ts';
import type { Mail, MailHeader } from './request.ts';

/** RFC 2046 allows a boundary 70 characters, some of which the package takes for itself. */
const LONGEST_BOUNDARY = 48;

/** With the same Message-ID and boundary whenever it is composed: a mail that comes twice is the same mail. */
export async function compose(mail: Mail, bodies: Pick<Mail, 'text' | 'html'>): Promise<Buffer> {
  const { text, html } = bodies;
  const composer = new MailComposer({
    text,
    html,
    baseBoundary: mail.progress.key.slice(0, LONGEST_BOUNDARY),
    textEncoding: 'quoted-printable',
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = composer.compile();
  const built = await message.build();
  const end = built.indexOf('\r\n\r\n');
  const ofBody = headerLines(built.toString('latin1', 0, end)).filter((line) => /^(?:MIME|Content)-/.test(line));
  const ours = mail.headers.flatMap(({ name, value }) => {
    // To be read by nobody.
    if (name === 'Bcc') return [];
    const encoded = PACKAGES.test(name) ? message.encodeHeaderValue(name, copied(value)) : encodedValue(value);
    return encoded === '' ? [] : [foldLines(`${name}: ${encoded}`, 76)];
  });
  return Buffer.concat([Buffer.from([...ours, ...ofBody].join('\r\n')), built.subarray(end)]);
}

const headerLines = (head: string): readonly string[] => head.split(/\r\n(?![ \t])/);

const PACKAGES = /^(?:From|Sender|To|Cc|Reply-To|Message-Id|In-Reply-To|References)$/;

/** The package writes into what it is given. */
const copied = (value: MailHeader['value']): string | MailAddress[] =>
  typeof value === 'string' ? value : value.map((address) => ({ ...address }));

const encodedValue = (value: MailHeader['value']): string =>
  typeof value === 'string' ? encodedText(value) : value.map(encodedList).join(', ');

/** RFC 2919 wants the id as it is; RFC 2047 wants no encoded word within quotes. */
const encodedList = ({ name, address }: MailAddress): string =>
  `${isPlain(name) && !name.includes('=?') ? `"${name}"` : encodeWord(name, 'Q', 52)} <${address}>`;

/** As upstream: what is printable stays as it is. Encoded words of the user's do, too. */
const encodedText = (text: string): string =>
  isPlain(text) ? (text.includes('=?') ? encodeWords(text, 'Q', 52, true) : text) : encodeWord(text, 'Q', 52);

/** A line of nothing but spaces would end the head for some. */
const isPlain = (text: string): boolean => /^[ -~]*$/.test(text) && !/ {60}/.test(text);
