// Whatever stands in the file: a value or problems with places, never an exception.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { fixtures } from './fixtures.ts';

const texts = [...fixtures('.good.yml'), ...fixtures('.bad.yml')].flatMap(([, cases]) => cases.map(({ text }) => text));
const options = { matcherMode: 'fallback', retention: 432_000_000 } as const;

function check(text: string): void {
  const compiled = compileConfig({ file: 'x.yml', text }, options);
  if (compiled.ok) return;
  expect(compiled.problems.some(({ severity }) => severity === 'error')).toBe(true);
  for (const { at, message } of compiled.problems) {
    expect(message).not.toBe('');
    expect(at !== null && at.line >= 1 && at.column >= 1).toBe(true);
  }
}

it('compileConfig() never throws when a value is replaced by something else', () => {
  const something = fc.constantFrom(
    'null',
    '[]',
    '{}',
    '[null]',
    '{a: b}',
    '""',
    'x',
    '-1',
    '[[x]]',
    '{x: [y]}',
    '*a',
    '!!binary x',
    '&a x',
    '<<',
  );
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), something, (text, which, value) => {
      const lines = text.split('\n');
      const at = which % lines.length;
      lines[at] = lines[at]!.replace(/([:-]) .*$/, `$1 ${value}`);
      check(lines.join('\n'));
    }),
    { numRuns: 200 },
  );
});

it('compileConfig() never throws when a line is lost or moved', () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat({ max: 6 }), (text, which, indent) => {
      const lines = text.split('\n');
      const at = which % lines.length;
      if (indent === 6) lines.splice(at, 1);
      else lines[at] = ' '.repeat(indent) + lines[at]!.trimStart();
      check(lines.join('\n'));
    }),
    { numRuns: 200 },
  );
});

it('compileConfig() never throws on any text', () => {
  fc.assert(fc.property(fc.string({ maxLength: 60, unit: 'binary' }), check), { numRuns: 100 });
});
