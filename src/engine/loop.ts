// The one loop: does what is due, sleeps until the next thing is or somebody wakes it. The one catch-all too: a
// defect in one tick is recorded, and the next tick comes.
import type { DurationMs, Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Recorder } from '../ports/recorder.ts';

/** Nothing sleeps longer: a wall clock that was set, forward or back, is noticed within this time. */
const LONGEST_SLEEP_MS = 30_000;
const AFTER_A_DEFECT_MS = 1_000;

/** A clock that is kept right is moved by less. */
const SET_BACK_MS = 1_000;
/** Longer than anything of ours ever keeps the loop from running. */
const OVERSLEPT_MS = 5_000;

export interface Task {
  readonly name: string;
  nextAt(): Instant | null;
  tick(now: Instant): void | Promise<void>;
  /** Somebody set the wall clock back: what is to come is that much nearer. */
  setBack?(by: DurationMs): void;
  /** Nothing ran since `from`: the process stood still, or somebody set the wall clock forward. */
  overslept?(from: Instant, now: Instant): void;
}

export class Loop {
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #tasks: readonly Task[];
  #sleeping = new AbortController();
  #awake = false;
  #seenAt: Instant = 0;
  #sleepsUntil: Instant = Infinity;

  constructor(clock: Clock, record: Recorder, tasks: readonly Task[]) {
    this.#clock = clock;
    this.#record = record;
    this.#tasks = tasks;
  }

  /** Something may be due sooner than was known. */
  wake(): void {
    this.#awake = true;
    // With a reason of ours no error with its stack is made each time.
    this.#sleeping.abort('awake');
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#awake = false;
      const notBefore = await this.#round();
      if (this.#awake && notBefore === 0) continue;
      this.#sleeping = new AbortController();
      const signal = AbortSignal.any([this.#sleeping.signal, stop]);
      this.#sleepsUntil = Math.max(this.#wakeAt(), notBefore);
      await this.#clock.sleepUntil(this.#sleepsUntil, signal);
    }
  }

  /** Returns the instant before which no round may start, 0 for none. */
  async #round(): Promise<Instant> {
    let notBefore = 0;
    this.#noticeSetBack(this.#clock.now());
    this.#noticeOversleep(this.#clock.now());
    for (const task of this.#tasks) {
      const now = this.#clock.now();
      try {
        await task.tick(now);
      } catch (error) {
        this.#record.defect(task.name, error);
        notBefore = now + AFTER_A_DEFECT_MS;
      }
    }
    return notBefore;
  }

  #noticeSetBack(now: Instant): void {
    const by = this.#seenAt - now;
    this.#seenAt = now;
    if (by > SET_BACK_MS) for (const task of this.#tasks) task.setBack?.(by);
  }

  #noticeOversleep(now: Instant): void {
    const from = this.#sleepsUntil;
    this.#sleepsUntil = Infinity;
    if (now - from > OVERSLEPT_MS) for (const task of this.#tasks) task.overslept?.(from, now);
  }

  #wakeAt(): Instant {
    const next = this.#tasks.map((task) => task.nextAt() ?? Infinity);
    return Math.min(...next, this.#clock.now() + LONGEST_SLEEP_MS);
  }
}
