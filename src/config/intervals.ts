// time_intervals and the older mute_time_intervals: named sets of times that routes refer to. Both lists share
// one namespace. The text forms of ranges are in ranges.ts, being inside an interval is mute/interval.ts.
import { closest } from '../input/suggest.ts';
import { isKnownZone, zoneNames } from '../mute/interval.ts';
import type { NumberRange, TimeInterval, TimeIntervalElement } from './config.ts';
import type { Node } from '../input/node.ts';
import { parseDaysOfMonth, parseMonths, parseTimeOfDay, parseWeekdays, parseYears, type Parsed } from './ranges.ts';

export interface Intervals {
  readonly byName: ReadonlyMap<string, TimeInterval>;
  readonly timeIntervals: readonly TimeInterval[];
  readonly muteTimeIntervals: readonly TimeInterval[];
}

export function compileIntervals(root: Node): Intervals {
  const byName = new Map<string, TimeInterval>();
  const muteTimeIntervals = compileList(root.at('mute_time_intervals'), 'mute time interval', byName);
  const timeIntervals = compileList(root.at('time_intervals'), 'time interval', byName);
  return { byName, timeIntervals, muteTimeIntervals };
}

function compileList(list: Node, what: string, byName: Map<string, TimeInterval>): readonly TimeInterval[] {
  const intervals: TimeInterval[] = [];
  for (const entry of list.entries(what)) {
    const name = entry.at('name').text;
    const interval = { name, elements: compileElements(entry.at('time_intervals')) };
    if (name === '') {
      if (entry.isMapping)
        entry.error('config/required', `missing name in ${what}`, 'routes refer to it by name', 'key');
    } else if (byName.has(name)) {
      entry
        .at('name')
        .error('config/not-unique', `${what} ${JSON.stringify(name)} is not unique`, sharedNamespace(what));
    } else {
      byName.set(name, interval);
      intervals.push(interval);
    }
  }
  return intervals;
}

const sharedNamespace = (what: string): string =>
  what === 'time interval' ? 'names are shared with mute_time_intervals' : 'choose another name';

function compileElements(list: Node): readonly TimeIntervalElement[] {
  const elements: TimeIntervalElement[] = [];
  for (const entry of list.entries('time interval element')) {
    const element: TimeIntervalElement = {
      times: compileTimes(entry.at('times')),
      weekdays: compileRanges(entry.at('weekdays'), parseWeekdays),
      daysOfMonth: compileRanges(entry.at('days_of_month'), parseDaysOfMonth),
      months: compileRanges(entry.at('months'), parseMonths),
      years: compileRanges(entry.at('years'), parseYears),
      location: compileLocation(entry.at('location')),
    };
    if (canMatch(entry)) elements.push(element);
  }
  return elements;
}

/** A field that is given but lists nothing can never match, so neither can its element; leaving a field out means any. */
function canMatch(entry: Node): boolean {
  let can = true;
  for (const field of ['times', 'weekdays', 'days_of_month', 'months', 'years']) {
    const list = entry.at(field);
    if (!Array.isArray(list.value) || list.value.length > 0) continue;
    can = false;
    list.warn('config/never-matches', `an empty ${field} never matches`, `remove ${field} to match any`, 'key');
  }
  return can;
}

function compileRanges(list: Node, parse: (text: string) => Parsed<NumberRange>): readonly NumberRange[] {
  const ranges: NumberRange[] = [];
  for (const entry of list.entries('range')) {
    if (typeof entry.value !== 'string') continue;
    const parsed = parse(entry.value);
    if (parsed.ok) ranges.push(parsed.value);
    else entry.error('config/bad-interval', parsed.message, parsed.hint);
  }
  return ranges;
}

function compileTimes(list: Node): TimeIntervalElement['times'] {
  const times: TimeIntervalElement['times'][number][] = [];
  for (const entry of list.entries('time range')) {
    const [start, end] = [entry.at('start_time'), entry.at('end_time')];
    if (start.text === '' || end.text === '') {
      if (entry.isMapping)
        entry.error('config/bad-interval', 'both start and end times must be provided', undefined, 'key');
      continue;
    }
    const startMinute = compileTimeOfDay(start);
    const endMinute = compileTimeOfDay(end);
    if (startMinute === null || endMinute === null) continue;
    if (startMinute < endMinute) times.push({ startMinute, endMinute });
    else
      end.error(
        'config/bad-interval',
        'start time cannot be equal or greater than end time',
        overnight(start.text, end.text),
      );
  }
  return times;
}

function compileTimeOfDay(node: Node): number | null {
  const parsed = parseTimeOfDay(node.text);
  if (parsed.ok) return parsed.value;
  node.error('config/bad-interval', parsed.message, parsed.hint);
  return null;
}

function overnight(start: string, end: string): string {
  if (start === end) return 'a whole day is 00:00 to 24:00';
  if (end === '00:00') return 'midnight at the end of the day is 24:00';
  return `over midnight, write two ranges: ${start} to 24:00 and 00:00 to ${end}`;
}

function compileLocation(node: Node): string {
  const location = node.text;
  if (isKnownZone(location)) return location === '' ? 'UTC' : location;
  node.error('config/unknown-zone', `unknown time zone ${location}`, zoneHint(location));
  return 'UTC';
}

function zoneHint(location: string): string {
  const nearest = closest(location, zoneNames());
  return nearest === null ? 'write a place, as "Europe/Berlin"' : `did you mean "${nearest}"?`;
}
