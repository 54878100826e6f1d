import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_ATTEMPTS, nextAttemptAt } from '../../../src/adapters/prometheus/retry.ts';

const after = { attempt: 1, now: 0, deadline: 30_000, retryAfter: null, fraction: 0 };

describe('nextAttemptAt()', () => {
  it('waits longer the second time, and does not ask a fourth time', () => {
    expect([1, 2, 3].map((attempt) => nextAttemptAt({ ...after, attempt }))).toEqual([50, 200, null]);
  });

  it('waits as long as the source asks for', () => {
    expect(nextAttemptAt({ ...after, retryAfter: 7000 })).toBe(7000);
    expect(nextAttemptAt({ ...after, retryAfter: 1 })).toBe(50);
  });

  it('gives up when there would be no time left for an answer', () => {
    expect(nextAttemptAt({ ...after, retryAfter: 29_951 })).toBe(null);
    expect(nextAttemptAt({ ...after, now: 29_900 })).toBe(29_950);
    expect(nextAttemptAt({ ...after, now: 29_901 })).toBe(null);
  });

  it('spreads the attempts, each after the one before and before the deadline', () => {
    const attempt = fc.integer({ min: 1, max: MOST_ATTEMPTS });
    const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(attempt, fraction, fc.nat(60_000), fc.option(fc.nat(60_000)), (number, f, deadline, retryAfter) => {
        const at = nextAttemptAt({ attempt: number, now: 0, deadline, retryAfter, fraction: f });
        if (at === null) return;
        expect(at).toBeGreaterThan(0);
        expect(at).toBeLessThan(deadline);
        expect(at).toBeGreaterThanOrEqual(retryAfter ?? 0);
      }),
    );
  });
});
