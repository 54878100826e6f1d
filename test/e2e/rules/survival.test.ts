// One alert from its first match to its end, with everything killed on the way: beside Prometheus, and beside
// VictoriaMetrics.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../support/e2e/free-port.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import { valuesNow } from '../../support/e2e/query-api.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startVictoriaMetrics } from '../../support/e2e/victoria-metrics.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { until, untilAnswersKept } from '../chaos/ask.ts';
import { describeBeside } from '../peers.ts';
import { activeInRouter, alertOf, ruleOf, startWithRules, stateOf } from './belfry-scene.ts';
import { Board, scrapeOften } from './board.ts';
import { storyOf, toldBy } from './messages.ts';

const FOR_MS = 5000;
/** Four times the resend delay: how long the router believes what nobody says again. */
const BELIEVED_MS = 8000;

const RULES = {
  rules: `
groups:
- name: survival
  interval: 1s
  rules:
  - {record: 'demo:down:sum', expr: 'sum(demo_down)'}
  - {record: 'demo:down:twice', expr: 'demo:down:sum * 2'}
  - {record: 'demo:beat', expr: 'time()'}
  - {record: 'demo:beat:chained', expr: 'demo:beat - time()'}
  - alert: Down
    expr: demo:down:twice > 0
    for: ${FOR_MS / 1000}s
    labels: {odd: 'a=b,c="d"'}
    annotations: {summary: '{{ $value }} down'}
  - {alert: DownNow, expr: 'demo_down > 0'}
`,
};

/** Reads what is written in the same evaluation. */
const CHAINED = 'demo:beat:chained';

interface Scene {
  readonly store: RouterProcess;
  readonly belfry: RouterProcess;
  readonly board: Board;
  readonly sink: WebhookSink;
}

const story = ({ sink }: Scene, name: string): readonly string[] =>
  storyOf(sink, '/hook').filter((told) => told.startsWith(`${name} `));

