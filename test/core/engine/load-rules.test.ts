import { describe, expect, it } from 'vitest';
import type { RulesConfig } from '../../../src/config/config.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import { loadRules, type LoadedRules, type RuleFileCache } from '../../../src/engine/rules/load.ts';
import { Labels } from '../../../src/model/labels.ts';
import { TextFiles } from '../../support/text-files.ts';

const config: RulesConfig = {
  ruleFiles: ['/rules/**/*.yml'],
  evaluationInterval: 60_000,
  ruleQueryOffset: 0,
  externalLabels: Labels.empty,
  nameScheme: 'utf8',
  dataSources: [
    {
      name: 'prometheus',
      url: 'http://prometheus:9090',
      http: DEFAULT_HTTP_CONFIG,
      timeout: 30_000,
      params: [],
      tenant: null,
      concurrency: 1,
      maxBytes: 1,
      maxSeries: 1,
      partialAnswers: 'keep',
    },
  ],
  remoteWrite: [],
  alerting: { relabel: [], alertmanagers: [] },
};

const receivers = new Set(['team']);
const load = (files: TextFiles, changed: Partial<RulesConfig> = {}, cache?: RuleFileCache): Promise<LoadedRules> =>
  loadRules(files, { ...config, ...changed }, receivers, cache);
const ids = ({ groups }: LoadedRules): readonly string[] => groups.map(({ group }) => group.id);

const group = (name: string, rest = ''): string => `groups:\n- name: ${name}\n${rest}`;
const object = (name: string): string =>
  `apiVersion: v1\nkind: PrometheusRule\nmetadata: {name: ${name}, namespace: ns}\nspec: {groups: [{name: g}]}\n`;

describe('loadRules()', () => {
  it('reads the files of all patterns, each once', async () => {
    const files = new TextFiles({ '/rules/a.yml': group('a'), '/rules/x/y/b.yml': group('b'), '/c.yml': group('c') });
    const loaded = await load(files, { ruleFiles: ['/rules/**/*.yml', '/rules/a.yml', '/c.yml', '/none/*.yml'] });
    expect([ids(loaded), loaded.files]).toEqual([['/rules/a.yml;a', '/rules/x/y/b.yml;b', '/c.yml;c'], 3]);
  });

  it('tells which rules of a group read which', async () => {
    const rules = [
      '{record: a, expr: up}',
      '{record: b, expr: up}',
      '{alert: c, expr: a > b}',
      '{alert: d, expr: "ALERTS{alertname=\'c\'} == 1"}',
    ];
    const files = new TextFiles({ '/rules/a.yml': group('a', `  rules: [${rules.join(', ')}]\n`) });
    expect((await load(files)).groups[0]?.dependencies).toEqual([[], [], [0, 1], [2]]);
  });

  it('lets every rule wait for all before it when one reads nobody knows what', async () => {
    const rules = ['{record: a, expr: up}', '{record: b, expr: \'count({job="x"})\'}', '{record: c, expr: up}'];
    const files = new TextFiles({ '/rules/a.yml': group('a', `  rules: [${rules.join(', ')}]\n`) });
    expect((await load(files)).groups[0]?.dependencies).toEqual([[], [0], [0, 1]]);
  });

  it('knows receivers and data sources', async () => {
    const files = new TextFiles({
      '/rules/a.yml': group('a', '  notify: team\n  datasource: prometheus\n'),
      '/rules/b.yml': group('b', '  notify: taem\n  datasource: promtheus\n'),
    });
    const loaded = await load(files);
    expect(ids(loaded)).toEqual(['/rules/a.yml;a']);
    expect(loaded.problems.map(({ message, hint }) => [message, hint])).toEqual([
      ['group "b": undefined receiver "taem"', 'did you mean "team"?'],
      ['group "b": undefined data source "promtheus"', 'did you mean "prometheus"?'],
    ]);
  });

  it('gives good groups beside the problems of others', async () => {
    const files = new TextFiles({
      '/rules/a.yml': `${group('a')}- name: b\n  interval: x\n`,
      '/rules/c.yml': 'groups: [',
      '/rules/d.yml': group('d'),
    });
    const loaded = await load(files);
    expect(ids(loaded)).toEqual(['/rules/a.yml;a', '/rules/d.yml;d']);
    expect([[...loaded.refused], [...loaded.unsure], loaded.problems.length]).toEqual([
      ['/rules/a.yml;b'],
      ['/rules/c.yml'],
      2,
    ]);
  });

  it('takes an object that comes in two files once, and says so', async () => {
    const files = new TextFiles({
      '/rules/a.yml': object('x'),
      '/rules/b.yml': object('x'),
      '/rules/c.yml': object('y'),
    });
    const loaded = await load(files);
    expect(ids(loaded)).toEqual(['ns/x;g', 'ns/y;g']);
    expect(loaded.problems.map(({ message, at }) => [message, at?.file])).toEqual([
      ['group "g" of ns/x is in /rules/a.yml already', '/rules/b.yml'],
    ]);
  });

  it('counts a file that cannot be read as one of which nothing is known', async () => {
    const files = new TextFiles({ '/rules/a.yml': group('a') });
    files.glob = async () => ['/rules/a.yml', '/rules/gone.yml'];
    const loaded = await load(files);
    expect([ids(loaded), [...loaded.unsure], loaded.problems.map(({ code }) => code)]).toEqual([
      ['/rules/a.yml;a'],
      ['/rules/gone.yml'],
      ['file/missing'],
    ]);
  });

  it('says when no rules are wanted', async () => {
    expect((await load(new TextFiles({}))).isUnwanted).toBe(false);
    expect((await load(new TextFiles({}), { ruleFiles: [] })).isUnwanted).toBe(true);
  });
});

describe('loadRules(), a second time,', () => {
  const files = (): TextFiles => new TextFiles({ '/rules/a.yml': group('a'), '/rules/b.yml': group('b') });

  it('gives the very same groups for the same text', async () => {
    const cache: RuleFileCache = new Map();
    const [first, second] = [await load(files(), {}, cache), await load(files(), {}, cache)];
    expect(second.groups.map((loaded, i) => loaded.group === first.groups[i]?.group)).toEqual([true, true]);
  });

  it('compiles what has changed', async () => {
    const cache: RuleFileCache = new Map();
    const disk = files();
    const first = await load(disk, {}, cache);
    disk.texts.set('/rules/b.yml', group('b', '  interval: 5s\n'));
    const second = await load(disk, {}, cache);
    expect(second.groups.map((loaded, i) => loaded.group === first.groups[i]?.group)).toEqual([true, false]);
    expect(second.groups[1]?.group.interval).toBe(5000);
  });

  it('compiles everything when the configuration means something else by it', async () => {
    const cache: RuleFileCache = new Map();
    await load(files(), {}, cache);
    const second = await load(files(), { evaluationInterval: 5000 }, cache);
    expect(second.groups.map((loaded) => loaded.group.interval)).toEqual([5000, 5000]);
  });

  it('forgets files that are gone', async () => {
    const cache: RuleFileCache = new Map();
    const disk = files();
    await load(disk, {}, cache);
    disk.texts.delete('/rules/a.yml');
    await load(disk, {}, cache);
    expect([...cache.keys()]).toEqual(['/rules/b.yml']);
  });
});
