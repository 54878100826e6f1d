import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryAfter } from '../../../src/notify/retry.ts';

describe('retryAfter()', () => {
  test.each([
    [1, 0.5, 500],
    [2, 0.5, 750],
    [3, 0.5, 1125],
    [1, 0, 250],
    [100, 0.5, 60_000],
    [10_000, 0.999, 89_940],
  ])('attempt %i with jitter %d waits %i ms', (attempts, jitter, waits) => {
    expect(retryAfter(attempts, null, jitter)).toBe(waits);
  });

  test.each([
    [60_000, 0, 60_000],
    [60_000, 0.5, 63_000],
    [7_200_000, 0.999, 7_259_940],
    [100, 0.5, 500],
  ])('asked to wait %i ms, with jitter %d it waits %i', (asked, jitter, waits) => {
    expect(retryAfter(1, asked, jitter)).toBe(waits);
  });

  test('it never waits less than was asked, nor less than a quarter of a second, nor more than 90 s of its own', () => {
    const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.option(fc.nat(3_600_000)), jitter, (attempts, asked, random) => {
        const waits = retryAfter(attempts, asked, random);
        expect(waits).toBeGreaterThanOrEqual(Math.max(250, asked ?? 0));
        expect(waits).toBeLessThanOrEqual(Math.max(90_000, Math.ceil((asked ?? 0) * 1.1)));
        expect(Number.isInteger(waits)).toBe(true);
      }),
    );
  });
});
