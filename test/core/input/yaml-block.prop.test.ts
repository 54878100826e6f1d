import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Doc, Path } from '../../../src/input/doc.ts';
import { Source } from '../../../src/input/source.ts';
import { isList, type Tree } from '../../../src/input/tree.ts';
import { readBlockYaml } from '../../../src/input/yaml-block.ts';
import { composeDocuments, parseYamlStream } from '../../../src/input/yaml.ts';
import { rulePack } from '../../support/rule-pack.ts';
import { fixtures } from '../config/fixtures.ts';
import { ruleFixtures } from '../rules/fixtures.ts';

/** Everything anybody can ask of a document: its values, and the place of every key, value and character. */
function described(doc: Doc): readonly string[] {
  const lines: string[] = [];
  const visit = (tree: Tree, path: Path): void => {
    const place = JSON.stringify([doc.position(path, 'key'), doc.position(path, 'value')]);
    lines.push(`${path.join('/')} ${isList(tree) ? 'list' : typeof tree} ${place}`);
    if (typeof tree === 'string') {
      const inside = Array.from({ length: Math.min(tree.length, 200) + 1 }, (_, i) => doc.inside(path, i, 1));
      lines.push(JSON.stringify([tree, doc.typed(path), inside]));
    } else if (isList(tree)) tree.forEach((item, i) => visit(item, [...path, i]));
    else if (tree !== null) for (const key of Object.keys(tree)) visit(tree[key]!, [...path, key]);
  };
  visit(doc.tree, []);
  return lines;
}

/** What it reads by itself; null for what it leaves to the library. */
function compare(text: string): boolean | null {
  if (readBlockYaml(text) === null) return null;
  const library = composeDocuments(new Source('f.yml', text), Infinity);
  const ours = parseYamlStream('f.yml', text);
  expect({ text, problems: ours.ok ? ours.warnings : ours.problems }).toEqual({
    text,
    problems: library.ok ? library.warnings : library.problems,
  });
  if (library.ok && ours.ok) expect(ours.value.flatMap(described)).toEqual(library.value.flatMap(described));
  return true;
}

const real: readonly string[] = [
  ...rulePack(200).map(({ text }) => text),
  ...(['.good.yml', '.bad.yml'] as const).flatMap((suffix) => [
    ...ruleFixtures(suffix).flatMap(([, cases]) => cases.map(({ text }) => text)),
    ...fixtures(suffix).flatMap(([, cases]) => cases.map(({ text }) => text)),
  ]),
];

describe('readBlockYaml()', () => {
  it('reads what it reads as the library does: real files', () => {
    const read = real.filter((text) => compare(text) === true);
    expect(read.length).toBeGreaterThan(100);
  });

  it.each([
    ['a: &x 1\n'],
    ['a: *x\n'],
    ['a: [1]\n'],
    ['a: {b: c}\n'],
    ['a: !!str 1\n'],
    ['---\na: 1\n'],
    ['a: 1\n---\nb: 1\n'],
    ['a:\n'],
    ['a: b\n  c\n'],
    ['a: "b\n  c"\n'],
    ['a: "\\u00e9"\n'],
    ['a: |2\n    x\n'],
    ['a: |+\n  x\n\n'],
    ['a: b: c\n'],
    ['a:\tb\n'],
    ['? a\n: b\n'],
    ['just words\n'],
    [''],
    ['a: 1\n b: 2\n'],
    ['  a: 1\nb: 2\n'],
    ['a: @x\n'],
  ])('leaves %j to the library', (text) => {
    expect(readBlockYaml(text)).toBeNull();
  });

  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      ': ',
      ':',
      '- ',
      '-',
      ' ',
      '  ',
      '    ',
      '\n',
      '\n  ',
      '\n    ',
      '\n- ',
      '\n  - ',
      '# c',
      ' # c',
      '#',
    ],
    ...[
      "'",
      '"',
      "''",
      '\\',
      '\\n',
      '|',
      '>',
      '|-\n',
      '>-\n',
      '|\n  x\n',
      '>\n    x\n    y\n',
      '<<',
      '~',
      'null',
      '1.10',
    ],
    ...['[', ']', '{', '}', ',', '&', '*', '!', '%', '@', '`', '?', '? ', 'é', '😀', '{{ $x }}', '"x y"', "'it''s'"],
    ...['a: b\n', 'c: "d"\n', 'e:\n', '  f: g\n', '- h: i\n', '  - j\n', '    k: l\n', 'm: |\n', '    n\n', '\n\n'],
  );

  it('reads what it reads as the library does: anything', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        if (compare(pieces.join('')) === true) read++;
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it('reads what it reads as the library does: real files with something put in or left out', () => {
    const short = real.filter((text) => text.length < 3000 && readBlockYaml(text) !== null);
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...short), fc.nat(), fc.nat(3), piece, (text, where, without, put) => {
        const at = where % (text.length + 1);
        if (compare(text.slice(0, at) + put + text.slice(at + without)) === true) read++;
      }),
      { numRuns: 2000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
