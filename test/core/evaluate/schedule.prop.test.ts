import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueSlot, phaseOf, slotAt } from '../../../src/evaluate/schedule.ts';
import { ms } from '../../support/builders.ts';

const group = (more: Partial<Parameters<typeof phaseOf>[0]> = {}): Parameters<typeof phaseOf>[0] => ({
  id: 'a.yml;g',
  interval: ms('1m'),
  evalOffset: null,
  isAligned: false,
  ...more,
});

describe('phaseOf()', () => {
  test.each([
    ['aligned', { isAligned: true }, 0],
    ['eval_offset', { evalOffset: ms('10s') }, ms('10s')],
    ['a negative eval_offset counts from the end', { evalOffset: -ms('10s') }, ms('50s')],
  ])('%s', (_title, more, phase) => expect(phaseOf(group(more))).toBe(phase));

  test('groups are spread over the interval, each always at the same place', () => {
    const tenths = new Set<number>();
    for (let i = 0; i < 100; i++) {
      const phase = phaseOf(group({ id: `rules.yml;group ${i}` }));
      expect(phase).toBe(phaseOf(group({ id: `rules.yml;group ${i}` })));
      expect(phase).toBeGreaterThanOrEqual(0);
      expect(phase).toBeLessThan(ms('1m'));
      tenths.add(Math.floor(phase / ms('6s')));
    }
    expect(tenths.size).toBe(10);
  });
});

describe('slots', () => {
  const interval = fc.integer({ min: 1000, max: ms('1h') });
  const now = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2100, 0) });

  test('they never drift and never overlap: whatever the delays, each is a phase plus a multiple of the interval', () => {
    fc.assert(
      fc.property(
        interval,
        fc.nat(),
        now,
        fc.array(fc.integer({ min: -10_000, max: ms('3h') })),
        (every, seed, from, delays) => {
          const phase = seed % every;
          let last = slotAt(phase, every, from);
          let clock = from;
          for (const delay of delays) {
            clock += delay;
            const due = dueSlot(phase, every, last, clock);
            if (due === null) continue;
            expect((due.at - phase) % every).toBe(0);
            expect(due.at).toBeGreaterThan(last);
            expect(due.at).toBeLessThanOrEqual(clock);
            expect(clock - due.at).toBeLessThan(every);
            expect(due.at).toBe(last + (due.missed + 1) * every);
            last = due.at;
          }
        },
      ),
    );
  });

  test('a clock that goes back brings no slot twice', () => {
    expect(dueSlot(0, 1000, 10_000, 9000)).toBeNull();
    expect(dueSlot(0, 1000, 10_000, 10_999)).toBeNull();
    expect(dueSlot(0, 1000, 10_000, 11_000)).toEqual({ at: 11_000, missed: 0 });
    expect(dueSlot(0, 1000, 10_000, 14_500)).toEqual({ at: 14_000, missed: 3 });
  });
});
