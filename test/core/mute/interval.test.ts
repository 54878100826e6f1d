import { describe, expect, it } from 'vitest';
import type { TimeInterval, TimeIntervalElement } from '../../../src/config/config.ts';
import { isKnownZone, isWithin, zoneNames } from '../../../src/mute/interval.ts';

const always: TimeIntervalElement = {
  times: [],
  weekdays: [],
  daysOfMonth: [],
  months: [],
  years: [],
  location: 'UTC',
};
const interval = (...elements: Partial<TimeIntervalElement>[]): TimeInterval => ({
  name: 'x',
  elements: elements.map((element) => ({ ...always, ...element })),
});
const at = (text: string): number => Date.parse(text);
const day = (begin: number, end = begin) => [{ begin, end }];

describe('isWithin() decides', () => {
  const office = { times: [{ startMinute: 9 * 60, endMinute: 17 * 60 }] };
  const cases: readonly [title: string, interval: TimeInterval, instant: string, within: boolean][] = [
    ['an element without fields always matches', interval({}), '2026-08-01T12:00:00Z', true],
    ['an interval without elements never matches', interval(), '2026-08-01T12:00:00Z', false],
    ['the first minute of a time is in', interval(office), '2026-08-01T09:00:00Z', true],
    ['the millisecond before a time is out', interval(office), '2026-08-01T08:59:59.999Z', false],
    ['the last millisecond of the minute before the end is in', interval(office), '2026-08-01T16:59:59.999Z', true],
    ['the end minute is out', interval(office), '2026-08-01T17:00:00Z', false],
    [
      '24:00 takes the whole last minute',
      interval({ times: [{ startMinute: 1320, endMinute: 1440 }] }),
      '2026-08-01T23:59:59.999Z',
      true,
    ],
    [
      'one of several times is enough',
      interval({ times: [{ startMinute: 0, endMinute: 1 }, ...office.times] }),
      '2026-08-01T10:00:00Z',
      true,
    ],
    ['Sunday is 0', interval({ weekdays: day(0) }), '2026-08-02T00:00:00Z', true],
    ['Saturday is 6', interval({ weekdays: day(6) }), '2026-08-01T23:59:59Z', true],
    ['Monday to Friday leaves Sunday out', interval({ weekdays: day(1, 5) }), '2026-08-02T12:00:00Z', false],
    ['the 31st day is in 1:31', interval({ daysOfMonth: day(1, 31) }), '2026-08-31T12:00:00Z', true],
    ['-1 is the last day of a long month', interval({ daysOfMonth: day(-1) }), '2026-08-31T12:00:00Z', true],
    ['-1 is not the day before it', interval({ daysOfMonth: day(-1) }), '2026-08-30T12:00:00Z', false],
    ['-1 is 28 February in a common year', interval({ daysOfMonth: day(-1) }), '2026-02-28T12:00:00Z', true],
    ['-1 is 29 February in a leap year', interval({ daysOfMonth: day(-1) }), '2028-02-29T12:00:00Z', true],
    ['-1 is not 28 February in a leap year', interval({ daysOfMonth: day(-1) }), '2028-02-28T12:00:00Z', false],
    ['-31 to -29 is nothing in February', interval({ daysOfMonth: day(-31, -29) }), '2026-02-01T12:00:00Z', false],
    ['-31 to -28 is the first day of February', interval({ daysOfMonth: day(-31, -28) }), '2026-02-01T12:00:00Z', true],
    ['30:31 is skipped in February', interval({ daysOfMonth: day(30, 31) }), '2026-02-28T12:00:00Z', false],
    ['28:31 ends with February', interval({ daysOfMonth: day(28, 31) }), '2026-02-28T12:00:00Z', true],
    ['10:-10 counts from both ends', interval({ daysOfMonth: day(10, -10) }), '2026-04-21T12:00:00Z', true],
    ['10:-10 ends ten days before the end', interval({ daysOfMonth: day(10, -10) }), '2026-04-22T12:00:00Z', false],
    ['months are inclusive', interval({ months: day(1, 3) }), '2026-03-31T23:59:59Z', true],
    ['month 13 never matches', interval({ months: day(13) }), '2026-12-31T12:00:00Z', false],
    ['years are inclusive', interval({ years: day(2026, 2027) }), '2027-12-31T23:59:59Z', true],
    ['a year outside is out', interval({ years: day(2026, 2027) }), '2028-01-01T00:00:00Z', false],
    ['all fields must match', interval({ ...office, weekdays: day(0) }), '2026-08-01T10:00:00Z', false],
    ['elements are alternatives', interval({ weekdays: day(0) }, office), '2026-08-01T10:00:00Z', true],
    ['an empty location is UTC', interval({ ...office, location: '' }), '2026-08-01T09:00:00Z', true],
    [
      'the wall clock of the zone counts',
      interval({ ...office, location: 'Asia/Tokyo' }),
      '2026-08-01T00:00:00Z',
      true,
    ],
    ['a half-hour zone counts', interval({ ...office, location: 'Asia/Kolkata' }), '2026-08-01T03:29:00Z', false],
    [
      'the calendar day of the zone counts',
      interval({ weekdays: day(0), location: 'Pacific/Auckland' }),
      '2026-08-01T12:00:00Z',
      true,
    ],
    [
      'the calendar year of the zone counts',
      interval({ years: day(2027), location: 'Asia/Tokyo' }),
      '2026-12-31T15:00:00Z',
      true,
    ],
  ];
  it.each(cases)('%s', (_title, of, instant, within) => {
    expect(isWithin(of, at(instant))).toBe(within);
  });
});

