// Go's quoting of text, which is not JSON's: control characters, unprintable runes and escapes differ. It shows
// in label-set texts, group keys, matcher texts and upstream's error messages, so it is exact.

const PLAIN = /^[ !#-[\]-~]*$/;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const NAMED: ReadonlyMap<number, string> = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
]);

/** `strconv.Quote`. A lone surrogate, which UTF-8 cannot hold, reads as U+FFFD. */
export function goQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text.toWellFormed()) out += escapePoint(char.codePointAt(0)!, '"');
  return `${out}"`;
}

/** Letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(point: number): boolean {
  if (point < 0x7f) return point >= 0x20;
  return point <= 0x10ffff && PRINTABLE.test(String.fromCodePoint(point));
}

/** One character inside quotes; `ascii` leaves nothing else as it is. */
export function escapePoint(point: number, delimiter: '"' | "'", ascii = false): string {
  const char = String.fromCodePoint(point);
  if (char === delimiter || char === '\\') return `\\${char}`;
  if (isPrintable(point) && (!ascii || point < 0x80)) return char;
  const named = NAMED.get(point);
  if (named !== undefined) return named;
  if (point < 0x20 || point === 0x7f) return escapeByte(point);
  const hex = point.toString(16);
  return point < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

export const escapeByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** `strconv.Unquote` of a double-quoted text, its quotes included; null when Go would refuse it. */
export function goUnquote(quoted: string): string | null {
  const bytes = unquoteBytes(quoted);
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // byte escapes that are not UTF-8
  }
}

/** The same as Go holds it: escapes may spell any byte. */
export function unquoteBytes(quoted: string): Uint8Array | null {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return null;
  const body = quoted.slice(1, -1);
  if (body.includes('\n')) return null;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let i = 0; i < body.length;) {
    const end = body.indexOf('\\', i);
    const literal = end === -1 ? body.slice(i) : body.slice(i, end);
    if (literal.includes('"')) return null;
    for (const byte of encoder.encode(literal)) bytes.push(byte);
    if (end === -1) break;
    const escape = readEscape(body, end + 1, '"');
    if (escape === null) return null;
    if (escape.isByte) bytes.push(escape.code);
    else for (const byte of encoder.encode(String.fromCodePoint(escape.code))) bytes.push(byte);
    i = escape.end;
  }
  return Uint8Array.from(bytes);
}

interface Escape {
  readonly code: number;
  /** `\x` and octal escapes are bytes; the others are characters. */
  readonly isByte: boolean;
  readonly end: number;
}

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** What stands behind a backslash; of the two quotes only the one that delimits may be escaped. */
export function readEscape(body: string, at: number, delimiter: '"' | "'"): Escape | null {
  const kind = body.charAt(at);
  if (kind === delimiter) return { code: kind.charCodeAt(0), isByte: false, end: at + 1 };
  const simple = SIMPLE[kind];
  if (simple !== undefined) return { code: simple, isByte: false, end: at + 1 };
  const width = HEX_DIGITS[kind];
  if (width !== undefined) {
    const digits = body.slice(at + 1, at + 1 + width);
    if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return null;
    const code = Number.parseInt(digits, 16);
    if (kind !== 'x' && (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))) return null;
    return { code, isByte: kind === 'x', end: at + 1 + width };
  }
  const octal = body.slice(at, at + 3);
  if (!/^[0-3][0-7]{2}$/.test(octal)) return null;
  return { code: Number.parseInt(octal, 8), isByte: true, end: at + 3 };
}
