// What the SQLite store costs: node test/bench/store.ts [alerts] [batch]
// One JSON line per kind of work: rows per second, and CPU microseconds per row of both threads together.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openWorkerStore } from '../../src/adapters/sqlite/worker-store.ts';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { Pairs } from '../../src/model/pairs.ts';
import type { Delivery, EntryName, Store, StoredAlert, StoredGroup, Write } from '../../src/ports/store.ts';

const alertCount = Number(process.argv[2] ?? 100_000);
const batch = Number(process.argv[3] ?? 1000);
const groupCount = alertCount / 10;
const now = Date.UTC(2026, 10, 20);

function storedAlert(i: number): StoredAlert {
  const labels = Labels.of([
    ['alertname', `HighLatency${i % 50}`],
    ['cluster', 'prod-eu-1'],
    ['env', 'production'],
    ['instance', `10.0.${i >> 8}.${i & 255}:9100`],
    ['job', 'node-exporter'],
    ['namespace', `team-${i % 100}`],
    ['pod', `api-server-5d4f8b7c9-${i}`],
    ['region', 'eu-west-1'],
    ['severity', 'critical'],
    ['team', 'platform'],
  ]);
  const annotations = Pairs.from([
    ['description', `The 99th percentile latency of instance ${i} has been above the threshold of 500ms for 5 minutes`],
    ['runbook_url', 'https://runbooks.example.com/alerts/high-latency'],
    ['summary', `High latency on instance ${i}`],
  ]);
  const generatorURL = `http://prometheus.example.com:9090/graph?g0.expr=${'x'.repeat(120)}&g0.tab=1`;
  const startsAt = { at: now, text: '2026-11-20T00:00:00.123456789Z' };
  const endsAt = { at: now + 300_000, text: '2026-11-20T00:05:00.123456789Z' };
  return {
    id: i + 1,
    alert: {
      labels,
      annotations,
      startsAt,
      endsAt,
      timeout: false,
      updatedAt: now,
      generatorURL,
      notify: null,
      reading: null,
    },
  };
}

const groupKey = (i: number): string => `route-0/{alertname="HighLatency${i % 50}", cluster="prod-eu-1", group="${i}"}`;

const storedGroup = (i: number): StoredGroup => ({
  key: groupKey(i),
  routeId: 'route-0',
  receiver: 'team',
  groupBy: '["alertname","cluster"]',
  labels: ['alertname', `HighLatency${i % 50}`, 'cluster', 'prod-eu-1'],
  nextFlushAt: now + i,
  flushes: 1,
});

const silence = (i: number): Write => ({
  kind: 'silence.put',
  silence: {
    id: crypto.randomUUID(),
    matchers: [new Matcher('alertname', '=', `HighLatency${i}`), new Matcher('instance', '=~', '10\\.0\\..*')],
    startsAt: now,
    endsAt: now + 3_600_000,
    updatedAt: now,
    createdBy: 'someone',
    comment: 'maintenance',
    annotations: Pairs.none,
  },
});

async function measure(name: string, rows: number, work: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const used = process.cpuUsage(cpu);
  delay.disable();
  const line = {
    name,
    rows,
    ms: Math.round(ms),
    rowsPerSecond: Math.round((rows / ms) * 1000),
    cpuMicrosPerRow: Number(((used.user + used.system) / rows).toFixed(2)),
    loopDelayP99Ms: Number((delay.percentile(99) / 1e6).toFixed(1)),
  };
  console.log(JSON.stringify(line));
}

/** `lanes` callers at once, each awaiting its own commit. */
async function inBatches(
  count: number,
  size: number,
  lanes: number,
  commit: (from: number, to: number) => Promise<unknown>,
) {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next = Math.min(count, from + size);
      await commit(from, next);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const slice = <T>(from: number, to: number, make: (i: number) => T): T[] =>
  Array.from({ length: to - from }, (_, i) => make(from + i));

async function alerts(store: Store): Promise<void> {
  const made = slice(0, alertCount, storedAlert);
  for (const [name, size, lanes] of [
    ['put, new', batch, 1],
    ['put again', batch, 1],
    ['put again', 64, 2],
  ] as const) {
    await measure(`${name} (${size} x ${lanes})`, alertCount, () =>
      inBatches(alertCount, size, lanes, (from, to) =>
        store.commit([{ kind: 'alerts.put', alerts: made.slice(from, to) }], now),
      ),
    );
  }
  const ids = made.map((stored) => stored.id);
  for (const [size, lanes] of [
    [batch, 1],
    [64, 2],
  ] as const) {
    await measure(`extend (${size} x ${lanes})`, alertCount, () =>
      inBatches(alertCount, size, lanes, (from, to) => {
        const endsAt = slice(from, to, (i) => ({ at: now + i, text: '2026-11-20T00:10:00.123456789Z' }));
        return store.commit([{ kind: 'alerts.extend', ids: ids.slice(from, to), endsAt, updatedAt: now }], now);
      }),
    );
  }
}

async function deliveries(store: Store): Promise<void> {
  const entry = (i: number): EntryName => ({ groupKey: groupKey(i), receiver: 'team', integration: 'webhook/0' });
  const told = { at: now, firing: ['0'.repeat(32), '1'.repeat(32)], resolved: [], expiresAt: now + 9e8 };
  const message = JSON.stringify({ alerts: 'x'.repeat(2000) });
  const rest = { reason: 'first', createdAt: now, message, telling: told, idempotencyKey: 'f'.repeat(64) };
  const delivery = (i: number): Delivery => ({ ...entry(i), ...rest, generation: 1, outwardKey: groupKey(i) });
  await measure('claim + settle, 50 at once', groupCount, () =>
    inBatches(groupCount, 1, 50, async (i) => {
      await store.commit([{ kind: 'claim', delivery: delivery(i), after: 0, owner: 'me', lease: 20_000 }], now);
      const settled = { kind: 'settle', entry: entry(i), generation: 1, fence: 1, state: 'sent' } as const;
      await store.commit(
        [{ ...settled, attempts: 1, nextAttemptAt: null, answer: 'ok', answerReason: '', memo: null }],
        now,
      );
    }),
  );
  await measure('page of 100 deliveries of a receiver', 100, () => store.deliveries({ receiver: 'team', limit: 100 }));
}

const directory = mkdtempSync(join(tmpdir(), 'belfry-bench-'));
try {
  const { store } = await openWorkerStore(directory);
  await alerts(store);
  await measure('groups put', groupCount, () =>
    inBatches(groupCount, 500, 1, (from, to) =>
      store.commit([{ kind: 'groups.put', groups: slice(from, to, storedGroup) }], now),
    ),
  );
  await measure('silences, one per commit', 2000, () => inBatches(2000, 1, 1, (i) => store.commit([silence(i)], now)));
  await inBatches(3000, 1, 100, (i) => store.commit([silence(i)], now));
  await deliveries(store);
  await measure('close', 1, () => store.close());
  let reopened = store;
  await measure('open', 1, async () => {
    ({ store: reopened } = await openWorkerStore(directory));
  });
  await measure('load', alertCount, () => reopened.load());
  await reopened.close();
} finally {
  rmSync(directory, { recursive: true });
}
