// Go's quoted strings beyond what model/go-quote.ts has: stray bytes, ASCII only, character constants, raw
// strings. Mirrors strconv.Quote, QuoteToASCII, QuoteRune, Unquote.
import { goQuote } from '../model/go-quote.ts';
import { isLoneSurrogate, loneByte, fromBytes } from './bytes.ts';

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(point: number): boolean {
  if (point < 0x7f) return point >= 0x20;
  return point <= 0x10ffff && !isLoneSurrogate(point) && PRINTABLE.test(String.fromCodePoint(point));
}

const SHORT: ReadonlyMap<number, string> = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
]);

export function quote(text: string, ascii = false): string {
  if (!ascii && text.isWellFormed()) return goQuote(text);
  let out = '"';
  for (const char of text) {
    const point = char.codePointAt(0)!;
    const byte = loneByte(point);
    out += byte >= 0 ? `\\x${hex(byte, 2)}` : escapePoint(point, '"', ascii);
  }
  return `${out}"`;
}

export function quoteRune(point: number, ascii = false): string {
  const valid = point >= 0 && point <= 0x10ffff && !isLoneSurrogate(point);
  return `'${escapePoint(valid ? point : 0xfffd, "'", ascii)}'`;
}

export const canBackquote = (text: string): boolean =>
  text.isWellFormed() && !/[\x00-\x08\x0a-\x1f\x7f`\ufeff]/.test(text);

function escapePoint(point: number, delimiter: string, ascii: boolean): string {
  const char = isLoneSurrogate(point) ? '\ufffd' : String.fromCodePoint(point);
  if (char === delimiter || char === '\\') return `\\${char}`;
  if (ascii ? point < 0x80 && isPrintable(point) : isPrintable(point)) return char;
  const short = SHORT.get(point);
  if (short !== undefined) return short;
  if (point < 0x20 || point === 0x7f) return `\\x${hex(point, 2)}`;
  return point < 0x10000 ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`;
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

/** The text of a quoted string or raw string, null when the quoting is wrong. */
export function unquote(quoted: string): string | null {
  const mark = quoted[0];
  if (quoted.length < 2 || quoted.at(-1) !== mark) return null;
  const body = quoted.slice(1, -1);
  if (mark === '`') return body.includes('`') ? null : body.replaceAll('\r', '');
  if (mark !== '"' || body.includes('\n')) return null;
  if (!body.includes('\\')) return body.includes('"') ? null : body;
  const bytes: number[] = [];
  for (let i = 0; i < body.length;) {
    const unit = unquoteUnit(body, i, '"');
    if (unit === null) return null;
    if (unit.byte) bytes.push(unit.point);
    else for (const byte of new TextEncoder().encode(String.fromCodePoint(unit.point))) bytes.push(byte);
    i = unit.next;
  }
  return fromBytes(Uint8Array.from(bytes));
}

/** The code point of a character constant, or Go's complaint. */
export function unquoteChar(quoted: string): { readonly point: number } | { readonly error: string } {
  const unit = unquoteUnit(quoted, 1, "'");
  if (unit === null) return { error: 'invalid syntax' };
  if (quoted.slice(unit.next) !== "'") return { error: `malformed character constant: ${quoted}` };
  return { point: unit.point };
}

interface Unit {
  readonly point: number;
  /** A single byte (\x.., \ooo), not a code point. */
  readonly byte: boolean;
  readonly next: number;
}

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '\\': 92 };
const HEX_WIDTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function unquoteUnit(text: string, at: number, delimiter: string): Unit | null {
  const point = text.codePointAt(at);
  if (point === undefined || text[at] === delimiter) return null;
  if (text[at] !== '\\') return { point, byte: false, next: at + (point > 0xffff ? 2 : 1) };
  const kind = text[at + 1];
  if (kind === undefined) return null;
  if (kind === '"' || kind === "'") {
    return kind === delimiter ? { point: kind.charCodeAt(0), byte: false, next: at + 2 } : null;
  }
  const simple = SIMPLE[kind];
  if (simple !== undefined) return { point: simple, byte: false, next: at + 2 };
  const width = HEX_WIDTH[kind];
  if (width !== undefined) {
    const digits = text.slice(at + 2, at + 2 + width);
    if (digits.length < width || !/^[0-9a-fA-F]+$/.test(digits)) return null;
    const value = Number.parseInt(digits, 16);
    if (kind !== 'x' && (value > 0x10ffff || isLoneSurrogate(value))) return null;
    return { point: value, byte: kind === 'x', next: at + 2 + width };
  }
  const octal = text.slice(at + 1, at + 4);
  if (!/^[0-7]{3}$/.test(octal)) return null;
  const value = Number.parseInt(octal, 8);
  return value > 255 ? null : { point: value, byte: true, next: at + 4 };
}
