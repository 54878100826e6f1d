import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOSED,
  FIRST_PAUSE_MS,
  LONGEST_PAUSE_MS,
  MOST_FAILURES,
  opensAgainAt,
  step,
  type Breaker,
  type BreakerEvent,
} from '../../../src/adapters/prometheus/breaker.ts';

/** Events with their instants, in order. */
function live(events: readonly (readonly [BreakerEvent, number])[], from: Breaker = CLOSED): Breaker {
  return events.reduce((breaker, [event, now]) => step(breaker, event, now).breaker, from);
}

const failures = (count: number, now = 0): readonly (readonly [BreakerEvent, number])[] =>
  Array.from({ length: count }, () => ['failed', now] as const);

const opened = live(failures(MOST_FAILURES));
const asks = (breaker: Breaker, now: number): boolean => step(breaker, 'ask', now).admitted;

describe('step()', () => {
  it('lets requests out until so many have failed in a row', () => {
    expect(asks(live(failures(MOST_FAILURES - 1)), 0)).toBe(true);
    expect(asks(opened, 0)).toBe(false);
  });

  it('counts anew after an answer', () => {
    const breaker = live([...failures(MOST_FAILURES - 1), ['answered', 0], ...failures(MOST_FAILURES - 1)]);
    expect(breaker).toEqual({ kind: 'closed', failures: MOST_FAILURES - 1 });
  });

  it('learns nothing from requests that were given up', () => {
    const breaker = live([...failures(MOST_FAILURES - 1), ['abandoned', 0], ...failures(1)]);
    expect(breaker.kind).toBe('open');
  });

  it('lets one probe out after the pause, and nobody else until it is back', () => {
    expect(asks(opened, FIRST_PAUSE_MS - 1)).toBe(false);
    const probing = step(opened, 'ask', FIRST_PAUSE_MS);
    expect(probing).toMatchObject({ admitted: true, breaker: { kind: 'probing' } });
    expect(asks(probing.breaker, FIRST_PAUSE_MS + 1_000_000)).toBe(false);
  });

  it('closes when the probe is answered', () => {
    const closed = live(
      [
        ['ask', 1000],
        ['answered', 1100],
      ],
      opened,
    );
    expect(closed).toEqual(CLOSED);
  });

  it('opens for twice as long when the probe fails, up to the longest pause', () => {
    let breaker = opened;
    const pauses: number[] = [];
    for (let i = 0, now = 0; i < 6; i++) {
      now = opensAgainAt(breaker)!;
      breaker = live([['ask', now], ...failures(1, now)], breaker);
      pauses.push(opensAgainAt(breaker)! - now);
    }
    expect(pauses).toEqual([2000, 4000, 8000, LONGEST_PAUSE_MS, LONGEST_PAUSE_MS, LONGEST_PAUSE_MS]);
  });

  it('makes room for another probe when one was given up', () => {
    const breaker = live(
      [
        ['ask', 1000],
        ['abandoned', 1200],
      ],
      opened,
    );
    expect(asks(breaker, 1200)).toBe(true);
  });

  it('takes a late failure for old news, a late answer for good news', () => {
    expect(live(failures(5, 500), opened)).toEqual(opened);
    expect(live([['answered', 500]], opened)).toEqual(CLOSED);
  });

  it('is not held open by a wall clock that was set back', () => {
    expect(asks(live(failures(MOST_FAILURES, 3_600_000)), 0)).toBe(true);
  });

  it('never has more than one probe out, and admits within the longest pause whatever happened', () => {
    const event = fc.constantFrom<BreakerEvent>('ask', 'answered', 'failed', 'abandoned');
    const history = fc.array(fc.tuple(event, fc.nat({ max: 3000 })), { maxLength: 200 });
    fc.assert(
      fc.property(history, (events) => {
        let breaker: Breaker = CLOSED;
        let now = 0;
        for (const [kind, later] of events) {
          now += later;
          const before: Breaker['kind'] = breaker.kind;
          const { breaker: after, admitted } = step(breaker, kind, now);
          if (kind === 'ask' && before === 'probing') expect(admitted).toBe(false);
          if (kind === 'ask' && before === 'closed') expect(admitted).toBe(true);
          breaker = after;
        }
        if (breaker.kind !== 'probing') expect(asks(breaker, now + LONGEST_PAUSE_MS)).toBe(true);
      }),
    );
  });
});
