// From the alerts of a flush to the Message every integration renders: order, status, what all have in common.
import { isResolved, type Alert } from '../model/alert.ts';
import { compareForMessage } from '../model/alert-order.ts';
import { Labels } from '../model/labels.ts';
import { Pairs } from '../model/pairs.ts';
import { ZERO_TIME_TEXT, type Instant } from '../model/time.ts';
import type { Message, MessageAlert } from './message.ts';

export function messageAlerts(alerts: readonly Alert[], now: Instant): readonly MessageAlert[] {
  return alerts
    .toSorted((a, b) => compareForMessage(a.labels, b.labels))
    .map((alert) => {
      const resolved = isResolved(alert, now);
      return {
        status: resolved ? 'resolved' : 'firing',
        labels: alert.labels,
        annotations: alert.annotations,
        startsAt: alert.startsAt.text,
        endsAt: resolved ? alert.endsAt.text : ZERO_TIME_TEXT,
        generatorURL: alert.generatorURL,
        reading: alert.reading,
      };
    });
}

export type Envelope = Omit<Message, 'alerts' | 'status' | 'commonLabels' | 'commonAnnotations'>;

/** @param alerts in message order */
export function compose(envelope: Envelope, alerts: readonly MessageAlert[]): Message {
  return {
    ...envelope,
    alerts,
    status: alerts.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved',
    commonLabels: Labels.of(common(alerts.map((alert) => alert.labels))),
    commonAnnotations: Pairs.from(common(alerts.map((alert) => alert.annotations))),
  };
}

/** The first set's pairs that every other has, value for value; upstream reads a name that is absent as ''. */
function common(sets: readonly Pairs[]): readonly (readonly [string, string])[] {
  const [first, ...rest] = sets;
  if (first === undefined) return [];
  let shared = [...first];
  for (const set of rest) {
    if (shared.length === 0) break;
    const pairs = new Map(set);
    shared = shared.filter(([name, value]) => (pairs.get(name) ?? '') === value);
  }
  return shared;
}
