// An engine in memory, as small as the HTTP tests can do with: alerts by fingerprint, one routing rule (team=web
// goes to `web`), groups by alertname, silences under the real update rules. Nothing is sent or stored.
import type {
  AlertFilter,
  AlertView,
  Engine,
  GroupView,
  Ingested,
  Messages,
  PostedAlert,
  ReceiverView,
  RuleGroupView,
} from '../../src/engine/contract.ts';
import { isResolved, succeed, type Alert } from '../../src/model/alert.ts';
import { Labels } from '../../src/model/labels.ts';
import { matchesAll } from '../../src/model/matcher.ts';
import { Pairs } from '../../src/model/pairs.ts';
import type { Instant } from '../../src/model/time.ts';
import { decideSilence, expire, silences as mutes, stateOf, type Silence } from '../../src/mute/silence.ts';
import type { Event } from '../../src/history/event.ts';
import type { StoredDelivery } from '../../src/ports/store.ts';
import { compareUtf8 } from '../../src/model/order.ts';
import { compareLabels } from '../../src/model/alert-order.ts';

export interface FakeEngine extends Engine {
  messages: Messages;
  reload: Engine['reload'];
  /** What the next writes do, in place of working. */
  failure: Error | null;
  busy: number | null;
  isReady: boolean;
  reloadProblem: string | null;
  deliveries: StoredDelivery[];
  events: Event[];
  /** By file, then name. */
  ruleGroups: readonly RuleGroupView[];
  /** By name; the default one is `null`. */
  readonly dataSources: Map<string | null, string>;
  ruleProblems: readonly string[];
  alertmanagers: readonly { readonly url: string; readonly lastError: string }[];
  /** Every list of alerts that reached ingest. */
  readonly posted: (readonly PostedAlert[])[];
  /** The span that each write belonged to. */
  readonly traces: string[];
  /** How many writes have begun. */
  writes: number;
  /** Every write waits for this. */
  gate: Promise<void>;
}

const DEFAULT: ReceiverView = { name: 'default', labels: Labels.of([['name', 'default']]) };
const WEB: ReceiverView = {
  name: 'web',
  labels: Labels.of([
    ['name', 'web'],
    ['owner', 'web-team'],
  ]),
};
const FIVE_MINUTES = 300_000;

