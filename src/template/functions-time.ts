// Time in templates: zones by name (the only part that needs luxon), layouts, now and since.
import { IANAZone } from 'luxon';
import { STRING, type Callable } from './go-type.ts';
import { CallError, type Run } from './run.ts';
import { formatTime } from './time-layout.ts';
import { parseTime } from './time-parse.ts';
import { clamped, duration, GoTime, TIME, ZERO_UNIX } from './time.ts';
import { textOf, type Value } from './values.ts';
import { abbreviationOf } from './zone-abbreviations.ts';
import { UTC, type Zone } from './zone.ts';

const ZONES = new Map<string, Zone>([
  ['', UTC],
  ['UTC', UTC],
  ['Local', { ...UTC, name: 'Local' }],
]);

/** A zone of the tz database, null when there is none of that name. */
export function zoneNamed(name: string): Zone | null {
  const known = ZONES.get(name);
  if (known !== undefined) return known;
  if (!IANAZone.isValidZone(name)) return null;
  const iana = IANAZone.create(name);
  const zone: Zone = {
    name,
    at: (unix) => {
      const minutes = iana.offset(unix * 1000);
      const year = Math.floor(unix / YEAR_SECONDS) * YEAR_SECONDS * 1000;
      const least = Math.min(iana.offset(year), iana.offset(year + (YEAR_SECONDS * 1000) / 2));
      return { abbreviation: abbreviationOf(name, minutes), offset: minutes * 60, isDst: minutes > least };
    },
  };
  ZONES.set(name, zone);
  return zone;
}

const zoneComplaint = (name: string): string =>
  /^[/\\]|\.\./.test(name) ? 'time: invalid location name' : `unknown time zone ${name}`;

const YEAR_SECONDS = 31_556_952;

const asTime = (value: Value): GoTime => {
  if (value instanceof GoTime) return value;
  throw new CallError('not a time');
};

const nowOf = (run: Run): GoTime => GoTime.ofMillis(run.now);

export const TIME_FUNCTIONS: Readonly<Record<string, Callable>> = {
  date: {
    params: [STRING, TIME],
    variadic: false,
    call: ([layout, time], run) => run.made(formatTime(asTime(time), textOf(layout))),
  },
  tz: {
    params: [STRING, TIME],
    variadic: false,
    call: ([name, time]) => {
      const zone = zoneNamed(textOf(name));
      if (zone === null) throw new CallError(zoneComplaint(textOf(name)));
      return asTime(time).in(zone);
    },
  },
  now: { params: [], variadic: false, call: (_args, run) => nowOf(run) },
  since: {
    params: [TIME],
    variadic: false,
    call: ([time], run) => duration(clamped(nowOf(run).totalNanos - asTime(time).totalNanos)),
  },
  toDate: {
    params: [STRING, STRING],
    variadic: false,
    call: ([layout, text]) => {
      const parsed = parseTime(textOf(layout), textOf(text));
      return parsed.ok ? parsed.time : new GoTime(ZERO_UNIX, 0, UTC);
    },
  },
  mustToDate: {
    params: [STRING, STRING],
    variadic: false,
    call: ([layout, text]) => {
      const parsed = parseTime(textOf(layout), textOf(text));
      if (!parsed.ok) throw new CallError(parsed.message);
      return parsed.time;
    },
  },
};
