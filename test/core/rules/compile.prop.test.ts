import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRuleFile } from '../../../src/rules/compile.ts';
import type { RuleGroup } from '../../../src/rules/rule.ts';
import { rulePack } from '../../support/rule-pack.ts';
import { ruleFixtures, ruleOptions } from './fixtures.ts';

const options = { ...ruleOptions, lint: 'all' as const };
const texts = (['.good.yml', '.bad.yml'] as const).flatMap((suffix) =>
  ruleFixtures(suffix).flatMap(([, cases]) => cases.map(({ text }) => text)),
);

/** Every finding has a place that the file has. */
function check(text: string): void {
  const lines = text.split('\n');
  const { problems, warnings, groups, refused, isUnsure } = compileRuleFile({ file: 'rules.yml', text }, options);
  for (const { at } of [...problems, ...warnings]) {
    expect(at?.file).toBe('rules.yml');
    expect(at!.line).toBeLessThanOrEqual(lines.length);
    expect(at!.column).toBeLessThanOrEqual([...(lines[at!.line - 1] ?? '')].length + 1);
  }
  expect(problems.length > 0).toBe(isUnsure || refused.length > 0);
  expect(groups.every(({ rules }) => rules.every(({ query }) => query !== ''))).toBe(true);
}

describe('compileRuleFile()', () => {
  const piece = fc.constantFrom(
    '',
    ' ',
    '  ',
    '\n',
    '- ',
    ':',
    '"',
    "'",
    '{',
    '}',
    '[',
    '(',
    '|',
    '>',
    '&a ',
    '*a',
    '{{',
    '}}',
    '😀',
    '\\',
    '#',
    '\t',
    '---\n',
  );

  it('never throws, and every finding has a place', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(4), piece, (text, where, without, put) => {
        const at = where % (text.length + 1);
        check(text.slice(0, at) + put + text.slice(at + without));
      }),
      { numRuns: 1500 },
    );
  });

  it('never throws when a line is lost, moved or indented', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(), fc.nat(4), (text, from, to, indent) => {
        const lines = text.split('\n');
        const [line = ''] = lines.splice(from % lines.length, 1);
        if (to % 3 > 0) lines.splice(to % (lines.length + 1), 0, ' '.repeat(indent) + line);
        check(lines.join('\n'));
      }),
      { numRuns: 800 },
    );
  });

  const pack = rulePack(120);
  const plain = (groups: readonly RuleGroup[]): readonly unknown[] =>
    groups.map(({ id, fingerprint }) => [id, fingerprint]);

  it('gives the same good groups whatever is wrong in another', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pack), fc.nat(), ({ file, text }, which) => {
        const exprs = [...text.matchAll(/^ {4}expr: (?=\w)/gm)];
        const { index, 0: head } = exprs[which % exprs.length]!;
        const broken = compileRuleFile(
          { file, text: `${text.slice(0, index)}${head}sum(${text.slice(index + head.length)}` },
          options,
        );
        const whole = compileRuleFile({ file, text }, options);
        expect(broken.refused).toHaveLength(1);
        expect(plain(broken.groups)).toEqual(plain(whole.groups.filter(({ id }) => !broken.refused.includes(id))));
      }),
      { numRuns: 40 },
    );
  });
});
