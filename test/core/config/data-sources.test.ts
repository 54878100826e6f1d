import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileDataSources, dataSourcesSchema } from '../../../src/config/data-sources.ts';
import type { DataSourceConfig } from '../../../src/config/config.ts';
import { Node } from '../../../src/input/node.ts';
import { compileSchema } from '../../../src/input/schema.ts';
import { parseYaml, parseYamlStream } from '../../../src/input/yaml.ts';
import { printProblem, type Problem } from '../../../src/model/problem.ts';

const checkShape = compileSchema({
  type: 'object',
  properties: { prometheus: dataSourcesSchema },
  additionalProperties: false,
});

function compile(text: string): { sources: readonly DataSourceConfig[]; problems: readonly Problem[] } {
  const parsed = parseYaml('belfry.yml', text);
  if (!parsed.ok) return { sources: [], problems: parsed.problems };
  const doc = parsed.value;
  const problems = checkShape(doc);
  const root = new Node(doc.tree, [], (path, which, finding) => problems.push(doc.problem(path, which, finding)));
  const sources = compileDataSources(root.at('prometheus'), { baseDir: '/etc/belfry' });
  return { sources, problems };
}

const printed = (problems: readonly Problem[]): string =>
  problems
    .toSorted((a, b) => a.at!.line - b.at!.line || a.at!.column - b.at!.column)
    .map((problem) => `${printProblem(problem)}\n`)
    .join('');

interface Case {
  readonly name: string;
  readonly text: string;
  /** What is wrong, or what it means as JSON. */
  readonly problems?: string;
  readonly means?: string;
}

function cases(file: string): readonly Case[] {
  const url = new URL(`../../fixtures/config/data-sources/${file}`, import.meta.url);
  const parsed = parseYamlStream(file, readFileSync(url, 'utf8'));
  if (!parsed.ok) throw new Error(printed(parsed.problems));
  return parsed.value.map(({ tree }) => tree as unknown as Case);
}

it.each(cases('bad.yml'))('compileDataSources() refuses $name', ({ text, problems }) => {
  expect(printed(compile(text).problems)).toBe(problems);
});

it.each(cases('good.yml'))('compileDataSources() takes $name', ({ text, means }) => {
  const { sources, problems } = compile(text);
  expect(printed(problems)).toBe('');
  expect(JSON.parse(JSON.stringify(sources))).toEqual(JSON.parse(means!));
});

describe('compileDataSources()', () => {
  it('reads sizes as Prometheus does: MB is MiB', () => {
    const size = (written: string): number | undefined =>
      compile(`prometheus: {url: http://x, max_bytes: ${written}}`).sources[0]?.maxBytes;
    expect(['1', '1B', '2KB', '2KiB', '3MB', '256MiB', '3M', '3TiB', '-1'].map(size)).toEqual([
      1,
      1,
      2048,
      2048,
      3 * 1024 ** 2,
      256 * 1024 ** 2,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('leaves out only the data sources that are wrong', () => {
    const { sources } = compile('prometheus: [{name: a, url: x}, {name: b, url: http://b}]');
    expect(sources.map(({ name }) => name)).toEqual(['b']);
  });

  it('keeps secrets and secret headers hidden when shown', () => {
    const { sources } = compile('prometheus: {url: http://x, authorization: {credentials: hush}}');
    expect(JSON.stringify(sources)).not.toContain('hush');
  });
});
