// The circuit breaker of one data source, as a pure decision: may questions go out, and when may a probe.
//
//   closed   questions go out; MOST_FAILURES in a row, without an answer in between, open it
//   open     no question goes out, but a probe: at once, and PAUSE_MS after each that failed; an answer closes it
//
// Failures of questions alone do not keep it open: they may have been too heavy, all of them. A probe is a question of
// our own that costs nothing. Questions that went out before it opened may end in any state: a late answer closes it, a
// late failure is old news.
import type { DurationMs, Instant } from '../../model/time.ts';

export type Breaker =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly since: Instant; readonly pause: DurationMs };

export type BreakerEvent =
  /** The source answered, a question or a probe: whatever it said, it is there. */
  'answered' | 'failed' | 'probe failed';

export const MOST_FAILURES = 10;
export const PAUSE_MS: DurationMs = 1000;

export const CLOSED: Breaker = { kind: 'closed', failures: 0 };

export function step(breaker: Breaker, event: BreakerEvent, now: Instant): Breaker {
  switch (event) {
    case 'answered':
      return breaker.kind === 'closed' && breaker.failures === 0 ? breaker : CLOSED;
    case 'failed':
      return breaker.kind === 'closed' ? failed(breaker.failures + 1, now) : breaker;
    case 'probe failed':
      return breaker.kind === 'open' ? { kind: 'open', since: now, pause: PAUSE_MS } : breaker;
  }
}

/** A wall clock set back cannot keep it open: a pause that has not begun yet is over. null while questions go out. */
export function probeAt(breaker: Breaker, now: Instant): Instant | null {
  if (breaker.kind === 'closed') return null;
  return now < breaker.since ? now : Math.max(now, breaker.since + breaker.pause);
}

function failed(failures: number, now: Instant): Breaker {
  return failures < MOST_FAILURES ? { kind: 'closed', failures } : { kind: 'open', since: now, pause: 0 };
}
