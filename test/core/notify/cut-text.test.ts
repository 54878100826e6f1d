import { expect, it } from 'vitest';
import { cutBytes, cutRunes, cutUnits } from '../../../src/notify/cut-text.ts';

it.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['🔥🔥🔥', 3, '🔥🔥🔥'],
  ['🔥🔥🔥🔥', 3, '🔥🔥…'],
  ['', 1, ''],
  ['ab', 1, '…'],
])('cutRunes(%j, %i) counts code points', (text, most, expected) => {
  expect(cutRunes(text, most)).toBe(expected);
});

it.each([
  ['short', 5, 'short'],
  ['longer', 5, 'lo…'],
  ['ééé', 6, 'ééé'],
  ['éééé', 6, 'é…'],
  ['负负负', 8, '负…'],
  ['🔥🔥🔥', 11, '🔥🔥…'],
  ['a🔥', 4, 'a…'],
])('cutBytes(%j, %i) counts bytes of UTF-8', (text, most, expected) => {
  expect(cutBytes(text, most)).toBe(expected);
});

it.each([
  ['🔥🔥', 4, '🔥🔥'],
  ['🔥🔥🔥', 4, '🔥…'],
  ['🔥🔥🔥', 5, '🔥🔥…'],
])('cutUnits(%j, %i) counts as JavaScript does, and breaks no pair', (text, most, expected) => {
  expect(cutUnits(text, most)).toBe(expected);
});
