// One message a second to each channel, as Slack asks. Whoever asks for a turn gets an instant: to wait for when it is
// near, to come back at when it is not, one after the other in either case.
import type { DurationMs, Instant } from '../../model/time.ts';

export type Turn =
  | { readonly kind: 'soon'; readonly at: Instant }
  /** `asked`: Slack has told us to wait. */
  | { readonly kind: 'later'; readonly at: Instant; readonly asked: boolean };

interface Line {
  /** The next turn. */
  freeAt: Instant;
  /** The last instant somebody was told to come back at. */
  toldAt: Instant;
  /** Slack wants no message before. */
  pausedUntil: Instant;
}

/** Longer waits are not sat out: they would hold a place in the lane. */
const LONGEST_WAIT_MS = 5000;
/** No more is asked or promised; what is further away stems from a clock that was set back. */
const FARTHEST_MS = 3_600_000;
const MOST_LINES = 1000;

export class Pace {
  readonly #lines = new Map<string, Line>();

  turn(key: string, every: DurationMs, now: Instant): Turn {
    const pausedUntil = this.pausedUntil(key, now);
    if (pausedUntil !== null) return { kind: 'later', at: pausedUntil, asked: true };
    const line = this.#line(key, now);
    const at = Math.max(now, line.freeAt);
    if (at - now <= LONGEST_WAIT_MS) {
      line.freeAt = at + every;
      return { kind: 'soon', at };
    }
    line.toldAt = Math.max(at, line.toldAt + every);
    return { kind: 'later', at: line.toldAt, asked: false };
  }

  pause(key: string, until: Instant, now: Instant): void {
    const line = this.#line(key, now);
    line.pausedUntil = Math.max(line.pausedUntil, until);
  }

  /** Until when Slack wants no message; null when it takes them. */
  pausedUntil(key: string, now: Instant): Instant | null {
    const { pausedUntil } = this.#line(key, now);
    return pausedUntil > now ? pausedUntil : null;
  }

  #line(key: string, now: Instant): Line {
    if (this.#lines.size > MOST_LINES) {
      for (const [name, line] of this.#lines) {
        if (Math.max(line.freeAt, line.toldAt, line.pausedUntil) < now) this.#lines.delete(name);
      }
    }
    const line = this.#lines.getOrInsertComputed(key, () => ({ freeAt: now, toldAt: now, pausedUntil: now }));
    if (line.freeAt > now + 2 * LONGEST_WAIT_MS) line.freeAt = now;
    if (line.toldAt > now + FARTHEST_MS) line.toldAt = now;
    if (line.pausedUntil > now + FARTHEST_MS) line.pausedUntil = now;
    return line;
  }
}
