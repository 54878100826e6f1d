// The circuit breaker of one data source, as a pure decision: may a request go out, and what does its end teach.
//
//   closed      requests go out; MOST_FAILURES in a row, without an answer in between, open it
//   open        none goes out until the pause is over; then the next one that asks becomes the probe
//   probing     one request is out, all others are refused; an answer closes, a failure opens again, for twice as
//               long up to LONGEST_PAUSE_MS; a probe nobody waits for any more makes room for the next
//
// Requests that went out before it opened may end in any state: a late answer closes it, a late failure is old news.
// A wall clock set back cannot keep it open: a pause that has not begun yet is over.
import type { DurationMs, Instant } from '../../model/time.ts';

export type Breaker =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly since: Instant; readonly pause: DurationMs }
  | { readonly kind: 'probing'; readonly since: Instant; readonly pause: DurationMs };

export type BreakerEvent =
  /** A request wants to go out. */
  | 'ask'
  /** The source answered: whatever it said, it is there. */
  | 'answered'
  | 'failed'
  /** Given up by the one who asked: it says nothing about the source. */
  | 'abandoned';

export interface BreakerStep {
  readonly breaker: Breaker;
  /** Of an 'ask': whether it may go out. */
  readonly admitted: boolean;
}

export const MOST_FAILURES = 10;
export const FIRST_PAUSE_MS: DurationMs = 1000;
export const LONGEST_PAUSE_MS: DurationMs = 10_000;

export const CLOSED: Breaker = { kind: 'closed', failures: 0 };

export function step(breaker: Breaker, event: BreakerEvent, now: Instant): BreakerStep {
  switch (event) {
    case 'ask':
      return asked(breaker, now);
    case 'answered':
      return { breaker: isHealthy(breaker) ? breaker : CLOSED, admitted: true };
    case 'failed':
      return { breaker: failed(breaker, now), admitted: false };
    case 'abandoned':
      return { breaker: breaker.kind === 'probing' ? { ...breaker, kind: 'open' } : breaker, admitted: false };
  }
}

/** When the next probe may go out; null while requests go out anyway. */
export function opensAgainAt(breaker: Breaker): Instant | null {
  return breaker.kind === 'closed' ? null : breaker.since + breaker.pause;
}

const isHealthy = (breaker: Breaker): boolean => breaker.kind === 'closed' && breaker.failures === 0;

function asked(breaker: Breaker, now: Instant): BreakerStep {
  if (breaker.kind === 'closed') return { breaker, admitted: true };
  const isPausing = now >= breaker.since && now < breaker.since + breaker.pause;
  if (breaker.kind === 'probing' || isPausing) return { breaker, admitted: false };
  return { breaker: { ...breaker, kind: 'probing' }, admitted: true };
}

function failed(breaker: Breaker, now: Instant): Breaker {
  if (breaker.kind === 'open') return breaker;
  if (breaker.kind === 'probing') {
    return { kind: 'open', since: now, pause: Math.min(breaker.pause * 2, LONGEST_PAUSE_MS) };
  }
  const failures = breaker.failures + 1;
  return failures < MOST_FAILURES ? { kind: 'closed', failures } : { kind: 'open', since: now, pause: FIRST_PAUSE_MS };
}
