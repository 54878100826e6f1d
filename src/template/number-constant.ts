// A number as written in a template is of no type yet: it is every type that can hold it, and the place it is
// used in decides. Mirrors Go's ideal constants.
import { quote, unquoteChar } from './quote.ts';

export interface NumberConstant {
  readonly int: bigint | null;
  readonly uint: bigint | null;
  readonly float: number | null;
  readonly complex: { readonly re: number; readonly im: number } | null;
}

export type ParsedNumber =
  | { readonly ok: true; readonly constant: NumberConstant }
  | { readonly ok: false; readonly message: string };

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

export function parseNumber(text: string): ParsedNumber {
  if (text.endsWith('i')) {
    const im = parseFloatText(text.slice(0, -1));
    if (im !== null) return complexConstant(0, im);
  }
  const whole = parseIntText(text);
  const int = whole !== null && whole >= INT_MIN && whole <= INT_MAX ? whole : null;
  // A sign is no part of an unsigned number, -0 apart.
  const signed = /^[-+]/.test(text);
  const uint = whole !== null && whole <= UINT_MAX && (!signed || whole === 0n) ? whole : null;
  if (int !== null || uint !== null) {
    return { ok: true, constant: { int, uint, float: Number(int ?? uint), complex: null } };
  }
  const float = parseFloatText(text);
  if (float === null || !Number.isFinite(float)) return { ok: false, message: `illegal number syntax: ${quote(text)}` };
  if (!/[.eEpP]/.test(text)) return { ok: false, message: `integer overflow: ${quote(text)}` };
  return { ok: true, constant: { ...integersIn(float), float, complex: null } };
}

export function parseComplex(text: string): ParsedNumber {
  const split = /^(.*[^eEpP])([-+][^-+]*|[-+].*[eEpP][-+].*)i$/.exec(text);
  const re = split === null ? null : parseFloatText(split[1]!);
  const im = split === null ? null : parseFloatText(split[2]!);
  if (re === null || im === null) return { ok: false, message: 'syntax error scanning complex number' };
  return complexConstant(re, im);
}

export function parseCharConstant(text: string): ParsedNumber {
  const parsed = unquoteChar(text);
  if ('error' in parsed) return { ok: false, message: parsed.error };
  const int = BigInt(parsed.point);
  return { ok: true, constant: { int, uint: int, float: parsed.point, complex: null } };
}

function complexConstant(re: number, im: number): ParsedNumber {
  const simple = im === 0 ? { ...integersIn(re), float: re } : { int: null, uint: null, float: null };
  return { ok: true, constant: { ...simple, complex: { re, im } } };
}

function integersIn(float: number): { readonly int: bigint | null; readonly uint: bigint | null } {
  const whole = Number.isInteger(float) ? BigInt(float) : null;
  return {
    int: whole !== null && whole >= INT_MIN && whole <= INT_MAX ? whole : null,
    uint: whole !== null && whole >= 0n && whole <= UINT_MAX ? whole : null,
  };
}

/** Underscores may only stand between digits, or after a base prefix. */
function underscoresOk(text: string): boolean {
  const [, prefix = '', body = ''] = /^[-+]?(0[xXoObB])?(.*)$/.exec(text)!;
  const digit = /^0[xX]/.test(prefix) ? '[0-9a-fA-F]' : '[0-9]';
  const checked = prefix === '' ? body : `0${body}`;
  return !new RegExp(`(?<!${digit})_|_(?!${digit})`).test(checked);
}

/** Decimal, 0x, 0o, 0b, and the old octal with a leading zero. */
function parseIntText(text: string): bigint | null {
  if (text.includes('_') && !underscoresOk(text)) return null;
  const shape = /^([-+]?)(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|0[0-7_]*|[1-9][0-9_]*)$/.exec(text);
  if (shape === null) return null;
  const digits = shape[2]!.replaceAll('_', '');
  const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return shape[1] === '-' ? -magnitude : magnitude;
}

/** Go's ParseFloat without the words (Inf, NaN); null when the syntax is wrong. */
export function parseFloatText(text: string): number | null {
  if (text.includes('_') && !underscoresOk(text)) return null;
  const plain = text.replaceAll('_', '');
  if (/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(plain)) return Number(plain);
  const shape = /^([-+]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?[0-9]{1,9})$/.exec(plain);
  if (shape === null || shape[2]! + shape[3]! === '') return null;
  const magnitude = hexFloat(shape[2]! + shape[3]!, Number(shape[4]) - 4 * shape[3]!.length);
  return shape[1] === '-' ? -magnitude : magnitude;
}

/** digits · 2^exponent, rounded to even once. */
function hexFloat(digits: string, exponent: number): number {
  const mantissa = BigInt(`0x${digits}`);
  if (mantissa === 0n || exponent < -5000) return 0;
  if (exponent > 5000) return Infinity;
  if (exponent >= 0) return Number(mantissa << BigInt(exponent));
  // m / 2^k as a decimal is exact, and Number() rounds a decimal once.
  const k = BigInt(-exponent);
  return Number(`${mantissa * 5n ** k}e${exponent}`);
}
