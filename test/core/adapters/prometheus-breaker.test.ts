import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOSED,
  MOST_FAILURES,
  PAUSE_MS,
  probeAt,
  step,
  type Breaker,
  type BreakerEvent,
} from '../../../src/adapters/prometheus/breaker.ts';

/** Events with their instants, in order. */
function live(events: readonly (readonly [BreakerEvent, number])[], from: Breaker = CLOSED): Breaker {
  return events.reduce((breaker, [event, now]) => step(breaker, event, now), from);
}

const failures = (count: number, now = 0): readonly (readonly [BreakerEvent, number])[] =>
  Array.from({ length: count }, () => ['failed', now] as const);

const opened = live(failures(MOST_FAILURES));

describe('step()', () => {
  it('lets questions out until so many have failed in a row, and then a probe at once', () => {
    expect(live(failures(MOST_FAILURES - 1)).kind).toBe('closed');
    expect(probeAt(live(failures(MOST_FAILURES - 1)), 0)).toBe(null);
    expect([opened.kind, probeAt(opened, 0)]).toEqual(['open', 0]);
  });

  it('counts anew after an answer', () => {
    const breaker = live([...failures(MOST_FAILURES - 1), ['answered', 0], ...failures(MOST_FAILURES - 1)]);
    expect(breaker).toEqual({ kind: 'closed', failures: MOST_FAILURES - 1 });
  });

  it('closes when anything is answered', () => {
    expect(live([['answered', 500]], opened)).toEqual(CLOSED);
  });

  it('has the next probe a while after one that failed, however many do', () => {
    for (const probes of [1, 2, 9]) {
      const breaker = live(
        Array.from({ length: probes }, () => ['probe failed', 700]),
        opened,
      );
      expect([probeAt(breaker, 700), probeAt(breaker, 5000)]).toEqual([700 + PAUSE_MS, 5000]);
    }
  });

  it('takes a late failure for old news, of a question and of a probe', () => {
    expect(live(failures(5, 500), opened)).toEqual(opened);
    expect(live([['probe failed', 500]])).toEqual(CLOSED);
  });

  it('is not held open by a wall clock that was set back', () => {
    expect(probeAt(live([['probe failed', 3_600_000]], opened), 0)).toBe(0);
  });

  it('has a probe within the pause whatever happened, and none while questions go out', () => {
    const event = fc.constantFrom<BreakerEvent>('answered', 'failed', 'probe failed');
    const history = fc.array(fc.tuple(event, fc.nat({ max: 3000 })), { maxLength: 200 });
    fc.assert(
      fc.property(history, (events) => {
        let breaker: Breaker = CLOSED;
        let now = 0;
        for (const [kind, later] of events) {
          now += later;
          breaker = step(breaker, kind, now);
          const at = probeAt(breaker, now);
          expect(at === null).toBe(breaker.kind === 'closed');
          expect(at ?? now).toBeGreaterThanOrEqual(now);
          expect(at ?? now).toBeLessThanOrEqual(now + PAUSE_MS);
        }
      }),
    );
  });
});
