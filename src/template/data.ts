// What a notification template sees: Alertmanager's Data, made from a Message, with the methods its types have.
import { Pairs } from '../model/pairs.ts';
import { quoteMeta } from '../model/quote-meta.ts';
import { shownNumber, shownThreshold, type Reading } from '../model/reading.ts';
import { severityRank } from '../model/severity.ts';
import { whereabouts, type AllWhereabouts, type Whereabouts } from '../model/whereabouts.ts';
import type { Message, MessageAlert } from '../notify/message.ts';
import {
  BOOL,
  INT,
  mapOf,
  namedType,
  pointerTo,
  sliceOf,
  STRING,
  STRINGS,
  structType,
  type Callable,
  type Field,
  type GoType,
} from './go-type.ts';
import { CallError } from './run.ts';
import { parseTime } from './time-parse.ts';
import { GoTime, TIME, ZERO_UNIX } from './time.ts';
import { Mapping, PairsMapping, Pointer, Slice, Struct, type Value, textOf } from './values.ts';
import { UTC } from './zone.ts';

const field = (name: string, type: GoType, json: string): Field => ({ name, type, json });
const method = (params: readonly GoType[], call: (receiver: Value, args: readonly Value[]) => Value): Callable => ({
  params,
  variadic: false,
  call: (args, _run, receiver) => call(receiver, args),
});

const STRING_LIST: GoType = namedType('template.Strings', STRINGS, {
  methods: new Map([
    ['Join', method([STRING], (texts, [separator]) => itemsOf(texts).map(textOf).join(textOf(separator)))],
  ]),
});

const PAIR: GoType = structType('template.Pair', [field('Name', STRING, 'Name'), field('Value', STRING, 'Value')]);
const PAIRS: GoType = namedType('template.Pairs', sliceOf(PAIR), {
  methods: new Map([
    ['Names', method([], (pairs) => column(pairs, 0))],
    ['Values', method([], (pairs) => column(pairs, 1))],
    ['String', method([], pairsText)],
  ]),
  text: pairsText,
});

const KV: GoType = namedType('template.KV', mapOf(STRING, STRING), {
  methods: new Map([
    ['SortedPairs', method([], sortedPairs)],
    ['Remove', method([STRINGS], (kv, [names]) => without(kv, new Set(itemsOf(names).map(textOf))))],
    ['Names', method([], (kv) => column(sortedPairs(kv), 0))],
    ['Values', method([], (kv) => column(sortedPairs(kv), 1))],
    ['String', method([], (kv) => pairsText(sortedPairs(kv)))],
  ]),
  text: (kv) => pairsText(sortedPairs(kv)),
});

/** Ours: methods and no fields, so that an alert prints as upstream's does. A text is '' when nobody knows. */
const READING: ReadonlyMap<string, Callable> = new Map([
  ['Value', ofReading(({ value }) => (value === null ? '' : shownNumber(value)))],
  ['Peak', ofReading(({ peak }) => shownNumber(peak))],
  ['Threshold', ofReading(shownThreshold)],
  ['Rank', method([], (alert) => BigInt(severityRank(labelOf(alert, 'severity'))))],
]);

/** Ours, of an alert and of a message: where it is, and the labels that say so. */
const WHERE: ReadonlyMap<string, Callable> = new Map([
  ['Where', method([], (placed) => (placed instanceof Placed ? placed.where().text : ''))],
  ['WhereNames', method([], (placed) => new Slice(STRING_LIST, placed instanceof Placed ? placed.where().names : []))],
]);

function ofReading(show: (reading: Reading) => string): Callable {
  return method([], (alert) => (alert instanceof AlertStruct && alert.reading !== null ? show(alert.reading) : ''));
}

class Placed extends Struct {
  readonly where: () => Whereabouts;

  constructor(type: GoType, values: readonly Value[], where: () => Whereabouts) {
    super(type, values);
    this.where = where;
  }
}

class AlertStruct extends Placed {
  readonly reading: Reading | null;

  constructor(values: readonly Value[], reading: Reading | null, where: () => Whereabouts) {
    super(ALERT, values, where);
    this.reading = reading;
  }
}

const ALERT_FIELDS: readonly Field[] = [
  field('Status', STRING, 'status'),
  field('Labels', KV, 'labels'),
  field('Annotations', KV, 'annotations'),
  field('StartsAt', TIME, 'startsAt'),
  field('EndsAt', TIME, 'endsAt'),
  field('GeneratorURL', STRING, 'generatorURL'),
  field('Fingerprint', STRING, 'fingerprint'),
];
const LABELS = 1;
const ALERT: GoType = structType('template.Alert', ALERT_FIELDS, { methods: new Map([...READING, ...WHERE]) });
const ALERT_LIST: GoType = sliceOf(ALERT);
const ALERTS: GoType = namedType('template.Alerts', ALERT_LIST, {
  methods: new Map([
    ['Firing', method([], (alerts) => withStatus(alerts, 'firing'))],
    ['Resolved', method([], (alerts) => withStatus(alerts, 'resolved'))],
    // Ours: what a message with room for a few should show.
    ['Worst', method([INT], (alerts, [most]) => worst(alerts, Number(most)))],
    ['Distinct', method([STRING], (alerts, [label]) => distinct(alerts, textOf(label)))],
  ]),
});

