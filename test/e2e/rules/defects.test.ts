// What is wrong with other evaluators, and must not be with this one: each against a real Prometheus, with metrics
// set by hand.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../support/e2e/free-port.ts';
import { writeHistogram } from '../../support/e2e/native-histogram.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import { valuesNow } from '../../support/e2e/query-api.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { until } from '../chaos/ask.ts';
import { describeBeside } from '../peers.ts';
import {
  alertOf,
  configOf,
  getJson,
  groupsOf,
  metricOf,
  ruleOf,
  startWithRules,
  stateOf,
  writeRules,
  type Setup,
} from './belfry-scene.ts';
import { Board, scrapeOften } from './board.ts';
import { storyOf } from './messages.ts';

const file = (rules: string, more = ''): { readonly rules: string } => ({
  rules: `groups:\n- name: g\n  interval: 1s\n  eval_offset: 100ms\n${more}  rules:\n${rules}`,
});

describeBeside('what is wrong elsewhere', ['prometheus'], ({ prometheus }) => {
  const stack = new AsyncDisposableStack();
  afterAll(() => stack.disposeAsync());
  let board: Board;
  let store: RouterProcess;
  let sink: WebhookSink;

  beforeAll(async () => {
    board = stack.use(await Board.open());
    sink = stack.use(await startWebhookSink());
    store = stack.use(
      await startPrometheusStore(prometheus, {
        ...{ config: scrapeOften(board), remoteWriteReceiver: true, nativeHistograms: true },
      }),
    );
  });

  const begin = (setup: Partial<Setup> & Pick<Setup, 'rules'>): Promise<RouterProcess> =>
    startWithRules({ asks: store.url, writes: store.url, ...setup });

  /** Of a query, without names: numbers and histograms as the API has them. */
  async function valuesOf(query: string, at = Date.now() / 1000): Promise<readonly unknown[]> {
    const { data } = (await getJson(
      `${store.url}/api/v1/query?${String(new URLSearchParams({ query, time: String(at) }))}`,
    )) as {
      readonly data: { readonly result: readonly Readonly<Record<string, unknown>>[] };
    };
    return data.result.map(({ metric, ...sample }) => [(metric as Readonly<Record<string, string>>)['host'], sample]);
  }

  it.concurrent('time that is done counts when the own store is lost and the series are in a plain Prometheus', async () => {
    board.set('restored', 1);
    const rules = file('  - {alert: Restored, expr: restored == 1, for: 60s, labels: {odd: "a,b=c"}}\n');
    await using belfry = await begin({ rules, args: ['--rules.alert.for-grace-period=1s'] });
    await until('it is pending', 5000, async () => (await stateOf(belfry, 'Restored')) === 'pending');
    await pause(3000);
    const before = Date.parse((await alertOf(belfry, 'Restored'))!.activeAt);
    await belfry.stop('SIGKILL');
    const killedAt = Date.now();
    await rm(join(belfry.folder, 'data'), { recursive: true });
    await pause(3000);
    await belfry.restart();
    await until('it is pending again', 5000, async () => (await stateOf(belfry, 'Restored')) === 'pending');
    const shift = Date.parse((await alertOf(belfry, 'Restored'))!.activeAt) - before;
    expect(Math.abs(shift - (Date.now() - killedAt))).toBeLessThan(2500);
  });

  it.concurrent('a native histogram is an answer', async () => {
    await writeHistogram(store.url, { __name__: 'native', host: 'h1' }, Date.now());
    const rules = file(
      "  - {alert: Native, expr: native, annotations: {value: '{{ $value }}'}}\n  - {record: 'native:count', expr: histogram_count(native)}\n",
    );
    await using belfry = await begin({ rules });
    await until('it fires', 5000, async () => (await stateOf(belfry, 'Native')) === 'firing');
    expect(await ruleOf(belfry, 'Native')).toMatchObject({ health: 'ok' });
    await until('its count is written', 3000, async () => (await valuesNow(store.url, 'native:count')).size === 1);
    expect([...(await valuesNow(store.url, 'native:count')).values()]).toEqual(['6']);
    expect((await alertOf(belfry, 'Native'))!.annotations['value']).toBe(
      '{count:6, sum:10.5, [-0.5,-0.25):2, [-0.001,0.001]:1, (0.5,1]:1, (1,2]:2}',
    );
  });

  it.concurrent('native histograms are recorded: what is asked of the record is what is asked of its expression', async () => {
    const from = Date.now();
    for (const host of ['r1', 'r2']) {
      for (let i = 0; i < 4; i++) {
        // Each counts more than the one before.
        await writeHistogram(store.url, { __name__: 'requests', host }, from - 20_000 + i * 5000, (i + 1) * 3);
      }
    }
    const rated = 'sum(rate(requests[30s])) * 7.3';
    const rules = file(
      `  - {record: 'requests:rate', expr: '${rated}'}\n  - {record: 'requests:last', expr: requests}\n`,
    );
    await using belfry = await begin({ rules });
    await until('both are written', 5000, async () => (await valuesOf('requests:rate or requests:last')).length === 3);
    const { lastEvaluation, health } = await ruleOf(belfry, 'requests:rate');
    expect(health).toBe('ok');
    expect(JSON.stringify(await valuesOf('requests:rate'))).toContain('"buckets":[[1,"-0.5","-0.25",');
    const slot = Math.floor(Date.parse(lastEvaluation) / 1000) + 0.1;
    const same: readonly (readonly [string, string])[] = [
      ['requests:rate', rated],
      ['histogram_quantile(0.9, requests:rate)', `histogram_quantile(0.9, ${rated})`],
      ['histogram_quantile(0.1, requests:last)', 'histogram_quantile(0.1, requests)'],
      ['histogram_sum(sum(requests:last))', 'histogram_sum(sum(requests))'],
      ['sum by (host) (requests:last)', 'sum by (host) (requests)'],
    ];
    for (const [recorded, asked] of same) {
      const wanted = await valuesOf(asked, slot);
      expect(wanted.length).toBeGreaterThan(0);
      expect([recorded, await valuesOf(recorded, slot)]).toEqual([recorded, wanted]);
    }
    // It ends as other series do.
    await writeRules(belfry, 'rules', file(`  - {record: 'requests:rate', expr: 'requests{host="none"}'}\n`).rules);
    expect((await belfry.reload()).status).toBe(200);
    await until('they end', 5000, async () => (await valuesOf('requests:rate or requests:last')).length === 0);
  });

  it.concurrent('an annotation links to its alert, and says since when it is active', async () => {
    board.set('linked', 1);
    const link = '/api/v1/alert?group_id={{ $groupID }}&alert_id={{ $alertID }}';
    const annotations = `{link: '${link}', since: '{{ $activeAt.Format "2006-01-02T15:04:05.999Z07:00" }}'}`;
    await using belfry = await begin({
      rules: file(`  - {alert: Linked, expr: linked == 1, annotations: ${annotations}}\n`),
    });
    await until('it fires', 5000, async () => (await stateOf(belfry, 'Linked')) === 'firing');
    const alert = (await alertOf(belfry, 'Linked'))!;
    expect(alert.annotations['since']).toBe(alert.activeAt);
    expect(await getJson(`${belfry.url}${alert.annotations['link']}`)).toMatchObject({
      labels: alert.labels,
      activeAt: alert.activeAt,
    });
  });

  it.concurrent('series end whatever their labels hold', async () => {
    const odd = { a: 'x,y=z', b: '{c="d"}', c: 'é😀\\', d: ',', e: '=' };
    board.set('stale', 1, odd);
    const rules = file('  - {alert: Stale, expr: stale == 1}\n  - {record: stale:r, expr: stale == 1}\n');
    await using belfry = await begin({ rules });
    const series = '{__name__=~"ALERTS|ALERTS_FOR_STATE|stale:r",a!=""}';
    await until('its series are there', 5000, async () => (await valuesNow(store.url, series)).size === 3);
    board.set('stale', null, odd);
    await until('it ends', 5000, async () => (await stateOf(belfry, 'Stale')) === 'inactive');
    await pause(1000);
    expect(await valuesNow(store.url, series)).toEqual(new Map());
  });

  it.concurrent('rules stand in the order of their file after a reload that adds some', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `r${(i * 7) % 30}`);
    const rulesOf = (some: readonly string[]): string =>
      some.map((name) => `  - {record: 'ordered:${name}', expr: '1'}\n`).join('');
    await using belfry = await begin({ rules: file(rulesOf(names.filter((_, i) => i % 3 === 0))) });
    await writeRules(belfry, 'rules', file(rulesOf(names)).rules);
    expect((await belfry.reload()).status).toBe(200);
    expect((await groupsOf(belfry))[0]!.rules.map(({ name }) => name)).toEqual(names.map((name) => `ordered:${name}`));
  });

  it.concurrent('an expression that is edited keeps its alert; a rule that is removed ends it, and its series', async () => {
    board.set('edited', 1);
    const edited = '  - {alert: Edited, expr: edited == 1, for: 1s}\n';
    const removed = "  - {alert: Removed, expr: edited == 1}\n  - {record: 'removed:r', expr: edited}\n";
    await using belfry = await begin({ rules: file(removed + edited), webhook: `${sink.url}/edited` });
    const told = (): readonly string[] => [...storyOf(sink, '/edited')].toSorted();
    await until('both are told', 8000, () => told().length === 2);
    const before = await alertOf(belfry, 'Edited');
    await writeRules(belfry, 'rules', file(edited.replace('edited == 1', 'edited > 0')).rules);
    expect((await belfry.reload()).status).toBe(200);
    await until('the end is told', 4000, () => told().length === 3);
    await pause(2500);
    expect(told()).toEqual(['Edited firing', 'Removed firing', 'Removed resolved']);
    expect((await alertOf(belfry, 'Edited'))!.activeAt).toBe(before!.activeAt);
    expect((await valuesNow(store.url, 'ALERTS{alertname="Removed"} or removed:r')).size).toBe(0);
    expect((await valuesNow(store.url, 'ALERTS{alertname="Edited"}')).size).toBe(1);
    // The group as a whole, with its file.
    expect(
      (await belfry.reload(configOf({ asks: store.url, writes: store.url, rules: {}, webhook: `${sink.url}/edited` })))
        .status,
    ).toBe(200);
    await until('its end is told, too', 4000, () => told().includes('Edited resolved'));
    await until(
      'its series end',
      2000,
      async () => (await valuesNow(store.url, 'ALERTS{alertname="Edited"}')).size === 0,
    );
  });

  it.concurrent('every slot that was missed is counted', async () => {
    await using belfry = await begin({ rules: file("  - {record: 'missed:r', expr: '1'}\n") });
    await until('it is evaluated', 5000, async () => (await ruleOf(belfry, 'missed:r')).health === 'ok');
    belfry.signal('SIGSTOP');
    await pause(5000);
    belfry.signal('SIGCONT');
    await pause(1500);
    // Five seconds take four or five slots; one of them is evaluated late.
    const missed = await metricOf(belfry, 'prometheus_rule_group_iterations_missed_total');
    expect(missed).toBeGreaterThanOrEqual(3);
    expect(missed).toBeLessThanOrEqual(5);
  });

  it.concurrent('alerts that have ended are not held against the limit, and too many change nothing', async () => {
    board.set('limited', 1, { n: '1' });
    board.set('limited', 1, { n: '2' });
    const rules = file('  - {alert: Limited, expr: limited == 1}\n', '  limit: 2\n');
    await using belfry = await begin({ rules, webhook: `${sink.url}/limited` });
    const firing = async (): Promise<string> =>
      (await ruleOf(belfry, 'Limited'))
        .alerts!.map(({ labels }) => labels['n'] ?? '')
        .toSorted()
        .join();
    await until('two fire', 5000, async () => (await firing()) === '1,2');
    board.set('limited', null, { n: '1' });
    board.set('limited', null, { n: '2' });
    await until('both end', 5000, async () => (await firing()) === '');
    board.set('limited', 1, { n: '3' });
    board.set('limited', 1, { n: '4' });
    await until('two others fire', 5000, async () => (await firing()) === '3,4');
    board.set('limited', 1, { n: '5' });
    await until('three are too many', 5000, async () => (await ruleOf(belfry, 'Limited')).health === 'err');
    expect(await firing()).toBe('3,4');
    expect(storyOf(sink, '/limited').filter((told) => told.endsWith('resolved')).length).toBe(2);
  });

  it.concurrent('values and times are told to the last digit', async () => {
    board.set('exact', 16_777_217);
    await using belfry = await begin({ rules: file('  - {alert: Exact, expr: exact + 0.1}\n') });
    await until('it fires', 5000, async () => (await stateOf(belfry, 'Exact')) === 'firing');
    const { value, activeAt } = (await alertOf(belfry, 'Exact'))!;
    expect(value).toBe('1.67772171e+07');
    expect(activeAt).toMatch(/:\d\d\.1Z$/);
  });

  it.concurrent('an alert that goes on is said again after the resend delay, not at every slot', async () => {
    board.set('resent', 1);
    await using own = await startWebhookSink();
    const rules = file('  - {alert: Resent, expr: resent == 1}\n');
    await using belfry = await begin({ rules, alertmanager: own.url.slice('http://'.length), resendDelay: '3s' });
    await until('it is said', 5000, () => own.received().length > 0);
    await pause(9000);
    // After three seconds and a slot, as Prometheus does it: now, and twice more.
    expect(own.received('/api/v2/alerts').length).toBe(3);
    expect(belfry.output).not.toContain('level=error');
  });

  it.concurrent('alerts begin and end while what is written is not taken', async () => {
    board.set('unwritten', 1);
    const rules = file(
      '  - {alert: Unwritten, expr: unwritten == 1, for: 2s}\n  - {record: unwritten:r, expr: unwritten}\n',
    );
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    await using belfry = await begin({ rules, writes: nowhere, webhook: `${sink.url}/unwritten` });
    await until('it fires', 8000, async () => (await stateOf(belfry, 'Unwritten')) === 'firing');
    board.set('unwritten', 0);
    await until('the end is told', 8000, () => storyOf(sink, '/unwritten').length === 2);
    expect(storyOf(sink, '/unwritten')).toEqual(['Unwritten firing', 'Unwritten resolved']);
  });
});
