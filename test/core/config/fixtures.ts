// Cases written as YAML documents, one after another: a name, a file's text, and what is expected of it. A refused
// case may say `differs`: why Alertmanager 0.34 takes it and we do not.
import { readdirSync, readFileSync } from 'node:fs';
import { parseYamlStream } from '../../../src/input/yaml.ts';
import type { Tree } from '../../../src/input/tree.ts';

const folder = new URL('../../fixtures/config/', import.meta.url);

export type Fixture = Readonly<Record<string, Tree>> & { readonly name: string; readonly text: string };

/** Files whose names end in `suffix`, with their cases. */
export function fixtures(
  suffix: '.good.yml' | '.bad.yml',
): readonly (readonly [file: string, cases: readonly Fixture[]])[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix));
  return files.map((file) => {
    const parsed = parseYamlStream(file, readFileSync(new URL(file, folder), 'utf8'));
    if (!parsed.ok) throw new Error(`${file}: ${parsed.problems.map(({ message }) => message).join(', ')}`);
    return [file, parsed.value.map((doc) => asFixture(file, doc.tree))] as const;
  });
}

function asFixture(file: string, tree: Tree): Fixture {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) throw new Error(`${file}: a case is a mapping`);
  const fixture = tree as Readonly<Record<string, Tree>>;
  const { name, text } = fixture;
  if (typeof name !== 'string' || typeof text !== 'string') throw new Error(`${file}: a case has a name and a text`);
  return { ...fixture, name, text };
}
