// Mail addresses out of the text of `to`, `from` and `reply_to`, as RFC 5322 writes lists: `Ops <ops@example.org>,
// "Doe, Jane" <jane@example.org>`. Stricter than the standard where its freedom has fooled mail programs: no quoted
// local parts, no groups, no control characters. One address that is none does not take the others along.
import { domainToASCII } from 'node:url';
import { goQuote } from '../../model/go-quote.ts';

export interface MailAddress {
  /** '' when there is none. */
  readonly name: string;
  /** With the domain as DNS spells it. */
  readonly address: string;
}

export interface AddressList {
  readonly addresses: readonly MailAddress[];
  /** What is wrong with the others. */
  readonly faults: readonly string[];
}

export function parseAddressList(text: string): AddressList {
  const addresses = new Map<string, MailAddress>();
  const faults: string[] = [];
  for (const piece of pieces(text)) {
    const parsed = parseAddress(piece);
    if (parsed === null) faults.push(`${goQuote(piece.slice(0, LONGEST_SHOWN).toWellFormed())} is no mail address`);
    else if (!addresses.has(parsed.address)) addresses.set(parsed.address, parsed);
  }
  return { addresses: [...addresses.values()], faults };
}

const LONGEST_SHOWN = 100;

/** Between commas that stand in no quotes, brackets or comment. */
function pieces(text: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  let [inQuotes, inAngle, comments] = [false, false, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\' && (inQuotes || comments > 0)) at++;
    else if (char === '"' && comments === 0) inQuotes = !inQuotes;
    else if (inQuotes) continue;
    else if (char === '(') comments++;
    else if (char === ')') comments = Math.max(0, comments - 1);
    else if (comments > 0) continue;
    else if (char === '<') inAngle = true;
    else if (char === '>') inAngle = false;
    else if (char === ',' && !inAngle) {
      found.push(text.slice(start, at));
      start = at + 1;
    }
  }
  found.push(text.slice(start));
  return found.map((piece) => piece.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')).filter((piece) => piece !== '');
}

function parseAddress(piece: string): MailAddress | null {
  if (/\p{Cc}/u.test(piece)) return null;
  const angle = /^(?<name>(?:[^<>"]|"(?:[^"\\]|\\.)*")*)<(?<address>[^<>]*)>$/su.exec(piece)?.groups;
  const comment = /^(?<address>[^<>"() ]+) *\((?<name>[^()\\]*)\)$/u.exec(piece)?.groups;
  const { name = '', address = piece } = angle ?? comment ?? {};
  const spelled = addressOf(address.trim());
  const display = angle === undefined ? name.trim() : phraseOf(name);
  return spelled === null || display === null ? null : { name: display, address: spelled };
}

/** null when it could be read in two ways. */
function phraseOf(text: string): string | null {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/gsu, '').replace(/\([^()]*\)/gu, '');
  if (/[<>@,;:"()\\[\]]/u.test(bare)) return null;
  return text
    .replace(/"((?:[^"\\]|\\.)*)"/gsu, (_all, inner: string) => inner.replace(/\\(.)/gsu, '$1'))
    .replace(/ +/g, ' ')
    .trim();
}

const ATOM = "[\\p{L}\\p{N}\\p{M}\\p{So}!#$%&'*+/=?^_`{|}~-]+";
const LOCAL = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, 'u');
const DOMAIN = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i;
const LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]+)\]$/i;

function addressOf(text: string): string | null {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || !LOCAL.test(local) || new TextEncoder().encode(local).length > 64) return null;
  if (LITERAL.test(domain)) return `${local}@${domain}`;
  // The conversion would read more than letters: percent signs, full-width dots.
  const isForeign = /^[\p{L}\p{N}\p{M}._-]+$/u.test(domain) && /[^\0-\x7f]/.test(domain);
  const ascii = isForeign ? domainToASCII(domain) : domain;
  return DOMAIN.test(ascii) && ascii.length <= 253 ? `${local}@${ascii}` : null;
}
