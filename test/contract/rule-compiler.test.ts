import { describe, expect, it } from 'vitest';
import { createRuleCompiler } from '../../src/adapters/rule-compiler/rule-compiler.ts';
import { compileHere } from '../../src/engine/rules/compile-here.ts';
import type { RuleCompiler } from '../../src/ports/rule-compiler.ts';
import { compileInSteps, type RuleSource } from '../../src/rules/compile.ts';
import type { RuleOptions } from '../../src/rules/options.ts';
import { ruleFixtures, ruleOptions } from '../core/rules/fixtures.ts';
import { rulePack } from '../support/rule-pack.ts';

const fixtures = (['.good.yml', '.bad.yml'] as const).flatMap((suffix) =>
  ruleFixtures(suffix).flatMap(([, cases]) => cases.map(({ text }, i) => ({ file: `${i}${suffix}`, text }))),
);

const compilers: readonly (readonly [name: string, compiler: RuleCompiler])[] = [
  ['in steps', createRuleCompiler({ inSteps: compileInSteps })],
  ['in a thread', createRuleCompiler({ inSteps: compileInSteps, fewCharacters: 0 })],
];

describe.each(compilers)('rule files compiled %s', (_name, compiler) => {
  it('come out as they do when they are compiled at once, mistakes included', async () => {
    const options: RuleOptions = { ...ruleOptions, lint: 'all' };
    expect(await compiler.compile(fixtures, options)).toEqual(await compileHere.compile(fixtures, options));
  });

  it('let others have their turn', async () => {
    let turns = 0;
    let isDone = false;
    const take = (): void => {
      turns++;
      if (!isDone) setImmediate(take);
    };
    setImmediate(take);
    await compiler.compile(rulePack(500), ruleOptions);
    isDone = true;
    expect(turns).toBeGreaterThan(3);
  });
});

it('a thread that cannot go on is an error, not a silence', async () => {
  const compiler = createRuleCompiler({ inSteps: compileInSteps, fewCharacters: 0 });
  const broken = { file: 'a.yml', text: { length: 1 } } as unknown as RuleSource;
  await expect(compiler.compile([broken], ruleOptions)).rejects.toThrow('is not a function');
});
