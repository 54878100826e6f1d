// What the last life of the process left in the store, made alive again: alerts, silences, the notification log,
// groups with their timers, and messages that were on their way.
import type { Alert } from '../model/alert.ts';
import { stampOf } from '../model/rfc3339.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import type { Message } from '../notify/message.ts';
import { decodeMessage } from '../notify/message-json.ts';
import type { SilenceIndex } from '../mute/silence-index.ts';
import type { AlertId, Stored, StoredDelivery, Unreadable } from '../ports/store.ts';
import type { PriorGroup } from './adopt.ts';
import { findIntegration, type Generation } from './generation.ts';
import { Known, type KnownAlerts } from './known-alerts.ts';
import { tellingOf, type NotificationLog } from './notification-log.ts';
import { SHORTEST_BUDGET_MS, type Job, type Outbox } from './outbox.ts';
import { messageOf } from '../model/error-message.ts';

const LONGEST_DOUBT_MS: DurationMs = 5 * 60_000;

export interface Memory {
  readonly alerts: KnownAlerts;
  readonly silences: SilenceIndex;
  readonly log: NotificationLog;
}

/** Returns the groups there were, for adopt(). */
export function recall(stored: Stored, memory: Memory, now: Instant): readonly PriorGroup[] {
  const lastHeardAt = stored.alerts.reduce((last, { alert }) => Math.max(last, alert.updatedAt), 0);
  for (const { id, alert } of stored.alerts) memory.alerts.add(new Known(id, doubted(alert, lastHeardAt, now)));
  for (const silence of stored.silences) memory.silences.set(silence);
  for (const logged of stored.entries) {
    const entry = memory.log.entry(logged);
    entry.generation = logged.generation;
    entry.fence = logged.fence;
    entry.remember(logged.told);
    entry.memo = logged.memo;
  }
  for (const delivery of stored.deliveries) {
    const underway = delivery.state !== 'parked';
    memory.log.entry(delivery).undelivered = {
      generation: delivery.generation,
      telling: tellingOf(delivery.telling),
      underway,
    };
  }
  const released = new Map<string, ReadonlySet<AlertId>>();
  for (const { groupKey, alerts } of stored.releases) released.set(groupKey, new Set(alerts));
  return stored.groups.map((group) => {
    const gone = released.get(group.key);
    return { stored: group, holds: (alert) => gone?.has(alert) !== true };
  });
}

/** The process stood still: nobody could say anything to it since `from`. */
export function doubt(alerts: KnownAlerts, from: Instant, now: Instant): void {
  for (const known of alerts.values()) known.alert = doubted(known.alert, from, now);
}

/**
 * An alert whose end has passed, or passes right now, may only have lacked somebody who heard it said again. Senders
 * repeat an alert several times before the end they give it; one that had less than half of that time to repeat it
 * before we went down gets as long again from now, before it counts as resolved. An end that was said is believed.
 */
function doubted(alert: Alert, lastHeardAt: Instant, now: Instant): Alert {
  const half = (alert.endsAt.at - alert.updatedAt) / 2;
  if (half <= 0 || lastHeardAt >= alert.updatedAt + half) return alert;
  const end = now + Math.min(Math.round(half), LONGEST_DOUBT_MS);
  return alert.endsAt.at >= end ? alert : { ...alert, endsAt: stampOf(end), timeout: true };
}

/**
 * What was claimed and never settled goes out again under its own key: it may have arrived, and then it arrives
 * twice; it may not, and then it must. What was waiting for its next attempt waits on. A message to an integration
 * the configuration no longer has stays in the store, unsent, and its entry forgets it. Returns what cannot be read.
 */
export function resume(
  deliveries: readonly StoredDelivery[],
  generation: Generation,
  log: NotificationLog,
  outbox: Outbox,
  now: Instant,
): readonly Unreadable[] {
  const unreadable: Unreadable[] = [];
  for (const delivery of deliveries) {
    if (delivery.state === 'parked') continue;
    const entry = log.entry(delivery);
    const integration = findIntegration(generation.config, delivery.receiver, delivery.integration);
    if (integration === null) {
      entry.undelivered = null;
      continue;
    }
    const message = readMessage(delivery, unreadable);
    if (message === null) {
      entry.undelivered = null;
      continue;
    }
    const group = generation.groups.get(entry.groupKey);
    const job: Job = {
      entry,
      integration,
      generation: delivery.generation,
      fence: delivery.fence,
      message,
      telling: delivery.telling,
      trace: null,
      budget: Math.max(SHORTEST_BUDGET_MS, group?.route.groupInterval ?? 0),
      attempts: Math.max(1, delivery.attempts),
      mayHaveArrived: delivery.state === 'sending',
      state: 'waiting',
    };
    outbox.resume(job, delivery.state === 'waiting' ? (delivery.nextAttemptAt ?? now) : now);
  }
  return unreadable;
}

/** A message that damage has made unreadable is lost; its group speaks again at its next tick. */
function readMessage(delivery: StoredDelivery, unreadable: Unreadable[]): Message | null {
  try {
    return decodeMessage(delivery.message);
  } catch (error) {
    const reason = messageOf(error);
    unreadable.push({ kind: 'delivery', id: delivery.idempotencyKey, reason });
    return null;
  }
}
