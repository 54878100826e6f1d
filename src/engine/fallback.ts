// What a receiver's integration refused for good, for the receiver named as its fallback. It is told what was refused,
// not what is by now: an alert that has ended since was still to be reported. Told once: what the fallback knows
// already is not said again each time the receiver is tried.
import type { Config, Receiver } from '../config/config.ts';
import type { Instant } from '../model/time.ts';
import { plan, type Decision } from '../notify/plan.ts';
import { tellingOf } from './notification-log.ts';
import type { Job, Parcel } from './outbox.ts';

/** The configuration has refused circles. */
export function fallbackOf(config: Config, receiver: string): Receiver | null {
  const name = config.receivers.get(receiver)?.fallback ?? null;
  return name === null ? null : (config.receivers.get(name) ?? null);
}

export type HandedOver =
  | { readonly kind: 'parcel'; readonly parcel: Parcel }
  /** There is nothing to say, but what it was told is over: its return would be news. */
  | (Decision & { readonly kind: 'record' })
  | { readonly kind: 'nothing' };

export function handedOver(
  job: Job,
  to: Pick<Parcel, 'group' | 'entry' | 'receiver' | 'integration'>,
  now: Instant,
): HandedOver {
  const { message, telling } = job;
  const { entry, integration } = to;
  const { firing: said, resolved } = tellingOf(telling);
  const firing = said.difference(resolved);
  const told = entry.told(now);
  const isMissed = message.reason === 'fired and resolved while undeliverable' && told === null;
  const decision = plan(
    {
      ...{ told, undelivered: entry.undelivered, firing, resolved, mutedResolved: new Set<string>() },
      ...{ sendResolved: integration.sendResolved, repeatInterval: to.group.route.repeatInterval },
    },
    now,
  );
  if (decision.kind === 'record') return decision;
  // Busy: what it is being told now, the next attempt at the receiver will tell whether there is more.
  if (entry.busy || (decision.kind !== 'send' && !isMissed)) return { kind: 'nothing' };
  const missed = decision.kind === 'send' ? decision.missed : resolved;
  const alerts = message.alerts.filter(
    ({ status, labels }) => status === 'firing' || integration.sendResolved || missed.has(labels.digest),
  );
  if (alerts.length === 0) return { kind: 'nothing' };
  const { groupLabels, routeLabels, externalURL, groupKey, at } = message;
  const reason = decision.kind === 'send' ? decision.reason : message.reason;
  const envelope = { receiver: to.receiver, reason, groupLabels, routeLabels, externalURL, groupKey, at };
  const fired = integration.sendResolved ? firing : firing.union(missed);
  return {
    kind: 'parcel',
    parcel: { ...to, envelope, alerts, telling: { ...telling, firing: [...fired] }, trace: job.trace },
  };
}
