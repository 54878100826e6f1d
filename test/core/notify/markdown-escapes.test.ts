import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapesAsLookalikes, withEscapes, withoutEscapes } from '../../../src/notify/markdown-escapes.ts';

const shown = (value: string): string => escapesAsLookalikes(withEscapes(value));

describe('escapesAsLookalikes()', () => {
  it.each([
    'web-1.example.org:9100',
    'foo_bar',
    '/dev/sda1 at C:\\temp',
    '71 > 90, 5 < 9, a <= b',
    'channel #1',
    'a | b',
    'https://h.example/x?a=1&b=2#top',
    '告警_一',
  ])('leaves what means nothing: %s', (value) => expect(shown(value)).toBe(value));

  it.each([
    ['a*b', 'a＊b'],
    ['[::1]:9100', '［::1］:9100'],
    ['_x_ __init__', '＿x＿ ＿＿init＿＿'],
    ['# a', '＃ a'],
    ['- 1. # a', '- 1. ＃ a'],
    ['> a', '＞ a'],
    ['a\n===', 'a\n\u200b==='],
    ['a\n\n---', 'a\n\n---'],
    ['<@all> <b>', '＜@all> ＜b>'],
    ['&#91;&lt;', '＆#91;＆lt;'],
    ['`a` ~~b~~ \\', '｀a｀ ～～b～～ ＼'],
    [`${' '.repeat(70)}#`, `${' '.repeat(70)}＃`],
  ])('shows %j as %j', (value, expected) => expect(shown(value)).toBe(expected));

  it('is the same text, but for the width of its marks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const narrow = (text: string) =>
          text.replaceAll('\u200b', '').replace(/[！-～]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
        expect(narrow(shown(value))).toBe(narrow(value));
      }),
    );
  });
});

it('`withoutEscapes()` undoes `withEscapes()`', () => {
  fc.assert(fc.property(fc.string(), (value) => withoutEscapes(withEscapes(value)) === value));
});
