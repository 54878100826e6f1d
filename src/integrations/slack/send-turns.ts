// Waiting for one's turn at a channel or a method of Slack, and for as long as Slack asks.
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import { Pace } from './pace.ts';

export interface Line {
  readonly name: string;
  /** Of channels messages are counted, by the second; of other methods calls, by the minute. */
  readonly isChannel: boolean;
}

const SECOND: DurationMs = 1000;
/** Fifty a minute. */
const CALL: DurationMs = 1200;

export class Turns {
  readonly #pace = new Pace();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `work` once it is our turn; an outcome of it that says we are too fast holds up the line. */
  async take<T extends { readonly kind: string }>(
    { name, isChannel }: Line,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T | Retry> {
    const turn = this.#pace.turn(name, isChannel ? SECOND : CALL, this.#clock.now());
    if (turn.kind === 'later') {
      return this.#later(turn.at, turn.asked ? ASKED_TO_WAIT : 'waits its turn: one message a second');
    }
    await this.#clock.sleepUntil(turn.at, signal);
    if (signal.aborted) {
      return { kind: 'retry', reason: 'contextCanceled', detail: 'given up while it waited its turn', after: null };
    }
    // Whoever went before may have been told to wait.
    const pausedUntil = this.#pace.pausedUntil(name, this.#clock.now());
    if (pausedUntil !== null) return this.#later(pausedUntil, ASKED_TO_WAIT);
    const outcome = await work();
    if (isTooFast(outcome)) {
      const now = this.#clock.now();
      this.#pace.pause(name, now + Math.max(outcome.after ?? 0, SECOND), now);
    }
    return outcome;
  }

  #later(at: Instant, detail: string): Retry {
    return { kind: 'retry', reason: 'rateLimited', detail, after: at - this.#clock.now() };
  }
}

const ASKED_TO_WAIT = 'waits as long as Slack has asked';

type Retry = Extract<Outcome, { kind: 'retry' }>;

const isTooFast = (outcome: { readonly kind: string } | Retry): outcome is Retry =>
  outcome.kind === 'retry' && 'reason' in outcome && outcome.reason === 'rateLimited';
