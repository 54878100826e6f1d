import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseDaysOfMonth,
  parseMonths,
  parseTimeOfDay,
  parseWeekdays,
  parseYears,
  printRange,
  printTimeOfDay,
  weekdayName,
} from '../../../src/config/ranges.ts';

const ordered = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => ({ begin: Math.min(a, b), end: Math.max(a, b) }));

describe('ranges', () => {
  it('printTimeOfDay() is read back by parseTimeOfDay(), for every minute', () => {
    for (let minute = 0; minute <= 1440; minute++) {
      expect(parseTimeOfDay(printTimeOfDay(minute))).toEqual({ ok: true, value: minute });
    }
  });

  it('printRange() is read back by the parser of its kind', () => {
    fc.assert(
      fc.property(ordered(0, 6), ordered(-5, 20), ordered(1, 9999), (weekdays, months, years) => {
        expect(parseWeekdays(printRange(weekdays, weekdayName))).toEqual({ ok: true, value: weekdays });
        expect(parseMonths(printRange(months))).toEqual({ ok: true, value: months });
        expect(parseYears(printRange(years))).toEqual({ ok: true, value: years });
      }),
    );
  });

  it('parseDaysOfMonth() takes just those ranges that no month of 28 days can turn around', () => {
    fc.assert(
      fc.property(fc.integer({ min: -33, max: 33 }), fc.integer({ min: -33, max: 33 }), (begin, end) => {
        const isDay = (day: number): boolean => day !== 0 && Math.abs(day) <= 31;
        const inShortest = (day: number): number => (day < 0 ? 28 + day : day);
        const expected = isDay(begin) && isDay(end) && !(begin < 0 && end > 0) && inShortest(begin) <= inShortest(end);
        expect(parseDaysOfMonth(`${begin}:${end}`).ok).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('no text makes a parser throw', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9a-z: ]{0,12}$/));
    fc.assert(
      fc.property(text, (any) => {
        for (const parse of [parseWeekdays, parseDaysOfMonth, parseMonths, parseYears, parseTimeOfDay]) {
          const parsed = parse(any);
          expect(parsed.ok || parsed.message.length > 0).toBe(true);
        }
      }),
    );
  });
});
