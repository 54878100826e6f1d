import { describe, expect, test } from 'vitest';
import type { Doc } from '../../../src/input/doc.ts';
import { parseYaml, parseYamlStream } from '../../../src/input/yaml.ts';
import { printProblem } from '../../../src/model/problem.ts';

function doc(text: string): Doc {
  const parsed = parseYaml('f.yml', text);
  if (!parsed.ok) throw new Error(parsed.problems.map(printProblem).join('\n'));
  return parsed.value;
}

const tree = (text: string): unknown => JSON.parse(JSON.stringify(doc(text).tree));

function printed(text: string): string {
  const parsed = parseYaml('f.yml', text);
  return (parsed.ok ? parsed.warnings : parsed.problems).map(printProblem).join('\n');
}

describe('parseYaml() reads', () => {
  test.each([
    ['an empty file', '', null],
    ['a file of comments', '# nothing\n', null],
    ['scalars as written', 'a: yes\nb: 012\nc: 1e3\nd: 5m', { a: 'yes', b: '012', c: '1e3', d: '5m' }],
    [
      'plain nulls, but not quoted ones',
      'a:\nb: ~\nc: null\nd: "null"\ne: ""',
      { a: null, b: null, c: null, d: 'null', e: '' },
    ],
    ['`!!str` as quotes', 'a: !!str null', { a: 'null' }],
    ['block scalars', 'a: |\n  x\n  y\nb: >-\n  x\n  y\n', { a: 'x\ny\n', b: 'x y' }],
    ['anchors and aliases', 'a: &x {b: c}\nd: *x\ne: [*x]', { a: { b: 'c' }, d: { b: 'c' }, e: [{ b: 'c' }] }],
    ['aliases of scalars', 'a: &x 5m\nb: *x', { a: '5m', b: '5m' }],
    [
      'a merge, later keys winning, as in Go',
      'a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: {c: 4, <<: *x}',
      { a: { b: '1', c: '2' }, d: { b: '1', c: '3' }, e: { b: '1', c: '2' } },
    ],
    [
      'a merge of several, the earlier winning',
      'x: [&a {k: 1}, &b {k: 2, l: 3}]\ny: {<<: [*a, *b]}',
      { x: [{ k: '1' }, { k: '2', l: '3' }], y: { k: '1', l: '3' } },
    ],
    ['a quoted "<<" as a key', 'a: {"<<": b}', { a: { '<<': 'b' } }],
    ['Windows line ends', 'a: b\r\nc:\r\n  - d\r\n', { a: 'b', c: ['d'] }],
    ['a byte order mark', '\ufeffa: b', { a: 'b' }],
    ['the first document only', 'a: b\n---\nc: [\n', { a: 'b' }],
    ['JSON', '{"a": [1, null, true, "x"]}', { a: ['1', null, 'true', 'x'] }],
    ['keys that are null words', 'null: a\n~: b', { null: 'a', '~': 'b' }],
  ])('%s', (_, text, expected) => {
    expect(tree(text)).toEqual(expected);
  });

  test('keys that objects are born with', () => {
    const { tree: made } = doc('labels: {__proto__: p, constructor: c, toString: t}');
    expect(JSON.stringify(made)).toBe('{"labels":{"__proto__":"p","constructor":"c","toString":"t"}}');
    expect(Object.getPrototypeOf(made)).toBe(null);
    expect(doc('a: b').at(['toString'])).toBe(undefined);
  });

  test('every document of a stream, with the lines of the file', () => {
    const parsed = parseYamlStream('f.yml', 'a: 1\n---\nb: 2\n---\n');
    expect(parsed.ok && parsed.value.map((each) => JSON.stringify(each.tree))).toEqual([
      '{"a":"1"}',
      '{"b":"2"}',
      'null',
    ]);
    expect(parsed.ok && parsed.value[1]!.position(['b'], 'key').line).toBe(3);
    expect(parseYamlStream('f.yml', 'a: 1\n---\nb: [\n').ok).toBe(false);
  });
});

