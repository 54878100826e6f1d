import { describe, expect, it } from 'vitest';
import type { RulesConfig } from '../../../src/config/config.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import { compileHere } from '../../../src/engine/rules/compile-here.ts';
import { RuleLoader, type LoadedRules } from '../../../src/engine/rules/load.ts';
import { Labels } from '../../../src/model/labels.ts';
import { target } from '../../support/rule-metrics-scene.ts';
import { TextFiles } from '../../support/text-files.ts';

const patterns = (...texts: readonly string[]): RulesConfig['ruleFiles'] =>
  texts.map((pattern) => {
    const unmatched = { severity: 'warning', code: 'lint/no-files', message: `none for ${pattern}`, at: null } as const;
    return { pattern, unmatched };
  });

const config: RulesConfig = {
  ruleFiles: patterns('/rules/**/*.yml'),
  evaluationInterval: 60_000,
  ruleQueryOffset: 0,
  externalLabels: Labels.empty,
  nameScheme: 'utf8',
  dataSources: [
    {
      name: 'prometheus',
      url: 'http://prometheus:9090',
      externalUrl: 'http://prometheus:9090',
      http: DEFAULT_HTTP_CONFIG,
      timeout: 30_000,
      params: [],
      tenant: null,
      concurrency: 1,
      maxBytes: 1,
      maxSeries: 1,
      partialAnswers: 'keep',
      holdVanished: 300_000,
      readAfterWrite: 'prove',
    },
  ],
  remoteWrite: [],
  alerting: { relabel: [], alertmanagers: [] },
};

const west = { ...target('west'), http: DEFAULT_HTTP_CONFIG, timeout: 30_000, protocol: null };
const remoteWrite: RulesConfig['remoteWrite'] = [{ ...west, sendsHistograms: false, writeRelabel: [] }];
const receivers = new Set(['team']);
const load = (files: TextFiles, changed: Partial<RulesConfig> = {}): Promise<LoadedRules> =>
  new RuleLoader(files, compileHere).load({ ...config, ...changed }, receivers);
const ids = ({ groups }: LoadedRules): readonly string[] => groups.map(({ id }) => id);

const group = (name: string, rest = ''): string => `groups:\n- name: ${name}\n${rest}`;
const object = (name: string): string =>
  `apiVersion: v1\nkind: PrometheusRule\nmetadata: {name: ${name}, namespace: ns}\nspec: {groups: [{name: g}]}\n`;

