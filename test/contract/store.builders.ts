// Small stored things for the store's contract, each told apart by a number.
import type { Instance } from '../../src/evaluate/instance.ts';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { Pairs } from '../../src/model/pairs.ts';
import type { Instant } from '../../src/model/time.ts';
import type { Silence } from '../../src/mute/silence.ts';
import type {
  Delivery,
  EntryName,
  Page,
  Store,
  Stored,
  StoredAlert,
  StoredGroup,
  StoredInstance,
  Told,
  Write,
  WriteResult,
} from '../../src/ports/store.ts';

export interface StoreHarness {
  readonly store: Store;
  /** Closes it and opens the same again. */
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

export const T0: Instant = Date.UTC(2026, 10, 20);

export const stamp = (at: Instant) => ({ at, text: new Date(at).toISOString().replace('Z', '123456Z') });

export const alert = (id: number, over: Partial<StoredAlert['alert']> = {}): StoredAlert => ({
  id,
  alert: {
    labels: Labels.of([
      ['alertname', 'Down'],
      ['instance', `host-${id}`],
    ]),
    annotations: Pairs.from([
      ['summary', `host-${id} is down`],
      ['empty', ''],
    ]),
    startsAt: stamp(T0 + id),
    endsAt: stamp(T0 + 300_000),
    timeout: id % 2 === 0,
    updatedAt: T0 + id,
    generatorURL: `http://prometheus/${id}`,
    notify: id % 2 === 0 ? 'pager' : null,
    reading: null,
    ...over,
  },
});

export const silence = (id: string, over: Partial<Silence> = {}): Silence => ({
  id,
  matchers: [new Matcher('b', '=~', 'x|y'), new Matcher('a', '!=', '')],
  startsAt: T0,
  endsAt: T0 + 3_600_000,
  updatedAt: T0,
  createdBy: 'someone',
  comment: 'because',
  annotations: Pairs.from([['ticket', '7']]),
  ...over,
});

export const group = (key: string, over: Partial<StoredGroup> = {}): StoredGroup => ({
  key,
  routeId: 'r0',
  receiver: 'team',
  groupBy: '["alertname"]',
  labels: ['alertname', 'Down'],
  nextFlushAt: T0 + 30_000,
  flushes: 0,
  ...over,
});

/** One of each state, with values that JSON has no word for. */
export function instances(rule = 'r'): StoredInstance[] {
  const of = (name: string) => ({
    labels: Labels.of([
      ['alertname', 'A'],
      ['__proto__', name],
    ]),
    annotations: Pairs.from([['summary', '']]),
    activeAt: T0,
  });
  const fired = { firedAt: T0 + 1, lastSentAt: T0 + 2 };
  const all: Instance[] = [
    { kind: 'pending', ...of('p'), value: 1.5, peak: 2.5 },
    { kind: 'firing', ...of('f'), ...fired, lastSentAt: null, value: Number.NaN, peak: Number.NaN },
    { kind: 'kept', ...of('k'), ...fired, keptSince: T0 + 3, value: Infinity, peak: Infinity },
    { kind: 'resolved', ...of('r'), ...fired, resolvedAt: T0 + 4, value: -Infinity, peak: 0, endValue: 0.5 },
  ];
  return all.map((instance) => ({ ruleId: rule, instance }));
}

export const entryName = (groupKey: string, over: Partial<EntryName> = {}): EntryName => ({
  groupKey,
  receiver: 'team',
  integration: 'webhook/0',
  ...over,
});

export const told = (at: Instant, over: Partial<Told> = {}): Told => ({
  at,
  firing: ['f'.repeat(32)],
  resolved: [],
  expiresAt: at + 432_000_000,
  ...over,
});

export const delivery = (name: EntryName, generation: number, over: Partial<Delivery> = {}): Delivery => ({
  ...name,
  generation,
  outwardKey: `{}:{group="${name.groupKey}"}`,
  idempotencyKey: `${name.groupKey}/${generation}`,
  reason: 'first',
  createdAt: T0,
  message: '{"alerts":[]}',
  telling: told(T0),
  ...over,
});

export const claim = (name: EntryName, after: number, owner = 'one', lease = 20_000): Write => ({
  kind: 'claim',
  delivery: delivery(name, after + 1),
  after,
  owner,
  lease,
});

type SettleState = Extract<Write, { kind: 'settle' }>['state'];

export const settle = (name: EntryName, generation: number, fence: number, state: SettleState = 'sent'): Write => ({
  kind: 'settle',
  entry: name,
  generation,
  fence,
  state,
  attempts: 1,
  nextAttemptAt: state === 'waiting' ? T0 + 60_000 : null,
  answer: 'ok',
  answerReason: 'answered',
  memo: state === 'sent' || state === 'waiting' ? `after ${generation}` : null,
});

/** One write, one result. */
export async function commitOne(store: Store, write: Write, now: Instant = T0): Promise<WriteResult> {
  return (await store.commit([write], now))[0]!;
}

/** What a restart would find, in an order that says nothing, free of classes. */
export function plain(stored: Stored) {
  const byText = <T>(items: readonly T[]): T[] =>
    items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const alerts = stored.alerts.map(({ id, alert: { labels, annotations, ...rest } }) => {
    return { id, labels: labels.flat, annotations: annotations.flat, ...rest };
  });
  const silences = stored.silences.map(({ matchers, annotations, ...rest }) => {
    return { ...rest, matchers: matchers.map((m) => [m.name, m.op, m.value]), annotations: annotations.flat };
  });
  return {
    alerts: byText(alerts),
    silences: byText(silences),
    groups: byText(stored.groups),
    releases: byText(stored.releases.map(({ groupKey, alerts: ids }) => [groupKey, ids.toSorted((a, b) => a - b)])),
    entries: byText(stored.entries),
    deliveries: byText(stored.deliveries),
    ruleGroups: byText(
      stored.ruleGroups.map(({ instances: of, ...group }) => ({ ...group, instances: byText(of.map(bare)) })),
    ),
    unreadable: stored.unreadable,
  };
}

const bare = ({ ruleId, instance: { labels, annotations, ...rest } }: StoredInstance) => {
  return { ruleId, labels: labels.flat, annotations: annotations.flat, ...rest };
};

/** All pages of `size` together. */
export async function everything<T>(page: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const next: Page<T> = await page(cursor === undefined ? {} : { cursor });
    items.push(...next.items);
    cursor = next.cursor;
  }
  return items;
}
