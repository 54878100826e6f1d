// A new configuration takes over what is alive. Both a restart and a reload are this: alerts are routed by the
// new tree, and each new group looks for the one it continues, first by its very key, then by receiver, group_by
// and group labels (its route has moved). From that it inherits its timer, so nothing speaks early or twice, and
// its notification log.
import { isResolved, type Alert } from '../model/alert.ts';
import type { Instant } from '../model/time.ts';
import { mutedBy, timeMute } from '../mute/mute.ts';
import type { AlertId, StoredGroup, Write } from '../ports/store.ts';
import { groupByText } from '../route/group-key.ts';
import { groupLabelsOf } from '../route/tree.ts';
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
  const [over, firing] = partition(alerts.values(), (known) => isResolved(known.alert, now));
  const opened: Group[] = [];
  // What fires comes first: it says when a group without a past speaks.
  for (const known of [...firing, ...over]) {
    known.groups = [];
    known.indexed = false;
    membership.watch(known, now);
    opened.push(...membership.join(known, now));
  }
  const prior = new PriorGroups(input.prior, opened);
  const writes: Write[] = [];
  for (const group of opened) {
    const before = prior.ancestorOf(group)?.stored;
    if (before === undefined) continue;
    // It has spoken before: whether it would now is shown without waiting for its next tick.
    if (before.flushes > 0) group.mutedBy = mutedBy(timeMute(group.route, compiled.config.timeIntervals, now));
    // Another receiver has not been told anything yet: it does not wait for the old one's tick.
    if (before.receiver === group.route.receiver) inherit(group, before, groups, Math.max(notBefore, now));
    if (before.key === group.key) continue;
    log.rename(before.key, group.key);
    writes.push({ kind: 'group.rename', from: before.key, to: group.key });
  }
  // Nobody leaves before everybody is in: a group that was empty for a moment would have lost its timer.
  for (const known of over) leaveWhereDone(known, prior, membership);
  const gone = [...prior.unclaimed(), ...prior.heirs()].filter((key) => groups.get(key) === undefined);
  if (gone.length > 0) writes.push({ kind: 'groups.delete', keys: gone });
  writes.push({ kind: 'groups.put', groups: Array.from(groups.values(), (group) => group.stored()) });
  return { generation, writes };
}

/** Whether a group of the next configuration will continue this one with that alert in it. */
export function continuation(compiled: Compiled): (group: Group, alert: Alert) => boolean {
  const { membership } = newGeneration(compiled, 0);
  return ({ route, labels }, alert) => {
    const nature = natureOf(route.receiver, groupByText(route), labels.flat);
    return membership.routesOf(alert).some((next) => {
      const nextLabels = groupLabelsOf(next, alert.labels);
      return natureOf(next.receiver, groupByText(next), nextLabels.flat) === nature;
    });
  };
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

/** Which group each of the new ones continues; each is continued once. */
class PriorGroups {
  readonly #prior: readonly PriorGroup[];
  readonly #ancestors = new Map<string, PriorGroup>();
  readonly #claimed = new Set<PriorGroup>();

  constructor(prior: readonly PriorGroup[], opened: readonly Group[]) {
    this.#prior = prior;
    const byKey = new Map(prior.map((group) => [group.stored.key, group]));
    for (const group of opened) this.#claim(group, byKey.get(group.key));
    // Only what nobody continues under its own key can have moved.
    const moved = new Map<string, PriorGroup[]>();
    for (const group of prior) {
      if (this.#claimed.has(group)) continue;
      const { receiver, groupBy, labels } = group.stored;
      moved.getOrInsertComputed(natureOf(receiver, groupBy, labels), () => []).push(group);
    }
    for (const group of opened) {
      if (this.#ancestors.has(group.key)) continue;
      const nature = natureOf(group.route.receiver, groupByText(group.route), group.labels.flat);
      this.#claim(group, moved.get(nature)?.shift());
    }
  }

  #claim(group: Group, found: PriorGroup | undefined): void {
    if (found === undefined) return;
    this.#claimed.add(found);
    this.#ancestors.set(group.key, found);
  }

  ancestorOf(group: Group): PriorGroup | null {
    return this.#ancestors.get(group.key) ?? null;
  }

  unclaimed(): readonly string[] {
    return this.#prior.filter((group) => !this.#claimed.has(group)).map((group) => group.stored.key);
  }

  /** Keys of groups that continued one; they may have ended since, with their last resolved alert. */
  heirs(): readonly string[] {
    return [...this.#ancestors.keys()];
  }
}

function partition<T>(items: Iterable<T>, isFirst: (item: T) => boolean): readonly [first: T[], second: T[]] {
  const first: T[] = [];
  const second: T[] = [];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}

const natureOf = (receiver: string, groupBy: string, labels: readonly string[]): string =>
  JSON.stringify([receiver, groupBy, labels]);
