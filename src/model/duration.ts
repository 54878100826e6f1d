// Durations as text, in the two notations the files use: Prometheus' (`1h30m`, whole numbers, units from big to
// small) and Go's (`1.5s`, fractions, up to hours). Both stop where Go's 64-bit nanoseconds do, at about 292
// years; the error texts are upstream's.
import { goQuote } from './go-quote.ts';
import type { DurationMs } from './time.ts';

export type ParsedDuration =
  | { readonly ok: true; readonly ms: DurationMs }
  | { readonly ok: false; readonly message: string };

const DAY = 86_400_000;
/** From big to small: the order a text must keep. */
const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 365 * DAY],
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];
const LONGEST_MS = 9_223_372_036_854;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Prometheus' notation: `1h30m`, `500ms`, `0`. */
export function parseDuration(text: string): ParsedDuration {
  if (text === '0') return { ok: true, ms: 0 };
  if (text === '') return fail('empty duration string');
  const invalid = fail(`not a valid duration string: ${goQuote(text)}`);
  const part = /([0-9]+)([^0-9]*)/y;
  let ms = 0;
  let last = -1;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return invalid;
    const digits = match[1]!;
    const unit = match[2]!;
    if (digits.length > 20 || BigInt(digits) > MAX_UINT64 || unit === '') return invalid;
    const index = UNITS.findIndex(([name]) => name === unit);
    if (index === -1) return fail(`unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`);
    if (index <= last) return invalid;
    last = index;
    ms += Number(digits) * UNITS[index]![1];
    if (ms > LONGEST_MS) return fail('duration out of range');
  }
  return { ok: true, ms };
}

/** As Prometheus prints: `1h30m`, `4h`, `0s`; years and weeks only when nothing is left over. */
export function printDuration(ms: DurationMs): string {
  let rest = Math.trunc(Math.abs(ms));
  if (rest === 0) return '0s';
  let out = ms < 0 ? '-' : '';
  for (const [unit, size] of UNITS) {
    if ((unit === 'y' || unit === 'w') && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count > 0) out += `${count}${unit}`;
    rest -= count * size;
  }
  return out;
}

const GO_UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n, // U+00B5, micro sign
  μs: 1000n, // U+03BC, Greek letter mu
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const MAX_INT64 = 2n ** 63n;

/**
 * Go's notation: `1.5s`, `-2m`, `1h0.5m`. YAML and JSON give Go's durations a bare whole number too, which
 * counts nanoseconds; flags do not. The result may be a fraction of a millisecond.
 */
export function parseGoDuration(text: string, bareNumber: 'nanoseconds' | 'refused' = 'refused'): ParsedDuration {
  const invalid = fail(`time: invalid duration ${quoteBytes(text)}`);
  if (text.length > 1000) return fail('time: invalid duration: longer than 1000 characters');
  if (bareNumber === 'nanoseconds' && /^[-+]?[0-9]+$/.test(text))
    return fromNanoseconds(BigInt(text.replace('+', '')), invalid);
  const sign = text.startsWith('-') ? -1n : 1n;
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  if (body === '0') return { ok: true, ms: 0 };
  if (body === '') return invalid;
  const part = /(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))([^0-9.]*)/y;
  let ns = 0n;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (match === null) return invalid;
    const unit = match[4]!;
    if (unit === '') return fail(`time: missing unit in duration ${quoteBytes(text)}`);
    const size = Object.hasOwn(GO_UNITS, unit) ? GO_UNITS[unit]! : null;
    if (size === null) return fail(`time: unknown unit ${quoteBytes(unit)} in duration ${quoteBytes(text)}`);
    const fraction = match[2] ?? match[3] ?? '';
    ns += BigInt(match[1] ?? 0) * size + (BigInt(fraction || 0) * size) / 10n ** BigInt(fraction.length);
  }
  return fromNanoseconds(sign * ns, invalid);
}

/** As Go prints: `1.5s`, `4h0m0s`, `250ms`, `0s`. */
export function printGoDuration(ms: DurationMs): string {
  const whole = Math.trunc(ms);
  return printGoNanoseconds(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)));
}

/** The same, of nanoseconds. */
export function printGoNanoseconds(signed: bigint): string {
  if (signed === 0n) return '0s';
  const sign = signed < 0n ? '-' : '';
  const ns = signed < 0n ? -signed : signed;
  if (ns < 1000n) return `${sign}${ns}ns`;
  if (ns < 1_000_000n) return `${sign}${withFraction(ns, 1000n)}µs`;
  if (ns < 1_000_000_000n) return `${sign}${withFraction(ns, 1_000_000n)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${withFraction(ns % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

const fail = (message: string): ParsedDuration => ({ ok: false, message });

function fromNanoseconds(ns: bigint, invalid: ParsedDuration): ParsedDuration {
  return ns >= MAX_INT64 || ns < -MAX_INT64
    ? invalid
    : { ok: true, ms: Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6 };
}

/** Go's durations and times quote in a way of their own: whatever is not plain ASCII, byte by byte. */
export function quoteBytes(text: string): string {
  let out = '';
  for (const byte of new TextEncoder().encode(text)) {
    const char = String.fromCharCode(byte);
    if (byte < 0x20 || byte >= 0x80) out += `\\x${byte.toString(16).padStart(2, '0')}`;
    else out += char === '"' || char === '\\' ? `\\${char}` : char;
  }
  return `"${out}"`;
}

function withFraction(ns: bigint, unit: bigint): string {
  const fraction = String(ns % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(ns / unit) : `${ns / unit}.${fraction}`;
}
