import { describe, expect, test } from 'vitest';
import { Pairs } from '../../../src/model/pairs.ts';
import {
  decideSilence,
  expire,
  isForgotten,
  stateOf,
  type Silence,
  type SilenceInput,
} from '../../../src/mute/silence.ts';
import { matchers, ms, t } from '../../support/builders.ts';

const NOW = t('0s');

function silence(from: string, to: string, more: Partial<Silence> = {}): Silence {
  return {
    id: 'old',
    matchers: matchers('a=b', 'c=~"d|e"'),
    startsAt: t(from),
    endsAt: t(to),
    updatedAt: t('-1h'),
    createdBy: 'me',
    comment: '',
    annotations: Pairs.none,
    ...more,
  };
}

function decide(draft: Silence, known: Silence | null, more: Partial<SilenceInput> = {}): string {
  const decision = decideSilence(
    { draft, known, newId: 'new', count: 1, limits: { maxSilences: 0, maxSilenceSizeBytes: 0 }, ...more },
    NOW,
  );
  switch (decision.kind) {
    case 'refused':
      return `refused: ${decision.message}`;
    case 'unknown':
      return 'unknown';
    case 'create':
    case 'update':
      return `${decision.kind} ${decision.silence.id}`;
    case 'replace':
      return `replace ${decision.ended === null ? 'ended' : 'live'} by ${decision.silence.id}`;
  }
}

const active = silence('-10m', '1h');
const pending = silence('10m', '1h');
const ended = silence('-1h', '-1m');
const fresh = (from: string, to: string, more: Partial<Silence> = {}): Silence =>
  silence(from, to, { id: '', ...more });

describe('decideSilence()', () => {
  test.each<[string, Silence, Silence | null, string]>([
    ['no id makes a new one', fresh('0s', '1h'), null, 'create new'],
    ['an unknown id', silence('0s', '1h', { id: 'x' }), null, 'unknown'],
    ['active: a new end', silence('-10m', '2h'), active, 'update old'],
    ['active: the same second of the start', { ...active, startsAt: active.startsAt + 999 }, active, 'update old'],
    ['active: another start', silence('-9m', '1h'), active, 'replace live by new'],
    ['active: other matchers', silence('-10m', '1h', { matchers: matchers('a=b') }), active, 'replace live by new'],
    [
      'active: the same matchers in another order',
      silence('-10m', '1h', { matchers: matchers('c=~"d|e"', 'a=b') }),
      active,
      'replace live by new',
    ],
    ['pending: another start still to come', silence('20m', '1h'), pending, 'update old'],
    ['pending: a start that has passed', silence('-1m', '1h'), pending, 'replace live by new'],
    ['expired: anything', silence('-1h', '1h'), ended, 'replace ended by new'],
    [
      'start after end',
      fresh('1h', '0s'),
      null,
      'refused: Failed to create silence: start time must be before end time',
    ],
    [
      'start equal to end',
      fresh('1h', '1h'),
      null,
      'refused: Failed to create silence: start time must be before end time',
    ],
    [
      'an end in the past',
      fresh('-2h', '-1h'),
      null,
      "refused: Failed to create silence: end time can't be in the past",
    ],
    [
      'matches everything',
      fresh('0s', '1h', { matchers: matchers('a=~".*"') }),
      null,
      'refused: invalid silence: matcher set 0: at least one matcher must not match the empty string',
    ],
    ['a negative matcher alone is enough', fresh('0s', '1h', { matchers: matchers('a!~".+"') }), null, 'create new'],
  ])('%s', (_title, draft, known, expected) => expect(decide(draft, known)).toBe(expected));

  test('a start in the past becomes now', () => {
    const decision = decideSilence(
      {
        draft: fresh('-1h', '1h'),
        known: null,
        newId: 'n',
        count: 0,
        limits: { maxSilences: 0, maxSilenceSizeBytes: 0 },
      },
      NOW,
    );
    expect(decision.kind === 'create' && decision.silence.startsAt).toBe(NOW);
  });

  test('limits count what there is, and do not stand in the way of an edit', () => {
    const limits = { maxSilences: 2, maxSilenceSizeBytes: 0 };
    expect(decide(fresh('0s', '1h'), null, { count: 2, limits })).toBe(
      'refused: exceeded maximum number of silences: 2 (limit: 2)',
    );
    expect(decide(silence('-10m', '2h'), active, { count: 2, limits })).toBe('update old');
    const big = fresh('0s', '1h', { comment: 'x'.repeat(1000) });
    expect(decide(big, null, { limits: { maxSilences: 0, maxSilenceSizeBytes: 500 } })).toMatch(
      /^refused: silence exceeded maximum size: \d+ bytes \(limit: 500 bytes\)$/,
    );
  });
});

test.each<[Silence, string, number | undefined]>([
  [active, 'active', NOW],
  [pending, 'pending', NOW],
  [ended, 'expired', undefined],
])('expire() ends what has not ended', (known, state, endsAt) => {
  expect(stateOf(known, NOW)).toBe(state);
  const after = expire(known, NOW);
  expect(after?.endsAt).toBe(endsAt);
  if (after !== null) expect(stateOf(after, NOW)).toBe('expired');
});

test('isForgotten() keeps an ended silence for the retention', () => {
  expect(isForgotten(ended, ms('1h'), t('58m'))).toBe(false);
  expect(isForgotten(ended, ms('1h'), t('59m'))).toBe(true);
});
