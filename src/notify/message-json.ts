// A Message as text and back: what the outbox keeps, so that every attempt renders the state of the flush.
import { Labels } from '../model/labels.ts';
import { Pairs } from '../model/pairs.ts';
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

const encodeAlert = ({ labels, annotations, ...plain }: MessageAlert): string =>
  JSON.stringify({ ...plain, labels: labels.flat, annotations: annotations.flat });

type Flat<T> = { readonly [K in keyof T]: T[K] extends Pairs ? readonly string[] : T[K] };

/** Only what encodeMessage wrote: anything else is a defect of ours. */
export function decodeMessage(text: string): Message {
  const stored = JSON.parse(text) as Flat<Omit<Message, 'alerts'>> & { readonly alerts: readonly Flat<MessageAlert>[] };
  return {
    ...stored,
    groupLabels: Labels.of(pairsOf(stored.groupLabels)),
    commonLabels: Labels.of(pairsOf(stored.commonLabels)),
    commonAnnotations: Pairs.from(pairsOf(stored.commonAnnotations)),
    routeLabels: Pairs.from(pairsOf(stored.routeLabels)),
    alerts: stored.alerts.map((alert) => ({
      ...alert,
      labels: Labels.of(pairsOf(alert.labels)),
      annotations: Pairs.from(pairsOf(alert.annotations)),
    })),
  };
}

function* pairsOf(flat: readonly string[]): IterableIterator<readonly [string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!];
}
