// Times in requests and answers. What upstream reads is read (RFC 3339, and the ISO 8601 forms without zone or
// seconds); from 1970 to 9999. Answers carry milliseconds and the sender's own offset.
import type { Instant, Stamp } from '../model/time.ts';

/** `zero` is Go's zero time: not set. */
export type ParsedTime = Stamp | 'zero' | null;

const DATE = '(\\d{4})-(\\d\\d)-(\\d\\d)';
const FORMS = [
  new RegExp(`^${DATE}T(\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d+))?(Z|[+-]\\d\\d:\\d\\d)?$`),
  new RegExp(`^${DATE}T(\\d\\d):(\\d\\d):(\\d\\d)[.,](\\d{3}|\\d{6})([+-]\\d{4})$`),
  new RegExp(`^${DATE}T(\\d\\d):(\\d\\d)()()(Z)?$`),
  new RegExp(`^${DATE} (\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d+))?()$`),
  new RegExp(`^${DATE}()()()()()$`),
];
const ZERO = /^0001-01-01(T00:00(:00([.,]0+)?)?| 00:00:00([.,]0+)?)?(Z|[+-]00:00)?$/;
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export function parseTime(text: string): ParsedTime {
  // Upstream takes the empty text for the epoch.
  if (text === '') return { at: 0, text: '1970-01-01T00:00:00Z' };
  for (const form of FORMS) {
    const found = form.exec(text);
    if (found !== null) return ZERO.test(text) ? 'zero' : stampOf(found);
  }
  return null;
}

/** RFC 3339 with milliseconds, as the API prints it. */
export function millisText(stamp: Stamp): string {
  const { text } = stamp;
  if (text.length === 20) return `${text.slice(0, 19)}.000Z`;
  const dot = text.charAt(19) === '.';
  const zone = dot ? text.slice(20).search(/[^0-9]/) + 20 : 19;
  const fraction = dot ? text.slice(20, zone).padEnd(3, '0').slice(0, 3) : '000';
  return `${text.slice(0, 19)}.${fraction}${text.slice(zone)}`;
}

export const instantText = (at: Instant): string => new Date(at).toISOString();

function stampOf(found: RegExpExecArray): Stamp | null {
  const [, year, month, day] = found;
  const [hour, minute, second] = [found[4] || '00', found[5] || '00', found[6] || '00'];
  if (hour > '23' || minute > '59' || second > '59' || year! < '1969') return null;
  if (month! < '01' || month! > '12' || day! < '01' || Number(day) > daysIn(Number(year), Number(month))) return null;
  const fraction = (found[7] ?? '').slice(0, 9);
  const zone = (found[8] ?? '').replace(':', '');
  const offset = offsetMinutes(zone);
  if (offset === null) return null;
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const at = wall + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset * 60_000;
  if (at < 0 || at > LAST) return null;
  const digits = fraction.endsWith('0') ? fraction.replace(/0+$/, '') : fraction;
  const suffix = offset === 0 ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${digits === '' ? '' : `.${digits}`}${suffix}`;
  return { at, text };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : DAYS[month - 1]!;
}

function offsetMinutes(zone: string): number | null {
  if (zone === '' || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3));
  if (hours > 24 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
