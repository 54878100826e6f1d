import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CommentedOut, printYaml, type Printable } from '../../../src/input/print-yaml.ts';
import { parseYaml } from '../../../src/input/yaml.ts';

function readBack(printed: string): unknown {
  const parsed = parseYaml('printed.yml', printed);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join(', '));
  return parsed.value.typed([]);
}

const awkward = fc.constantFrom(
  '',
  '~',
  'null',
  'yes',
  'off',
  'y',
  '012',
  '0x1F',
  '1e3',
  '1_000',
  '1:30',
  '.inf',
  '=',
  '<<',
  '<secret>',
  '- a',
  'a: b',
  '# c',
  '...',
  '---',
  ' lead',
  'trail ',
  'a\nb\n',
  '\n',
  '\ta',
  '\u2028',
  '\u0085x',
  '\ufeff',
  '\u0000',
  '__proto__',
  '{{ a }}',
  '*a',
);
const texts = fc.oneof(awkward, fc.string(), fc.string({ unit: 'binary' })).map((text) => text.toWellFormed());
const values = fc.letrec<{ value: Printable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(texts, tie('value')), { maxLength: 4 }).map((pairs): Printable => new Map(pairs)),
  ),
})).value;

it('printYaml() is read back as the same value', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(readBack(printYaml(value))).toEqual(value);
    }),
    { numRuns: 400 },
  );
});

it.each(['off', '1:30', '<<', '012', '\u2028', '\u0085'])('printYaml() never leaves %j bare', (text) => {
  expect(printYaml(text)).toMatch(/^"[\u0020-\u007e]+"\n$/);
});

it('keys commented out one after the other stand on lines of their own', () => {
  const value = new Map<string, Printable>([
    ['kept', 'a'],
    ['one', new CommentedOut('1m')],
    ['two', new CommentedOut(new Map([['inner', ['b']]]))],
    ['three', new CommentedOut('c')],
  ]);
  expect(printYaml(value)).toBe('kept: a\n# one: 1m\n# two:\n#   inner:\n#   - b\n# three: c\n');
  expect(printYaml(new Map([['in', value]]))).toBe(
    'in:\n  kept: a\n  # one: 1m\n  # two:\n  #   inner:\n  #   - b\n  # three: c\n',
  );
});