describe('parseYaml() complains about', () => {
  test.each([
    ['a repeated key', 'a: 1\nb: 2\na: 3'],
    ['a tab as indentation', 'a:\n\tb: 1\n'],
    ['an unknown escape', 'a: "\\d"'],
    ['an open quote, where it opens', "a: 'b\nc: d\ne: f\n"],
    ['an open double quote', 'a:\n  - "x\n  - y: z\n'],
    ['an open bracket', 'a: [b\nc: d'],
    ['text that begins with a template', 'a: {{ .X }}'],
    ['two keys on one line', 'a: b: c'],
    ['all lines that are wrong, at once', 'a: b: c\nd: @x\ne: "\\q"\nf: fine\ng: h: i'],
    ['an unknown anchor', 'default: &defaults {}\na: *default'],
    ['an anchor that contains itself', 'a: &x [*x]'],
    ['a merge of text', 'a: {<<: b}'],
    ['a merge that replaces, with a warning', 'a: &x {b: 1}\nc: {b: 2, <<: *x}'],
    ['a key that is missing', ': x'],
    ['a list as a key', '? [a]\n: b'],
    ['a control character', 'a: b\u0001'],
    ['a binary file', '\u007fELF\0\0'.slice(4) + 'x'],
    ['a custom tag, with a warning', 'a: !secret x'],
    ['text after a list', '- a\nb: c'],
    ['a bad indentation', 'a:\n    b: 1\n  c: 2'],
    ['a place after wide characters', '名字: "🙂\\q"'],
  ])('%s', (_, text) => {
    expect(printed(text)).toMatchSnapshot();
  });

  test('bombs of aliases, of merges and of depth, at once', { timeout: 60_000 }, () => {
    const letters = 'abcdefghijkl';
    const level = (i: number): string => `${letters[i]}: &${letters[i]} [${Array(9).fill(i === 0 ? 'x' : `*${letters[i - 1]}`).join(',')}]`; // prettier-ignore
    const laughs = Array.from(letters, (_, i) => level(i)).join('\n');
    const base = `b: &b {${Array.from({ length: 5000 }, (_, i) => `k${i}: v`).join(', ')}}\n`;
    const merges = `${base}m: {<<: [${Array(2000).fill('*b').join(', ')}]}`;
    expect(printed(laughs)).toContain('aliases repeat more than 250000 values');
    expect(printed(merges)).toContain('aliases repeat more than 250000 values');
    for (const deep of ['['.repeat(3_000_000), '{'.repeat(100_000), '- '.repeat(50_000), '? '.repeat(50_000)]) {
      expect(printed(deep)).toContain('nested more than 64 levels deep');
    }
    expect(printed(`a: ${'['.repeat(63)}x${']'.repeat(63)}`)).toBe('');
    expect(printed(`a: ${'x'.repeat(4_200_000)}`)).toContain('larger than 4 MiB');
    expect(printed(Array(2000).fill('a: b').join('\n')).split('given twice').length).toBe(501);
  });

  test('not many aliases as such', () => {
    const text = `a: &x {b: c}\nl:\n${'- *x\n'.repeat(5000)}`;
    expect(printed(text)).toBe('');
  });
});

