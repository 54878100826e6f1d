import { expect, test } from 'vitest';
import type { Reading } from '../../../src/model/reading.ts';
import { decodeMessage, encodeMessage } from '../../../src/notify/message-json.ts';
import { sampleMessage } from '../../support/integration-scene.ts';

test.each<[string, Reading]>([
  ['whole', { value: 94.25, peak: 97, threshold: { op: '>', value: 90 } }],
  ['endless', { value: Infinity, peak: Infinity, threshold: { op: '>', value: -Infinity } }],
  ['not a number', { value: Number.NaN, peak: Number.NaN, threshold: null }],
  ['unknown', { value: null, peak: 1, threshold: { op: '==', value: null } }],
])('a message comes back from the store with what its alerts measure: %s', (_, reading) => {
  const message = sampleMessage([{ reading }, {}]);
  expect(decodeMessage(encodeMessage(message))).toEqual(message);
});

test('a message of before alerts measured anything can be read', () => {
  const old = encodeMessage(sampleMessage()).replace(',"reading":null', '');
  expect(decodeMessage(old).alerts[0]!.reading).toBeNull();
});
