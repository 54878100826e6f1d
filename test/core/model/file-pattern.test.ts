import { describe, expect, it } from 'vitest';
import { matchesName, patternFault } from '../../../src/model/file-pattern.ts';

describe('`matchesName()`', () => {
  it.each([
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['[\\]a]', ']', true],
    ['[a\\-]', '-', true],
    ['[\\--0]', '.', true],
    ['[^a-c]', 'b', false],
    ['[^a-c]', 'd', true],
    ['[a', '[a', false],
    ['\\[a', '[a', true],
    ['{a,b}', 'a', false],
    ['?', '😀', true],
    ['', '', true],
    ['*', '', true],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });

  it.each(['[', '[]', '[]a]', '[^]', '[a-]', '[-a]', '[a', '[a-', '[\\', 'a\\', 'ok/[/ok'])(
    '%s is no pattern',
    (pattern) => {
      expect(patternFault(pattern)).toBe('syntax error in pattern');
    },
  );

  it.each(['', 'a', '*', '**/x', '[a-z0-9_]?', 'a]', '[z-a]', '[[]'])('%s is one', (pattern) => {
    expect(patternFault(pattern)).toBe(null);
  });

  it('takes no longer for many stars', () => {
    expect(matchesName('*a'.repeat(50) + 'b', 'a'.repeat(2000))).toBe(false);
  });
});
