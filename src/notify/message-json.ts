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
    groupLabels: Labels.ofFlat(stored.groupLabels),
    commonLabels: Labels.ofFlat(stored.commonLabels),
    commonAnnotations: Pairs.ofFlat(stored.commonAnnotations),
    routeLabels: Pairs.ofFlat(stored.routeLabels),
    alerts: stored.alerts.map((alert) => ({
      ...alert,
      // What an earlier version kept has none.
      reading: alert.reading ?? null,
      labels: Labels.ofFlat(alert.labels),
      annotations: Pairs.ofFlat(alert.annotations),
    })),
  };
}
