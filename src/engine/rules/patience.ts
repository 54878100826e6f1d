// How long the rules of a group wait, within one slot, for what they have written: that it is taken, and that it can be
// read. How long that may be is decided in evaluate/read-back.ts; here it meets the clock.
import { leastPatience, takenUntil, waitsUntil } from '../../evaluate/read-back.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WriteReport } from '../../ports/series-writer.ts';

/** With a reason of ours no error with its stack is made each time. */
const OVER = 'over';

export interface PatienceTerms {
  readonly clock: Clock;
  readonly slot: Instant;
  readonly interval: DurationMs;
  /** Slots in a row, before this one, in which nobody took anything in time. */
  readonly untakenSlots: number;
}

export class SlotPatience {
  readonly #terms: PatienceTerms;
  readonly #takenUntil: Instant;
  /** Nobody waits for anything any more. */
  readonly #end = new AbortController();
  /** What is not taken by then is not waited for. */
  readonly #common = new AbortController();
  /** Some target took or refused something. */
  #isAnswered = false;
  /** Something was waited for to no avail, that it is taken or that it is seen: nobody after it waits so beyond the common time. */
  #isUntaken = false;
  #isUnseen = false;

  constructor(terms: PatienceTerms) {
    this.#terms = terms;
    const { clock, slot, interval, untakenSlots } = terms;
    this.#takenUntil = takenUntil({ slot, interval, untakenSlots, now: clock.now() });
    void clock.sleepUntil(this.#takenUntil, this.#end.signal).then(() => this.#common.abort(OVER));
  }

  /** Aborted when the slot's evaluation has ended. */
  get end(): AbortSignal {
    return this.#end.signal;
  }

  over(): void {
    this.#end.abort(OVER);
    this.#common.abort(OVER);
  }

  async write(writing: (signal: AbortSignal) => Promise<WriteReport>): Promise<WriteReport> {
    const signal = this.#taking();
    const report = await writing(signal);
    if (report.isTaken || !signal.aborted) this.#isAnswered = true;
    else if (!this.#end.signal.aborted) this.#isUntaken = true;
    return report;
  }

  /**
   * Of a write that begins now. One that begins late, because its rule was slow or waited for others, has some time of its
   * own: what is kept of its alerts must not be ahead of their series.
   */
  #taking(): AbortSignal {
    const { clock, interval } = this.#terms;
    const until = clock.now() + leastPatience(interval);
    if (this.#isUntaken || this.#end.signal.aborted || until <= this.#takenUntil) return this.#common.signal;
    const own = new AbortController();
    void clock.sleepUntil(until, this.#end.signal).then(() => own.abort(OVER));
    return own.signal;
  }

  /** Until when it is looked for, from now on. */
  seenUntil(): Instant {
    const { clock, slot, interval } = this.#terms;
    const common = waitsUntil(slot, interval);
    return this.#isUntaken || this.#isUnseen ? common : Math.max(common, clock.now() + leastPatience(interval));
  }

  unseen(): void {
    this.#isUnseen = true;
  }

  /** Slots in a row, with this one, in which nobody took anything in time. */
  get untakenSlots(): number {
    const { untakenSlots } = this.#terms;
    return this.#isAnswered ? 0 : this.#isUntaken ? untakenSlots + 1 : untakenSlots;
  }
}
