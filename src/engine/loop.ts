// The one loop: does what is due, sleeps until the next thing is or somebody wakes it. The one catch-all too: a
// defect in one tick is recorded, and the next tick comes.
import type { Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Recorder } from '../ports/recorder.ts';

/** Nothing sleeps longer: a wall clock that was set forward is noticed within this time. */
const LONGEST_SLEEP_MS = 30_000;
const AFTER_A_DEFECT_MS = 1_000;

export interface Task {
  readonly name: string;
  nextAt(): Instant | null;
  tick(now: Instant): void | Promise<void>;
}

export class Loop {
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #tasks: readonly Task[];
  #sleeping = new AbortController();
  #awake = false;

  constructor(clock: Clock, record: Recorder, tasks: readonly Task[]) {
    this.#clock = clock;
    this.#record = record;
    this.#tasks = tasks;
  }

  /** Something may be due sooner than was known. */
  wake(): void {
    this.#awake = true;
    this.#sleeping.abort();
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#awake = false;
      const notBefore = await this.#round();
      if (this.#awake && notBefore === 0) continue;
      this.#sleeping = new AbortController();
      const signal = AbortSignal.any([this.#sleeping.signal, stop]);
      await this.#clock.sleepUntil(Math.max(this.#wakeAt(), notBefore), signal);
    }
  }

  /** Returns the instant before which no round may start, 0 for none. */
  async #round(): Promise<Instant> {
    let notBefore = 0;
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

  #wakeAt(): Instant {
    const next = this.#tasks.map((task) => task.nextAt() ?? Infinity);
    return Math.min(...next, this.#clock.now() + LONGEST_SLEEP_MS);
  }
}
