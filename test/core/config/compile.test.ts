import { describe, expect, it } from 'vitest';
import { compileConfig, configProblem, type ConfigOptions } from '../../../src/config/compile.ts';
import type { Config } from '../../../src/config/config.ts';
import { printProblem, type Problem } from '../../../src/model/problem.ts';
import { fixtures } from './fixtures.ts';
import { valueAt } from './projected.ts';

const DAY = 86_400_000;
const options: ConfigOptions = { matcherMode: 'fallback', retention: 5 * DAY };

const compile = (text: string, changed: Partial<ConfigOptions> = {}) =>
  compileConfig({ file: '/etc/belfry/alertmanager.yml', text }, { ...options, ...changed });

const printed = (problems: readonly Problem[]): string =>
  problems.map((problem) => `${printProblem(problem)}\n`).join('');

function good(text: string, changed: Partial<ConfigOptions> = {}): Config {
  const compiled = compile(text, changed);
  if (!compiled.ok) throw new Error(printed(compiled.problems));
  return compiled.value;
}

function bad(text: string, changed: Partial<ConfigOptions> = {}): readonly Problem[] {
  const compiled = compile(text, changed);
  return compiled.ok ? [] : compiled.problems;
}

const withoutComments = (yaml: string): string => yaml.replace(/^ *#.*\n/gm, '');

const least = 'route: {receiver: team}\nreceivers: [{name: team}]\n';

describe.each(fixtures('.bad.yml'))('compileConfig() refuses, in %s,', (_file, cases) => {
  it.each(cases)('$name', ({ text, problems }) => {
    const compiled = compileConfig({ file: 'alertmanager.yml', text }, options);
    expect(compiled.ok).toBe(false);
    expect(printed(compiled.ok ? [] : compiled.problems)).toBe(problems);
  });
});

describe.each(fixtures('.good.yml'))('compileConfig() takes, in %s:', (_file, cases) => {
  it.each(cases)('$name', ({ text, expect: expected, warnings }) => {
    const compiled = compile(text);
    if (!compiled.ok) throw new Error(printed(compiled.problems));
    expect(printed(compiled.warnings)).toBe(warnings ?? '');
    for (const [path, value] of Object.entries(expected ?? {})) {
      expect(`${path}: ${valueAt(compiled.value, path)}`).toBe(`${path}: ${value as string}`);
    }
  });

  // Two hidden Slack keys are not what they stood for: upstream cannot read that status either.
  it.each(cases.filter(({ text }) => !text.includes('slack_app_token')))(
    '$name, and what it prints compiles to the same',
    ({ text }) => {
      const original = good(text).original.replaceAll('http://<secret>', 'http://hidden');
      const again = good(original).original.replaceAll('http://<secret>', 'http://hidden');
      expect(again).toBe(withoutComments(original));
    },
  );
});

it('the fixtures are many', () => {
  const count = (suffix: '.good.yml' | '.bad.yml'): number => fixtures(suffix).flatMap(([, cases]) => cases).length;
  expect(count('.bad.yml')).toBeGreaterThan(200);
  expect(count('.good.yml')).toBeGreaterThan(40);
});

describe('compileConfig() reports', () => {
  it('every problem in the order of the file, with its place', () => {
    const problems = bad(
      'route:\n  receiver: a\n  group_by: [x, x]\nreceivers:\n- name: b\n  file_configs: [{}]\n- {}\nfoo: 1\n',
    );
    expect(problems.map(({ at, code }) => `${at?.line}:${at?.column} ${code}`)).toEqual([
      '2:13 config/undefined-receiver',
      '3:17 config/bad-group-by',
      '6:18 config/required',
      '7:3 config/required',
      '8:1 config/unknown-field',
    ]);
  });

  it('warnings beside the errors', () => {
    const problems = bad('route:\n  receiver: a\n  repeat_interval: 30d\nreceivers: []\n');
    expect(problems.map(({ severity }) => severity)).toEqual(['error', 'warning']);
  });

  it('a bomb of aliases as an error, at once', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    expect(bad(`${lines.join('\n')}\n`).map(({ code }) => code)).toContain('yaml/alias');
  });

  it('binary text as unreadable', () => {
    expect(bad('\u0000\u0001\u0002route')).toHaveLength(1);
  });
});