const DATA_FIELDS: readonly Field[] = [
  field('Receiver', STRING, 'receiver'),
  field('Status', STRING, 'status'),
  field('Alerts', ALERTS, 'alerts'),
  field('NotificationReason', STRING, 'notification_reason'),
  field('GroupLabels', KV, 'groupLabels'),
  field('CommonLabels', KV, 'commonLabels'),
  field('CommonAnnotations', KV, 'commonAnnotations'),
  field('RouteLabels', KV, 'routeLabels'),
  field('ExternalURL', STRING, 'externalURL'),
  // Upstream keeps this unexported one; it shows when the whole data is printed.
  { name: 'routeLabelsRendered', type: BOOL, json: null },
];
const DATA: GoType = structType('template.Data', DATA_FIELDS, { methods: WHERE });
const DATA_POINTER: GoType = pointerTo(DATA);

/** The data of a notification, for `render`. */
export function messageData(message: Message): unknown {
  let known: AllWhereabouts | null = null;
  const all = (): AllWhereabouts =>
    (known ??= whereabouts(
      message.alerts.map(({ labels }) => labels),
      message.commonLabels,
    ));
  const values: readonly Value[] = [
    quoteMeta(message.receiver),
    message.status,
    new Slice(
      ALERTS,
      message.alerts.map((alert) => alertValue(alert, () => all().of(alert.labels))),
    ),
    message.reason,
    new PairsMapping(KV, message.groupLabels),
    new PairsMapping(KV, message.commonLabels),
    new PairsMapping(KV, message.commonAnnotations),
    new PairsMapping(KV, message.routeLabels),
    message.externalURL,
    true,
  ];
  return new Pointer(DATA_POINTER, new Placed(DATA, values, () => all().shared));
}

function alertValue(alert: MessageAlert, where: () => Whereabouts): Struct {
  const values = [
    alert.status,
    new PairsMapping(KV, alert.labels),
    new PairsMapping(KV, alert.annotations),
    timeValue(alert.startsAt),
    timeValue(alert.endsAt),
    alert.generatorURL,
    alert.labels.fingerprint,
  ];
  return new AlertStruct(values, alert.reading, where);
}

function timeValue(text: string): GoTime {
  const parsed = parseTime('2006-01-02T15:04:05.999999999Z07:00', text);
  return parsed.ok ? parsed.time : new GoTime(ZERO_UNIX, 0, UTC);
}

function itemsOf(value: Value): readonly Value[] {
  if (value instanceof Slice) return value.items;
  throw new CallError('not a list');
}

function mappingOf(value: Value): Mapping {
  if (value instanceof Mapping) return value;
  throw new CallError('not a map');
}

/** alertname first, the others by name. */
function sortedPairs(kv: Value): Slice {
  const pairs = mappingOf(kv)
    .sorted()
    .map(([name, value]) => new Struct(PAIR, [name, value]));
  const alertname = pairs.filter((pair) => pair.values[0] === 'alertname');
  const others = pairs.filter((pair) => pair.values[0] !== 'alertname');
  return new Slice(PAIRS, [...alertname, ...others]);
}

const column = (pairs: Value, at: 0 | 1): Slice =>
  new Slice(
    STRING_LIST,
    itemsOf(pairs).map((pair) => (pair instanceof Struct ? pair.values[at] : '')),
  );

function pairsText(pairs: Value): string {
  const texts = itemsOf(pairs).map((pair) => (pair instanceof Struct ? pair.values.map(textOf).join('=') : ''));
  return texts.join(', ');
}

function without(kv: Value, names: ReadonlySet<string>): Mapping {
  const kept: [string, string][] = [];
  for (const [name, value] of mappingOf(kv).sorted()) {
    if (!names.has(String(name))) kept.push([String(name), textOf(value)]);
  }
  return new PairsMapping(KV, Pairs.from(kept));
}

function withStatus(alerts: Value, status: 'firing' | 'resolved'): Slice {
  const chosen = itemsOf(alerts).filter((alert) => alert instanceof Struct && alert.values[0] === status);
  return new Slice(ALERT_LIST, chosen);
}

const labelOf = (alert: Value, name: string): string =>
  alert instanceof Struct ? textOf(mappingOf(alert.values[LABELS]).get(name)) : '';

/** At most so many: what fires before what does not, the worse before the better, else as they were. */
function worst(alerts: Value, most: number): Slice {
  const ranks: Value[][] = Array.from({ length: 10 }, () => []);
  for (const alert of itemsOf(alerts)) {
    const isOver = alert instanceof Struct && alert.values[0] === 'resolved';
    ranks[severityRank(labelOf(alert, 'severity')) + (isOver ? 5 : 0)]!.push(alert);
  }
  return new Slice(ALERT_LIST, ranks.flat().slice(0, Math.max(0, most)));
}

/** The values a label has, in the order they are met. */
function distinct(alerts: Value, label: string): Slice {
  const values = new Set(itemsOf(alerts).map((alert) => labelOf(alert, label)));
  values.delete('');
  return new Slice(STRING_LIST, [...values]);
}
