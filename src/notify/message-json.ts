// A Message as text and back: what the outbox keeps, so that every attempt renders the state of the flush.
import { Labels } from '../model/labels.ts';
import { keptInstant, keptPairs, keptText } from '../model/kept.ts';
import { Pairs } from '../model/pairs.ts';
import type { Comparison, Reading } from '../model/reading.ts';
import type { Message, MessageAlert } from './message.ts';

export function encodeMessage(message: Message): string {
  const { alerts, groupLabels, commonLabels, commonAnnotations, routeLabels, ...plain } = message;
  const head = JSON.stringify({
    ...plain,
    groupLabels: groupLabels.flat,
    commonLabels: commonLabels.flat,
    commonAnnotations: commonAnnotations.flat,
    routeLabels: routeLabels.flat,
  });
  return `${head.slice(0, -1)},"alerts":[${alerts.map(encodeAlert).join(',')}]}`;
}

const encodeAlert = ({ labels, annotations, reading, ...plain }: MessageAlert): string =>
  JSON.stringify({
    ...{ ...plain, labels: labels.flat, annotations: annotations.flat },
    reading: reading === null ? null : readingTexts(reading),
  });

/** As text: NaN and the infinities are values, too. */
function readingTexts({ value, peak, threshold }: Reading): StoredReading {
  const to = threshold === null ? null : ([threshold.op, textOrNull(threshold.value)] as const);
  return [textOrNull(value), String(peak), to];
}

type StoredReading = readonly [
  value: string | null,
  peak: string,
  threshold: readonly [op: Comparison, value: string | null] | null,
];

function readReading([value, peak, to]: StoredReading): Reading {
  const threshold = to === null ? null : { op: to[0], value: numberOrNull(to[1]) };
  return { value: numberOrNull(value), peak: Number(peak), threshold };
}

const textOrNull = (value: number | null): string | null => (value === null ? null : String(value));
const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

type Flat<T> = {
  readonly [K in keyof T]: T[K] extends Pairs ? readonly string[] : K extends 'reading' ? StoredReading | null : T[K];
};

/** Only what encodeMessage wrote; throws when it makes no sense. */
export function decodeMessage(text: string): Message {
  const stored = JSON.parse(text) as Flat<Omit<Message, 'alerts'>> & { readonly alerts: readonly Flat<MessageAlert>[] };
  for (const name of TEXTS) keptText(stored[name]);
  return {
    ...stored,
    status: keptStatus(stored.status),
    at: keptInstant(stored.at),
    groupLabels: Labels.ofFlat(keptPairs(stored.groupLabels)),
    commonLabels: Labels.ofFlat(keptPairs(stored.commonLabels)),
    commonAnnotations: Pairs.ofFlat(keptPairs(stored.commonAnnotations)),
    routeLabels: Pairs.ofFlat(keptPairs(stored.routeLabels)),
    alerts: stored.alerts.map(decodeAlert),
  };
}

function decodeAlert(alert: Flat<MessageAlert>): MessageAlert {
  for (const name of ALERT_TEXTS) keptText(alert[name]);
  return {
    ...alert,
    status: keptStatus(alert.status),
    // What an earlier version kept has none.
    reading: Array.isArray(alert.reading) ? readReading(alert.reading as StoredReading) : null,
    labels: Labels.ofFlat(keptPairs(alert.labels)),
    annotations: Pairs.ofFlat(keptPairs(alert.annotations)),
  };
}

const TEXTS = ['receiver', 'reason', 'externalURL', 'groupKey', 'idempotencyKey'] as const;
const ALERT_TEXTS = ['startsAt', 'endsAt', 'generatorURL'] as const;

function keptStatus(value: unknown): Message['status'] {
  if (value !== 'firing' && value !== 'resolved') throw new TypeError('neither firing nor resolved');
  return value;
}
