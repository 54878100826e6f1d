// A mail as the bytes that go over the wire.
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Mail } from './request.ts';

/** With the same Message-ID and boundary whenever it is composed: a mail that comes twice is the same mail. */
export function compose(mail: Mail, bodies: Pick<Mail, 'text' | 'html'>): Promise<Buffer> {
  const { text, html } = bodies;
  const composer = new MailComposer({
    text,
    html,
    baseBoundary: mail.progress.key,
    textEncoding: 'quoted-printable',
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = composer.compile();
  for (const { name, value } of mail.headers) {
    message.setHeader(name, typeof value === 'string' ? value : value.map((address) => ({ ...address })));
  }
  return message.build();
}
