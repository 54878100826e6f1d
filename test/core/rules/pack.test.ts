import { expect, it } from 'vitest';
import { compileRuleFile } from '../../../src/rules/compile.ts';
import { rulePack } from '../../support/rule-pack.ts';
import { ruleOptions } from './fixtures.ts';

const pack = rulePack(1000).map((source) =>
  compileRuleFile(source, { ...ruleOptions, target: 'prometheus', lint: 'default' }),
);

it('a pack of a thousand alerts is taken whole', () => {
  expect(pack.flatMap(({ problems }) => problems)).toEqual([]);
  expect(pack.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules)).length).toBeGreaterThanOrEqual(1000);
});

it('nothing in it is doubtful', () => {
  expect(pack.flatMap(({ warnings }) => warnings)).toEqual([]);
});

it('every rule in it is told apart', () => {
  for (const { groups } of pack) {
    const ids = groups.flatMap((group) => group.rules.map(({ id }) => `${group.id} ${id}`));
    expect(new Set(ids).size).toBe(ids.length);
  }
});
