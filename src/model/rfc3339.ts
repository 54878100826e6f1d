// Points in time as senders write them, and as we write them back. What is read is what upstream's API reads: RFC
// 3339 with up to nine digits that count, some shorter ISO 8601 forms, a comma for the point. The offset a sender
// chose is kept in the text: upstream echoes it. Arithmetic on numbers, no clock.
import { civilOf, daysInMonth, daysOf } from './civil.ts';
import { goQuote } from './go-quote.ts';
import type { Instant, Stamp } from './time.ts';

/** `stamp` is null for Go's zero time, which on the wire means "not set". */
export type ParsedTime =
  | { readonly ok: true; readonly stamp: Stamp | null }
  | { readonly ok: false; readonly message: string };

const DATE = '([0-9]{4})-([0-9]{2})-([0-9]{2})';
/** Whole seconds and a fraction, with an offset or (then it is UTC) without. */
const FULL = new RegExp(
  `^${DATE}T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?(?:(Z)|([-+])([0-9]{2}):([0-9]{2}))?$`,
);
/** An offset without a colon: upstream takes it after three or six digits only. */
const NO_COLON = new RegExp(
  `^${DATE}T([0-9]{1,2}):([0-9]{2}):([0-9]{2})[.,]([0-9]{3}|[0-9]{6})(?:(Z)|([-+])([0-9]{2})([0-9]{2}))$`,
);
const MINUTES = new RegExp(`^${DATE}T([0-9]{1,2}):([0-9]{2})Z?$`);
const SPACED = new RegExp(`^${DATE} ([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?$`);
const DAY_ONLY = new RegExp(`^${DATE}$`);
const FORMS = [FULL, NO_COLON, MINUTES, SPACED, DAY_ONLY];

const LAST: Instant = 253_402_300_799_999;
const ZERO: Instant = -62_135_596_800_000;

/** The message is upstream's: `parsing time "x" as "2006-01-02": cannot parse "x" as "2006"`. */
export function parseTime(text: string): ParsedTime {
  if (text === '') return { ok: true, stamp: { at: 0, text: '1970-01-01T00:00:00Z' } };
  for (const form of FORMS) {
    const match = form.exec(text);
    const read = match === null ? null : readParts(match);
    if (read === null) continue;
    const { at, nanos, stamp } = read;
    if (at === ZERO && nanos === 0) return { ok: true, stamp: null };
    if (at < 0 || at > LAST) return fail(`parsing time ${goQuote(text)}: year outside of 1970 to 9999`);
    return { ok: true, stamp };
  }
  return fail(`parsing time ${goQuote(shortened(text))}${complaint(text)}`);
}

/** `2026-11-20T02:27:59.190Z`: the API's form, always three digits. */
export function printMillis(at: Instant): string {
  return `${seconds(at)}.${pad(at - Math.floor(at / 1000) * 1000, 3)}Z`;
}

/** The API's form of what a sender wrote: three digits, the sender's offset. */
export function stampMillis({ text }: Stamp): string {
  // What most senders write.
  if (text.length === 24 && text.endsWith('Z')) return text;
  if (text.length === 20) return `${text.slice(0, 19)}.000Z`;
  const fraction = text.charAt(19) === '.' ? /[0-9]+/.exec(text.slice(20))![0] : '';
  const offset = text.slice(fraction === '' ? 19 : 20 + fraction.length);
  return `${text.slice(0, 19)}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`;
}

/** Go's RFC3339Nano of a whole millisecond: `2026-11-20T02:27:59.19Z`, no zeros at the end. */
export function printNano(at: Instant): string {
  const millis = at - Math.floor(at / 1000) * 1000;
  return seconds(at) + fractionText(millis * 1_000_000) + 'Z';
}

/** A moment of our own making, as if a sender had written it. */
export const stampOf = (at: Instant): Stamp => ({ at, text: printNano(at) });

const fail = (message: string): ParsedTime => ({ ok: false, message });

interface Parts {
  readonly at: Instant;
  readonly nanos: number;
  readonly stamp: Stamp;
}

/** null when a number is out of its range: February 30, hour 24, a leap second, an offset of a day or more. */
function readParts(match: RegExpExecArray): Parts | null {
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => Number(match[group] ?? 0)) as Six;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
    return null;
  const nanos = Number((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  const [offsetHour, offsetMinute] = [Number(match[10] ?? 0), Number(match[11] ?? 0)];
  const offset = (offsetHour * 60 + offsetMinute) * (match[9] === '-' ? -1 : 1);
  if (offsetMinute > 60 || Math.abs(offset) >= 1440) return null;
  const local = ((daysOf(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  const at = (local - offset * 60) * 1000 + Math.floor(nanos / 1_000_000);
  const text = seconds(local * 1000) + fractionText(nanos) + offsetText(offset);
  return { at, nanos, stamp: { at, text } };
}

type Six = [number, number, number, number, number, number];

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

function fractionText(nanos: number): string {
  return nanos === 0 ? '' : `.${pad(nanos, 9).replace(/0+$/, '')}`;
}

function offsetText(minutes: number): string {
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
}

function seconds(at: Instant): string {
  const { year, month, day, hour, minute, second } = civilOf(Math.floor(at / 1000));
  const clock = `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}`;
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

/** Upstream tries the bare date last, and so complains in its terms. */
function complaint(full: string): string {
  const text = shortened(full);
  const elements: readonly (readonly [name: string, form: RegExp])[] = [
    ['2006', /^[0-9]{4}/],
    ['-', /^-/],
    ['01', /^[0-9]{2}/],
    ['-', /^-/],
    ['02', /^[0-9]{2}/],
  ];
  let rest = text;
  for (const [name, form] of elements) {
    const found = form.exec(rest);
    if (found === null) return ` as "2006-01-02": cannot parse ${goQuote(rest)} as "${name}"`;
    if (name === '01' && (found[0] === '00' || found[0] > '12')) return ': month out of range';
    rest = rest.slice(found[0].length);
  }
  return rest === '' ? ': day out of range' : `: extra text: ${goQuote(rest)}`;
}
