// The judge itself: a blameless history passes, and each promise broken in it is seen, by the check it belongs to.
import { describe, expect, it } from 'vitest';
import type { Arrival, ToldAlert } from './flaky-sink.ts';
import type { AlertStory, Final, History, Life, SilenceStory } from './history.ts';
import { doubles, judge } from './oracle.ts';

const TERMS = { groupWaitMs: 1000, groupIntervalMs: 2000 };

interface Scene {
  alerts: AlertStory[];
  silences: SilenceStory[];
  lives: Life[];
  arrivals: Arrival[];
  final: { -readonly [K in keyof Final]: Final[K] };
}

const says = (id: string, status: ToldAlert['status']): ToldAlert => ({ status, labels: { id } });

const arrival = (at: number, key: string, ...alerts: readonly ToldAlert[]): Arrival => ({
  ...{ at, idempotencyKey: key, groupKey: 'g', alerts, body: key, answeredAt: at + 10, outcome: 'accepted' },
  life: at < 20_000 ? 0 : 1,
});

/** Three alerts: one told and ended, one silenced, one that still fires; a timer group; one kill at 20 s. */
function blameless(): Scene {
  const story = { group: 'g', kind: 'work', resolveAskedAt: null, resolveAckedAt: null } as const;
  const sent = { state: 'sent', reason: 'new alerts added' };
  return {
    alerts: [
      {
        ...story,
        id: 'ends',
        firingAskedAt: 1000,
        firingAckedAt: 1010,
        resolveAskedAt: 10_000,
        resolveAckedAt: 10_010,
      },
      { ...story, id: 'quiet', firingAskedAt: 1000, firingAckedAt: 1010 },
      { ...story, id: 'stays', firingAskedAt: 1000, firingAckedAt: 1010 },
      { ...story, kind: 'timer', id: 't-keeper', group: 't', firingAskedAt: 1000, firingAckedAt: 1010 },
    ],
    silences: [
      {
        ...{ token: 's0', alertId: 'quiet', id: 'S0', createAskedAt: 500, createAckedAt: 510, ends: [900_000] },
        ...{ latestEnd: 900_000, earliestEnd: 900_000, expireAskedAt: null, expireAckedAt: null },
      },
    ],
    lives: [
      { startedAt: 0, listeningAt: 400, killedAt: 20_000 },
      { startedAt: 20_010, listeningAt: 20_400, killedAt: 60_000 },
    ],
    arrivals: [
      arrival(2020, 'k1', says('ends', 'firing'), says('stays', 'firing')),
      arrival(12_020, 'k2', says('ends', 'resolved'), says('stays', 'firing')),
      { ...arrival(2025, 't1', says('t-keeper', 'firing')), groupKey: 't' },
    ],
    final: {
      silences: [{ id: 'S0', comment: 's0', state: 'active', endsAt: 900_000 }],
      alerts: new Set(['quiet', 'stays', 't-keeper']),
      notifications: [
        { ...sent, groupKey: 'g', idempotencyKey: 'k1', createdAt: 2010, firing: ['ends', 'stays'] },
        { ...sent, groupKey: 'g', idempotencyKey: 'k2', createdAt: 12_010, firing: ['stays'] },
        { ...sent, groupKey: 't', idempotencyKey: 't1', createdAt: 2015, firing: ['t-keeper'] },
      ],
      at: 60_000,
    },
  };
}

const judged = ({ final, ...history }: Scene): readonly string[] =>
  Object.keys(judge(history satisfies History, final, TERMS));

it('`judge()` finds nothing in a blameless history', () => {
  expect(judged(blameless())).toEqual([]);
});

it('`judge()` takes a double for what it is: excused by a kill in the send, and only then', () => {
  const excused = blameless();
  excused.arrivals.push(arrival(19_995, 'k3', says('new', 'firing')), arrival(20_500, 'k3', says('new', 'firing')));
  expect(doubles(excused)).toHaveLength(1);
  expect(judged(excused)).toEqual([]);
  const inexcusable = blameless();
  inexcusable.arrivals.push(arrival(30_000, 'k3', says('new', 'firing')), arrival(32_000, 'k3', says('new', 'firing')));
  expect(judged(inexcusable)).toEqual(['doubles have their kill']);
});

