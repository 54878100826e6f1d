// Rule files that change under a running Belfry: told by a signal, by a request, or noticed. What is wrong keeps its
// old version, everything else is taken, and everybody can see which is which.
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { configOf, getJson, groupsOf, metricOf, ruleOf, startWithRules, writeRules } from './belfry-scene.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';
import { until } from '../chaos/ask.ts';
import { FakeSource, vector } from './fake-source.ts';
import { storyOf } from './messages.ts';

const group = (name: string, expr: string): string =>
  `- {name: ${name}, interval: 1s, rules: [{alert: Of_${name}, expr: '${expr}'}]}\n`;
const file = (...groups: readonly string[]): string => `groups:\n${groups.join('')}`;

async function answering(): Promise<FakeSource> {
  const source = new FakeSource(vector([[{ host: 'h1' }, '1']]));
  await source.listen();
  return source;
}

/** `GROUP expression`, and what is wrong with a newer version. */
async function versions(belfry: RouterProcess): Promise<readonly (readonly [string, string])[]> {
  const { items } = (await getJson(`${belfry.url}/api/belfry/v1/rules`)) as {
    readonly items: readonly { readonly group: string; readonly query: string; readonly outdatedBy: string }[];
  };
  return items.map(({ group: name, query, outdatedBy }) => [`${name} ${query}`, outdatedBy] as const);
}

const expressions = async (belfry: RouterProcess): Promise<readonly string[]> =>
  (await versions(belfry)).map(([text]) => text).toSorted();

