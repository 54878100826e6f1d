import { describe, expect, it } from 'vitest';
import { decide, type Manner } from '../../../src/integrations/slack/episode.ts';
import { decodeMemo, encodeMemo, firingIn, NOTHING, type Episode } from '../../../src/integrations/slack/memo.ts';
import { draft, element, sampleMessage, type SampleAlert } from '../../support/integration-scene.ts';
import { appOf } from '../../support/slack-scene.ts';

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

describe('an episode lasts from its first alert to its last', () => {
  const entry = element('slack_configs', "app_token: xoxb-1\nchannel: '#a'");
  const alert = (instance: string, began: string, status: 'firing' | 'resolved' = 'firing'): SampleAlert => ({
    ...{ labels: { alertname: 'A', instance }, status, startsAt: `2026-11-20T04:${began}:00Z` },
  });
  const a = alert('a', '50');
  const b = alert('b', '54');
  const said = (memo: string | null, alerts: readonly SampleAlert[], reason = 'new alerts added') =>
    appOf(draft(entry, sampleMessage(alerts, { reason }), { memo }));
  const head = { channel: 'C1', ts: '1.1' };
  const BEGAN = `<!date^${Date.UTC(2026, 10, 20, 4, 50) / 1000}^`;

  it('whoever of them is over by now', () => {
    const first = said(null, [a], 'first notification').memo.placed(head);
    const both = said(first, [a, b]).memo.placed(head);
    const one = said(both, [{ ...a, status: 'resolved' }, b], 'some alerts resolved');
    expect(JSON.stringify(one.body)).toContain(`since ${BEGAN}`);
    const still = said(one.memo.placed(head), [b], 'repeat interval elapsed');
    expect(still.reply!['text']).toContain('for 10m');
    const over = said(one.memo.placed(head), [{ ...b, status: 'resolved' }], 'all alerts resolved');
    expect(JSON.stringify(over.body)).toMatch(/since <!date\^1795150200\^.*, for 10m"/);
    expect(over.reply!['text']).toBe('✅ RESOLVED, after 10m');
    const anew = said(over.memo.placed(head), [b], 'first notification');
    expect(JSON.stringify(anew.body)).not.toContain(BEGAN);
  });

  it('also when nobody knows whether the first message has arrived', () => {
    const doubted = said(null, [a], 'first notification').memo.doubted;
    expect(JSON.stringify(said(doubted, [b]).body)).toContain(BEGAN);
    expect(JSON.stringify(said(doubted, [b], 'first notification').body)).not.toContain(BEGAN);
  });
});

describe('a memo', () => {
  it('is read as it was written', () => {
    const doubt = { idempotencyKey: 'k', to: '#a', at: 5, firing: ['00000000'], rank: 1 };
    for (const memo of [NOTHING, { episode: going, doubt }, { episode: null, doubt: { ...doubt, since: 4 } }]) {
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
