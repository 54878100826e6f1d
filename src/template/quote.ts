// Go's quoted strings beyond what model/go-quote.ts has: stray bytes, ASCII only, character constants, raw
// strings. Mirrors strconv.Quote, QuoteToASCII, QuoteRune, Unquote.
import { escapeByte, escapePoint, goQuote, readEscape, unquoteBytes } from '../model/go-quote.ts';
import { fromBytes, isLoneSurrogate, loneByte } from './bytes.ts';

export function quote(text: string, ascii = false): string {
  if (!ascii && text.isWellFormed()) return goQuote(text);
  let out = '"';
  for (const char of text) {
    const point = char.codePointAt(0)!;
    const byte = loneByte(point);
    out += byte >= 0 ? escapeByte(byte) : escapePoint(point, '"', ascii);
  }
  return `${out}"`;
}

export function quoteRune(point: number, ascii = false): string {
  const valid = point >= 0 && point <= 0x10ffff && !isLoneSurrogate(point);
  return `'${escapePoint(valid ? point : 0xfffd, "'", ascii)}'`;
}

export const canBackquote = (text: string): boolean =>
  text.isWellFormed() && !/[\x00-\x08\x0a-\x1f\x7f`\ufeff]/.test(text);

/** The text of a quoted string or raw string, null when the quoting is wrong. */
export function unquote(quoted: string): string | null {
  if (quoted.startsWith('`')) return unquoteRaw(quoted);
  // Without escapes there is nothing to undo, and stray bytes stay what they are.
  const plain = /^"([^"\\\n]*)"$/.exec(quoted);
  if (plain !== null) return plain[1]!;
  const bytes = unquoteBytes(quoted);
  return bytes === null ? null : fromBytes(bytes);
}

function unquoteRaw(quoted: string): string | null {
  const body = /^`([^`]*)`$/.exec(quoted)?.[1];
  return body === undefined ? null : body.replaceAll('\r', '');
}

/** The code point of a character constant, or Go's complaint. */
export function unquoteChar(quoted: string): { readonly point: number } | { readonly error: string } {
  const first = firstChar(quoted);
  if (first === null) return { error: 'invalid syntax' };
  if (quoted.slice(first.end) !== "'") return { error: `malformed character constant: ${quoted}` };
  return { point: first.point };
}

function firstChar(quoted: string): { readonly point: number; readonly end: number } | null {
  const point = quoted.codePointAt(1);
  if (point === undefined || quoted[1] === "'") return null;
  if (quoted[1] !== '\\') return { point, end: point > 0xffff ? 3 : 2 };
  const escape = readEscape(quoted, 2, "'");
  return escape === null ? null : { point: escape.code, end: escape.end };
}