describe('`judge()` sees', () => {
  it.each<readonly [string, string, (scene: Scene) => void]>([
    ['a lost silence', 'acknowledged silences stand', ({ final }) => (final.silences = [])],
    [
      'a silence cut short',
      'acknowledged silences stand',
      ({ final }) => (final.silences = [{ ...final.silences[0]!, endsAt: 50_000 }]),
    ],
    [
      'an expired silence that came back',
      'acknowledged silences stand',
      ({ silences }) => Object.assign(silences[0]!, { expireAskedAt: 50_000, expireAckedAt: 50_010 }),
    ],
    [
      'a silence nobody set',
      'acknowledged silences stand',
      ({ final }) => (final.silences = [...final.silences, { id: 'X', comment: 'x', state: 'active', endsAt: 1 }]),
    ],
    [
      'a page for a silenced alert',
      'nothing silenced is told',
      ({ arrivals }) => arrivals.push(arrival(15_000, 'k3', says('quiet', 'firing'))),
    ],
    [
      'an alert never told',
      'acknowledged alerts are told',
      ({ alerts, final }) => {
        alerts.push({ ...alerts[2]!, id: 'untold' });
        final.alerts = new Set([...final.alerts, 'untold']);
      },
    ],
    [
      'a firing alert that is not listed',
      'acknowledged alerts are told',
      ({ final }) => (final.alerts = new Set(['quiet', 't-keeper'])),
    ],
    [
      'a claim that led to nothing',
      'acknowledged alerts are told',
      ({ alerts, final }) => {
        alerts.push({ ...alerts[0]!, id: 'claimed' });
        final.notifications = [
          ...final.notifications,
          { ...final.notifications[0]!, idempotencyKey: 'k9', state: 'superseded', firing: ['claimed'] },
        ];
      },
    ],
    [
      'an end never told',
      'what ended is told as ended',
      ({ arrivals }) => arrivals.splice(1, 1, arrival(12_020, 'k2', says('other', 'firing'))),
    ],
    [
      'a page after its end',
      'what ended is told as ended',
      ({ arrivals }) => arrivals.push(arrival(40_000, 'k3', says('ends', 'firing'))),
    ],
    [
      'a message called sent that nobody took',
      'what is called sent was accepted',
      ({ final }) =>
        (final.notifications = [
          ...final.notifications,
          { ...final.notifications[0]!, idempotencyKey: 'k9', firing: [] },
        ]),
    ],
    [
      'another body under the same key',
      'what is called sent was accepted',
      ({ arrivals }) => arrivals.push({ ...arrival(2015, 'k1'), body: 'other', outcome: 'refused' }),
    ],
    [
      'a message without news',
      'every message has news',
      ({ arrivals }) => arrivals.push(arrival(30_000, 'k3', says('stays', 'firing'))),
    ],
    [
      'two messages of a group at once',
      'one message of a group at a time',
      ({ arrivals }) => {
        arrivals.push(
          { ...arrival(30_000, 'k3', says('new', 'firing')), answeredAt: 33_000 },
          arrival(32_000, 'k4', says('newer', 'firing')),
        );
      },
    ],
    [
      'a page before group_wait',
      'timers neither restart nor run ahead',
      ({ final }) =>
        (final.notifications = final.notifications.map((row) => ({
          ...row,
          createdAt: row.groupKey === 't' ? 1900 : row.createdAt,
        }))),
    ],
    [
      'a group_wait begun again by the kill',
      'timers neither restart nor run ahead',
      ({ lives, final }) => {
        lives.splice(
          0,
          1,
          { startedAt: 0, listeningAt: 400, killedAt: 1500 },
          { startedAt: 1510, listeningAt: 2200, killedAt: 2500 },
          { startedAt: 2510, listeningAt: 2900, killedAt: 20_000 },
        );
        final.notifications = final.notifications.map((row) => ({
          ...row,
          createdAt: row.groupKey === 't' ? 3900 : row.createdAt,
        }));
      },
    ],
    [
      'three messages in less than group_interval',
      'timers neither restart nor run ahead',
      ({ final }) => {
        const row = final.notifications[2]!;
        final.notifications = [
          ...final.notifications,
          { ...row, state: 'dropped', createdAt: 2500 },
          { ...row, state: 'dropped', createdAt: 3500 },
        ];
      },
    ],
  ])('%s', (_what, check, spoil) => {
    const scene = blameless();
    spoil(scene);
    expect(judged(scene)).toContain(check);
  });
});
