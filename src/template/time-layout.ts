// Go's time layouts: the parts of the reference time "Mon Jan 2 15:04:05 MST 2006" that a layout names, and
// how each is written. Reading a time by a layout is time-parse.ts.
import type { GoTime } from './time.ts';

export type LayoutPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'fraction'; readonly text: string; readonly digits: number; readonly trim: boolean }
  | { readonly kind: 'std'; readonly text: string };

/** Longer spellings before their prefixes. */
const STANDARD: readonly string[] = [
  'January',
  'Jan',
  'Monday',
  'Mon',
  'MST',
  '002',
  '01',
  '02',
  '03',
  '04',
  '05',
  '06',
  '15',
  '1',
  '2006',
  '2',
  '_2006',
  '__2',
  '_2',
  '3',
  '4',
  '5',
  'PM',
  'pm',
  '-070000',
  '-07:00:00',
  '-0700',
  '-07:00',
  '-07',
  'Z070000',
  'Z07:00:00',
  'Z0700',
  'Z07:00',
  'Z07',
];

const CACHE = new Map<string, readonly LayoutPart[]>();
const MAX_CACHED = 200;

export function layoutParts(layout: string): readonly LayoutPart[] {
  const known = CACHE.get(layout);
  if (known !== undefined) return known;
  const parts: LayoutPart[] = [];
  let literal = '';
  for (let i = 0; i < layout.length;) {
    const part = partAt(layout, i);
    if (part === null) {
      literal += layout[i++];
      continue;
    }
    // "_2006" is an underscore before a year.
    const skipped = part.text === '_2006' ? '_' : '';
    literal += skipped;
    if (literal !== '') parts.push({ kind: 'literal', text: literal });
    literal = '';
    parts.push(skipped === '' ? part : { kind: 'std', text: '2006' });
    i += part.text.length;
  }
  if (literal !== '') parts.push({ kind: 'literal', text: literal });
  if (CACHE.size >= MAX_CACHED) CACHE.clear();
  CACHE.set(layout, parts);
  return parts;
}

function partAt(layout: string, at: number): LayoutPart | null {
  const char = layout[at];
  if (char === '.' || char === ',') {
    const digits = /^(?:0+|9+)(?![0-9])/.exec(layout.slice(at + 1));
    if (digits === null) return null;
    const count = digits[0].length;
    return { kind: 'fraction', text: char + digits[0], digits: count, trim: digits[0].startsWith('9') };
  }
  const text = STANDARD.find((one) => layout.startsWith(one, at));
  if (text === undefined) return null;
  // "Januar" or "Month" are words, not the short names.
  if ((text === 'Jan' || text === 'Mon') && /[a-z]/.test(layout[at + 3] ?? '')) return null;
  return { kind: 'std', text };
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

export function formatTime(time: GoTime, layout: string): string {
  let out = '';
  for (const part of layoutParts(layout)) {
    if (part.kind === 'literal') out += part.text;
    else if (part.kind === 'fraction') out += fraction(time.nanos, part.text[0]!, part.digits, part.trim);
    else out += standardText(time, part.text);
  }
  return out;
}

function fraction(nanos: number, point: string, digits: number, trim: boolean): string {
  const all = String(nanos).padStart(9, '0').padEnd(digits, '0').slice(0, digits);
  if (!trim) return point + all;
  const kept = all.replace(/0+$/, '');
  return kept === '' ? '' : point + kept;
}

const two = (value: number, filler = '0'): string => String(value).padStart(2, filler);
const yearText = (year: number): string => (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0');

function standardText(time: GoTime, text: string): string {
  const { civil } = time;
  switch (text) {
    case 'January':
      return MONTHS[civil.month - 1]!;
    case 'Jan':
      return MONTHS[civil.month - 1]!.slice(0, 3);
    case '1':
      return String(civil.month);
    case '01':
      return two(civil.month);
    case 'Monday':
      return WEEKDAYS[civil.weekday]!;
    case 'Mon':
      return WEEKDAYS[civil.weekday]!.slice(0, 3);
    case '2':
      return String(civil.day);
    case '_2':
      return two(civil.day, ' ');
    case '02':
      return two(civil.day);
    case '__2':
      return String(civil.yearDay).padStart(3, ' ');
    case '002':
      return String(civil.yearDay).padStart(3, '0');
    case '15':
      return two(civil.hour);
    case '3':
      return String(civil.hour % 12 || 12);
    case '03':
      return two(civil.hour % 12 || 12);
    case '4':
      return String(civil.minute);
    case '04':
      return two(civil.minute);
    case '5':
      return String(civil.second);
    case '05':
      return two(civil.second);
    case '2006':
      return yearText(civil.year);
    case '06':
      return two(((civil.year % 100) + 100) % 100);
    case 'PM':
      return civil.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return civil.hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return abbreviationText(time);
    default:
      return offsetText(time.zoneState.offset, text);
  }
}

/** A zone without a name shows its offset. */
function abbreviationText(time: GoTime): string {
  const { abbreviation, offset } = time.zoneState;
  if (abbreviation !== '') return abbreviation;
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const sign = offset < 0 ? '-' : '+';
  return `${sign}${two(Math.floor(minutes / 60))}${minutes % 60 === 0 ? '' : two(minutes % 60)}`.replace(
    /^([-+]\d\d)$/,
    '$100',
  );
}

function offsetText(offset: number, text: string): string {
  if (text.startsWith('Z') && offset === 0) return 'Z';
  const size = Math.abs(offset);
  const parts = [two(Math.floor(size / 3600)), two(Math.floor((size % 3600) / 60)), two(size % 60)];
  const digits = text.replace(/[^0-9]/g, '').length / 2;
  return (offset < 0 ? '-' : '+') + parts.slice(0, digits).join(text.includes(':') ? ':' : '');
}
