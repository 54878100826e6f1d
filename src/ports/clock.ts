// Time, as the outside gives it. Only loops hold a clock; everything else is handed the instant.
import type { Instant } from '../model/time.ts';

/** Asked when a message of so many alerts begins to be made; what it gives says whether the work had its time. */
export type Deadline = (alerts: number) => () => boolean;

export interface Clock {
  now(): Instant;
  /**
   * Resolves at `at` or when the signal aborts, whichever is first. Never rejects. Any distance is fine. A clock that
   * is set back meanwhile makes nobody sleep longer than it was to begin with.
   */
  sleepUntil(at: Instant, signal?: AbortSignal): Promise<void>;
}
