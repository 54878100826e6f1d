import { describe, expect, it } from 'vitest';
import { printProblem, type Problem } from '../../../src/model/problem.ts';
import { compileRuleFile, type CompiledRuleFile } from '../../../src/rules/compile.ts';
import { checkNames } from '../../../src/rules/names.ts';
import type { RuleOptions } from '../../../src/rules/options.ts';
import { valueAt } from '../config/projected.ts';
import { names, ruleFixtures, ruleOptions } from './fixtures.ts';

const printed = (problems: readonly Problem[]): string =>
  problems.map((problem) => `${printProblem(problem)}\n`).join('');

const compile = (text: string, options: Partial<RuleOptions> = {}): CompiledRuleFile =>
  compileRuleFile({ file: 'rules.yml', text }, { ...ruleOptions, ...options });

const rulesOf = (...rules: readonly string[]): string =>
  `groups:\n- name: g\n  rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;

describe.each(ruleFixtures('.bad.yml'))('compileRuleFile() refuses, in %s,', (_file, cases) => {
  it.each(cases)('$name', ({ text, options, problems }) => {
    const compiled = checkNames(compileRuleFile({ file: 'rules.yml', text }, options), names);
    expect(printed(compiled.problems)).toBe(problems);
    expect(compiled.problems).not.toEqual([]);
    expect(compiled.isUnsure || compiled.refused.length > 0).toBe(true);
  });
});

describe.each(ruleFixtures('.good.yml'))('compileRuleFile() takes, in %s:', (_file, cases) => {
  it.each(cases)('$name', ({ text, options, expected }) => {
    const compiled = checkNames(compileRuleFile({ file: 'rules.yml', text }, options), names);
    expect(printed([...compiled.problems, ...compiled.warnings])).toBe('');
    expect([compiled.isUnsure, compiled.refused]).toEqual([false, []]);
    for (const [path, value] of expected) expect(`${path}: ${valueAt(compiled, path)}`).toBe(`${path}: ${value}`);
  });
});

it('the fixtures are many', () => {
  const count = (suffix: '.good.yml' | '.bad.yml'): number => ruleFixtures(suffix).flatMap(([, cases]) => cases).length;
  expect(count('.bad.yml')).toBeGreaterThanOrEqual(60);
  expect(count('.good.yml')).toBeGreaterThanOrEqual(25);
});

describe('compileRuleFile() keeps mistakes apart:', () => {
  it('a bad group takes no other with it', () => {
    const { groups, refused, isUnsure } = compile(
      'groups:\n- name: a\n  rules: [{alert: X, expr: up =}]\n- name: b\n  rules: [{alert: X, expr: up == 0}]\n',
    );
    expect([groups.map(({ id }) => id), refused, isUnsure]).toEqual([['rules.yml;b'], ['rules.yml;a'], false]);
  });

  it('a bad rule takes its group with it', () => {
    const { groups, refused } = compile(rulesOf('{alert: X, expr: up == 0}', '{alert: Y, expr: up =}'));
    expect([groups, refused]).toEqual([[], ['rules.yml;g']]);
  });

  it('of two groups with one name the first is good', () => {
    const { groups, refused } = compile('groups:\n- {name: a, interval: 5s}\n- {name: a, interval: 9s}\n');
    expect([groups.map(({ interval }) => interval), refused]).toEqual([[5000], ['rules.yml;a']]);
  });

  it('an unknown key beside the groups leaves them good, and makes the file unsure', () => {
    const { groups, isUnsure } = compile('grups: []\ngroups:\n- name: a\n');
    expect([groups.length, isUnsure]).toEqual([1, true]);
  });

  it('a group without a name may have been any', () => {
    const { groups, refused, isUnsure } = compile('groups:\n- rules: []\n- name: b\n');
    expect([groups.length, refused, isUnsure]).toEqual([1, [], true]);
  });

  it('a broken text of a ConfigMap leaves the others good', () => {
    const { groups, isUnsure } = compile(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: "groups: ["\n  b: "groups: [{name: x}]"\n',
    );
    expect([groups.map(({ id }) => id), isUnsure]).toEqual([['default/c/b;x'], true]);
  });

  it('one object twice in a file is a group name used twice', () => {
    const object = 'apiVersion: v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec: {groups: [{name: g}]}\n';
    const { groups, problems } = compile(`${object}---\n${object}`);
    expect([groups.length, problems.map(({ code }) => code)]).toEqual([1, ['rules/duplicate-group']]);
  });
});

it('compileRuleFile() warns of a second document, for the Prometheus server', () => {
  const text = 'groups: []\n---\ngroups: []\n';
  const { problems, warnings } = compile(text, { target: 'prometheus' });
  expect([problems, warnings.map(({ code, at }) => `${at?.line} ${code}`)]).toEqual([[], ['3 rules/not-prometheus']]);
  expect(compile(text).warnings).toEqual([]);
});

describe('compileRuleFile() gives rules ids', () => {
  const ids = (...rules: readonly string[]): readonly string[] =>
    compile(rulesOf(...rules)).groups[0]?.rules.map(({ id }) => id) ?? [];
  const [plain] = ids('{alert: X, expr: up == 0}');

  it.each([
    ['another expression', '{alert: X, expr: up == 1, for: 5m, annotations: {a: b}}'],
    ['quotes', '{alert: "X", expr: up == 0}'],
  ])('that stay with %s', (_what, rule) => {
    expect(ids(rule)).toEqual([plain]);
  });

  it.each([
    ['another name', '{alert: Y, expr: up == 0}'],
    ['other labels', '{alert: X, expr: up == 0, labels: {a: b}}'],
    ['another kind', '{record: X, expr: up == 0}'],
  ])('that change with %s', (_what, rule) => {
    expect(ids(rule)).not.toEqual([plain]);
  });

  it('that stay when the rule moves', () => {
    expect(ids('{record: a, expr: up}', '{alert: X, expr: up == 0}')[1]).toBe(plain);
  });

  it('that count equals', () => {
    const same = '{alert: X, expr: up == 0}';
    expect(ids(same, same, same)).toEqual([plain, `${plain}.1`, `${plain}.2`]);
  });
});

describe('compileRuleFile() gives groups fingerprints', () => {
  const print = (text: string, options: Partial<RuleOptions> = {}): string | undefined =>
    compile(text, options).groups[0]?.fingerprint;
  const text = 'groups:\n- name: a\n  rules:\n  - {alert: X, expr: up==0}\n';

  it('that places, comments and spelling do not change', () => {
    expect(print(`# moved\n\n${text.replace('up==0', 'up   == 0')}`)).toBe(print(text));
  });

  it.each([
    ['the expression', text.replace('up==0', 'up==1'), {}],
    ['an annotation', text.replace('up==0', 'up==0, annotations: {a: b}'), {}],
    ['the interval of the configuration', text, { evaluationInterval: 5000 }],
    ['the offset of the configuration', text, { ruleQueryOffset: 5000 }],
  ] as const)('that change with %s', (_what, changed, options) => {
    expect(print(changed, options)).not.toBe(print(text));
  });
});