describe('isWithin() keeps calendar days across clock changes', () => {
  // In Berlin March 2026 is 743 hours long and October 745: both have 31 days.
  const lastDay = interval({ daysOfMonth: day(-1), location: 'Europe/Berlin' });
  it.each([
    ['2026-03-30T21:59:59Z', false],
    ['2026-03-30T22:00:00Z', true],
    ['2026-03-31T21:59:59Z', true],
    ['2026-03-31T22:00:00Z', false],
    ['2026-10-30T22:59:59Z', false],
    ['2026-10-30T23:00:00Z', true],
    ['2026-10-31T22:59:59Z', true],
    ['2026-10-31T23:00:00Z', false],
  ])('the last day of the month in Berlin at %s: %s', (instant, within) => {
    expect(isWithin(lastDay, at(instant))).toBe(within);
  });

  const gap = interval({ times: [{ startMinute: 120, endMinute: 180 }], location: 'Europe/Berlin' });
  it.each([
    ['the hour that is skipped never comes', '2026-03-29T01:00:00Z', false],
    ['nor just before it', '2026-03-29T00:59:59Z', false],
    ['the hour that comes twice is in the first time', '2026-10-25T00:00:00Z', true],
    ['and the second time', '2026-10-25T01:59:59Z', true],
    ['and not after', '2026-10-25T02:00:00Z', false],
  ])('%s', (_title, instant, within) => {
    expect(isWithin(gap, at(instant))).toBe(within);
  });
});

it('isWithin() takes `Local` as the zone of the machine', () => {
  const now = at('2026-08-01T10:20:30Z');
  const here = new Date(now);
  const minute = here.getHours() * 60 + here.getMinutes();
  const thisMinute = [{ startMinute: minute, endMinute: minute + 1 }];
  expect(isWithin(interval({ times: thisMinute, location: 'Local' }), now)).toBe(true);
  expect(isWithin(interval({ times: thisMinute, location: 'Local' }), now + 60_000)).toBe(false);
});

describe('isKnownZone()', () => {
  it.each([
    '',
    'UTC',
    'Local',
    'Europe/Berlin',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'US/Pacific',
    'Etc/GMT+5',
    'EST5EDT',
    'GMT',
  ])('takes "%s"', (name) => {
    expect(isKnownZone(name)).toBe(true);
  });
  it.each(['Mars/X', 'local', 'utc', 'europe/berlin', '+05:00', '-03:00', 'PST', ' UTC', 'Europe/Berlin ', 'Europe'])(
    'refuses "%s"',
    (name) => {
      expect(isKnownZone(name)).toBe(false);
    },
  );
  it('takes every name it would propose', () => {
    expect(zoneNames().length).toBeGreaterThan(400);
    expect(zoneNames().filter((name) => !isKnownZone(name))).toEqual([]);
  });
});
