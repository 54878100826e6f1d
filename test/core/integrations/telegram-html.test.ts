import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainOf, shortHtml } from '../../../src/integrations/telegram/html.ts';

const ROOMY = { visible: 1000, bytes: 10_000 };

it.each([
  ['<b>all</b> of it', ROOMY, '<b>all</b> of it'],
  ['<b>bold</b> text', { ...ROOMY, visible: 6 }, '<b>bold</b> …'],
  ['<b>bold</b> text', { ...ROOMY, visible: 3 }, '<b>bo…</b>'],
  [
    '<a href="http://x/?a&amp;b"><b>deep</b></a>',
    { ...ROOMY, visible: 3 },
    '<a href="http://x/?a&amp;b"><b>de…</b></a>',
  ],
  ['&lt;&amp;&#39;&gt;', { ...ROOMY, visible: 3 }, '&lt;&amp;…'],
  ['a < b & c', { ...ROOMY, visible: 5 }, 'a < …'],
  ['🔥🔥🔥', { ...ROOMY, visible: 4 }, '🔥…'],
  ['<i>x</i>'.repeat(5), { ...ROOMY, bytes: 20 }, '<i>x</i><i>x</i>…'],
  ['<b>one</i> two</b>', { ...ROOMY, visible: 4 }, '<b>one</i>…</b>'],
])('shortHtml(%j, %o) keeps what fits and closes what is open', (html, room, expected) => {
  expect(shortHtml(html, room)).toBe(expected);
});

const piece = fc.oneof(
  fc.constantFrom('<b>', '</b>', '<i>', '</i>', '<a href="x">', '</a>', '&lt;', '&#34;', '🔥', '负', 'word '),
  fc.string({ maxLength: 3 }),
);

const TAG = /<(\/?)([a-zA-Z]+)[^<>]*>/g;

function visibleOf(html: string): number {
  return html.replaceAll(TAG, '').replaceAll(/&(?:#\d+|#[xX][\da-fA-F]+|[a-zA-Z]+);/g, 'x').length;
}

function leftOpen(html: string): readonly string[] {
  const open: string[] = [];
  for (const [, slash, name] of html.matchAll(TAG)) {
    if (slash === '') open.push(name!);
    else if (open.includes(name!)) open.splice(open.lastIndexOf(name!));
  }
  return open;
}

it('shortHtml() stays within its room, and leaves nothing open', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 30 }), (pieces, visible) => {
      const html = pieces.join('');
      const short = shortHtml(html, { visible, bytes: 200 });
      if (short === html) return;
      expect(visibleOf(short)).toBeLessThanOrEqual(visible);
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(200);
      expect(leftOpen(short)).toEqual([]);
    }),
  );
});

it('plainOf() is the text without its tags', () => {
  expect(plainOf('<b>a</b> &lt;<a href="x">b &amp; c</a>')).toBe('a <b & c');
});
