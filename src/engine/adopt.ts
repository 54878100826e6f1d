// A new configuration takes over what is alive. Both a restart and a reload are this: alerts are routed by the
// new tree, and each new group looks for the one it continues, first by its very key, then by receiver, group_by
// and group labels (its route has moved). From that it inherits its timer, so nothing speaks early or twice, and
// its notification log.
import { isResolved } from '../model/alert.ts';
import type { Instant } from '../model/time.ts';
import type { AlertId, StoredGroup, Write } from '../ports/store.ts';
import { groupByText } from '../route/group-key.ts';
import { newGeneration, type Compiled, type Generation } from './generation.ts';
import type { Group, Groups } from './groups.ts';
import type { Known, KnownAlerts } from './known-alerts.ts';
import type { Membership } from './membership.ts';
import type { NotificationLog } from './notification-log.ts';

export interface PriorGroup {
  readonly stored: StoredGroup;
  /** A resolved alert that is not held any more was dealt with: it does not come back. */
  readonly holds: (alert: AlertId) => boolean;
}

export interface Adopted {
  readonly generation: Generation;
  readonly writes: readonly Write[];
}

export interface AdoptInput {
  readonly alerts: KnownAlerts;
  readonly prior: readonly PriorGroup[];
  readonly log: NotificationLog;
  readonly compiled: Compiled;
  /** --dispatch.start-delay: nothing speaks before. */
  readonly notBefore: Instant;
}

export function adopt(input: AdoptInput, now: Instant): Adopted {
  const { alerts, log, compiled, notBefore } = input;
  const generation = newGeneration(compiled, notBefore);
  const { groups, membership } = generation;
  const prior = new PriorGroups(input.prior);
  const writes: Write[] = [];
  for (const known of alerts.values()) {
    known.groups = [];
    known.indexed = false;
    membership.watch(known, now);
    for (const group of membership.join(known, now)) {
      const before = prior.claim(group);
      if (before === null) continue;
      // Another receiver has not been told anything yet: it does not wait for the old one's tick.
      const isTold = before.stored.receiver === group.route.receiver;
      if (isTold) inherit(group, before.stored, groups, Math.max(notBefore, now));
      if (before.stored.key !== group.key) {
        log.rename(before.stored.key, group.key);
        writes.push({ kind: 'group.rename', from: before.stored.key, to: group.key });
      }
    }
    if (isResolved(known.alert, now)) leaveWhereDone(known, prior, membership);
  }
  const gone = [...prior.unclaimed(), ...prior.heirs()].filter((key) => groups.get(key) === undefined);
  if (gone.length > 0) writes.push({ kind: 'groups.delete', keys: gone });
  writes.push({ kind: 'groups.put', groups: Array.from(groups.values(), (group) => group.stored()) });
  return { generation, writes };
}

function inherit(group: Group, before: StoredGroup, groups: Groups, earliest: Instant): void {
  // A timer that ran out while nobody watched goes off now, once; a shorter new interval is not waited out.
  const latest = earliest + Math.max(group.route.groupInterval, before.flushes === 0 ? group.route.groupWait : 0);
  const nextFlushAt = Math.min(Math.max(before.nextFlushAt, earliest), latest);
  groups.restart(group, { nextFlushAt, flushes: before.flushes });
}

function leaveWhereDone(known: Known, prior: PriorGroups, membership: Membership): void {
  for (const group of known.groups) {
    if (prior.ancestorOf(group)?.holds(known.id) !== true) membership.release(group, [{ known, alert: known.alert }]);
  }
}

class PriorGroups {
  readonly #byKey = new Map<string, PriorGroup>();
  readonly #byNature = new Map<string, PriorGroup[]>();
  readonly #ancestors = new Map<string, PriorGroup>();
  readonly #claimed = new Set<PriorGroup>();

  constructor(prior: readonly PriorGroup[]) {
    for (const group of prior) {
      this.#byKey.set(group.stored.key, group);
      const { receiver, groupBy, labels } = group.stored;
      this.#byNature.getOrInsertComputed(natureOf(receiver, groupBy, labels), () => []).push(group);
    }
  }

  /** The group that `group` continues; each is continued once. */
  claim(group: Group): PriorGroup | null {
    const same = this.#byKey.get(group.key);
    const nature = natureOf(group.route.receiver, groupByText(group.route), group.labels.flat);
    const found = same ?? this.#byNature.get(nature)?.find((other) => !this.#claimed.has(other)) ?? null;
    if (found === null || this.#claimed.has(found)) return null;
    this.#claimed.add(found);
    this.#ancestors.set(group.key, found);
    return found;
  }

  ancestorOf(group: Group): PriorGroup | null {
    return this.#ancestors.get(group.key) ?? null;
  }

  unclaimed(): readonly string[] {
    return [...this.#byKey].filter(([, group]) => !this.#claimed.has(group)).map(([key]) => key);
  }

  /** Keys of groups that continued one; they may have ended since, with their last resolved alert. */
  heirs(): readonly string[] {
    return [...this.#ancestors.keys()];
  }
}

const natureOf = (receiver: string, groupBy: string, labels: readonly string[]): string =>
  JSON.stringify([receiver, groupBy, labels]);
