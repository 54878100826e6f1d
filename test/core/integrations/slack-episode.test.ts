import { describe, expect, it } from 'vitest';
import { decide, type Manner } from '../../../src/integrations/slack/episode.ts';
import { decodeMemo, encodeMemo, firingIn, NOTHING, type Episode } from '../../../src/integrations/slack/memo.ts';
import { sampleMessage } from '../../support/integration-scene.ts';

const going: Episode = {
  ...{ head: { channel: 'C1', ts: '1.1' }, to: '#a', since: 0, firing: ['00000000'], rank: 0, ended: false },
};
const ended: Episode = { ...going, ended: true };

describe('decide()', () => {
  it.each<[string, Manner, Episode | null, string, 'firing' | 'resolved', string, string]>([
    [
      'a receiver that edits nothing',
      'alone',
      going,
      '#a',
      'firing',
      'new alerts added',
      'post: each notification is a message',
    ],
    ['the first message', 'threaded', null, '#a', 'firing', 'first notification', 'post: the first message'],
    [
      'a first message that resolves',
      'threaded',
      null,
      '#a',
      'resolved',
      'fired and resolved while undeliverable',
      'post: the first message',
    ],
    ['more of the same', 'threaded', going, '#a', 'firing', 'new alerts added', 'edit: the episode goes on'],
    ['a repetition', 'edited', going, '#a', 'firing', 'repeat interval elapsed', 'edit: the episode goes on'],
    ['the end', 'threaded', going, '#a', 'resolved', 'all alerts resolved', 'edit: the episode ends'],
    ['firing anew after the end', 'threaded', ended, '#a', 'firing', 'first notification', 'post: firing anew'],
    [
      'firing anew after an end that nobody was told of',
      'threaded',
      going,
      '#a',
      'firing',
      'first notification',
      'post: firing anew',
    ],
    [
      'firing and over while nobody could be told',
      'threaded',
      ended,
      '#a',
      'resolved',
      'fired and resolved while undeliverable',
      'post: firing anew',
    ],
    ['another channel', 'threaded', going, '#b', 'firing', 'new alerts added', 'post: another channel'],
  ])('%s', (_name, manner, episode, to, status, reason, expected) => {
    const decision = decide(manner, episode, to, sampleMessage([{ status }], { reason }));
    expect(`${decision.kind}: ${decision.reason}`).toBe(expected);
    if (decision.kind === 'edit') expect(decision.head).toEqual(going.head);
  });
});

describe('a memo', () => {
  it('is read as it was written', () => {
    const doubt = { idempotencyKey: 'k', to: '#a', at: 5, firing: ['00000000'], rank: 1 };
    for (const memo of [NOTHING, { episode: going, doubt }, { episode: null, doubt }]) {
      expect(decodeMemo(encodeMemo(memo))).toEqual(memo);
    }
  });

  it.each([
    null,
    '',
    'x',
    'null',
    '1',
    '[]',
    '{"episode":{},"doubt":[]}',
    '{"episode":{"head":{"channel":1,"ts":""}}}',
    '{"episode":null,"doubt":{"idempotencyKey":"k","to":"#a","at":5}}',
  ])('is forgotten when it cannot be read: %s', (text) => expect(decodeMemo(text)).toEqual(NOTHING));

  it('remembers a thousand alerts, and not more', () => {
    const firing = (count: number) =>
      firingIn(sampleMessage(Array.from({ length: count }, (_, i) => ({ labels: { alertname: 'A', i: String(i) } }))));
    expect(new Set(firing(1000)).size).toBe(1000);
    expect(firing(1001)).toBeNull();
  });
});
