// Which alert is in which group, and which alerts are inhibition sources: the one place where an alert that
// arrived, was restored, or outlived a reload is connected to the rest, and where it is let go.
import { isResolved, type Alert } from '../model/alert.ts';
import type { Config, Route } from '../config/config.ts';
import type { Instant } from '../model/time.ts';
import type { InhibitIndex } from '../mute/inhibit-index.ts';
import type { Write } from '../ports/store.ts';
import { innerKey } from '../route/group-key.ts';
import { directRoute, groupLabelsOf, RouteTree } from '../route/tree.ts';
import { openGroup, type Group, type Groups } from './groups.ts';
import type { Known, KnownAlerts } from './known-alerts.ts';

export class Membership {
  readonly #config: Config;
  readonly #routes: RouteTree;
  readonly #direct = new Map<string, Route>();
  readonly #inhibit: InhibitIndex;
  readonly #groups: Groups;
  readonly #notBefore: Instant;

  constructor(config: Config, inhibit: InhibitIndex, groups: Groups, notBefore: Instant) {
    this.#config = config;
    this.#routes = new RouteTree(config.route);
    this.#inhibit = inhibit;
    this.#groups = groups;
    this.#notBefore = notBefore;
  }

  /** The alert joins every group its routes say; new groups open. Returns those. */
  join(known: Known, now: Instant): readonly Group[] {
    const opened: Group[] = [];
    const { labels, startsAt } = known.alert;
    for (const route of this.routesOf(known.alert)) {
      const groupLabels = groupLabelsOf(route, labels);
      let group = this.#groups.get(innerKey(route, groupLabels));
      if (group === undefined) {
        group = openGroup(route, groupLabels, startsAt.at, now, this.#notBefore);
        this.#groups.add(group);
        opened.push(group);
      }
      enter(known, group);
    }
    return opened;
  }

  /** A receiver that the configuration lost leaves its alerts to the tree. */
  routesOf({ labels, notify }: Alert): readonly Route[] {
    const { route: root, receivers } = this.#config;
    if (notify === null || !receivers.has(notify)) return this.#routes.routesOf(labels);
    return [this.#direct.getOrInsertComputed(notify, () => directRoute(root, notify))];
  }

  /** Sources that have ended leave the index when they are next looked at; a firing one must be in it, always. */
  watch(known: Known, now: Instant): void {
    const fires = !isResolved(known.alert, now);
    if (fires === known.indexed) return;
    if (fires) this.#inhibit.add(known.labels);
    else this.#inhibit.remove(known.labels);
    known.indexed = fires;
  }

  /** Time went wrong: what had ended may fire again. */
  watchAll(alerts: KnownAlerts, now: Instant): void {
    for (const known of alerts.values()) this.watch(known, now);
  }

  /** The resolved alerts of a flush leave, unless they changed since; an empty group is gone. */
  release(group: Group, resolved: readonly { readonly known: Known; readonly alert: Alert }[]): readonly Write[] {
    const left = resolved.filter(({ known, alert }) => known.alert === alert && group.members.has(known));
    for (const { known } of left) leave(known, group);
    if (group.members.size === 0) {
      this.#groups.delete(group);
      return [{ kind: 'groups.delete', keys: [group.key] }];
    }
    return left.length === 0
      ? []
      : [{ kind: 'group.release', groupKey: group.key, alerts: left.map(({ known }) => known.id) }];
  }
}

function enter(known: Known, group: Group): void {
  if (group.members.has(known)) return;
  group.members.add(known);
  known.groups = [...known.groups, group];
}

function leave(known: Known, group: Group): void {
  group.members.delete(known);
  known.groups = known.groups.filter((other) => other !== group);
}
