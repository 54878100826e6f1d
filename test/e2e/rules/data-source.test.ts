// The data source adapter against real stores: what they answer is what it reads, to the millisecond and the last bit.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createHttpClient } from '../../../src/adapters/http-client.ts';
import { createDataSource, type PrometheusSource } from '../../../src/adapters/prometheus/data-source.ts';
import type { DataSourceConfig } from '../../../src/config/config.ts';
import type { Answer } from '../../../src/ports/data-source.ts';
import { dataSource } from '../../support/data-source.ts';
import { ask } from '../../support/data-source-scene.ts';
import { writeHistogram } from '../../support/e2e/native-histogram.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { importSamples, startVictoriaMetrics } from '../../support/e2e/victoria-metrics.ts';
import { MemoryFiles } from '../../support/http-world.ts';
import { describeBeside } from '../peers.ts';

const client = createHttpClient({ files: new MemoryFiles(), env: {}, clock: systemClock });
afterAll(() => client[Symbol.asyncDispose]());

const sourceAt = (url: string, changes: Partial<DataSourceConfig> = {}): PrometheusSource =>
  createDataSource(dataSource({ url, ...changes }), {
    ...{ client, clock: systemClock, entropy: { fraction: () => 0.5 }, userAgent: 'Belfry/test' },
  });

/** `labels value@at` of each sample, or why there are none. */
function told(answer: Answer): readonly string[] | string {
  if (answer.kind === 'failure') return answer.reason;
  return answer.vector.map(({ labels, value, at }) => `${labels.toString()} ${value}@${at}`);
}

const AT = 1_700_000_000_123;

/** Instants of every kind of millisecond. */
const instants = Array.from({ length: 200 }, (_, i) => 1_600_000_000_000 + i * 987_654_321 + i);

async function expectExactTimes(source: PrometheusSource): Promise<void> {
  const answers = await Promise.all(instants.map((at) => ask(source, { query: 'vector(1)', at })));
  expect(answers.map(told)).toEqual(instants.map((at) => [`{} 1@${at}`]));
}

/** The line for a shell, carried out: what the store says to it. */
function answerToCurl(source: PrometheusSource, query: string, at: number): unknown {
  const line = source.curl({ query, at, params: [], headers: [['X-Token', 'hush']] });
  expect(line).not.toContain('hush');
  return JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
}

describeBeside('a question to Prometheus', ['prometheus', 'curl'], ({ prometheus: binary }) => {
  let prometheus: RouterProcess;
  let source: PrometheusSource;
  beforeAll(async () => {
    prometheus = await startPrometheusStore(binary, { remoteWriteReceiver: true, nativeHistograms: true });
    source = sourceAt(prometheus.url);
  });
  afterAll(() => prometheus[Symbol.asyncDispose]());

  it.each([
    ['1 + 1', [`{} 2@${AT}`]],
    ['vector(1)', [`{} 1@${AT}`]],
    ['vector(0) / 0', [`{} NaN@${AT}`]],
    ['vector(1) / 0', [`{} Infinity@${AT}`]],
    ['-1e308 * vector(10)', [`{} -Infinity@${AT}`]],
    ['vector(9007199254740993)', [`{} 9007199254740992@${AT}`]],
    ['vector(0.1) + 0.2', [`{} 0.30000000000000004@${AT}`]],
    ['vector(1e-310)', [`{} 1e-310@${AT}`]],
    ['nothing_of_that_name', []],
    [`label_replace(vector(1), "a", "it's 🙂 \\"", "", "")`, [`{a="it's 🙂 \\""} 1@${AT}`]],
    ['label_replace(vector(1), "__proto__", "p", "", "")', [`{__proto__="p"} 1@${AT}`]],
    ['timestamp(vector(1))', [`{} ${AT / 1000}@${AT}`]],
    ['up[5m]', 'not an answer'],
    ['"text"', 'not an answer'],
    ['sum(', 'bad query'],
    ['label_replace(vector(1), "~", "", "", "")', 'bad query'],
  ])('%s', async (query, expected) => {
    expect(told(await ask(source, { query, at: AT }))).toEqual(expected);
  });

  it('is about exactly the instant it says', () => expectExactTimes(source));

  it('tells what Prometheus said about a wrong query', async () => {
    const answer = await ask(source, { query: 'sum(' });
    expect(answer.kind === 'failure' && answer.message).toMatch(/^the source answered 400: bad_data: .*parse error/);
  });

  it('is answered compressed when asked so', async () => {
    const query = Array.from({ length: 60 }, (_, i) => `label_replace(vector(${i}), "i", "${i}", "", "")`).join(' or ');
    const plain = await ask(source, { query });
    const zipped = await ask(source, { query, headers: [['Accept-Encoding', 'gzip']] });
    expect(told(plain)).toHaveLength(60);
    expect(told(zipped)).toEqual(told(plain));
    expect(zipped.cost.bytes).toBe(plain.cost.bytes);
  });

  it('can be asked over a shell', () => {
    const query = `label_replace(vector(1), "a", "it's $(x) \`y\`", "", "")`;
    expect(answerToCurl(source, query, AT)).toEqual({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: { a: "it's $(x) `y`" }, value: [AT / 1000, '1'] }] },
    });
  });

  it('is cut at max_series', async () => {
    const small = sourceAt(prometheus.url, { maxSeries: 1 });
    expect(told(await ask(small, { query: 'vector(1)' }))).toHaveLength(1);
    const two = 'vector(1) or label_replace(vector(2), "a", "b", "", "")';
    expect(told(await ask(small, { query: two }))).toBe('too large');
  });

  it('is answered with a native histogram', async () => {
    const at = Date.now();
    await writeHistogram(prometheus.url, { __name__: 'request_seconds', job: 'x' }, at);
    const answer = await ask(source, { query: 'request_seconds', at });
    expect(answer).toMatchObject({
      kind: 'vector',
      vector: [
        {
          at,
          value: 6,
          histogram: {
            count: 6,
            sum: 10.5,
            buckets: [
              [1, -0.5, -0.25, 2],
              [3, -0.001, 0.001, 1],
              [0, 0.5, 1, 1],
              [0, 1, 2, 2],
            ],
          },
        },
      ],
    });
    expect(told(await ask(source, { query: 'histogram_count(request_seconds)', at }))).toEqual([`{job="x"} 6@${at}`]);
  });

  it('is a timeout when Prometheus has no time for it', async () => {
    const impatient = await startPrometheusStore(binary, { args: ['--query.timeout=1ms'] });
    try {
      const heavy = 'max_over_time((rand_of_nothing or vector(1))[7d:1s])';
      const answer = await ask(sourceAt(impatient.url), { query: heavy });
      expect(answer).toMatchObject({ kind: 'failure', reason: 'timeout', cost: { attempts: 1 } });
    } finally {
      await impatient[Symbol.asyncDispose]();
    }
  });
});