export function fakeEngine(now: () => Instant): FakeEngine {
  const alerts = new Map<string, Alert>();
  const silences = new Map<string, Silence>();
  let ids = 0;

  const write = async <T>(work: () => T): Promise<T> => {
    engine.writes++;
    await engine.gate;
    if (engine.failure !== null) throw engine.failure;
    return work();
  };

  const viewOf = (alert: Alert): AlertView => {
    const live = [...silences.values()].filter(
      (silence) => stateOf(silence, now()) === 'active' && mutes(silence, alert.labels),
    );
    const silencedBy = live.map(({ id }) => id).toSorted();
    const state = silencedBy.length === 0 ? 'active' : 'suppressed';
    const receivers = [alert.labels.get('team') === 'web' ? WEB : DEFAULT];
    return { alert, receivers, state, silencedBy, inhibitedBy: [], mutedBy: [] };
  };

  const listAlerts = (filter: AlertFilter): AlertView[] =>
    [...alerts.values()]
      .filter((alert) => !isResolved(alert, now()))
      .map(viewOf)
      .filter((view) => passes(view, filter))
      .toSorted((a, b) => compareUtf8(a.alert.labels.fingerprint, b.alert.labels.fingerprint));

  const take = (posted: PostedAlert): void => {
    const at = now();
    const stamp = { at, text: new Date(at).toISOString() };
    const end = { at: at + FIVE_MINUTES, text: new Date(at + FIVE_MINUTES).toISOString() };
    const next: Alert = {
      labels: posted.labels,
      annotations: posted.annotations,
      startsAt: posted.startsAt ?? posted.endsAt ?? stamp,
      endsAt: posted.endsAt ?? end,
      timeout: posted.endsAt === null,
      updatedAt: at,
      generatorURL: posted.generatorURL,
      notify: posted.notify,
      reading: posted.reading,
    };
    const known = alerts.get(posted.labels.key);
    alerts.set(posted.labels.key, known === undefined ? next : succeed(known, next, at));
  };

  const setSilence: Engine['commands']['setSilence'] = (draft, trace) =>
    write(() => {
      if (trace) engine.traces.push(trace.spanId);
      const newId = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
      const known = silences.get(draft.id) ?? null;
      const limits = { maxSilences: 0, maxSilenceSizeBytes: 0 };
      const decision = decideSilence({ draft, known, newId, count: silences.size, limits }, now());
      if (decision.kind === 'unknown' || decision.kind === 'refused') return decision;
      if (decision.kind === 'replace' && decision.ended !== null) silences.set(decision.ended.id, decision.ended);
      silences.set(decision.silence.id, decision.silence);
      return { kind: 'set', id: decision.silence.id };
    });

  const engine: FakeEngine = {
    failure: null,
    busy: null,
    isReady: true,
    reloadProblem: null,
    deliveries: [],
    events: [],
    ruleGroups: [],
    dataSources: new Map(),
    ruleProblems: [],
    alertmanagers: [],
    posted: [],
    traces: [],
    writes: 0,
    gate: Promise.resolve(),
    ingest: {
      resolveTimeout: 300_000,
      post: (posted, trace) =>
        write((): Ingested => {
          if (trace) engine.traces.push(trace.spanId);
          if (engine.busy !== null) return { kind: 'busy', retryAfterSeconds: engine.busy };
          engine.posted.push(posted);
          for (const alert of posted) take(alert);
          return { kind: 'taken' };
        }),
    },
    commands: {
      setSilence,
      expireSilence: (id, trace) =>
        write(() => {
          if (trace) engine.traces.push(trace.spanId);
          const known = silences.get(id);
          if (known === undefined) return 'unknown';
          silences.set(id, expire(known, now()) ?? known);
          return 'expired';
        }),
    },
    views: {
      alerts: listAlerts,
      // In an order that nobody may rely on.
      listAlerts: (filter) =>
        listAlerts(filter)
          .map(({ alert }) => alert)
          .toReversed(),
      view: viewOf,
      groups: (filter) => groupsOf(listAlerts(filter)),
      silences: () =>
        [...silences.values()].map((silence) => ({ silence, state: stateOf(silence, now()) })).toSorted(bySequence),
      silence: (id) => {
        const silence = silences.get(id);
        return silence === undefined ? null : { silence, state: stateOf(silence, now()) };
      },
      silencePreview: (matchers) => listAlerts(ALL).filter(({ alert }) => matchesAll(matchers, alert.labels)),
      receivers: () => [DEFAULT, WEB],
      status: () => ({ configOriginal: 'route:\n  receiver: default\n', startedAt: 1_700_000_000_000, cluster: null }),
      notifications: async ({ limit, state }) => {
        const found = engine.deliveries.filter((delivery) => state === undefined || delivery.state === state);
        return { items: found.slice(0, limit), cursor: found.length > limit ? 'next' : null };
      },
      events: async ({ limit }) => ({ items: engine.events.slice(0, limit), cursor: null }),
      ready: () => engine.isReady,
    },
    // There are no receivers to try.
    messages: {
      preview: () => 'receiver',
      test: async () => ({ kind: 'missing', what: 'receiver' }),
      render: () => 'receiver',
    },
    reload: { reload: async () => engine.reloadProblem, last: { ok: true, takenAt: 1_700_000_000_000 } },
    rules: {
      groups: () => engine.ruleGroups,
      problems: () => engine.ruleProblems,
      alertmanagers: () => engine.alertmanagers,
      dataSourceURL: (name) => engine.dataSources.get(name) ?? null,
      generatorURL: (_group, { query }) =>
        `http://prometheus.example/graph?g0.expr=${encodeURIComponent(query)}&g0.tab=1`,
    },
  };
  return engine;
}

const ALL: AlertFilter = {
  matchers: [],
  active: true,
  silenced: true,
  inhibited: true,
  unprocessed: true,
  receiver: null,
  receiverMatchers: [],
};

function passes(view: AlertView, filter: AlertFilter): boolean {
  const { receiver, receiverMatchers } = filter;
  return (
    matchesAll(filter.matchers, view.alert.labels) &&
    (filter.active || view.state !== 'active') &&
    (filter.silenced || view.silencedBy.length === 0) &&
    (receiver === null || view.receivers.some(({ name }) => receiver(name))) &&
    view.receivers.some(({ labels }) => matchesAll(receiverMatchers, labels))
  );
}

function groupsOf(views: readonly AlertView[]): GroupView[] {
  const groups = new Map<string, GroupView>();
  for (const view of views) {
    const receiver = view.receivers[0]!;
    const labels = view.alert.labels.pick(['alertname']);
    const key = `${receiver.name} ${labels.key}`;
    const routeLabels = Pairs.from(receiver.name === 'web' ? [['tier', 'one']] : []);
    const alerts = [...(groups.get(key)?.alerts ?? []), view].toSorted((a, b) =>
      compareLabels(a.alert.labels, b.alert.labels),
    );
    groups.set(key, { labels, receiver, routeLabels, alerts });
  }
  return [...groups.values()].toSorted(
    (a, b) => compareLabels(a.labels, b.labels) || compareUtf8(a.receiver.name, b.receiver.name),
  );
}

type SilenceRow = ReturnType<Engine['views']['silences']>[number];

function bySequence(a: SilenceRow, b: SilenceRow): number {
  const rank = { active: 0, pending: 1, expired: 2 };
  if (a.state !== b.state) return rank[a.state] - rank[b.state];
  if (a.state === 'pending') return a.silence.startsAt - b.silence.startsAt;
  return a.state === 'active' ? a.silence.endsAt - b.silence.endsAt : b.silence.endsAt - a.silence.endsAt;
}
