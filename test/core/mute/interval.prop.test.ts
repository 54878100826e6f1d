// Against a slow second reading of the wall clock that shares nothing with the real one: the zone's own
// formatter, and the length of a month found by looking for its last day.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberRange, TimeIntervalElement } from '../../../src/config/config.ts';
import { isWithin } from '../../../src/mute/interval.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Chisinau',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'America/Nuuk',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Auckland',
  'Pacific/Chatham',
] as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST = Date.UTC(2026, 0, 1);
const LAST = Date.UTC(2029, 0, 1);

const formatters = new Map(
  zones.map((zone) => [
    zone,
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      hourCycle: 'h23',
    }),
  ]),
);

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly minute: number;
  readonly weekday: number;
}

function wall(zone: (typeof zones)[number], at: number): Wall {
  const parts = new Map(
    formatters
      .get(zone)!
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  return {
    year: number('year'),
    month: number('month'),
    day: number('day'),
    minute: number('hour') * 60 + number('minute'),
    weekday: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts.get('weekday')!),
  };
}

function monthLength(year: number, month: number): number {
  for (let day = 31; ; day--) if (new Date(Date.UTC(year, month - 1, day)).getUTCMonth() === month - 1) return day;
}

function slow(element: TimeIntervalElement, zone: (typeof zones)[number], at: number): boolean {
  const now = wall(zone, at);
  const length = monthLength(now.year, now.month);
  const holds = (ranges: readonly NumberRange[], values: (range: NumberRange) => boolean): boolean =>
    ranges.length === 0 || ranges.some(values);
  return (
    (element.times.length === 0 ||
      element.times.some((time) => now.minute >= time.startMinute && now.minute <= time.endMinute - 1)) &&
    holds(element.weekdays, ({ begin, end }) => begin <= now.weekday && now.weekday <= end) &&
    holds(element.months, ({ begin, end }) => begin <= now.month && now.month <= end) &&
    holds(element.years, ({ begin, end }) => begin <= now.year && now.year <= end) &&
    holds(element.daysOfMonth, ({ begin, end }) => {
      for (let day = 1; day <= length; day++) {
        if (day !== now.day) continue;
        const fromEnd = day - length - 1;
        return (begin > 0 ? day >= begin : fromEnd >= begin) && (end > 0 ? day <= end : fromEnd <= end);
      }
      return false;
    })
  );
}

/** The instants at which a zone's offset changes, to the minute. */
function clockChanges(zone: (typeof zones)[number]): number[] {
  const offset = (at: number): number => {
    const now = wall(zone, at);
    return Date.UTC(now.year, now.month - 1, now.day, 0, now.minute) - at;
  };
  const changes: number[] = [];
  for (let at = FIRST; at < LAST; at += 7 * 24 * HOUR) {
    let [low, high] = [at, at + 7 * 24 * HOUR];
    if (offset(low) === offset(high)) continue;
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  return changes;
}

const range = (min: number, max: number): fc.Arbitrary<NumberRange> =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => ({ begin: Math.min(a, b), end: Math.max(a, b) }));
const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 2 });
const days = fc
  .tuple(fc.integer({ min: -31, max: 31 }), fc.integer({ min: -31, max: 31 }))
  .filter(([begin, end]) => begin !== 0 && end !== 0 && !(begin < 0 && end > 0))
  .map(([begin, end]) => ({ begin, end }));
const elements = fc.record({
  times: few(range(0, 1440).map(({ begin, end }) => ({ startMinute: begin, endMinute: end }))),
  weekdays: few(range(0, 6)),
  daysOfMonth: few(days),
  months: few(range(1, 13)),
  years: few(range(2026, 2029)),
});

describe('isWithin() agrees with the formatter of the zone', () => {
  it.each(zones)('in %s, at any minute and around every clock change', (zone) => {
    const changes = clockChanges(zone);
    const near = changes.length === 0 ? fc.constant(FIRST) : fc.constantFrom(...changes);
    const moments = fc.oneof(
      fc.integer({ min: FIRST / MINUTE, max: LAST / MINUTE }).map((minute) => minute * MINUTE),
      fc.tuple(near, fc.integer({ min: -180, max: 180 })).map(([at, minutes]) => at + minutes * MINUTE),
    );
    fc.assert(
      fc.property(elements, moments, (fields, at) => {
        const element: TimeIntervalElement = { ...fields, location: zone };
        expect(isWithin({ name: 'x', elements: [element] }, at)).toBe(slow(element, zone, at));
      }),
      { numRuns: 150 },
    );
  });

  it.each(zones)('in %s, on the last days of every month, where a lost hour must not lose a day', (zone) => {
    for (let month = 0; month < 36; month++) {
      for (const hours of [-50, -25, -24, -23, -1, 0, 1]) {
        const at = Date.UTC(2026, month, 1) + hours * HOUR;
        for (const begin of [-1, -2, -3, -31]) {
          const element: TimeIntervalElement = {
            times: [],
            weekdays: [],
            daysOfMonth: [{ begin, end: -1 }],
            months: [],
            years: [],
            location: zone,
          };
          expect(isWithin({ name: 'x', elements: [element] }, at)).toBe(slow(element, zone, at));
        }
      }
    }
  });

  it('saw clock changes to test against', () => {
    expect(zones.filter((zone) => clockChanges(zone).length >= 6).length).toBeGreaterThanOrEqual(14);
  });
});