describe('Doc', () => {
  const text = [
    'route: &r', // 1
    '  receiver: "team"', // 2
    '  routes:', // 3
    '    - receiver: a', // 4
    "      matchers: ['a=b', c=d]", // 5
    '    - <<: *r', // 6
    'text: |', // 7
    '  one', // 8
    'copy: *r', // 9
    'größe: 🙂 x', // 10
  ].join('\n');

  test.each([
    [['route'], 'key', 1, 1, 5],
    [['route', 'receiver'], 'key', 2, 3, 8],
    [['route', 'receiver'], 'value', 2, 13, 6],
    [['route', 'routes', 0], 'value', 4, 7, 11],
    [['route', 'routes', 0], 'key', 4, 7, 11],
    [['route', 'routes', 0, 'matchers', 1], 'value', 5, 25, 3],
    [['route', 'routes', '0', 'matchers', '1'], 'value', 5, 25, 3],
    [['text'], 'value', 7, 7, 1],
    [['copy'], 'value', 9, 7, 2],
    [['größe'], 'key', 10, 1, 5],
    [['größe'], 'value', 10, 8, 3],
    [['route', 'nothing', 'here'], 'value', 1, 1, 5],
    [['nothing'], 'key', 1, 1, 9],
    [[], 'value', 1, 1, 9],
  ] as const)('the %j %s is at %i:%i, %i long', (path, which, line, column, length) => {
    const simple = doc(text.replace('    - <<: *r', '    - b: c'));
    expect(simple.position(path, which)).toEqual({ file: 'f.yml', line, column, length });
  });

  test('what came by an alias or a merge is placed where it was written', () => {
    const given = doc('a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n');
    expect(given.position(['c', 'b'], 'value').line).toBe(2);
    expect(given.position(['d', 'b'], 'key').line).toBe(2);
  });

  test.each([
    ["a: 'x=y'", 2, 1, 7],
    ['a: x=y', 2, 1, 6],
    ['a: "x=y"', 0, 1, 5],
    ['a: "x\\ty"', 2, 1, 8],
    ['a: "x\\ty"', 1, 1, 6],
    ['a: "\\u00e9y"', 1, 1, 11],
    ['a: "\\U0001f600y"', 2, 1, 15],
    ['a: "x\\\n  y"', 1, 2, 3],
    ['a: "x\n\n  y"', 2, 3, 3],
    ["a: 'it''s y'", 5, 1, 11],
    ['a: x\n  y', 2, 2, 3],
    ['a: |\n  x=y', 0, 2, 3],
    ['a: |\n  x\n\n   y\n', 4, 4, 4],
    ['a: |2-\n    x\n   y\n', 2, 2, 5],
    ['a: | # note\n  x\n  y\n', 2, 3, 3],
    ['a: >-\n  x\n  y\n\n  z\n', 2, 3, 3],
    ['a: >-\n  x\n  y\n\n  z\n', 4, 5, 3],
    ['a: >\r\n  x\r\n  y\r\n', 2, 3, 3],
    ['a: |\n  x=y\n', 4, 2, 6],
    ['a: x=y', 3, 1, 7],
    ['a: "x=y"', 3, 1, 8],
    ['b: &n x=y\na: *n', 2, 2, 4],
  ])('`inside()` of %j at %i is column %#', (given, offset, line, column) => {
    expect(doc(given).inside(['a'], offset, 1)).toMatchObject({ line, column });
  });

  test('`problem()` carries the line, and severity and hint as given', () => {
    const given = doc('a:\n  b: c').problem(['a', 'b'], 'value', {
      code: 'config/x',
      message: 'm',
      hint: 'h',
      severity: 'warning',
    });
    expect(given).toEqual({
      severity: 'warning',
      code: 'config/x',
      message: 'm',
      hint: 'h',
      excerpt: '  b: c',
      at: { file: 'f.yml', line: 2, column: 6, length: 1 },
    });
  });

  test('`typed()` gives plain scalars the types of YAML 1.1', () => {
    const given = doc(
      'p: {a: 1, b: "1", c: yes, d: ~, e: 1.5, f: [0x10, 010, x, .inf], g: 2026-01-01, h: !!str 5, 7: k}\nq: &q 5\nr: [*q]',
    );
    expect(given.typed(['p'])).toEqual(
      new Map<string, unknown>([
        ['7', 'k'],
        ['a', 1],
        ['b', '1'],
        ['c', true],
        ['d', null],
        ['e', 1.5],
        ['f', [16, 8, 'x', Infinity]],
        ['g', '2026-01-01'],
        ['h', '5'],
      ]),
    );
    expect(given.typed(['r'])).toEqual([5]);
    expect(given.typed(['p', 'b'])).toBe('1');
    expect(given.typed(['zz'])).toBe(undefined);
  });
});
