// Reads shaped for screens: what is known, and why each alert is or is not heard. Asks the same muters a flush
// asks; changes nothing.
import type { Receiver } from '../config/config.ts';
import { isResolved, type Alert } from '../model/alert.ts';
import { compareForMessage, compareLabels } from '../model/alert-order.ts';
import { matchesAll, type Matcher } from '../model/matcher.ts';
import { compareUtf8 } from '../model/order.ts';
import type { Instant } from '../model/time.ts';
import { stateOf, type Silence, type SilenceState } from '../mute/silence.ts';
import type { SilenceIndex } from '../mute/silence-index.ts';
import { messageAlerts } from '../notify/compose.ts';
import { renderRouteLabels } from '../notify/route-labels.ts';
import type { Clock, Deadline } from '../ports/clock.ts';
import type { HistoryQuery, Store } from '../ports/store.ts';
import type { AlertFilter, AlertView, GroupFilter, GroupView, ReceiverView, StatusView, Views } from './contract.ts';
import { receiverOf, type Generation } from './generation.ts';
import type { Group } from './groups.ts';
import type { Known, KnownAlerts } from './known-alerts.ts';
import type { Muters } from './muters.ts';

export interface ViewParts {
  readonly alerts: KnownAlerts;
  readonly silences: SilenceIndex;
  readonly muters: Muters;
  readonly store: Store;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly generation: () => Generation;
  readonly startedAt: Instant;
  readonly externalURL: string;
  readonly cluster: StatusView['cluster'];
}

const NOBODY: readonly string[] = [];
const NO_RECEIVERS: readonly ReceiverView[] = [];

export class EngineViews implements Views {
  readonly #parts: ViewParts;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  alerts(filter: AlertFilter): readonly AlertView[] {
    const now = this.#parts.clock.now();
    const listed = Array.from(this.#matching(filter, now), (known) => this.#view(known, this.#receiversOf(known), now));
    return listed
      .filter((view) => wants(filter, view))
      .sort((a, b) => (a.alert.labels.fingerprint < b.alert.labels.fingerprint ? -1 : 1));
  }

