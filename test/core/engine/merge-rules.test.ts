import { describe, expect, it } from 'vitest';
import type { LoadedRules } from '../../../src/engine/rules/load.ts';
import { mergeReload, type Merged, type MergeRequest } from '../../../src/engine/rules/merge.ts';
import type { Problem } from '../../../src/model/problem.ts';
import { compileRuleFile } from '../../../src/rules/compile.ts';
import { ruleOptions } from '../rules/fixtures.ts';

type Loaded = LoadedRules['groups'];

/** Written as `file;name@interval`. */
function groups(...texts: readonly string[]): Loaded {
  return texts.flatMap((text) => {
    const [, file, name, interval = '1m'] = /^(.*);([^@]*)(?:@(.*))?$/.exec(text)!;
    const source = { file: file!, text: `groups: [{name: ${name}, interval: ${interval}}]` };
    return compileRuleFile(source, ruleOptions).groups;
  });
}

const problem: Problem = { severity: 'error', code: 'rules/bad-expr', message: 'wrong', at: null };

const loaded = (now: Loaded, changed: Partial<LoadedRules> = {}): LoadedRules => ({
  groups: now,
  problems: [],
  warnings: [],
  refused: new Set(),
  unsure: new Set(),
  read: { patterns: [], contents: new Map() },
  isUnwanted: false,
  receivers: new Set(['team']),
  dataSources: new Set(['prometheus']),
  ...changed,
});

const lenient: MergeRequest = { allOrNothing: false, allowEmpty: false, holdsLost: false };

function said(merged: Merged): string {
  if (merged.kind === 'refused') return `refused: ${merged.reason}`;
  const texts = merged.groups.map(({ id, interval }) => `${id}@${interval / 1000}s`);
  return `${texts.join(' ')} kept: ${merged.kept.join(' ')}`.trim();
}

describe('mergeReload()', () => {
  const before = groups('a;x', 'a;y', 'b;z');

  it.each([
    ['takes what was loaded', loaded(groups('a;x', 'c;new')), 'a;x@60s c;new@60s kept:'],
    [
      'keeps the old version of a group with a mistake, takes the rest',
      loaded(groups('a;x@5s'), { problems: [problem], refused: new Set(['a;y']) }),
      'a;x@5s a;y@60s kept: a;y',
    ],
    [
      'keeps every group of a file of which nothing is known',
      loaded(groups('b;z@5s'), { problems: [problem], unsure: new Set(['a']) }),
      'b;z@5s a;x@60s a;y@60s kept: a;x a;y',
    ],
    [
      'takes the good groups of a file that is only partly understood, keeps the others',
      loaded(groups('a;x@5s', 'b;z'), { problems: [problem], unsure: new Set(['a']) }),
      'a;x@5s b;z@60s a;y@60s kept: a;y',
    ],
    [
      'has nothing to keep of a group that is new',
      loaded(groups('a;x', 'a;y', 'b;z'), { problems: [problem], refused: new Set(['c;new']) }),
      'a;x@60s a;y@60s b;z@60s kept:',
    ],
    ['drops what is no longer there', loaded(groups('a;x')), 'a;x@60s kept:'],
    ['refuses to end up without rules', loaded([]), 'refused: no rules left'],
    ['ends up without rules where none are wanted', loaded([], { isUnwanted: true }), 'kept:'],
    [
      'is not without rules while old ones go on',
      loaded([], { problems: [problem], unsure: new Set(['b']) }),
      'b;z@60s kept: b;z',
    ],
  ])('%s', (_what, now, expected) => {
    expect(said(mergeReload(before, now, lenient))).toBe(expected);
  });

  it('lets what would end go on while nobody has asked for it, and takes the rest', () => {
    const holding = { ...lenient, holdsLost: true };
    const lostBy = (now: Loaded): string => {
      const merged = mergeReload(before, loaded(now), holding);
      const lost = merged.kind === 'taken' ? merged.lost.map(({ id }) => id) : [];
      return `${said(merged)} lost: ${lost.join(' ')}`.trim();
    };
    expect(lostBy(groups('a;x@5s', 'c;new'))).toBe('a;x@5s c;new@60s a;y@60s b;z@60s kept: lost: a;y b;z');
    expect(lostBy([])).toBe('a;x@60s a;y@60s b;z@60s kept: lost: a;x a;y b;z');
    expect(lostBy(groups('a;x', 'a;y', 'b;z@5s'))).toBe('a;x@60s a;y@60s b;z@5s kept: lost:');
  });

  it('counts a group that lost a rule, by its identity, for one that would end', () => {
    const ofRules = (rules: string): Loaded =>
      compileRuleFile({ file: 'f', text: `groups: [{name: g, rules: [${rules}]}]` }, ruleOptions).groups;
    const old = ofRules('{alert: A, expr: up}, {alert: B, expr: up, labels: {l: x}}');
    const isLost = (rules: string): boolean => {
      const merged = mergeReload(old, loaded(ofRules(rules)), lenient);
      return merged.kind === 'taken' && merged.lost.length > 0;
    };
    expect(isLost('{alert: A, expr: up}')).toBe(true);
    expect(isLost('{alert: A, expr: up}, {alert: B, expr: up}')).toBe(true);
    expect(isLost('{alert: B, expr: up > 1, labels: {l: x}}, {alert: C, expr: up}, {alert: A, expr: up}')).toBe(false);
  });

  it('ends up without rules when that is allowed', () => {
    expect(said(mergeReload(before, loaded([]), { ...lenient, allowEmpty: true }))).toBe('kept:');
  });

  it('may begin without rules', () => {
    expect(said(mergeReload([], loaded([]), lenient))).toBe('kept:');
  });

  it('takes nothing of a load with a mistake when all or nothing is wanted', () => {
    const strict = { ...lenient, allOrNothing: true };
    expect(said(mergeReload(before, loaded(groups('a;x@5s'), { problems: [problem] }), strict))).toBe(
      'refused: problems',
    );
    expect(said(mergeReload(before, loaded(groups('a;x@5s')), strict))).toBe('a;x@5s kept:');
  });

  describe('of a group that asks or tells by name', () => {
    const text = 'groups:\n- name: g\n  datasource: prometheus\n  rules: [{alert: X, expr: up == 0, notify: team}]\n';
    const named = compileRuleFile({ file: 'n', text }, ruleOptions).groups;
    const now = (names: Partial<LoadedRules>): string =>
      said(mergeReload(named, loaded([], { problems: [problem], refused: new Set(['n;g']), ...names }), lenient));

    it('keeps the old version while the names are there', () => {
      expect(now({})).toBe('n;g@60s kept: n;g');
    });

    it.each([
      ['data source', { dataSources: new Set(['other']) }],
      ['receiver', { receivers: new Set(['other']) }],
    ])('refuses the reload when the %s is gone that the old version needs', (_what, names) => {
      expect(now(names)).toBe('refused: problems');
    });
  });

  it('takes the file of a Kubernetes object for the file it came in', () => {
    const text = 'apiVersion: v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec: {groups: [{name: g}]}\n';
    const old = compileRuleFile({ file: 'objects.yml', text }, ruleOptions).groups;
    const now = loaded(groups('b;z'), { problems: [problem], unsure: new Set(['objects.yml']) });
    expect(said(mergeReload(old, now, lenient))).toBe('b;z@60s default/r;g@60s kept: default/r;g');
  });
});
