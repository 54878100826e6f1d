import fc from 'fast-check';
import { RE2JS, RE2JSException } from 're2js';
import { expect, test } from 'vitest';
import { compileAnchored } from '../../../src/model/regex.ts';

const PIECES = [
  'a',
  'b',
  'é',
  '😀',
  '.',
  '*',
  '+',
  '?',
  '|',
  '(',
  ')',
  '[ab]',
  '[^a]',
  '{2}',
  '{',
  '^',
  '$',
  '\\.',
  '\\d',
];
const pattern = fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join(''));
const text = fc
  .array(fc.constantFrom('a', 'A', 'b', 'é', '😀', '.', '{', '2'), { maxLength: 5 })
  .map((chars) => chars.join(''));

function plainly(source: string): ((subject: string) => boolean) | null {
  try {
    const compiled = RE2JS.compile(`^(?:${source})$`);
    return (subject) => compiled.test(subject);
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}

test('`compileAnchored()` matches what the whole pattern matches between ^ and $', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { maxLength: 20 }), (source, texts) => {
      const compiled = compileAnchored(source);
      const plain = plainly(source);
      expect(compiled.ok).toBe(plain !== null);
      if (!compiled.ok || plain === null) return;
      for (const one of [source, ...texts]) expect([one, compiled.regex.test(one)]).toEqual([one, plain(one)]);
    }),
    { numRuns: 3000 },
  );
});