describe('compileRuleFile() lints', () => {
  const lints = (text: string, lint: RuleOptions['lint'] = 'default'): readonly string[] =>
    compile(text, { lint }).warnings.map(({ code, at }) => `${at?.line}:${at?.column} ${code}`);

  it.each([
    [
      'a rule that is there twice',
      rulesOf('{alert: X, expr: up == 0}', '{alert: X, expr: up == 1}'),
      ['5:13 lint/duplicate-rule'],
    ],
    ['a for below the interval', rulesOf('{alert: X, expr: up == 0, for: 30s}'), ['4:36 lint/short-for']],
    [
      'a value in a label',
      rulesOf('{alert: X, expr: up == 0, labels: {a: "{{ $value }}"}}'),
      ['4:43 lint/value-in-label'],
    ],
    [
      'a value in a label, by its field',
      rulesOf('{alert: X, expr: up == 0, labels: {a: "{{ .Value }}"}}'),
      ['4:43 lint/value-in-label'],
    ],
    ['an alert without a condition', rulesOf('{alert: X, expr: up}'), ['4:22 lint/no-condition']],
    ['a condition that only counts', rulesOf('{alert: X, expr: up > bool 0}'), ['4:22 lint/no-condition']],
    [
      'an or without a condition on one side',
      rulesOf('{alert: X, expr: up == 0 or vector(1)}'),
      ['4:22 lint/no-condition'],
    ],
  ])('%s', (_what, text, expected) => {
    expect(lints(text)).toEqual(expected);
    expect(lints(text, 'none')).toEqual([]);
  });

  it.each([
    [
      'equal names with other labels',
      rulesOf('{alert: X, expr: up == 0}', '{alert: X, expr: up == 0, labels: {a: b}}'),
    ],
    ['a for of one interval', rulesOf('{alert: X, expr: up == 0, for: 1m}')],
    ['a value in an annotation', rulesOf('{alert: X, expr: up == 0, annotations: {a: "{{ $value }}"}}')],
    ['the word value in a label', rulesOf('{alert: X, expr: up == 0, labels: {a: "{{ $labels.value }} $value"}}')],
    ['absence', rulesOf('{alert: X, expr: absent(up)}', '{alert: Y, expr: "absent_over_time(up[5m])"}')],
    ['a condition deep inside', rulesOf('{alert: X, expr: "sum(-(up == 0)) * 2"}')],
    ['unless and and', rulesOf('{alert: X, expr: a unless b}', '{alert: Y, expr: a and (b > 1)}')],
    ['a recording rule without a condition', rulesOf('{record: x, expr: up}')],
  ])('not %s', (_what, text) => {
    expect(lints(text)).toEqual([]);
  });

  it('missing texts only when all is asked for', () => {
    expect(lints(rulesOf('{alert: X, expr: up == 0}'), 'all')).toEqual([
      '4:13 lint/no-summary',
      '4:13 lint/no-runbook',
    ]);
    const texts = 'annotations: {summary: a, runbook_url: b}';
    expect(lints(rulesOf(`{alert: X, expr: up == 0, ${texts}}`), 'all')).toEqual([]);
  });
});
