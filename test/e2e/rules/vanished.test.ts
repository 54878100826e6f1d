// A store that is killed and comes back without its data: well, and empty.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../support/e2e/free-port.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import { valuesNow } from '../../support/e2e/query-api.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';
import { until } from '../chaos/ask.ts';
import { describeBeside } from '../peers.ts';
import { metricOf, startWithRules, stateOf } from './belfry-scene.ts';
import { Board, scrapeOften } from './board.ts';
import { storyOf } from './messages.ts';

const NAMES = ['One', 'Two', 'Three', 'Four'];

const RULES = `
groups:
- name: g
  interval: 1s
  rules:
${NAMES.map((name) => `  - {alert: ${name}, expr: 'metric_${name} > 0'}`).join('\n')}
`;

async function loseEverything(store: RouterProcess): Promise<void> {
  await store.stop('SIGKILL');
  await rm(join(store.folder, 'data'), { recursive: true });
  await writeFile(join(store.folder, 'config.yml'), '');
  await store.restart();
  await pause(2000);
  expect((await valuesNow(store.url, '{__name__=~"metric_.+"}')).size).toBe(0);
}

describeBeside('a store that has lost its data', ['prometheus'], ({ prometheus }) => {
  it('ends alerts that it alone would end, and others only when that is held for long enough', async () => {
    await using board = await Board.open();
    for (const name of NAMES) board.set(`metric_${name}`, 1);
    await using store = await startPrometheusStore(prometheus, { config: scrapeOften(board), port: await freePort() });
    await using sink = await startWebhookSink();
    await using belfry = await startWithRules({
      ...{ asks: `{url: '${store.url}', hold_vanished: 20s}`, rules: { rules: RULES }, webhook: `${sink.url}/x` },
    });
    await until('all fire', 10_000, () => storyOf(sink, '/x').length === 4);
    // One that ends among others that go on has ended.
    board.set('metric_Four', 0);
    await until('the end of one is told', 5000, () => storyOf(sink, '/x').includes('Four resolved'));
    const believed = await metricOf(belfry, 'belfry_rule_found_nothing_total{verdict="believe"}');
    expect(believed).toBe(1);

    await loseEverything(store);
    // While it was away it was asked ever more seldom.
    await until('it is noticed', 20_000, () =>
      belfry.output.includes('Most of what rules found in a data source is gone'),
    );
    // More than four times the resend delay: it is said again and again, or the router would end it.
    await pause(8500);
    expect(await stateOf(belfry, 'One')).toBe('firing');
    expect(storyOf(sink, '/x')).toHaveLength(5);
    expect(await metricOf(belfry, 'belfry_rule_found_nothing_total{verdict="hold"}')).toBeGreaterThan(5);
    await until('it is believed', 25_000, () => storyOf(sink, '/x').length === 8);
    expect(storyOf(sink, '/x').slice(5).toSorted()).toEqual(['One resolved', 'Three resolved', 'Two resolved']);
  });
});