describe('compileConfig() reads matchers', () => {
  const route = (matcher: string): string =>
    `route:\n  receiver: team\n  routes:\n  - matchers: ['${matcher}']\nreceivers: [{name: team}]\n`;

  it('in the classic mode without UTF-8 names', () => {
    expect(bad(route('größe="1"'), { matcherMode: 'classic' }).map(({ code }) => code)).toEqual(['config/bad-matcher']);
    expect(
      bad('route: {receiver: team, group_by: [a.b]}\nreceivers: [{name: team}]\n', { matcherMode: 'classic' }),
    ).toHaveLength(1);
    expect(good(route('a=b c'), { matcherMode: 'classic' }).route.routes[0]?.key).toBe('{}/{a="b c"}');
  });

  it('in the UTF-8 mode without what only the classic syntax reads', () => {
    expect(good(route('größe="1"'), { matcherMode: 'utf8' }).route.routes[0]?.key).toBe('{}/{größe="1"}');
    expect(bad(route('a=b c'), { matcherMode: 'utf8' }).map(({ code }) => code)).toEqual(['config/bad-matcher']);
  });
});

describe('compileConfig() gives', () => {
  it('the hash of the text as the metric has it: six bytes of the MD5, the first the lowest', () => {
    expect(good(least).hash).toBe(90_653_939_526_379);
    expect(good(`${least}\n`).hash).not.toBe(90_653_939_526_379);
  });

  it('file names relative to the folder of the file', () => {
    const { templates } = good(`${least}templates: [a.tmpl, sub/b.tmpl, /c.tmpl, '']\n`);
    expect(templates.map(({ pattern }) => pattern)).toEqual([
      '/etc/belfry/a.tmpl',
      '/etc/belfry/sub/b.tmpl',
      '/c.tmpl',
    ]);
  });

  it('rule files relative to the folder of the file', () => {
    const { rules } = good(`${least}rule_files: ['rules/**/*.yml', /r.yml]\nprometheus: {url: http://p:9090}\n`);
    expect(rules.ruleFiles.map(({ pattern }) => pattern)).toEqual(['/etc/belfry/rules/**/*.yml', '/r.yml']);
  });

  it('what is to be said of rule files that are not there', () => {
    const { rules } = good(`${least}rule_files: [a/*.yml, /r.yml]\nprometheus: {url: http://p:9090}\n`);
    expect(rules.ruleFiles.map(({ unmatched }) => [unmatched.message, unmatched.at?.column, unmatched.hint])).toEqual([
      ['no file fits the rule file path "a/*.yml"', 14, 'it stands for /etc/belfry/a/*.yml'],
      ['no file fits the rule file path "/r.yml"', 23, 'is the path right?'],
    ]);
  });

  it('the part about rules as comments of what it prints, secrets hidden', () => {
    const { original } = good(
      `${least}rule_files: [r.yml]\nprometheus: {url: http://p:9090, basic_auth: {username: u, password: hunter2}}\n` +
        'alerting: {alertmanagers: [{static_configs: [{targets: [am:9093]}]}]}\nglobal: {external_labels: {dc: a}}\n',
    );
    const comments = original.match(/^ *#.*$/gm)?.join('\n') ?? '';
    expect(comments).toContain('rule_files:');
    expect(comments).toContain('http://p:9090');
    expect(comments).toContain('http://am:9093/api/v2/alerts');
    expect(comments).toContain('dc: a');
    expect(original).not.toContain('hunter2');
  });

  it('a warning only where the retention is really shorter', () => {
    const text = 'route: {receiver: team, repeat_interval: 5d}\nreceivers: [{name: team}]\n';
    const warnings = (retention: number): number => {
      const compiled = compile(text, { retention });
      return compiled.ok ? compiled.warnings.length : -1;
    };
    expect([warnings(5 * DAY), warnings(5 * DAY - 1)]).toEqual([0, 1]);
  });

  it('a warning for the default repeat_interval too', () => {
    const compiled = compile(least, { retention: DAY / 12 });
    expect(compiled.ok && compiled.warnings.map(({ code, at }) => [code, at?.line])).toEqual([
      ['config/repeat-interval', 1],
    ]);
  });
});

it('configProblem() names a file that could not be read', () => {
  expect(printProblem(configProblem('/etc/belfry', 'is a directory'))).toBe('error: /etc/belfry: is a directory');
});
