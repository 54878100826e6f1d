import { describe, expect, it, test } from 'vitest';
import {
  afterLook,
  isDue,
  learnt,
  NOTHING_LEARNT,
  takenUntil,
  waitsUntil,
  witnessOf,
  type Looked,
  type Sighting,
  type SourceHabit,
} from '../../../src/evaluate/read-back.ts';
import type { WrittenSample } from '../../../src/ports/series-writer.ts';
import { labels, ms, t } from '../../support/builders.ts';

const now = t('0s');
const live = (sightings: readonly Sighting[], from: SourceHabit = NOTHING_LEARNT, took = 5): SourceHabit =>
  sightings.reduce((habit, sighting) => learnt(habit, sighting, took, now), from);
const atOnce = (count: number): readonly Sighting[] => Array<Sighting>(count).fill('at once');

describe('a source', () => {
  it('is believed after four sightings at once, for ten minutes, and then after one more', () => {
    expect(isDue(live(atOnce(3)), now)).toBe(true);
    const believed = live(atOnce(4));
    expect(isDue(believed, now)).toBe(false);
    expect(isDue(believed, t('9m59s'))).toBe(false);
    expect(isDue(believed, t('10m'))).toBe(true);
    expect(isDue(learnt(believed, 'at once', 5, t('10m')), t('19m'))).toBe(false);
  });

  it.each<Sighting>(['later', 'unseen'])(
    'that showed something %s must do four times as much to be believed',
    (sighting) => {
      const caught = live([sighting], live(atOnce(4)));
      expect(isDue(caught, now)).toBe(true);
      expect(isDue(live(atOnce(15), caught), now)).toBe(true);
      expect(isDue(live(atOnce(16), caught), now)).toBe(false);
    },
  );

  it('that is late again and again is never believed by chance', () => {
    const late = live(Array.from({ length: 100 }, () => [...atOnce(5), 'later' as const]).flat());
    expect(isDue(live(atOnce(4095), late), now)).toBe(true);
    expect(isDue(live(atOnce(4096), late), now)).toBe(false);
  });

  it('learns nothing from what was seen at once after a slow write', () => {
    expect(live(atOnce(50), NOTHING_LEARNT, 251)).toEqual(NOTHING_LEARNT);
  });

  it('is due again when the clock was set back', () => expect(isDue(live(atOnce(4)), t('-1s'))).toBe(true));
});

describe('after a look that saw nothing', () => {
  const looked: Looked = { looks: 1, now, until: t('4s'), isRefused: false, unseenSlots: 0 };
  const outOfTime = { kind: 'go on', reason: 'out of time' };
  const hopeless = { kind: 'go on', reason: 'not seen in earlier slots either' };
  test.each<[string, Partial<Looked>, ReturnType<typeof afterLook>]>([
    ['it is looked again soon', {}, { kind: 'look again', at: now + 50 }],
    ['and later the more looks there were', { looks: 3 }, { kind: 'look again', at: now + 200 }],
    ['but not much later', { looks: 40 }, { kind: 'look again', at: now + 400 }],
    ['the time is over', { until: now + 49 }, { kind: 'go on', reason: 'out of time' }],
    ['the last look is at the very end', { until: now + 50 }, { kind: 'look again', at: now + 50 }],
    ['the source refuses the question', { isRefused: true }, { kind: 'go on', reason: 'cannot be asked' }],
    ['it was not seen in four slots', { unseenSlots: 4 }, { kind: 'look again', at: now + 50 }],
    ['it was not seen in five slots', { unseenSlots: 5 }, hopeless as ReturnType<typeof afterLook>],
    ['after eight it is tried again', { unseenSlots: 8, until: now }, outOfTime as ReturnType<typeof afterLook>],
  ])('%s', (_title, changes, expected) => expect(afterLook({ ...looked, ...changes })).toEqual(expected));

  it('readers wait for three quarters of the interval, and never for more than half a minute', () => {
    expect(waitsUntil(now, ms('8s'))).toBe(t('6s'));
    expect(waitsUntil(now, ms('1h'))).toBe(t('30s'));
  });

  it.each([
    [0, '30s'],
    [4, '30s'],
    [5, '3s'],
    [8, '30s'],
    [9, '3s'],
  ])('where nothing was taken for %i slots they wait until %s', (untakenSlots, until) => {
    expect(takenUntil({ slot: now, interval: ms('1m'), untakenSlots, now: t('2s') })).toBe(t(until));
  });
});

describe('witnessOf()', () => {
  const sample = (pairs: Readonly<Record<string, string>>, value: number | null): WrittenSample => ({
    ...{ labels: labels(pairs), value },
    at: 1_700_000_000_123,
  });
  test.each<[string, readonly WrittenSample[], ReturnType<typeof witnessOf>]>([
    ['nothing', [], null],
    [
      'samples and ends: the samples are counted, and one is named',
      [
        sample({ __name__: 'r', a: '0' }, null),
        sample({ __name__: 'r', a: '1' }, 1),
        sample({ __name__: 'r', a: '2' }, 2),
      ],
      {
        query:
          'count(timestamp({__name__="r"}) >= 1700000000.123) + count(timestamp({__name__="r",a="1"}) >= 1700000000.123)',
        least: 3,
      },
    ],
    [
      'ends alone, with odd names',
      [sample({ __name__: 'r', 'a.b': 'x"\\\n' }, null), sample({ __name__: 'r', a: '1' }, null)],
      { query: 'count(absent({__name__="r","a.b"="x\\"\\\\\\n"}))', least: 1 },
    ],
    [
      'two metrics',
      [sample({ __name__: 'ALERTS', a: '1' }, null), sample({ __name__: 'S', a: '1' }, 5)],
      {
        query:
          'count(absent({__name__="ALERTS",a="1"})) + count(timestamp({__name__="S"}) >= 1700000000.123) + count(timestamp({__name__="S",a="1"}) >= 1700000000.123)',
        least: 3,
      },
    ],
  ])('%s', (_title, written, witness) => expect(witnessOf(written)).toEqual(witness));
});