describe('a reload of rules', () => {
  it.concurrent('a group with a mistake keeps its old version while the others are taken, and everybody can see it', async () => {
    await using source = await answering();
    await using sink = await startWebhookSink();
    await using belfry = await startWithRules({
      asks: source.url,
      rules: { one: file(group('a', 'm > 1'), group('b', 'm > 1')), two: file(group('c', 'm > 1')) },
      webhook: `${sink.url}/hook`,
    });
    await until('all fire', 8000, () => storyOf(sink, '/hook').length === 3);

    await writeRules(belfry, 'one', file(group('a', 'm > 2'), group('b', 'sum(m')));
    await writeRules(belfry, 'two', file(group('c', 'm > 2')));
    const answer = await belfry.reload();
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/one\.yml:3:\d+.*/);
    expect(await expressions(belfry)).toEqual(['a m > 2', 'b m > 1', 'c m > 2']);
    const outdated = (await versions(belfry)).filter(([, why]) => why !== '');
    expect(outdated.map(([text]) => text)).toEqual(['b m > 1']);
    expect(outdated[0]![1]).toMatch(/one\.yml:3:/);
    expect(await metricOf(belfry, 'belfry_rule_groups_outdated')).toBe(1);
    for (const role of ['alertmanager', 'prometheus', 'vmalert']) {
      expect(await metricOf(belfry, `${role}_config_last_reload_successful`)).toBe(0);
    }
    // It goes on being evaluated.
    const { lastEvaluation } = await ruleOf(belfry, 'Of_b');
    await until('it is evaluated', 3000, async () => (await ruleOf(belfry, 'Of_b')).lastEvaluation > lastEvaluation);

    await writeRules(belfry, 'one', 'groups: [');
    await writeRules(belfry, 'two', file(group('c', 'm > 3')));
    belfry.signal('SIGHUP');
    await until('the other file is taken', 5000, async () => (await expressions(belfry)).includes('c m > 3'));
    expect(await expressions(belfry)).toEqual(['a m > 2', 'b m > 1', 'c m > 3']);
    expect(await metricOf(belfry, 'belfry_rule_groups_outdated')).toBe(2);

    await writeRules(belfry, 'one', file(group('a', 'm > 4'), group('b', 'm > 4')));
    expect((await belfry.reload()).status).toBe(200);
    expect(await expressions(belfry)).toEqual(['a m > 4', 'b m > 4', 'c m > 3']);
    expect(await metricOf(belfry, 'belfry_rule_groups_outdated')).toBe(0);
    expect(await metricOf(belfry, 'prometheus_config_last_reload_successful')).toBe(1);

    // Of a group that is new there is no older version.
    await writeRules(belfry, 'two', file(group('c', 'm > 3'), group('new', 'rate(m)')));
    belfry.signal('SIGHUP');
    await until('it is told', 5000, async () => (await metricOf(belfry, 'belfry_rule_file_problems')) === 1);
    expect(await metricOf(belfry, 'vmalert_config_last_reload_successful')).toBe(0);
    expect(belfry.output).toMatch(/level=ERROR[^\n]*rules with mistakes[^\n]*two\.yml:3:/i);
    const { data } = (await getJson(`${belfry.url}/api/v1/status/runtimeinfo`)) as {
      readonly data: { readonly reloadConfigSuccess: boolean };
    };
    expect(data.reloadConfigSuccess).toBe(false);
    await writeRules(belfry, 'two', file(group('c', 'm > 3')));
    expect((await belfry.reload()).status).toBe(200);
    await pause(2500);
    // Alerts went through all of that, and nobody was told anything.
    expect([...storyOf(sink, '/hook')].toSorted()).toEqual(['Of_a firing', 'Of_b firing', 'Of_c firing']);
  });

  it.concurrent('nothing is taken when something is wrong, if that is wanted', async () => {
    await using source = await answering();
    const setup = { asks: source.url, rules: { one: file(group('a', 'm > 1')), two: file(group('c', 'm > 1')) } };
    await using belfry = await startWithRules({ ...setup, args: ['--rules.all-or-nothing'] });
    await writeRules(belfry, 'one', file(group('a', 'sum(m')));
    await writeRules(belfry, 'two', file(group('c', 'm > 2')));
    // The configuration goes with the rules: it is not taken, either.
    const answer = await belfry.reload(configOf({ ...setup, more: 'global: {resolve_timeout: 7m}' }));
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/one\.yml:2:/);
    expect(await expressions(belfry)).toEqual(['a m > 1', 'c m > 1']);
    const { config } = (await getJson(`${belfry.url}/api/v2/status`)) as {
      readonly config: { readonly original: string };
    };
    expect(config.original).not.toContain('7m');
    await writeRules(belfry, 'one', file(group('a', 'm > 2')));
    expect((await belfry.reload()).status).toBe(200);
    expect(await expressions(belfry)).toEqual(['a m > 2', 'c m > 2']);
  });

  it.concurrent('a folder is watched: files that come, change, go, and are swapped like a ConfigMap', async () => {
    await using source = await answering();
    await using sink = await startWebhookSink();
    await using belfry = await startWithRules({
      ...{ asks: source.url, webhook: `${sink.url}/hook` },
      rules: { 'rules.d/**/*': '' },
    });
    const folder = join(belfry.folder, 'rules.d');
    expect(belfry.output).toContain('no file fits the rule file path');
    const has = (...wanted: readonly string[]): Promise<number> =>
      until(`the groups are ${wanted.join()}`, 8000, async () => (await expressions(belfry)).join() === wanted.join());

    await mkdir(folder);
    await writeFile(join(folder, 'one.yml'), file(group('a', 'm > 1')));
    await has('a m > 1');
    await writeFile(join(folder, 'two.yml'), file(group('b', 'm > 1')));
    await has('a m > 1', 'b m > 1');
    await writeFile(join(folder, 'two.yml'), file(group('b', 'm > 2')));
    await has('a m > 1', 'b m > 2');

    // A ConfigMap is a link to a folder, and a link to that; a new version swaps the one in the middle.
    const mounted = join(folder, 'map');
    for (const version of ['v1', 'v2']) {
      await mkdir(join(mounted, `..${version}`), { recursive: true });
      await writeFile(join(mounted, `..${version}`, 'c.yml'), file(group('c', `m > ${version.slice(1)}`)));
    }
    await symlink('..v1', join(mounted, '..data'));
    await symlink('..data/c.yml', join(mounted, 'c.yml'));
    await has('a m > 1', 'b m > 2', 'c m > 1');
    await symlink('..v2', join(mounted, '..next'));
    await rename(join(mounted, '..next'), join(mounted, '..data'));
    await has('a m > 1', 'b m > 2', 'c m > 2');

    await writeFile(join(folder, 'two.yml'), file(group('b', 'm >')));
    await until('a mistake is seen', 8000, async () => (await metricOf(belfry, 'belfry_rule_groups_outdated')) === 1);
    await until('all fire', 8000, () => storyOf(sink, '/hook').length === 3);
    await rm(join(folder, 'two.yml'));
    await has('a m > 1', 'c m > 2');
    await until('the end of its alert is told', 5000, () => storyOf(sink, '/hook').includes('Of_b resolved'));
    expect((await groupsOf(belfry)).map(({ name }) => name).toSorted()).toEqual(['a', 'c']);
  });
});