async function start(store: RouterProcess, board: Board): Promise<Scene & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const sink = stack.use(await startWebhookSink());
  const belfry = stack.use(
    await startWithRules({ asks: store.url, writes: store.url, rules: RULES, webhook: `${sink.url}/hook` }),
  );
  const all = stack.move();
  return { store, belfry, board, sink, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Killed while it is pending, for longer than `for` is: the time before counts, the time it was away does not. */
async function pendingKeepsItsTime({ belfry, board }: Scene): Promise<void> {
  board.set('demo_down', 1, { host: 'h1' });
  // Beside VictoriaMetrics each of the links before it may be a slot or two behind.
  await until('it is pending', 10_000, async () => (await stateOf(belfry, 'Down')) === 'pending');
  await pause(2500);
  const before = Date.parse((await alertOf(belfry, 'Down'))!.activeAt);
  await belfry.stop('SIGKILL');
  const killedAt = Date.now();
  await pause(FOR_MS + 500);
  await belfry.restart();
  const alert = await alertOf(belfry, 'Down');
  const after = Date.parse(alert!.activeAt);
  const gap = Date.now() - killedAt;
  expect(alert!.state).toBe('pending');
  // As long as it was away, to within an interval on either side.
  expect(Math.abs(after - before - gap)).toBeLessThan(2000);
  await until('it fires', 6000, async () => (await stateOf(belfry, 'Down')) === 'firing');
  const late = Date.now() - after - FOR_MS;
  expect(late).toBeGreaterThan(-100);
  expect(late).toBeLessThan(2000);
}

async function firingIsToldOnce(scene: Scene): Promise<void> {
  const { belfry, sink } = scene;
  await until('the webhook is told', 5000, () => story(scene, 'Down').length > 0);
  const { startsAt } = toldBy(sink, '/hook').find(({ labels }) => labels['alertname'] === 'Down')!;
  await untilAnswersKept(belfry.url);
  await belfry.restart('SIGKILL');
  // Past group_interval and past the first evaluations.
  await pause(3500);
  expect(await stateOf(belfry, 'Down')).toBe('firing');
  expect(story(scene, 'Down')).toEqual(['Down firing']);
  expect(story(scene, 'DownNow')).toEqual(['DownNow firing']);
  expect(toldBy(sink, '/hook').map((told) => told.labels['odd'])).toContain('a=b,c="d"');
  expect(toldBy(sink, '/hook').find(({ labels }) => labels['alertname'] === 'Down')!.startsAt).toBe(startsAt);
}

/** The store is away for longer than what was said is believed. */
async function nothingResolvesWithoutTheStore(scene: Scene, signal: NodeJS.Signals): Promise<void> {
  const { belfry, store } = scene;
  await store.stop(signal);
  await until('the evaluation fails', 5000, async () => (await ruleOf(belfry, 'Down')).health === 'err');
  await pause(BELIEVED_MS + 2000);
  const { lastError, alerts } = await ruleOf(belfry, 'Down');
  expect(lastError).toMatch(/ECONNREFUSED/);
  expect(alerts!.map(({ state }) => state)).toEqual(['firing']);
  expect(await activeInRouter(belfry)).toEqual(['Down', 'DownNow']);
  await store.restart();
  await until('it is evaluated again', 25_000, async () => (await ruleOf(belfry, 'Down')).health === 'ok');
  await pause(2000);
  expect(story(scene, 'Down')).toEqual(['Down firing']);
  expect(story(scene, 'DownNow')).toEqual(['DownNow firing']);
}

async function endsAtOnce(scene: Scene): Promise<void> {
  const { board, store } = scene;
  const series = '{__name__=~"ALERTS|ALERTS_FOR_STATE"}';
  const living = [...(await valuesNow(store.url, series)).keys()];
  expect(living.filter((labels) => labels.includes('"pending"'))).toEqual([]);
  expect(living).toHaveLength(4);
  board.set('demo_down', 0, { host: 'h1' });
  await until('the webhook is told the end', 10_000, () => story(scene, 'Down').length > 1);
  // Without a marker they would be seen for five minutes more.
  await until('its series end', 4000, async () => (await valuesNow(store.url, series)).size === 0);
  await until('the other end is told', 5000, () => story(scene, 'DownNow').length > 1);
  await pause(1500);
  expect(story(scene, 'Down')).toEqual(['Down firing', 'Down resolved']);
  expect(story(scene, 'DownNow')).toEqual(['DownNow firing', 'DownNow resolved']);
}

describeBeside('one alert', ['prometheus', 'victoria-metrics'], (peers) => {
  it.concurrent('beside Prometheus, survives the death of everything, and ends when it ends', async () => {
    await using board = await Board.open();
    board.set('demo_down', 0, { host: 'h1' });
    await using store = await startPrometheusStore(peers.prometheus, {
      ...{ config: scrapeOften(board), remoteWriteReceiver: true, port: await freePort() },
    });
    await using scene = await start(store, board);
    await until('chained rules are there', 5000, async () => (await valuesNow(store.url, CHAINED)).size > 0);
    // In the same evaluation: the one it reads is of the same slot.
    expect([...(await valuesNow(store.url, CHAINED)).values()]).toEqual(['0']);
    await pendingKeepsItsTime(scene);
    await firingIsToldOnce(scene);
    await nothingResolvesWithoutTheStore(scene, 'SIGKILL');
    await endsAtOnce(scene);
  });

  it.concurrent('beside VictoriaMetrics, survives the death of everything, and ends when it ends', async () => {
    await using board = await Board.open();
    board.set('demo_down', 0, { host: 'h1' });
    const folder = await mkdtemp(join(tmpdir(), 'belfry-e2e-'));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'scrape.yml'), scrapeOften(board));
    const store = stack.use(
      await startVictoriaMetrics(peers['victoria-metrics'], [
        `-promscrape.config=${join(folder, 'scrape.yml')}`,
        // It would leave out the newest half minute, and go by what it was asked before.
        '-search.latencyOffset=0s',
        '-search.disableCache',
        // By itself it takes a series for gone when one scrape of a busy machine is late.
        '-search.minStalenessInterval=10s',
      ]),
    );
    await using scene = await start(store, board);
    expect(await stateOf(scene.belfry, 'Down')).toBe('inactive');
    await until('chained rules are there', 10_000, async () => {
      // A series that is new to it can be searched for some seconds later, or after this.
      await fetch(`${store.url}/internal/force_flush`);
      return (await valuesNow(store.url, CHAINED)).size > 0;
    });
    const health = async (): Promise<string> => (await ruleOf(scene.belfry, 'Down')).health;
    await until('what reads them is evaluated', 5000, async () => (await health()) !== 'unknown');
    expect(await health()).toBe('ok');
    await pendingKeepsItsTime(scene);
    await firingIsToldOnce(scene);
    // Killed, it would itself lose what it has acknowledged in the last seconds.
    await nothingResolvesWithoutTheStore(scene, 'SIGTERM');
    await endsAtOnce(scene);
  });
});
