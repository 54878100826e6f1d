// Go's time types as templates meet them: time.Time, Duration, Month, Weekday and *Location with their methods.
// A moment is seconds and nanoseconds, and the zone it is shown in.
import {
  INT,
  INT64,
  namedType,
  pointerTo,
  STRING,
  structType,
  UINT64,
  type Callable,
  type Field,
  type GoType,
} from './go-type.ts';
import { CallError } from './run.ts';
import { formatTime, MONTHS, WEEKDAYS } from './time-layout.ts';
import { civilOf, daysOf, type Civil } from '../model/civil.ts';
import { printGoNanoseconds } from '../model/duration.ts';
import { UTC, type Zone, type ZoneState } from './zone.ts';
import { Pointer, Scalar, Typed, type Value, textOf } from './values.ts';

const timeMethods = new Map<string, Callable>();
const durationMethods = new Map<string, Callable>();
const locationMethods = new Map<string, Callable>();

const hidden = (name: string, type: GoType): Field => ({ name, type, json: null });
export const TIME: GoType = structType('time.Time', [hidden('wall', UINT64), hidden('ext', INT64)], {
  methods: timeMethods,
  text: (value) => timeText(timeOf(value)),
});
export const DURATION: GoType = namedType('time.Duration', INT64, {
  methods: durationMethods,
  text: (value) => printGoNanoseconds(nanosOf(value)),
});
const MONTH: GoType = enumType('time.Month', MONTHS, 1);
const WEEKDAY: GoType = enumType('time.Weekday', WEEKDAYS, 0);
const LOCATION: GoType = structType('time.Location', [], {
  methods: locationMethods,
  text: (value) => zoneOf(value).name,
});
const LOCATION_POINTER: GoType = pointerTo(LOCATION);

export class GoTime extends Typed {
  readonly type: GoType = TIME;
  readonly unix: number;
  readonly nanos: number; // 0 to 999999999
  readonly zone: Zone;
  #civil: Civil | undefined;

  constructor(unix: number, nanos: number, zone: Zone) {
    super();
    this.unix = unix;
    this.nanos = nanos;
    this.zone = zone;
  }

  static ofMillis(millis: number, zone: Zone = UTC): GoTime {
    const unix = Math.floor(millis / 1000);
    return new GoTime(unix, (millis - unix * 1000) * 1_000_000, zone);
  }

  static ofNanos(ns: bigint, zone: Zone): GoTime {
    const nanos = ((ns % BILLION) + BILLION) % BILLION;
    return new GoTime(Number((ns - nanos) / BILLION), Number(nanos), zone);
  }

  get zoneState(): ZoneState {
    return this.zone.at(this.unix);
  }

