import { describe, expect, it } from 'vitest';
import { compileRuleFile } from '../../../src/rules/compile.ts';
import { lintReads } from '../../../src/rules/lint-reads.ts';
import { rulePack } from '../../support/rule-pack.ts';
import { ruleOptions } from './fixtures.ts';

const readsOf = (file: string, text: string): Parameters<typeof lintReads>[0] =>
  compileRuleFile({ file, text }, { ...ruleOptions, lint: 'default' }).reads;

/** What is said of files, each a list of groups; `file:line:column code` where it is only about what and where. */
const found = (...files: readonly string[]): readonly string[] =>
  lintReads(files.flatMap((text, i) => readsOf(`${i}.yml`, `groups:\n${text}`))).map(
    ({ at, code, message }) => `${at?.file}:${at?.line}:${at?.column} ${code}: ${message}`,
  );

const group = (name: string, rest: string, ...rules: readonly string[]): string =>
  `- {name: ${name}, ${rest}rules: [\n${rules.map((rule) => `    ${rule},\n`).join('')}  ]}\n`;
const seldom = group('slow', 'interval: 10m, ', '{record: x, expr: sum(up)}');
const late = (name: string): string =>
  `lint/read-before-recorded: "${name}" is recorded further down in this group: here it has the value of the evaluation before`;

describe('lintReads() tells of a series that is recorded more seldom than a selector looks back', () => {
  it.each([
    ['x > 1', '10m', 23, 'the 5m a selector looks back may be without a sample'],
    ['sum(y) / x', '6m', 32, 'the 5m a selector looks back may be without a sample'],
    ['max_over_time(x[5m])', '6m', 37, '5m may be without a sample'],
    ['rate(x[10m])', '6m', 28, '10m may be without two samples'],
  ])('%s, recorded every %s', (expr, interval, column, said) => {
    const slow = group('slow', `interval: ${interval}, `, '{record: x, expr: sum(up)}');
    expect(found(slow, group('a', '', `{alert: X, expr: "${expr}"}`))).toEqual([
      `1.yml:3:${column} lint/recorded-seldom: "x" is recorded every ${interval}: ${said}`,
    ]);
  });

  it.each([
    ['last_over_time(x[20m]) > 1'],
    ['rate(x[20m])'],
    ['max_over_time(x[10m])'],
    ['avg_over_time(x[1h:1m])'],
    ['x{job="other"}'],
    ['y'],
    ['{__name__=~"x"}'],
  ])('but not of %s', (expr) => {
    const slow = group('slow', 'interval: 10m, ', '{record: x, expr: sum(up), labels: {job: this}}');
    expect(found(slow, group('a', '', `{alert: X, expr: '${expr}'}`))).toEqual([]);
  });

  it('but not when another rule records it often enough', () => {
    const often = group('often', '', '{record: x, expr: max(up), labels: {of: max}}');
    expect(found(seldom, often, group('a', '', '{alert: X, expr: x > 1}'))).toEqual([]);
    expect(found(seldom, often, group('a', '', '{alert: X, expr: \'x{of="sum"} > 1\'}'))).toHaveLength(1);
  });

  it('but not of what another data source holds', () => {
    expect(found(seldom, group('a', 'datasource: long-term, ', '{alert: X, expr: x > 1}'))).toEqual([]);
  });

  it('once for a rule', () => {
    expect(found(seldom, group('a', '', '{alert: X, expr: x > 1 or x < 0}'))).toHaveLength(1);
  });
});

describe('lintReads() tells of a rule that reads what its group records only after it', () => {
  it('with the place of the selector', () => {
    const text = group('a', '', '{alert: X, expr: up == 0 or x > 1}', '{record: x, expr: sum(up)}');
    expect(found(text)).toEqual([`0.yml:3:33 ${late('x')}`]);
    const [problem] = lintReads(readsOf('a.yml', `groups:\n${text}`));
    expect([problem?.hint, problem?.excerpt]).toEqual([
      'record it first: it is on line 4',
      '    {alert: X, expr: up == 0 or x > 1},',
    ]);
  });

  it.each([
    ['in the right order', ['{record: x, expr: sum(up)}', '{alert: X, expr: x > 1}']],
    [
      'over a range, where one sample more or less means little',
      ['{record: y, expr: avg_over_time(x[1h])}', '{record: x, expr: up}'],
    ],
    ['of another time', ['{record: y, expr: x offset 1h}', '{record: x, expr: up}']],
    ['of its own', ['{record: x, expr: x + 1 or vector(0)}']],
    ['in a circle', ['{record: y, expr: x}', '{record: x, expr: y or vector(0)}']],
    ['with other labels', ['{alert: X, expr: x{of="max"} > 1}', '{record: x, expr: up, labels: {of: min}}']],
    ['partly recorded before', ['{record: x, expr: up}', '{alert: X, expr: x > 1}', '{record: x, expr: down}']],
  ])('but not %s', (_what, rules) => {
    expect(found(group('a', '', ...rules))).toEqual([]);
  });

  it('but not in another group, which has a time of its own', () => {
    expect(found(group('a', '', '{alert: X, expr: x > 1}') + group('b', '', '{record: x, expr: up}'))).toEqual([]);
  });
});

it('lintReads() has nothing to say of a pack of sane rules, nor of rules whose lints nobody wants', () => {
  const reads = rulePack(500).flatMap(({ file, text }) => readsOf(file, text));
  expect(reads.flatMap((of) => of.reads.flat()).length).toBeGreaterThan(500);
  expect(lintReads(reads)).toEqual([]);
  expect(compileRuleFile({ file: 'a.yml', text: `groups:\n${seldom}` }, ruleOptions).reads).toEqual([]);
});
