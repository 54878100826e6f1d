// Whether and when a question is asked again: only what may be better in a moment, at most twice, and never beyond
// the deadline. The pauses are jittered, so that a hundred rules do not come back together.
import type { DurationMs, Instant } from '../../model/time.ts';

export const MOST_ATTEMPTS = 3;

const FIRST_PAUSE_MS: DurationMs = 100;
const GROWTH = 4;
/** With less than this left, no answer would come in time. */
const LEAST_LEFT_MS: DurationMs = 50;

export interface Attempted {
  /** From 1. */
  readonly attempt: number;
  readonly now: Instant;
  readonly deadline: Instant;
  /** What the source asked for; null when it did not. */
  readonly retryAfter: DurationMs | null;
  /** In [0, 1). */
  readonly fraction: number;
}

/** null: that was the last attempt. */
export function nextAttemptAt({ attempt, now, deadline, retryAfter, fraction }: Attempted): Instant | null {
  if (attempt >= MOST_ATTEMPTS) return null;
  const pause = FIRST_PAUSE_MS * GROWTH ** (attempt - 1) * (0.5 + fraction / 2);
  const at = now + Math.max(pause, retryAfter ?? 0);
  return at + LEAST_LEFT_MS <= deadline ? at : null;
}
