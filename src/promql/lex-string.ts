// PromQL's strings: '…', "…" with Go's escapes, and `…` without. Where one ends, and what it says.
import { goQuote } from '../model/go-quote.ts';

const UNTERMINATED = 'unterminated quoted string';
const ESCAPE_WIDTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
/** Nothing to look at: no escape, no line end, no replacement character, no half of a surrogate pair. */
const PLAIN = /[^\\\n"'`\ufffd\ud800-\udfff]*/y;

/** Behind the closing quote of the string that opens at `at`, or what is wrong with it. */
export function stringEnd(text: string, at: number): number | string {
  const quote = text.charAt(at);
  const raw = quote === '`';
  for (let i = at + 1; ;) {
    PLAIN.lastIndex = i;
    PLAIN.test(text);
    i = PLAIN.lastIndex;
    if (i >= text.length) return raw ? 'unterminated raw string' : UNTERMINATED;
    const code = text.codePointAt(i)!;
    const char = text.charAt(i);
    if (char === quote) return i + 1;
    if (code === 0xfffd || (code >= 0xd800 && code <= 0xdfff)) return 'invalid UTF-8 rune';
    if (raw) i += code > 0xffff ? 2 : 1;
    else if (char === '\n') return UNTERMINATED;
    else if (char !== '\\') i += code > 0xffff ? 2 : 1;
    else {
      const escape = readEscape(text, i + 1, quote);
      if (typeof escape === 'string') return escape;
      i = escape.end;
    }
  }
}

/** What a string token says; null when its byte escapes are not UTF-8, which our texts cannot hold. */
export function unquoteString(token: string): string | null {
  const body = token.slice(1, -1);
  if (token.startsWith('`') || !body.includes('\\')) return body;
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (let i = 0; i < body.length;) {
    const backslash = body.indexOf('\\', i);
    parts.push(encoder.encode(backslash === -1 ? body.slice(i) : body.slice(i, backslash)));
    if (backslash === -1) break;
    const escape = readEscape(body, backslash + 1, token.charAt(0));
    if (typeof escape === 'string') return null;
    parts.push(escape.isByte ? Uint8Array.of(escape.code) : encoder.encode(String.fromCodePoint(escape.code)));
    i = escape.end;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    return null;
  }
}

interface Escape {
  readonly code: number;
  /** `\x` and octal escapes are bytes, the others characters. */
  readonly isByte: boolean;
  readonly end: number;
}

function readEscape(text: string, at: number, quote: string): Escape | string {
  const kind = text.charAt(at);
  if (kind === '') return 'escape sequence not terminated';
  if (kind === '\\' || kind === quote) return { code: kind.charCodeAt(0), isByte: false, end: at + 1 };
  const simple = SIMPLE[kind];
  if (simple !== undefined) return { code: simple, isByte: false, end: at + 1 };
  const octal = kind >= '0' && kind <= '7';
  const width = octal ? 3 : ESCAPE_WIDTH[kind];
  if (width === undefined) return `unknown escape sequence ${nameRune(text, at)}`;
  const from = octal ? at : at + 1;
  for (let i = from; i < from + width; i++) {
    const digit = text.charAt(i);
    if (digit === '') return 'escape sequence not terminated';
    if (!(octal ? /[0-7]/ : /[0-9a-fA-F]/).test(digit)) {
      return `illegal character ${nameRune(text, i)} in escape sequence`;
    }
  }
  const code = Number(`${octal ? '0o' : '0x'}${text.slice(from, from + width)}`);
  const isByte = octal || kind === 'x';
  if (code > (isByte ? 0xff : 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) {
    return 'escape sequence is an invalid Unicode code point';
  }
  return { code, isByte, end: from + width };
}

/** As Go quotes a single character: `'x'`, `'\n'`, `'é'`; behind the end of the text it is the replacement one. */
export function quoteRune(text: string, at: number): string {
  const char = runeAt(text, at);
  if (char === "'") return `'\\''`;
  return char === '"' ? `'"'` : `'${goQuote(char).slice(1, -1)}'`;
}

function nameRune(text: string, at: number): string {
  const char = runeAt(text, at);
  const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char) ? `U+${code} '${char}'` : `U+${code}`;
}

const runeAt = (text: string, at: number): string =>
  at < text.length ? String.fromCodePoint(text.codePointAt(at)!).toWellFormed() : '\ufffd';
