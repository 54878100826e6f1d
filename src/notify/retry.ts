// When we try again after a failed attempt: from half a second, half as much longer each time, at most a minute,
// spread by a half either way so that a thousand groups do not return in step. What the other side asks for
// (Retry-After) is the least we wait, and not all come back the moment it is over. There is no last attempt: a message stays on its way until it is
// delivered, refused for good, or overtaken by a newer one.
import type { DurationMs } from '../model/time.ts';

const FIRST_MS = 500;
const FACTOR = 1.5;
const LONGEST_MS = 60_000;
const SPREAD = 0.5;
/** Later than asked. */
const ASKED_SPREAD = 0.1;

/** @param jitter in [0, 1), from outside: the core draws no random numbers. */
export function retryAfter(failedAttempts: number, asked: DurationMs | null, jitter: number): DurationMs {
  const base = Math.min(LONGEST_MS, FIRST_MS * FACTOR ** Math.min(failedAttempts - 1, 30));
  const spread = base * (1 - SPREAD + 2 * SPREAD * jitter);
  return Math.round(Math.max(spread, asked === null ? 0 : asked + Math.min(asked * ASKED_SPREAD, LONGEST_MS) * jitter));
}
