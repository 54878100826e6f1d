import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { step, type GroupClock } from '../../../src/route/group.ts';
import { ms, t } from '../../support/builders.ts';

const timers = { groupWait: ms('30s'), groupInterval: ms('5m') };

describe('step()', () => {
  test.each([
    ['a fresh alert is waited for', '0s', '0s', '30s'],
    ['an alert exactly group_wait old is still waited for', '-30s', '0s', '30s'],
    ['an alert older than group_wait speaks at once', '-31s', '0s', '0s'],
    ['an alert of the future is waited for', '10m', '0s', '30s'],
  ])('opened: %s', (_title, startsAt, now, at) => {
    expect(step(null, { kind: 'opened', startsAt: t(startsAt) }, timers, t(now))).toEqual({
      nextFlushAt: t(at),
      flushes: 0,
    });
  });

  test('ticked late, it speaks once and keeps its grid', () => {
    const clock: GroupClock = { nextFlushAt: t('0s'), flushes: 3 };
    expect(step(clock, { kind: 'ticked' }, timers, t('12m'))).toEqual({ nextFlushAt: t('15m'), flushes: 4 });
  });

  test('a group never speaks before group_wait, and never twice within group_interval of its grid', () => {
    const durations = fc.integer({ min: 1, max: ms('1h') });
    fc.assert(
      fc.property(
        durations,
        durations,
        fc.array(fc.nat(ms('2h')), { maxLength: 20 }),
        (groupWait, groupInterval, lags) => {
          const own = { groupWait, groupInterval };
          let clock = step(null, { kind: 'opened', startsAt: t('0s') }, own, t('0s'));
          expect(clock.nextFlushAt).toBe(t('0s') + groupWait);
          const grid = clock.nextFlushAt;
          for (const lag of lags) {
            const due = clock.nextFlushAt;
            const now = due + lag;
            clock = step(clock, { kind: 'ticked' }, own, now);
            expect(clock.nextFlushAt).toBeGreaterThan(now);
            expect(clock.nextFlushAt - now).toBeLessThanOrEqual(groupInterval);
            expect((clock.nextFlushAt - grid) % groupInterval).toBe(0);
          }
        },
      ),
    );
  });
});