describeBeside('a question to VictoriaMetrics', ['victoria-metrics', 'curl'], ({ 'victoria-metrics': binary }) => {
  let store: RouterProcess;
  let source: PrometheusSource;
  const now = Date.now();
  beforeAll(async () => {
    store = await startVictoriaMetrics(binary);
    source = sourceAt(store.url);
    await importSamples(store.url, [
      `up{job="a"} 1 ${now - 1000}`,
      `up{job="it's 🙂"} 0 ${now - 1000}`,
      ...Array.from({ length: 3000 }, (_, i) => `many{i="${i}"} ${i / 8} ${now - 1000}`),
    ]);
  });
  afterAll(() => store[Symbol.asyncDispose]());

  it.each([
    ['1 + 1', [`{} 2@${AT}`]],
    ['1 / 0', [`{} Infinity@${AT}`]],
    ['-1 / 0', [`{} -Infinity@${AT}`]],
    ['9007199254740993', [`{} 9007199254740992@${AT}`]],
    ['label_set(0.1 + 0.2, "a", "b")', [`{a="b"} 0.30000000000000004@${AT}`]],
    ['nothing_of_that_name', []],
    ['sum(', 'bad query'],
  ])('%s', async (query, expected) => {
    expect(told(await ask(source, { query, at: AT }))).toEqual(expected);
  });

  it('is about exactly the instant it says', () => expectExactTimes(source));

  it('sees what was written a second ago', async () => {
    expect(told(await ask(source, { query: 'sort(up)', at: now }))).toEqual([
      `{__name__="up", job="it's 🙂"} 0@${now}`,
      `{__name__="up", job="a"} 1@${now}`,
    ]);
  });

  it('is answered in the same labels again, all of them, to the last bit', async () => {
    const query = 'sort(many)';
    const [first, second] = [await ask(source, { query, at: now }), await ask(source, { query, at: now + 5 })];
    if (first.kind === 'failure' || second.kind === 'failure') throw new Error('no answer');
    expect(first.vector.map(({ value }) => value)).toEqual(Array.from({ length: 3000 }, (_, i) => i / 8));
    expect(second.vector.every(({ labels }, i) => labels === first.vector[i]!.labels)).toBe(true);
    expect(second.vector[0]!.at).toBe(now + 5);
    const zipped = await ask(source, { query, at: now, headers: [['Accept-Encoding', 'gzip']] });
    expect(told(zipped)).toEqual(told(first));
  });

  it('has no answer in a range', async () => {
    expect(told(await ask(source, { query: 'up[5m]', at: now }))).toBe('not an answer');
  });

  it('is filtered by params', async () => {
    const filtered = sourceAt(store.url, { params: [['extra_label', ['job=a']]] });
    expect(told(await ask(filtered, { query: 'up', at: now }))).toEqual([`{__name__="up", job="a"} 1@${now}`]);
  });

  it('can be asked over a shell', () => {
    expect(answerToCurl(source, 'up{job="a"}', now)).toMatchObject({
      data: { result: [{ metric: { __name__: 'up', job: 'a' }, value: [now / 1000, '1'] }] },
    });
  });
});
