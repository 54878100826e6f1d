// Time intervals (mute_time_intervals, active_time_intervals): is an instant inside, and is a zone one we know.
// Owns the calendar: zones, month lengths, days counted from the month's end. Does not own the text forms
// (config/intervals.ts) nor what being inside means for a route (mute.ts).
// Days are calendar days of the element's zone: a month has 31 of them even when a clock change takes an hour.
import { DateTime, FixedOffsetZone, IANAZone, SystemZone, type Zone } from 'luxon';
import type { NumberRange, TimeInterval, TimeIntervalElement } from '../config/config.ts';
import type { Instant } from '../model/time.ts';

export function isWithin(interval: TimeInterval, at: Instant): boolean {
  return interval.elements.some((element) => contains(element, at));
}

/** Names are case-sensitive as zone files are; `` and `UTC` are UTC, `Local` is the machine's own zone. */
export function isKnownZone(location: string): boolean {
  if (location === '' || location === 'UTC' || location === 'Local') return true;
  // ICU also reads offsets and old three-letter names of Java (CST is Chicago, BST is Dhaka): no zone file has those.
  if (!/^[A-Za-z]/.test(location) || location.startsWith('SystemV/')) return false;
  if (location.length === 3 && !shortZones.has(location)) return false;
  if (!IANAZone.isValidZone(location)) return false;
  const canonical = new Intl.DateTimeFormat('en', { timeZone: location }).resolvedOptions().timeZone;
  return canonical === location || canonical.toLowerCase() !== location.toLowerCase();
}

/** Zone names a typo may have meant. */
export const zoneNames = (): readonly string[] => ['UTC', 'Local', ...Intl.supportedValuesOf('timeZone')];

const shortZones = new Set(['CET', 'EET', 'EST', 'GMT', 'HST', 'MET', 'MST', 'PRC', 'ROC', 'ROK', 'UCT', 'WET']);

function zoneOf(location: string): Zone {
  if (location === '' || location === 'UTC') return FixedOffsetZone.utcInstance;
  return location === 'Local' ? SystemZone.instance : IANAZone.create(location);
}

function contains(element: TimeIntervalElement, at: Instant): boolean {
  const { times, weekdays, daysOfMonth, months, years } = element;
  const local = DateTime.fromMillis(at, { zone: zoneOf(element.location) });
  const minute = local.hour * 60 + local.minute;
  return (
    (times.length === 0 || times.some((time) => minute >= time.startMinute && minute < time.endMinute)) &&
    (daysOfMonth.length === 0 || daysOfMonth.some((days) => isDayIn(days, local.day, local.daysInMonth!))) &&
    (months.length === 0 || months.some((range) => isIn(range, local.month))) &&
    // luxon counts Monday 1 to Sunday 7
    (weekdays.length === 0 || weekdays.some((range) => isIn(range, local.weekday % 7))) &&
    (years.length === 0 || years.some((range) => isIn(range, local.year)))
  );
}

const isIn = (range: NumberRange, value: number): boolean => value >= range.begin && value <= range.end;

// A range that begins after the month's end is skipped; one that reaches over it simply ends with the month.
function isDayIn(days: NumberRange, day: number, daysInMonth: number): boolean {
  const fromStart = (n: number): number => (n < 0 ? daysInMonth + n + 1 : n);
  return day >= fromStart(days.begin) && day <= fromStart(days.end);
}
