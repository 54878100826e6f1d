// Numbers for people: SI and binary prefixes, percentages, durations. Shared by both function sets.
import { floatText } from './float-text.ts';
import { parseFloatText } from './number-constant.ts';
import { quote } from './quote.ts';
import { CallError } from './run.ts';
import { DURATION, inUnits } from './time.ts';
import { Scalar, typeOf, unbox, type Value } from './values.ts';

/** A number, or text that is one, as Prometheus reads it. */
export function toFloat(value: Value): number {
  const inner = unbox(value);
  if (typeof inner === 'number') return inner;
  if (typeof inner === 'bigint') return Number(inner);
  if (typeof inner === 'string') return parseFloat64(inner);
  if (inner instanceof Scalar && typeof inner.value === 'bigint') {
    if (inner.type === DURATION) return inUnits(inner.value, 1_000_000_000n);
    if (/^u?int(?:64)?$/.test(inner.type.name)) return Number(inner.value);
  }
  const type = inner === undefined || inner === null ? '<nil>' : typeOf(inner).name;
  throw new CallError(`can't convert ${type} to float`);
}

/** Go's strconv.ParseFloat, complaints included. */
function parseFloat64(text: string): number {
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(text);
  if (word !== null) {
    if (word[2]!.toLowerCase() !== 'nan') return word[1] === '-' ? -Infinity : Infinity;
    if (word[1] === '') return Number.NaN;
  }
  const value = parseFloatText(text);
  if (value === null) throw new CallError(`strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`);
  if (!Number.isFinite(value)) throw new CallError(`strconv.ParseFloat: parsing ${quote(text)}: value out of range`);
  return value;
}

const short = (value: number): string => floatText(value, 'g', 4);

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return short(value);
  return Math.abs(value) >= 1 ? divided(value, 1000, LARGE) : multiplied(value);
}

export function humanize1024(value: number): string {
  return Math.abs(value) <= 1 || !Number.isFinite(value) ? short(value) : divided(value, 1024, BINARY);
}

export const humanizePercentage = (value: number): string => `${short(value * 100)}%`;

function divided(value: number, base: number, prefixes: readonly string[]): string {
  let rest = value;
  let prefix = '';
  for (const one of prefixes) {
    if (Math.abs(rest) < base) break;
    prefix = one;
    rest /= base;
  }
  return short(rest) + prefix;
}

function multiplied(value: number): string {
  let rest = value;
  let prefix = '';
  for (const one of SMALL) {
    if (Math.abs(rest) >= 1) break;
    prefix = one;
    rest *= 1000;
  }
  return short(rest) + prefix;
}

export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return short(value);
  if (value === 0) return `${short(value)}s`;
  if (Math.abs(value) < 1) return `${multiplied(value)}s`;
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  // Go converts to a 64-bit integer, which a larger float does not fit.
  const whole = size < 2 ** 63 ? BigInt(Math.trunc(size)) : -(2n ** 63n);
  const seconds = whole % 60n;
  const minutes = (whole / 60n) % 60n;
  const hours = (whole / 3600n) % 24n;
  const days = whole / 86_400n;
  if (days !== 0n) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours !== 0n) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes !== 0n) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${short(size)}s`;
}