  get civil(): Civil {
    return (this.#civil ??= civilOf(this.unix + this.zoneState.offset));
  }

  /** Nanoseconds since 1970. */
  get totalNanos(): bigint {
    return BigInt(this.unix) * BILLION + BigInt(this.nanos);
  }

  in(zone: Zone): GoTime {
    return new GoTime(this.unix, this.nanos, zone);
  }

  compare(other: GoTime): number {
    return Math.sign(this.unix - other.unix) || Math.sign(this.nanos - other.nanos);
  }
}

const BILLION = 1_000_000_000n;
/** The zero time, January 1 of the year 1. */
export const ZERO_UNIX = -62_135_596_800;

export const duration = (ns: bigint): Scalar => new Scalar(DURATION, BigInt.asIntN(64, ns));

export const timeText = (time: GoTime): string => formatTime(time, '2006-01-02 15:04:05.999999999 -0700 MST');

/** time.Date(…), what %#v prints. */
export function timeGoString(time: GoTime): string {
  const { year, month, day, hour, minute, second } = time.civil;
  const zone = time.zone.name === 'UTC' ? 'time.UTC' : `time.Location(${JSON.stringify(time.zone.name)})`;
  return `time.Date(${year}, time.${MONTHS[month - 1]}, ${day}, ${hour}, ${minute}, ${second}, ${time.nanos}, ${zone})`;
}

class Location extends Typed {
  readonly type: GoType = LOCATION;
  readonly zone: Zone;
  constructor(zone: Zone) {
    super();
    this.zone = zone;
  }
}

function enumType(name: string, names: readonly string[], first: number): GoType {
  const text = (value: Value): string => {
    const at = value instanceof Scalar ? Number(value.value) : -1;
    return names[at - first] ?? `%!${name.slice('time.'.length)}(${at})`;
  };
  const own: Callable = { params: [], variadic: false, call: (_args, _run, receiver) => text(receiver) };
  return namedType(name, INT, { text, methods: new Map([['String', own]]) });
}

function timeOf(value: Value): GoTime {
  const inner = value instanceof Pointer ? value.target : value;
  if (inner instanceof GoTime) return inner;
  throw new CallError('not a time.Time');
}

function nanosOf(value: Value): bigint {
  const inner = value instanceof Pointer ? value.target : value;
  if (inner instanceof Scalar && typeof inner.value === 'bigint') return inner.value;
  throw new CallError('not a time.Duration');
}

function zoneOf(value: Value): Zone {
  const inner = value instanceof Pointer ? value.target : value;
  if (inner instanceof Location) return inner.zone;
  throw new CallError('not a time.Location');
}

type TimeMethod = (time: GoTime, args: readonly Value[]) => Value;

function onTime(name: string, params: readonly GoType[], method: TimeMethod): void {
  timeMethods.set(name, {
    params,
    variadic: false,
    call: (args, _run, receiver) => method(timeOf(receiver), args),
  });
}

function refuseOnTime(name: string, refused: string): void {
  timeMethods.set(name, { params: [], variadic: false, refused, call: () => undefined });
}

function onDuration(
  name: string,
  params: readonly GoType[],
  method: (ns: bigint, args: readonly Value[]) => Value,
): void {
  durationMethods.set(name, {
    params,
    variadic: false,
    call: (args, _run, receiver) => method(nanosOf(receiver), args),
  });
}

const intArg = (value: Value): number => (typeof value === 'bigint' ? Number(value) : 0);
const shifted = (time: GoTime, ns: bigint): GoTime => GoTime.ofNanos(time.totalNanos + ns, time.zone);

/** Go counts from the zero time when it rounds a moment. */
const sinceZero = (time: GoTime): bigint => time.totalNanos - BigInt(ZERO_UNIX) * 1_000_000_000n;

onTime('String', [], timeText);
onTime('GoString', [], timeGoString);
onTime('Format', [STRING], (time, [layout]) => formatTime(time, textOf(layout)));
onTime('Unix', [], (time) => new Scalar(INT64, BigInt(time.unix)));
onTime('UnixMilli', [], (time) => new Scalar(INT64, BigInt(time.unix) * 1000n + BigInt(time.nanos) / 1_000_000n));
onTime('UnixMicro', [], (time) => new Scalar(INT64, BigInt(time.unix) * 1_000_000n + BigInt(time.nanos) / 1000n));
onTime('UnixNano', [], (time) => new Scalar(INT64, BigInt.asIntN(64, time.totalNanos)));
onTime('UTC', [], (time) => time.in(UTC));
onTime('Local', [], (time) => time.in({ ...UTC, name: 'Local' }));
onTime('In', [LOCATION_POINTER], (time, [location]) => time.in(zoneOf(location)));
onTime('Location', [], (time) => new Pointer(LOCATION_POINTER, new Location(time.zone)));
onTime('IsZero', [], (time) => time.unix === ZERO_UNIX && time.nanos === 0);
onTime('IsDST', [], (time) => time.zoneState.isDst);
onTime('Year', [], (time) => BigInt(time.civil.year));
onTime('Month', [], (time) => new Scalar(MONTH, BigInt(time.civil.month)));
onTime('Day', [], (time) => BigInt(time.civil.day));
onTime('Hour', [], (time) => BigInt(time.civil.hour));
onTime('Minute', [], (time) => BigInt(time.civil.minute));
onTime('Second', [], (time) => BigInt(time.civil.second));
onTime('Nanosecond', [], (time) => BigInt(time.nanos));
onTime('YearDay', [], (time) => BigInt(time.civil.yearDay));
onTime('Weekday', [], (time) => new Scalar(WEEKDAY, BigInt(time.civil.weekday)));
onTime('After', [TIME], (time, [other]) => time.compare(timeOf(other)) > 0);
onTime('Before', [TIME], (time, [other]) => time.compare(timeOf(other)) < 0);
onTime('Equal', [TIME], (time, [other]) => time.compare(timeOf(other)) === 0);
onTime('Compare', [TIME], (time, [other]) => BigInt(time.compare(timeOf(other))));
onTime('Add', [DURATION], (time, [ns]) => shifted(time, nanosOf(ns)));
onTime('Sub', [TIME], (time, [other]) => duration(clamped(time.totalNanos - timeOf(other).totalNanos)));
onTime('AddDate', [INT, INT, INT], (time, [years, months, days]) => {
  const { year, month, day, hour, minute, second } = time.civil;
  const date = daysOf(year + intArg(years), month + intArg(months), day + intArg(days));
  return momentOf(date * 86_400 + hour * 3600 + minute * 60 + second, time.nanos, time.zone);
});
onTime('Truncate', [DURATION], (time, [unit]) => {
  const step = nanosOf(unit);
  return step <= 0n ? time : shifted(time, -positiveRest(sinceZero(time), step));
});
onTime('Round', [DURATION], (time, [unit]) => {
  const step = nanosOf(unit);
  if (step <= 0n) return time;
  const rest = positiveRest(sinceZero(time), step);
  return shifted(time, rest * 2n < step ? -rest : step - rest);
});
refuseOnTime('Clock', 'function Clock has 3 return values; should be 1 or 2');
refuseOnTime('Date', 'function Date has 3 return values; should be 1 or 2');
refuseOnTime('ISOWeek', 'invalid function signature for ISOWeek: second return value should be error; is int');
refuseOnTime('Zone', 'invalid function signature for Zone: second return value should be error; is int');
refuseOnTime(
  'ZoneBounds',
  'invalid function signature for ZoneBounds: second return value should be error; is time.Time',
);

onDuration('String', [], printGoNanoseconds);
onDuration('Nanoseconds', [], (ns) => new Scalar(INT64, ns));
onDuration('Microseconds', [], (ns) => new Scalar(INT64, ns / 1000n));
onDuration('Milliseconds', [], (ns) => new Scalar(INT64, ns / 1_000_000n));
onDuration('Seconds', [], (ns) => inUnits(ns, 1_000_000_000n));
onDuration('Minutes', [], (ns) => inUnits(ns, 60_000_000_000n));
onDuration('Hours', [], (ns) => inUnits(ns, 3_600_000_000_000n));
onDuration('Abs', [], (ns) => duration(clamped(ns < 0n ? -ns : ns)));
onDuration('Truncate', [DURATION], (ns, [unit]) => {
  const step = nanosOf(unit);
  return duration(step <= 0n ? ns : ns - (ns % step));
});
onDuration('Round', [DURATION], (ns, [unit]) => {
  const step = nanosOf(unit);
  if (step <= 0n) return duration(ns);
  const size = ns < 0n ? -ns : ns;
  const rest = size % step;
  const rounded = rest * 2n < step ? size - rest : size - rest + step;
  return duration(clamped(ns < 0n ? -rounded : rounded));
});

locationMethods.set('String', { params: [], variadic: false, call: (_args, _run, receiver) => zoneOf(receiver).name });

/** Whole units and the rest are converted apart, as Go does, so that no digit is lost. */
export const inUnits = (ns: bigint, unit: bigint): number => Number(ns / unit) + Number(ns % unit) / Number(unit);

function positiveRest(ns: bigint, step: bigint): bigint {
  const rest = ns % step;
  return rest < 0n ? rest + step : rest;
}

export function clamped(ns: bigint): bigint {
  const most = 2n ** 63n - 1n;
  if (ns > most) return most;
  return ns < -most - 1n ? -most - 1n : ns;
}

/** The moment a clock in `zone` shows this; a time the clock skips is read with the offset before the change. */
export function momentOf(localSeconds: number, nanos: number, zone: Zone): GoTime {
  const first = zone.at(localSeconds).offset;
  let unix = localSeconds - first;
  const second = zone.at(unix).offset;
  if (second !== first) {
    unix = localSeconds - second;
    if (zone.at(unix).offset !== second) unix = localSeconds - first;
  }
  return new GoTime(unix, nanos, zone);
}
