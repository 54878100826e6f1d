// Rules that read each other in one slot, beside stores that show what was written at once, later, or too late.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../support/e2e/free-port.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import { storedSamples } from '../../support/e2e/query-api.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startVictoriaMetrics } from '../../support/e2e/victoria-metrics.ts';
import { until } from '../chaos/ask.ts';
import { describeBeside } from '../peers.ts';
import { getJson, metricOf, ruleOf, startWithRules, stateOf } from './belfry-scene.ts';

/** The last ones say how far behind their slot is what they read, in seconds. */
const chain = (interval: string): { readonly rules: string } => ({
  rules: `
groups:
- name: chain
  interval: ${interval}
  rules:
  - {record: 'chain:first', expr: 'time()'}
  - {record: 'chain:second', expr: 'chain:first'}
  - {record: 'chain:behind', expr: 'time() - chain:second'}
  - {alert: Beats, expr: 'chain:second > 0'}
  - {record: 'chain:alert_behind', expr: 'time() - timestamp(ALERTS{alertname="Beats"})'}
`,
});

/** What the last rules of the chain have found, from an instant on. */
async function behind({ url }: RouterProcess, from: number): Promise<readonly string[]> {
  const series = '{__name__=~"chain:behind|chain:alert_behind"}';
  const found = await storedSamples(url, series, from, Date.now());
  return [...found.values()].flat().map((sample) => sample.split(' ')[1]!);
}

const seen = (belfry: RouterProcess, when: 'at once' | 'later' | 'never'): Promise<number> =>
  metricOf(belfry, `belfry_rule_read_backs_total{seen="${when}"}`);

async function slots(belfry: RouterProcess, count: number): Promise<void> {
  const done = (): Promise<number> => metricOf(belfry, 'prometheus_rule_group_iterations_total');
  const wanted = (await done()) + count;
  await until(`${count} slots`, 90_000, async () => (await done()) >= wanted);
}

async function warningsOf({ url }: RouterProcess, name: string): Promise<readonly string[]> {
  const { items } = (await getJson(`${url}/api/belfry/v1/rules`)) as {
    readonly items: readonly {
      readonly name: string;
      readonly lastEvaluation: { readonly warnings: readonly string[] };
    }[];
  };
  return items.find((rule) => rule.name === name)!.lastEvaluation.warnings;
}

describeBeside('chained rules beside VictoriaMetrics', ['victoria-metrics'], ({ 'victoria-metrics': binary }) => {
  it.concurrent('read what was written in the same slot, a second after it', async () => {
    await using store = await startVictoriaMetrics(binary);
    await using belfry = await startWithRules({ asks: store.url, writes: store.url, rules: chain('7s') });
    // A new series is seen up to ten seconds after it was written: each rule's first.
    await slots(belfry, 6);
    const [from, before] = [Date.now(), await seen(belfry, 'later')];
    await slots(belfry, 3);
    await fetch(`${store.url}/internal/force_flush`);
    expect(new Set(await behind(store, from))).toEqual(new Set(['0']));
    expect((await seen(belfry, 'later')) - before).toBeGreaterThanOrEqual(8);
  });

  it.concurrent('are late by a slot and say so when there is no time to wait', async () => {
    await using store = await startVictoriaMetrics(binary);
    await using belfry = await startWithRules({ asks: store.url, writes: store.url, rules: chain('1s') });
    await until('nothing was seen in time', 30_000, async () => (await seen(belfry, 'never')) > 2);
    await until('the reader was warned', 20_000, async () =>
      (await warningsOf(belfry, 'chain:second')).some((warning) => warning.includes('could not be read back')),
    );
    expect(belfry.output).toContain('What a rule has written cannot be read back');
  });

  it.concurrent('see the slot before when the source is to be trusted', async () => {
    await using store = await startVictoriaMetrics(binary);
    await using belfry = await startWithRules({
      ...{ asks: `{url: '${store.url}', read_after_write: trust}`, writes: store.url, rules: chain('3s') },
    });
    await pause(20_000);
    const from = Date.now();
    await slots(belfry, 3);
    await fetch(`${store.url}/internal/force_flush`);
    expect(Math.max(...(await behind(store, from)).map(Number))).toBeGreaterThanOrEqual(3);
    expect(await seen(belfry, 'later')).toBe(0);
  });
});

describeBeside('chained rules beside Prometheus', ['prometheus'], ({ prometheus }) => {
  it.concurrent('read what was written in the same slot, which soon nobody looks for any more', async () => {
    await using store = await startPrometheusStore(prometheus, { remoteWriteReceiver: true });
    await using belfry = await startWithRules({ asks: store.url, writes: store.url, rules: chain('1s') });
    const from = Date.now();
    await slots(belfry, 10);
    expect(new Set(await behind(store, from))).toEqual(new Set(['0']));
    // Three rules are read in each slot. Four sightings are wanted; those after a slow write do not count.
    const looked = await seen(belfry, 'at once');
    expect(looked).toBeGreaterThanOrEqual(4);
    expect(looked).toBeLessThanOrEqual(15);
    expect(await seen(belfry, 'never')).toBe(0);
  });

  it.concurrent('are held up by no other target that is dead; and where it is the only one, they are warned', async () => {
    await using store = await startPrometheusStore(prometheus, { remoteWriteReceiver: true });
    const dead = `{url: 'http://127.0.0.1:${await freePort()}/api/v1/write', name: dead}`;
    const main = `{url: '${store.url}/api/v1/write', name: main}`;
    const setup = { asks: store.url, rules: chain('2s') };
    await using both = await startWithRules({ ...setup, more: `remote_write: [${dead}, ${main}]` });
    const from = Date.now();
    await slots(both, 3);
    expect(new Set(await behind(store, from))).toEqual(new Set(['0']));
    expect([await stateOf(both, 'Beats'), await warningsOf(both, 'Beats')]).toEqual(['firing', []]);
    await using alone = await startWithRules({ ...setup, more: `remote_write: [${dead}]` });
    await slots(alone, 2);
    expect(await ruleOf(alone, 'Beats')).toMatchObject({ health: 'ok', state: 'firing' });
    expect((await warningsOf(alone, 'Beats')).join()).toContain('dead: 1 samples are still on their way');
    expect(await metricOf(alone, 'prometheus_rule_group_iterations_missed_total')).toBe(0);
  });
});
