import { describe, expect, it } from 'vitest';
import { cellsOf, wrapped } from '../../../src/model/cells.ts';

describe('`wrapped()`', () => {
  it.each<[string, string, string]>([
    ['between words', 'one two three four', 'one two\nthree\nfour'],
    ['not inside a word, however long', 'see https://example.org/x for it', 'see\nhttps://example.org/x\nfor it'],
    ['between wide characters, which take two cells', '磁盘即将写满', '磁盘即将\n写满'],
    ['with a comma where it belongs', '磁盘即将，写满', '磁盘即\n将，写满'],
    ['between wide characters and words', '磁盘 /var 满', '磁盘\n/var 满'],
    ['and keeps lines, empty ones and indents', 'a\n\n  b c', 'a\n\n  b c'],
  ])('breaks %s', (_what, text, expected) => {
    expect(wrapped(text, 8)).toBe(expected);
  });

  it('counts an emoji as two cells', () => {
    expect(cellsOf('🔥 a')).toBe(4);
  });
});
