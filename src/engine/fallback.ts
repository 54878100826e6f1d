// What a receiver's integration refused for good, for the receiver named as its fallback. It is told what was refused,
// not what is by now: an alert that has ended since was still to be reported. Told once: what the fallback knows
// already is not said again each time the receiver is tried.
import type { Config, Receiver } from '../config/config.ts';
import type { Instant } from '../model/time.ts';
import { plan } from '../notify/plan.ts';
import { tellingOf } from './notification-log.ts';
import type { Job, Parcel } from './outbox.ts';

/** The configuration has refused circles. */
export function fallbackOf(config: Config, receiver: string): Receiver | null {
  const name = config.receivers.get(receiver)?.fallback ?? null;
  return name === null ? null : (config.receivers.get(name) ?? null);
}

/** null when there is nothing it does not know. */
export function handedOver(
  job: Job,
  to: Pick<Parcel, 'group' | 'entry' | 'receiver' | 'integration'>,
  now: Instant,
): Parcel | null {
  const { message, telling } = job;
  const { entry, integration } = to;
  const { firing, resolved } = tellingOf(telling);
  const told = entry.told(now);
  const isMissed = message.reason === 'fired and resolved while undeliverable' && told === null;
  const decision = plan(
    {
      ...{ told, undelivered: entry.undelivered, firing, resolved, mutedResolved: new Set<string>() },
      ...{ sendResolved: integration.sendResolved, repeatInterval: to.group.route.repeatInterval },
    },
    now,
  );
  if (entry.busy || (decision.kind !== 'send' && !isMissed)) return null;
  const isWanted = integration.sendResolved || isMissed;
  const alerts = message.alerts.filter(({ status }) => status === 'firing' || isWanted);
  if (alerts.length === 0) return null;
  const { groupLabels, routeLabels, externalURL, groupKey, at } = message;
  const reason = decision.kind === 'send' ? decision.reason : message.reason;
  const envelope = { receiver: to.receiver, reason, groupLabels, routeLabels, externalURL, groupKey, at };
  return { ...to, envelope, alerts, telling };
}
