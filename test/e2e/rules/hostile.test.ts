// Data sources that are slow, away, lying, huge or partial, each behind a rule of its own in one real Belfry. While
// they are so, for longer than the router believes what nobody says again, no alert is resolved or lost, nothing is
// told twice, and the rule says what is wrong. Then all are well again, and so are the rules.
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { until } from '../chaos/ask.ts';
import { activeInRouter, configOf, metricOf, ruleOf, startWithRules, type Setup } from './belfry-scene.ts';
import { FakeSource, reply, status, vector, type Behaviour, type Series } from './fake-source.ts';
import { storyOf } from './messages.ts';

const GOOD: Series = [[{ __name__: 'm', host: 'h1' }, '1']];
const well = vector(GOOD);
/** Twelve times the interval, and more than four times the resend delay. */
const HOSTILE_MS = 12_000;

const text = (body: string): Behaviour => status(200, body, { 'content-type': 'application/json' });
const good = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"status":"success","data":{"resultType":"vector","result":[');
  const more = (): void => {
    while (!response.destroyed && response.write(`${'{"metric":{"a":"b"},"value":[1,"1"]},'.repeat(1000)}`));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

interface Row {
  /** Of the data source, the group and the alert. */
  readonly name: string;
  readonly behaves: Behaviour | 'leaves';
  /** What the rule says; null: nothing is wrong with it. */
  readonly error: RegExp | null;
  /** More keys of the data source. */
  readonly source?: string;
  /** More keys of the rule group. */
  readonly group?: string;
  /** Believed: the alert has ended, and begins anew. */
  readonly ends?: true;
}

const rows: readonly Row[] = [
  {
    name: 'slow',
    behaves: (response, request) => void setTimeout(() => well(response, request), 3000),
    error: null,
  },
  { name: 'never', behaves: () => {}, error: /time|deadline|aborted/, source: 'timeout: 2s' },
  { name: 'not_yet', behaves: () => {}, error: null },
  { name: 'refused', behaves: 'leaves', error: /refused/i },
  { name: 'reset', behaves: (response) => void response.socket?.destroy(), error: /broke off/ },
  { name: 'broken', behaves: status(500, 'out of memory'), error: /500/ },
  { name: 'unavailable', behaves: status(503, 'starting'), error: /503/ },
  { name: 'busy', behaves: status(429, 'slow down', { 'retry-after': '1' }), error: /429/ },
  { name: 'forbidden', behaves: status(403, 'who are you'), error: /403/ },
  {
    name: 'bad_query',
    behaves: (response) => reply(response, 422, { status: 'error', errorType: 'execution', error: 'too many samples' }),
    error: /too many samples/,
  },
  { name: 'empty', behaves: vector([]), error: null, ends: true },
  { name: 'warned', behaves: vector([], { warnings: ['store a is away'] }), error: null },
  { name: 'partial', behaves: vector([], { isPartial: true }), error: null },
  {
    name: 'partial_fails',
    behaves: vector([], { isPartial: true }),
    error: /partial answer/,
    source: 'partial_answers: fail',
  },
  {
    name: 'partial_believed',
    behaves: vector([], { isPartial: true }),
    error: null,
    source: 'partial_answers: accept',
    ends: true,
  },
  {
    name: 'partial_aborts',
    behaves: vector([], { warnings: ['store a is away'] }),
    error: /store a is away/,
    group: 'partial_response_strategy: abort',
  },
  {
    name: 'html',
    behaves: status(200, '<html>please log in</html>', { 'content-type': 'text/html' }),
    error: /please log in/,
  },
  { name: 'nothing', behaves: status(200, ''), error: /empty/ },
  { name: 'no_content', behaves: status(204), error: /204/ },
  { name: 'cut_off', behaves: text(good.slice(0, -5)), error: /no JSON/ },
  {
    name: 'cut_short',
    behaves: (response) =>
      void response.writeHead(200, { 'content-length': '5000' }).write('{"status"', () => response.destroy()),
    error: /broke off/,
  },
  { name: 'matrix', behaves: text('{"status":"success","data":{"resultType":"matrix","result":[]}}'), error: /matrix/ },
  { name: 'other_json', behaves: text('[1, 2, 3]'), error: /not that of a query API/ },
  { name: 'no_number', behaves: vector([[{ host: 'h1' }, 'many']]), error: /no vector/ },
  { name: 'not_a_number', behaves: vector([[{ host: 'h1' }, 'NaN']]), error: null },
  { name: 'infinite', behaves: vector([[{ host: 'h1' }, '-Inf']]), error: null },
  { name: 'too_large_a_number', behaves: vector([[{ host: 'h1' }, '1e400']]), error: null },
  { name: 'huge', behaves: endless, error: /larger than 65536 bytes/, source: 'max_bytes: 64KiB' },
  {
    name: 'many',
    behaves: vector(Array.from({ length: 20 }, (_, i) => [{ host: `h${i}` }, '1'] as const)),
    error: /more than 10 series/,
    source: 'max_series: 10',
  },
  {
    name: 'over_limit',
    behaves: vector([
      [{ host: 'h2' }, '1'],
      [{ host: 'h3' }, '1'],
    ]),
    error: /exceeded limit of 1/,
    group: 'limit: 1',
  },
  {
    name: 'redirects',
    behaves: (response, request) => void response.writeHead(307, { location: request.url! }).end(),
    error: /redirect/,
  },
  {
    name: 'elsewhere',
    behaves: status(302, '', { location: 'http://127.0.0.1:9/api/v1/query' }),
    error: /redirect|302/,
  },
  {
    name: 'twins',
    behaves: vector([
      [{ host: 'h1' }, '1'],
      [{ host: 'h1' }, '2'],
    ]),
    error: /same labelset/,
  },
  // Of the configuration: a reload sends it to a name that nobody knows.
  { name: 'unknown_host', behaves: well, error: /unknown-host\.invalid|ENOTFOUND|EAI_AGAIN|resol/i },
];

const alertName = ({ name }: Row): string => `On_${name}`;

const rulesOf = (all: readonly Row[]): string => `groups:
${all
  .map(
    (row) => `- name: ${row.name}
  interval: 1s
  datasource: ${row.name}
  ${row.group ?? ''}
  rules: [{alert: ${alertName(row)}, expr: m > 0, annotations: {value: '{{ $value }}'}}]
`,
  )
  .join('')}`;

describe('hostile data sources', () => {
  const stack = new AsyncDisposableStack();
  afterAll(() => stack.disposeAsync());
  const sources = new Map<Row, FakeSource>();
  let belfry: RouterProcess;
  let sink: WebhookSink;
  /** What was seen at the end of the bad time. */
  let seen: ReadonlyMap<Row, Awaited<ReturnType<typeof ruleOf>>>;
  let active: readonly string[];

  const setupOf = (url: (row: Row) => string): Setup => ({
    asks: `[${rows.map((row) => `{name: ${row.name}, url: '${url(row)}', ${row.source ?? ''}}`).join(', ')}]`,
    rules: { rules: rulesOf(rows) },
    webhook: `${sink.url}/hook`,
  });
  const urlOf = (row: Row): string => sources.get(row)!.url;

  beforeAll(async () => {
    sink = stack.use(await startWebhookSink());
    for (const row of rows) {
      const source = stack.use(new FakeSource(well));
      await source.listen();
      sources.set(row, source);
    }
    belfry = stack.use(await startWithRules(setupOf(urlOf)));
    await until('all of them fire, and are told', 10_000, () => storyOf(sink, '/hook').length === rows.length);
    for (const [row, source] of sources) {
      if (row.behaves === 'leaves') await source.leave();
      else source.behaves = row.behaves;
    }
    const away = setupOf((row) => (row.name === 'unknown_host' ? 'http://unknown-host.invalid:9' : urlOf(row)));
    const reloaded = await belfry.reload(configOf(away));
    if (!reloaded.ok) throw new Error(await reloaded.text());
    await pause(HOSTILE_MS);
    active = await activeInRouter(belfry);
    seen = new Map(await Promise.all(rows.map(async (row) => [row, await ruleOf(belfry, alertName(row))] as const)));
  });

  it.each(rows)('$name: the rule says what is wrong', (row) => {
    const { health, lastError = '' } = seen.get(row)!;
    expect(health).toBe(row.error === null ? 'ok' : 'err');
    if (row.error === null) expect(lastError).toBe('');
    else expect(lastError).toMatch(row.error);
    expect(Buffer.byteLength(lastError)).toBeLessThan(1200);
  });

  it('nothing ends but where the end was believed', () => {
    const kept = rows.filter(({ ends }) => ends !== true);
    expect(active).toEqual(kept.map(alertName).toSorted());
    for (const row of kept) {
      expect([row.name, seen.get(row)!.alerts!.map(({ state }) => state)]).toEqual([row.name, ['firing']]);
    }
  });

  it('nobody is told anything twice, nor anything that is not so', () => {
    const ended = rows.filter(({ ends }) => ends === true);
    const expected = [
      ...rows.map((row) => `${alertName(row)} firing`),
      ...ended.map((row) => `${alertName(row)} resolved`),
    ];
    expect([...storyOf(sink, '/hook')].toSorted()).toEqual(expected.toSorted());
  });

  it('metrics say so', async () => {
    const failing = rows.filter(({ error }) => error !== null).length;
    const text = await (await fetch(`${belfry.url}/metrics`)).text();
    const failed = [...text.matchAll(/^belfry_rule_failures_total\{reason="([^"]+)"\} ([1-9]\d*)$/gm)];
    expect(failed.map(([, reason = '']) => reason).toSorted()).toEqual([
      'bad query',
      'limit',
      'not an answer',
      'partial answer',
      'rule',
      'timeout',
      'too large',
      'unauthorised',
      'unavailable',
    ]);
    expect(failed.reduce((sum, [, , count]) => sum + Number(count), 0)).toBeGreaterThan(failing * 5);
    expect(await metricOf(belfry, 'belfry_data_source_up{data_source="refused"}')).toBe(0);
    expect(await metricOf(belfry, 'belfry_data_source_up{data_source="html"}')).toBe(1);
  });

  it('all are well again when their sources are, and nothing begins anew', async () => {
    for (const [row, source] of sources) {
      if (row.behaves === 'leaves') await source.listen();
      source.behaves = vector([[{ __name__: 'm', host: 'h1' }, '42']]);
    }
    expect((await belfry.reload(configOf(setupOf(urlOf)))).status).toBe(200);
    await until('all rules are well', 30_000, async () => {
      const all = await Promise.all(rows.map((row) => ruleOf(belfry, alertName(row))));
      return all.every(({ health, alerts }) => health === 'ok' && alerts?.[0]?.value === '4.2e+01');
    });
    await pause(2000);
    const again = rows.filter(({ ends }) => ends === true).map(alertName);
    const firing = storyOf(sink, '/hook').filter((told) => told.endsWith(' firing'));
    expect([...firing].toSorted()).toEqual(
      [...rows.map(alertName), ...again].map((name) => `${name} firing`).toSorted(),
    );
  });

  it('then ends are believed, and each is told once', async () => {
    for (const source of sources.values()) source.behaves = vector([]);
    const ends = (): readonly string[] => storyOf(sink, '/hook').filter((told) => told.endsWith(' resolved'));
    const count = rows.length + rows.filter(({ ends: before }) => before === true).length;
    await until('all ends are told', 10_000, () => ends().length >= count);
    await pause(1500);
    expect(ends().length).toBe(count);
    expect(await activeInRouter(belfry)).toEqual([]);
  });
});
