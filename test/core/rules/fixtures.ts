// Cases written as YAML documents, one after another: a name, a rule file's text, perhaps options as JSON, and what
// is expected.
import { readdirSync, readFileSync } from 'node:fs';
import { isList, type Tree } from '../../../src/input/tree.ts';
import { parseYamlStream } from '../../../src/input/yaml.ts';
import type { Names } from '../../../src/rules/names.ts';
import type { RuleOptions } from '../../../src/rules/options.ts';

const folder = new URL('../../fixtures/rules/', import.meta.url);

export interface RuleFixture {
  readonly name: string;
  readonly text: string;
  readonly options: RuleOptions;
  readonly problems: string;
  readonly expected: readonly (readonly [path: string, value: string])[];
}

export const ruleOptions: RuleOptions = {
  evaluationInterval: 60_000,
  ruleQueryOffset: 0,
  nameScheme: 'utf8',
  target: 'belfry',
  lint: 'none',
};

export const names: Names = {
  receivers: new Set(['team', 'web-team']),
  dataSources: new Set(['prometheus', 'long-term']),
};

export function ruleFixtures(
  suffix: '.good.yml' | '.bad.yml',
): readonly (readonly [file: string, cases: readonly RuleFixture[]])[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix));
  return files.map((file) => {
    const parsed = parseYamlStream(file, readFileSync(new URL(file, folder), 'utf8'));
    if (!parsed.ok) throw new Error(`${file}: ${parsed.problems.map(({ message }) => message).join(', ')}`);
    return [file, parsed.value.map(({ tree }) => asFixture(file, tree))] as const;
  });
}

function asFixture(file: string, tree: Tree): RuleFixture {
  if (typeof tree !== 'object' || tree === null || isList(tree)) throw new Error(`${file}: a case is a mapping`);
  const { name, text, options, problems, expect } = tree;
  if (typeof name !== 'string' || typeof text !== 'string') throw new Error(`${file}: a case has a name and a text`);
  const changed: unknown = typeof options === 'string' ? JSON.parse(options) : {};
  return {
    name,
    text,
    options: { ...ruleOptions, ...(changed as Partial<RuleOptions>) },
    problems: typeof problems === 'string' ? problems : '',
    expected: Object.entries(expect ?? {}).map(([path, value]) => [path, typeof value === 'string' ? value : '']),
  };
}
