// Remote write and the alert sink against the real things: what is written is read back exactly, a stale marker ends
// its series at once, and a store that is killed and started again has everything.
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { ExternalAlertmanagers } from '../../../src/adapters/alert-sink/all-targets.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createHttpClient } from '../../../src/adapters/http-client.ts';
import { RemoteWrite } from '../../../src/adapters/remote-write/all-targets.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import { startAlertmanager } from '../../support/e2e/alertmanager.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startVictoriaMetrics } from '../../support/e2e/victoria-metrics.ts';
import { MemoryFiles } from '../../support/http-world.ts';
import { CountingMetrics, NEVER, sample, target } from '../../support/remote-write-scene.ts';
import { describeBeside } from '../peers.ts';

const client = createHttpClient({ files: new MemoryFiles(), env: {}, clock: systemClock });
afterAll(() => client[Symbol.asyncDispose]());

interface Matrix {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [at: number, value: string])[];
}

/** Raw samples of a selector with a range, by `__name__` and `n`. */
async function samplesOf(url: string, query: string, at: number): Promise<ReadonlyMap<string, Matrix['values']>> {
  const form = new URLSearchParams({ query, time: String(at / 1000) });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body: form });
  const { data } = (await answer.json()) as { data: { result: readonly Matrix[] } };
  return new Map(data.result.map(({ metric, values }) => [`${metric['__name__']}/${metric['n'] ?? ''}`, values]));
}

/** The values an instant query finds. */
async function instant(url: string, query: string, at: number): Promise<readonly string[]> {
  // VictoriaMetrics would answer from its cache, and leave out the newest.
  const form = new URLSearchParams({ query, time: String(at / 1000), nocache: '1', latency_offset: '1ms' });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body: form });
  const { data } = (await answer.json()) as { data: { result: readonly { readonly value: [number, string] }[] } };
  return data.result.map(({ value }) => value[1]);
}

const writeUrl = (store: RouterProcess): string => `${store.url}/api/v1/write`;
const flush = (store: RouterProcess): Promise<unknown> => fetch(`${store.url}/internal/force_flush`);

let metrics: CountingMetrics;
let writer: RemoteWrite;

function open(store: RouterProcess): void {
  metrics = new CountingMetrics();
  writer = new RemoteWrite([target(writeUrl(store))], {
    ...{ http: client, clock: systemClock, metrics, userAgent: 'Belfry/test' },
    ...{ externalLabels: Labels.empty, names: 'utf8' },
  });
}

const VALUES = [0, -0, 1.5, -1e-300, 1e300, 5e-324, Number.MAX_SAFE_INTEGER, Infinity, -Infinity, Number.NaN];
/** As both stores print them. */
const spelled = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
const sameNumber = (a: string, b: string): boolean => a === b || Number(a) === Number(b);

async function expectReadBack(store: RouterProcess, values: readonly number[]): Promise<void> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const samples = values.flatMap((value, n) =>
    [3, 2, 1].map((age) => sample(`written{n="${n}",quote="a\\b'é😀"}`, value, now - age * 1000)),
  );
  expect(await writer.write(samples, NEVER, 'at once')).toEqual({ rejected: 0, isTaken: true, messages: [] });
  await flush(store);
  const read = await samplesOf(store.url, 'written[1m]', now);
  expect(read.size).toBe(values.length);
  values.forEach((value, n) => {
    const found = read.get(`written/${n}`)!;
    expect(found.map(([at]) => at * 1000)).toEqual([now - 3000, now - 2000, now - 1000]);
    expect(found.every(([, text]) => sameNumber(text, spelled(value)))).toBe(true);
  });
}

async function expectStaleness(store: RouterProcess): Promise<void> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  await writer.write([sample('ends', 1, now - 5000), sample('goes_on', 1, now - 5000)], NEVER, 'at once');
  await writer.write([sample('ends', null, now - 2000), sample('goes_on', 2, now - 2000)], NEVER, 'at once');
  await flush(store);
  expect(await instant(store.url, 'ends', now - 3000)).toEqual(['1']);
  expect(await instant(store.url, 'ends', now - 2000)).toEqual([]);
  expect(await instant(store.url, 'goes_on', now - 2000)).toEqual(['2']);
}

/** Writes a sample a millisecond for a while; the store ends in the middle of it and comes back. */
async function expectNothingLost(store: RouterProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const start = Math.floor(Date.now() / 1000) * 1000 - 30_000;
  const writes: Promise<unknown>[] = [];
  const write = (from: number, to: number): void => {
    for (let i = from; i < to; i++) writes.push(writer.write([sample('kept{n="1"}', i, start + i)], NEVER, 'at once'));
  };
  write(0, 500);
  await writes.at(-1);
  write(500, 1000);
  await store.stop(signal);
  write(1000, 1500);
  await store.restart();
  // Its port is another one now; what waits goes with the target.
  writer.reconfigure([target(writeUrl(store))]);
  write(1500, 2000);
  await Promise.all(writes);
  await flush(store);
  const read = (await samplesOf(store.url, 'kept[2m]', start + 10_000)).get('kept/1') ?? [];
  expect(read.map(([at, value]) => [Math.round(at * 1000) - start, Number(value)])).toEqual(
    Array.from({ length: 2000 }, (_, i) => [i, i]),
  );
  expect(metrics.counts.get('failed') ?? 0).toBe(0);
  expect(metrics.counts.get('retried')).toBeGreaterThan(0);
}

