// Time that moves only when it is told to: an hour of waiting is one step. Sleepers wake in the order of their
// instants, and everything that follows from one wakes before the next.
import type { Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';

interface Sleeper {
  readonly at: Instant;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  #now: Instant;
  readonly #sleepers = new Set<Sleeper>();

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  sleepUntil(at: Instant, signal?: AbortSignal): Promise<void> {
    if (at <= this.#now || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        at,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Moves to `to`, stopping wherever somebody wakes. */
  async advanceTo(to: Instant): Promise<void> {
    await settle();
    for (;;) {
      const next = this.#earliest();
      if (next === null || next.at > to) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settle();
    }
    this.#now = to;
    await settle();
  }

  #earliest(): Sleeper | null {
    let earliest: Sleeper | null = null;
    for (const sleeper of this.#sleepers) if (earliest === null || sleeper.at < earliest.at) earliest = sleeper;
    return earliest;
  }
}

/** Every promise that can settle without the world has settled: nothing in a story waits for real IO. */
function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
