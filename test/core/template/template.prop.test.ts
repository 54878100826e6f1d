import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../../src/template/bytes.ts';
import { floatText } from '../../../src/template/float-text.ts';
import { quote, unquote } from '../../../src/template/quote.ts';
import { TemplateSet, type Flavour, type Mode } from '../../../src/template/template-set.ts';

const parsedSet = (flavour: Flavour): TemplateSet => {
  const set = TemplateSet.parse([{ file: 'set', text: '{{ define "t" }}<b>{{ . }}{{ end }}' }], flavour);
  if (!set.ok) throw new Error('the set parses');
  return set.value;
};

/** Pieces that make sense in a template, so that random texts get past the lexer. */
const PIECES = [
  ...['{{', '}}', '{{-', '-}}', ' ', '\n', '|', '(', ')', '.', '$', '$x', ':=', '=', ',', '"', '`', "'", '\\'],
  ...['if', 'else', 'end', 'range', 'with', 'define "a"', 'template "a"', 'template "t" .', 'block "b" .', 'break'],
  ...[
    '.a',
    '.l',
    '.m.k',
    '1',
    '-1',
    '2.5e3',
    '0x',
    '1i',
    "'x'",
    '"s"',
    '"%9d%[2]*v"',
    'nil',
    'true',
    'é',
    '☺',
    '\ud800',
  ],
  ...[
    'print',
    'printf',
    'len',
    'index',
    'slice',
    'eq',
    'and',
    'or',
    'toJson',
    'title',
    'match',
    'reReplaceAll',
    'dict',
  ],
  ...['<p>', '<a href="', "<b x='", '<script>', '</script>', '<style>', '<!--', '-->', '/*', '`${', '>', '"', '&quot;'],
];
const anyTemplate = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })), { maxLength: 40 })
  .map((pieces) => pieces.join(fc.stringify(pieces).length % 3 === 0 ? ' ' : ''));

const DATA = { a: 'x', l: [1, 'two', null, [3]], m: { k: true } };

describe('any text', () => {
  test.each<[Flavour, Mode]>([
    ['alertmanager', 'text'],
    ['alertmanager', 'html'],
    ['prometheus', 'text'],
  ])('compiles and renders without throwing, and ends: %s, %s', (flavour, mode) => {
    const set = parsedSet(flavour);
    fc.assert(
      fc.property(anyTemplate, (text) => {
        const compiled = set.compile(text, mode);
        if (!compiled.ok) return compiled.problems.length > 0;
        const rendered = compiled.value.render(DATA, { now: 0, budget: { steps: 20_000, output: 20_000 } });
        return rendered.ok ? rendered.text.isWellFormed() : rendered.message !== '';
      }),
      { numRuns: 1500 },
    );
  });
});

describe('laws', () => {
  test('`floatText()` with the shortest digits reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(Number(floatText(value, 'g', -1)), value),
      ),
    );
  });

  test('`floatText()` with 17 digits reads back as the same number, however it is laid out', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom('e', 'g'), (value, verb) =>
        Object.is(Number(floatText(value, verb === 'e' ? 'e' : 'g', 17)), value),
      ),
    );
  });

  test('`fromBytes()` and `toBytes()` lose no byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect([...toBytes(fromBytes(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  test('`unquote()` undoes `quote()`, stray bytes included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, ascii) => {
        const text = fromBytes(bytes);
        expect(unquote(quote(text, ascii))).toBe(text);
      }),
    );
  });

  test('html mode lets no inserted text open a tag', () => {
    const compiled = parsedSet('alertmanager').compile('<p title="{{ . }}">{{ . }}</p><a title={{ . }}>', 'html');
    if (!compiled.ok) throw new Error('compiles');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('<>"\'&=` \0ax/')) }), (text) => {
        const rendered = compiled.value.render(text, { now: 0 });
        expect(rendered.ok && rendered.text.match(/[<>]/g)?.join('')).toBe('<><><>');
      }),
    );
  });
});