describeBeside('remote write to Prometheus', ['prometheus'], ({ prometheus: binary }) => {
  let store: RouterProcess;
  beforeEach(async () => {
    store = await startPrometheusStore(binary, { remoteWriteReceiver: true });
    open(store);
  });
  afterEach(async () => {
    await writer.close(AbortSignal.abort());
    await store[Symbol.asyncDispose]();
  });

  it('is read back exactly, in 1.0 after 2.0 went unheard', async () => {
    await expectReadBack(store, VALUES);
    expect(metrics.counts.get('speaks 1.0')).toBe(1);
  });

  it('ends a series at once with a stale marker', () => expectStaleness(store));

  it('loses nothing and keeps the order when the store is killed and comes back', () =>
    expectNothingLost(store, 'SIGKILL'));

  it('loses only the sample that is out of order', async () => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    await writer.write([sample('a{n="0"}', 1, now)], NEVER, 'at once');
    const samples = [...Array(50).keys()].map((n) => sample(`a{n="${n}"}`, 2, n === 0 ? now - 1000 : now));
    const report = await writer.write(samples, NEVER, 'at once');
    expect(report.rejected).toBe(1);
    expect(report.messages[0]).toContain('out of order sample');
    expect((await instant(store.url, 'a == 2', now)).length).toBe(49);
  });
});

describeBeside('remote write to VictoriaMetrics', ['victoria-metrics'], ({ 'victoria-metrics': binary }) => {
  let store: RouterProcess;
  beforeEach(async () => {
    // What was sent twice, since nobody answered the first time, it would keep twice.
    store = await startVictoriaMetrics(binary, ['-dedup.minScrapeInterval=1ms']);
    open(store);
  });
  afterEach(async () => {
    await writer.close(AbortSignal.abort());
    await store[Symbol.asyncDispose]();
  });

  it('is read back exactly', () =>
    // It rounds what is beyond fifteen digits, and keeps no NaN.
    expectReadBack(
      store,
      VALUES.filter((value) => !Number.isNaN(value) && Math.abs(value) !== 5e-324 && Math.abs(value) < 1e15),
    ));

  it('ends a series at once with a stale marker', () => expectStaleness(store));

  it('loses nothing and keeps the order when the store is stopped and comes back', () =>
    // Killed, it would itself lose what it has acknowledged in the last seconds.
    expectNothingLost(store, 'SIGTERM'));
});

describeBeside('the alert sink', ['alertmanager'], ({ alertmanager }) => {
  it('is understood by a real Alertmanager', async () => {
    const config = 'route: {receiver: none}\nreceivers: [{name: none}]\n';
    await using router = await startAlertmanager(alertmanager.binary, { config });
    const silent = { queued: () => {}, sent: () => {}, failed: () => {}, dropped: () => {} };
    const url = `${router.url}/api/v2/alerts`;
    const alertmanagers = [{ url, http: DEFAULT_HTTP_CONFIG, timeout: 5000, relabel: [] }];
    const externalLabels = Labels.of([['region', 'eu']]);
    const sink = new ExternalAlertmanagers(
      { alerting: { relabel: [], alertmanagers }, externalLabels, names: 'utf8' },
      { http: client, clock: systemClock, metrics: silent, userAgent: 'Belfry/test' },
    );
    const startsAt = Math.floor(Date.now() / 1000) * 1000 - 60_000;
    const alert = {
      annotations: Pairs.from([['summary', 'über "quoted"\n😀']]),
      startsAt,
      endsAt: startsAt + 600_000,
      generatorURL: 'http://belfry/graph?g0.expr=up',
    };
    sink.send(
      Array.from({ length: 600 }, (_, n) => ({
        ...alert,
        labels: Labels.of([
          ['alertname', 'Down'],
          ['n', String(n)],
        ]),
      })),
      [],
    );
    await sink.close();
    expect(sink.targets()).toEqual([{ url, lastError: '' }]);
    const known = (await (await fetch(url)).json()) as readonly Record<string, unknown>[];
    expect(known).toHaveLength(600);
    expect(known.find((one) => (one['labels'] as Record<string, string>)['n'] === '599')).toMatchObject({
      labels: { alertname: 'Down', n: '599', region: 'eu' },
      annotations: { summary: 'über "quoted"\n😀' },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + 600_000).toISOString(),
      generatorURL: 'http://belfry/graph?g0.expr=up',
    });
  });
});
