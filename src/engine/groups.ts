// The live groups: their members and when each speaks next. What speaking means is dispatcher.ts; the timing
// rules are route/group.ts.
import type { Route } from '../config/config.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { TraceContext } from '../model/trace-context.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import type { StoredGroup } from '../ports/store.ts';
import { groupByText, innerKey, outwardKey } from '../route/group-key.ts';
import { step, type GroupClock, type GroupInput } from '../route/group.ts';
import type { Known } from './known-alerts.ts';
import { Timers } from './timers.ts';

/** A flush whose resolved alerts leave the group once every message of it has arrived. */
export interface Flush {
  readonly resolved: readonly { readonly known: Known; readonly alert: Alert }[];
  readonly awaiting: Set<string>;
}

export class Group {
  readonly key: string;
  readonly route: Route;
  readonly labels: Labels;
  readonly members = new Set<Known>();
  clock: GroupClock;
  /** Names of the time intervals that muted it at its last flush. */
  mutedBy: readonly string[] = [];
  lastFlush: Flush | null = null;
  /** The request that opened it, until its first flush. */
  openedBy: TraceContext | null = null;
  alive = true;

  constructor(route: Route, labels: Labels, clock: GroupClock) {
    this.key = innerKey(route, labels);
    this.route = route;
    this.labels = labels;
    this.clock = clock;
  }

  /** Upstream's group key, as messages carry it. */
  get outwardKey(): string {
    return outwardKey(this.route, this.labels);
  }

  stored(): StoredGroup {
    const { route, clock } = this;
    return {
      key: this.key,
      routeId: route.id,
      receiver: route.receiver,
      groupBy: groupByText(route),
      labels: this.labels.flat,
      nextFlushAt: clock.nextFlushAt,
      flushes: clock.flushes,
    };
  }
}

export class Groups {
  readonly #byKey = new Map<string, Group>();
  readonly #timers = new Timers<Group>();

  get size(): number {
    return this.#byKey.size;
  }

  get nextAt(): Instant | null {
    return this.#timers.nextAt;
  }

  get(key: string): Group | undefined {
    return this.#byKey.get(key);
  }

  values(): IterableIterator<Group> {
    return this.#byKey.values();
  }

  add(group: Group): void {
    this.#byKey.set(group.key, group);
    this.#timers.set(group.clock.nextFlushAt, group);
  }

  delete(group: Group): void {
    group.alive = false;
    this.#byKey.delete(group.key);
  }

  /** Groups whose flush is due, their next one already set: a flush that fails does not stop the clock. */
  *popDue(now: Instant): IterableIterator<Group> {
    for (const { at, what: group } of this.#timers.popDue(now)) {
      if (!group.alive || group.clock.nextFlushAt !== at) continue;
      this.advance(group, { kind: 'ticked' }, now);
      yield group;
    }
  }

  /** The group goes on with another's clock. */
  restart(group: Group, clock: GroupClock): void {
    group.clock = clock;
    this.#timers.set(clock.nextFlushAt, group);
  }

  /** Now is earlier than it was: what was so far away still is. */
  setBack(by: DurationMs): void {
    this.#timers.hasten(by);
    for (const group of this.#byKey.values()) {
      group.clock = { ...group.clock, nextFlushAt: group.clock.nextFlushAt - by };
    }
  }

  advance(group: Group, input: GroupInput, now: Instant): void {
    group.clock = step(group.clock, input, group.route, now);
    this.#timers.set(group.clock.nextFlushAt, group);
  }
}

/** The route's timers decide; a group opened before `notBefore` (--dispatch.start-delay) waits until then. */
export function openGroup(route: Route, labels: Labels, startsAt: Instant, now: Instant, notBefore: Instant): Group {
  const clock = step(null, { kind: 'opened', startsAt }, route, now);
  return new Group(route, labels, { ...clock, nextFlushAt: Math.max(clock.nextFlushAt, notBefore) });
}