describe('RuleLoader', () => {
  it('reads the files of all patterns, each once', async () => {
    const files = new TextFiles({ '/rules/a.yml': group('a'), '/rules/x/y/b.yml': group('b'), '/c.yml': group('c') });
    const loaded = await load(files, { ruleFiles: patterns('/rules/**/*.yml', '/rules/a.yml', '/c.yml') });
    expect(ids(loaded)).toEqual(['/rules/a.yml;a', '/rules/x/y/b.yml;b', '/c.yml;c']);
    expect([...loaded.read.contents.keys()]).toEqual(['/rules/a.yml', '/rules/x/y/b.yml', '/c.yml']);
  });

  it('warns of the first recording rule, with its place, when nothing is written anywhere', async () => {
    const files = new TextFiles({
      '/rules/a.yml': group('a', '  rules: [{alert: A, expr: up}, {record: r, expr: up}]'),
    });
    const told = async (changed: Partial<RulesConfig>): Promise<unknown> =>
      (await load(files, changed)).warnings.map(({ code, message, at }) => [code, message, at?.file, at?.line]);
    expect(await told({})).toEqual([
      ['rules/not-written', expect.stringMatching(/^what the recording rule "r" gives.*ALERTS/), '/rules/a.yml', 3],
    ]);
    expect(await told({ remoteWrite })).toEqual([]);
    files.texts.set('/rules/a.yml', group('a', '  rules: [{alert: A, expr: up}]'));
    expect(await told({})).toEqual([]);
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

  it('says of which pattern there are no files', async () => {
    const files = new TextFiles({ '/rules/a.yml': group('a') });
    const loaded = await load(files, { ruleFiles: patterns('/rules/*.yml', '/none/*.yml') });
    expect([loaded.problems, loaded.warnings.map(({ message }) => message)]).toEqual([[], ['none for /none/*.yml']]);
  });

  it('tells a watch what it has read, and what it could not', async () => {
    const files = new TextFiles({ '/rules/a.yml': group('a') });
    const before = (await load(files)).read;
    expect(before.patterns).toEqual(['/rules/**/*.yml']);
    files.glob = async () => ['/rules/a.yml', '/rules/gone.yml'];
    files.texts.set('/rules/a.yml', group('b'));
    const { contents } = (await load(files)).read;
    expect(contents.get('/rules/a.yml')).not.toBe(before.contents.get('/rules/a.yml'));
    expect(contents.get('/rules/gone.yml')).toContain('gone.yml');
  });

  it('says when no rules are wanted', async () => {
    expect((await load(new TextFiles({}))).isUnwanted).toBe(false);
    expect((await load(new TextFiles({}), { ruleFiles: [] })).isUnwanted).toBe(true);
  });
});

describe('RuleLoader, a second time,', () => {
  const files = (): TextFiles => new TextFiles({ '/rules/a.yml': group('a'), '/rules/b.yml': group('b') });

  /** A loader over files, and what it has compiled since it was asked last. */
  function loading(disk: TextFiles): {
    readonly load: (changed?: Partial<RulesConfig>, names?: readonly string[]) => Promise<LoadedRules>;
    readonly compiled: () => readonly string[];
  } {
    const compiled: string[] = [];
    const loader = new RuleLoader(disk, {
      compile: (sources, options) => {
        compiled.push(...sources.map(({ file }) => file));
        return compileHere.compile(sources, options);
      },
    });
    return {
      load: (changed = {}, names = ['team']) => loader.load({ ...config, ...changed }, new Set(names)),
      compiled: () => compiled.splice(0),
    };
  }

  it('compiles nothing when nothing has changed', async () => {
    const { load: again, compiled } = loading(files());
    const first = await again();
    expect(compiled()).toEqual(['/rules/a.yml', '/rules/b.yml']);
    const second = await again();
    expect(compiled()).toEqual([]);
    expect(second.groups.map((loaded, i) => loaded === first.groups[i])).toEqual([true, true]);
  });

  it('compiles what has changed', async () => {
    const disk = files();
    const { load: again, compiled } = loading(disk);
    const first = await again();
    compiled();
    disk.texts.set('/rules/b.yml', group('b', '  interval: 5s\n'));
    const second = await again();
    expect(compiled()).toEqual(['/rules/b.yml']);
    expect(second.groups.map((loaded, i) => loaded === first.groups[i])).toEqual([true, false]);
    expect(second.groups[1]?.interval).toBe(5000);
  });

  it('compiles everything when the configuration means something else by it', async () => {
    const { load: again, compiled } = loading(files());
    await again();
    compiled();
    const second = await again({ evaluationInterval: 5000 });
    expect(compiled()).toEqual(['/rules/a.yml', '/rules/b.yml']);
    expect(second.groups.map(({ interval }) => interval)).toEqual([5000, 5000]);
  });

  it('compiles nothing when receivers come and go, and still knows who is missing', async () => {
    const disk = files();
    disk.texts.set('/rules/b.yml', group('b', '  rules: [{alert: X, expr: up == 0, notify: night}]\n'));
    const { load: again, compiled } = loading(disk);
    expect(ids(await again({}, ['day']))).toEqual(['/rules/a.yml;a']);
    compiled();
    expect(ids(await again({}, ['day', 'night']))).toEqual(['/rules/a.yml;a', '/rules/b.yml;b']);
    const { problems, refused } = await again({}, ['day', 'nigth']);
    expect(compiled()).toEqual([]);
    expect([...refused]).toEqual(['/rules/b.yml;b']);
    expect(problems.map(({ message, at, hint }) => [message, at?.line, at?.column, hint])).toEqual([
      ['group "b", rule 1, "X": undefined receiver "night"', 3, 45, 'did you mean "nigth"?'],
    ]);
  });

  it('compiles a file anew that was gone meanwhile', async () => {
    const disk = files();
    const { load: again, compiled } = loading(disk);
    await again();
    disk.texts.delete('/rules/a.yml');
    expect(ids(await again())).toEqual(['/rules/b.yml;b']);
    disk.texts.set('/rules/a.yml', group('a'));
    compiled();
    await again();
    expect(compiled()).toEqual(['/rules/a.yml']);
  });
});
