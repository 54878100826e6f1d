// The text forms inside a time interval: `monday:friday`, `-3:-1`, `january:march`, `09:00`. Pure text to
// numbers; a refusal is a sentence in upstream's words plus what to write instead.
import type { NumberRange } from './config.ts';

export interface Refusal {
  readonly message: string;
  readonly hint?: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Refusal);

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

export const weekdayName = (day: number): string => weekdays[day] ?? String(day);

const refuse = (message: string, hint?: string): { ok: false } & Refusal => ({
  ok: false,
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** weekdays: 0 is Sunday. */
export function parseWeekdays(text: string): Parsed<NumberRange> {
  const range = parseRange(text, (member) => {
    const day = weekdays.findIndex((name) => name === member);
    if (day >= 0) return { ok: true, value: day };
    return refuse(
      `${member} is not a valid weekday`,
      byPrefix(member, weekdays) ?? 'write a full English name, as "monday"',
    );
  });
  if (!range.ok || range.value.begin <= range.value.end) return range;
  const { begin, end } = range.value;
  const head = printRange({ begin, end: 6 }, weekdayName);
  const tail = printRange({ begin: 0, end }, weekdayName);
  return refuse(
    'start day cannot be before end day',
    `weeks begin on sunday here; write two ranges: [${quoteRange(head)}, ${quoteRange(tail)}]`,
  );
}

/** days_of_month: 1..31 from the month's start, -31..-1 from its end. */
export function parseDaysOfMonth(text: string): Parsed<NumberRange> {
  const range = parseRange(text, (member) => parseInteger(member, 'day of the month'));
  if (!range.ok) return range;
  const { begin, end } = range.value;
  for (const day of [begin, end]) {
    if (day === 0 || day < -31 || day > 31) {
      return refuse(
        `${day} is not a valid day of the month: out of range`,
        'days are 1 to 31, or -31 to -1 counted from the end of the month',
      );
    }
  }
  if (begin < 0 && end > 0) return refuse('end day must be negative if start day is negative');
  // Compared in the shortest month: a range that could be empty there is refused, as upstream does.
  const inFebruary = (day: number): number => (day < 0 ? 28 + day : day);
  if (inFebruary(begin) > inFebruary(end)) {
    const hint =
      begin > 0 && end < 0
        ? `begin on day ${Math.max(1, 28 + end)} or earlier: February may have 28 days`
        : swapped(range.value);
    return refuse(`end day ${end} is always before start day ${begin}`, hint);
  }
  return range;
}

/** Any whole number is taken; those that are no month never match. */
export function parseMonths(text: string): Parsed<NumberRange> {
  const range = parseRange(text, (member) => {
    const month = months.findIndex((name) => name === member);
    if (month >= 0) return { ok: true, value: month + 1 };
    const number = parseInteger(member, 'month');
    return number.ok
      ? number
      : refuse(number.message, byPrefix(member, months) ?? 'write a full English name or 1 to 12');
  });
  if (!range.ok || range.value.begin <= range.value.end) return range;
  const { begin, end } = range.value;
  const name = (month: number): string => months[month - 1] ?? String(month);
  const isReal = begin <= 12 && end >= 1;
  const [head, tail] = [printRange({ begin, end: 12 }, name), printRange({ begin: 1, end }, name)];
  return refuse(
    `end month ${name(end)} is before start month ${name(begin)}`,
    isReal ? `write two ranges: [${quoteRange(head)}, ${quoteRange(tail)}]` : swapped(range.value),
  );
}

export function parseYears(text: string): Parsed<NumberRange> {
  const range = parseRange(text, (member) => parseInteger(member, 'year'));
  if (!range.ok || range.value.begin <= range.value.end) return range;
  return refuse(`end year ${range.value.end} is before start year ${range.value.begin}`, swapped(range.value));
}

/** `HH:MM`, `24:00` included, as minutes of the day. */
export function parseTimeOfDay(text: string): Parsed<number> {
  if (/^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/.test(text)) {
    return { ok: true, value: Number(text.slice(0, 2)) * 60 + Number(text.slice(3)) };
  }
  const short = /^([0-9]):([0-5][0-9])$/.exec(text);
  const hint = short === null ? 'write two digits each, from 00:00 to 24:00' : `write "0${short[1]}:${short[2]}"`;
  return refuse(`couldn't parse timestamp ${text}, invalid format`, hint);
}

export function printTimeOfDay(minute: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `5`, `1:5`. */
export function printRange(range: NumberRange, name: (n: number) => string = String): string {
  return range.begin === range.end ? name(range.begin) : `${name(range.begin)}:${name(range.end)}`;
}

function parseRange(text: string, member: (text: string) => Parsed<number>): Parsed<NumberRange> {
  const parts = text.toLowerCase().split(':');
  if (parts.length > 2)
    return refuse(`couldn't parse range ${text.toLowerCase()}, invalid format`, 'a range is "first:last"');
  const begin = member(parts[0]!);
  if (!begin.ok) return begin;
  const end = parts.length === 1 ? begin : member(parts[1]!);
  return end.ok ? { ok: true, value: { begin: begin.value, end: end.value } } : end;
}

function parseInteger(text: string, what: string): Parsed<number> {
  const value = Number(text);
  if (/^[+-]?[0-9]+$/.test(text) && Number.isSafeInteger(value)) return { ok: true, value };
  const hint = text !== text.trim() ? 'no spaces around the colon' : undefined;
  return refuse(`${text} is not a valid ${what}`, hint);
}

function byPrefix(text: string, names: readonly string[]): string | undefined {
  if (text.trim() !== text) return 'no spaces around the colon';
  const name = text.length < 2 ? undefined : names.find((full) => full.startsWith(text.replace(/\.$/, '').slice(0, 3)));
  return name === undefined ? undefined : `did you mean "${name}"?`;
}

const swapped = (range: NumberRange): string => `did you mean "${range.end}:${range.begin}"?`;
const quoteRange = (range: string): string => (range.includes(':') ? `"${range}"` : range);