  listAlerts(filter: AlertFilter): readonly Alert[] {
    const now = this.#parts.clock.now();
    const listed: Alert[] = [];
    for (const known of this.#matching(filter, now)) {
      if (wantsAll(filter) || wants(filter, this.#view(known, NO_RECEIVERS, now))) listed.push(known.alert);
    }
    return listed;
  }

  view(alert: Alert): AlertView {
    const known = this.#parts.alerts.get(alert.labels);
    if (known === undefined) throw new Error('an alert that is not listed was to be viewed');
    return this.#view(known, this.#receiversOf(known), this.#parts.clock.now());
  }

  groups(filter: GroupFilter): readonly GroupView[] {
    const now = this.#parts.clock.now();
    const listed: GroupView[] = [];
    for (const group of this.#parts.generation().groups.values()) {
      const receiver = this.#receiver(group);
      if (!wantsReceiver(filter, receiver) || (!filter.muted && group.mutedBy.length > 0)) continue;
      const alerts: AlertView[] = [];
      for (const known of group.members) {
        if (isResolved(known.alert, now) || !matchesAll(filter.matchers, known.labels)) continue;
        const receivers = this.#receiversOf(known).filter((one) => wantsReceiver(filter, one));
        receivers.sort((a, b) => compareUtf8(a.name, b.name));
        const view = this.#view(known, receivers, now);
        if (wants(filter, view)) alerts.push(mutedInTime(view, group.mutedBy));
      }
      if (alerts.length === 0) continue;
      alerts.sort((a, b) => compareForMessage(a.alert.labels, b.alert.labels));
      listed.push({ labels: group.labels, receiver, routeLabels: this.#routeLabels(group, alerts, now), alerts });
    }
    return listed.sort((a, b) => compareLabels(a.labels, b.labels) || compareUtf8(a.receiver.name, b.receiver.name));
  }

  silences(): readonly { readonly silence: Silence; readonly state: SilenceState }[] {
    const now = this.#parts.clock.now();
    const listed = this.#parts.silences.list().map((silence) => ({ silence, state: stateOf(silence, now) }));
    const rank: Record<SilenceState, number> = { active: 0, pending: 1, expired: 2 };
    return listed.sort((a, b) => {
      if (a.state !== b.state) return rank[a.state] - rank[b.state];
      if (a.state === 'pending') return a.silence.startsAt - b.silence.startsAt;
      const byEnd = a.silence.endsAt - b.silence.endsAt;
      return a.state === 'active' ? byEnd : -byEnd;
    });
  }

  silence(id: string): { readonly silence: Silence; readonly state: SilenceState } | null {
    const silence = this.#parts.silences.find(id);
    return silence === null ? null : { silence, state: stateOf(silence, this.#parts.clock.now()) };
  }

  silencePreview(matchers: readonly Matcher[]): readonly AlertView[] {
    return this.alerts({
      matchers,
      active: true,
      silenced: true,
      inhibited: true,
      unprocessed: true,
      receiver: null,
      receiverMatchers: [],
    });
  }

  receivers(): readonly ReceiverView[] {
    return [...this.#parts.generation().config.receivers.values()];
  }

  status(): StatusView {
    const { startedAt, cluster, generation } = this.#parts;
    return { configOriginal: generation().config.original, startedAt, cluster };
  }

  notifications(query: HistoryQuery): ReturnType<Views['notifications']> {
    return this.#parts.store.deliveries(query);
  }

  events(query: Parameters<Views['events']>[0]): ReturnType<Views['events']> {
    return this.#parts.store.events(query);
  }

  /** There is nobody to ask before everything is restored. */
  ready(): boolean {
    return true;
  }

  *#matching(filter: AlertFilter, now: Instant): IterableIterator<Known> {
    for (const known of this.#parts.alerts.values()) {
      if (isResolved(known.alert, now) || !matchesAll(filter.matchers, known.labels)) continue;
      if (known.groups.some((group) => wantsReceiver(filter, this.#receiver(group)))) yield known;
    }
  }

  #view(known: Known, receivers: readonly ReceiverView[], now: Instant): AlertView {
    const { muters, generation } = this.#parts;
    const silencedBy = muters.silencedBy(known.labels, now);
    const inhibitor = muters.inhibitorOf(known.labels, generation(), now);
    const inhibitedBy = inhibitor === null ? NOBODY : [inhibitor.fingerprint];
    const heard = silencedBy.length === 0 && inhibitor === null;
    return {
      alert: known.alert,
      receivers,
      state: heard ? 'active' : 'suppressed',
      silencedBy,
      inhibitedBy,
      mutedBy: NOBODY,
    };
  }

  /** In the order of the routes. */
  #receiversOf(known: Known): ReceiverView[] {
    return known.groups.map((group) => this.#receiver(group));
  }

  #receiver(group: Group): Receiver {
    return receiverOf(this.#parts.generation().config, group.route);
  }

  #routeLabels(group: Group, alerts: readonly AlertView[], now: Instant): GroupView['routeLabels'] {
    const { generation, externalURL, deadline } = this.#parts;
    const envelope = {
      receiver: group.route.receiver,
      reason: 'unknown',
      groupLabels: group.labels,
      externalURL,
      groupKey: group.outwardKey,
      at: now,
    };
    const listed = messageAlerts(
      alerts.map((view): Alert => view.alert),
      now,
    );
    return renderRouteLabels(group.route, envelope, listed, generation().templates, deadline(listed.length));
  }
}

/** Filters ask what silences and inhibition say; what is shown says whether anybody hears of it. */
const mutedInTime = (view: AlertView, intervals: readonly string[]): AlertView =>
  intervals.length === 0 ? view : { ...view, state: 'suppressed', mutedBy: intervals };

/** Then it is of no interest what keeps them quiet. */
const wantsAll = ({ active, silenced, inhibited }: AlertFilter): boolean => active && silenced && inhibited;

function wants(filter: AlertFilter, view: AlertView): boolean {
  if (!filter.active && view.state === 'active') return false;
  if (!filter.silenced && view.silencedBy.length > 0) return false;
  return filter.inhibited || view.inhibitedBy.length === 0;
}

const wantsReceiver = (filter: AlertFilter, receiver: ReceiverView): boolean =>
  (filter.receiver === null || filter.receiver(receiver.name)) && matchesAll(filter.receiverMatchers, receiver.labels);
