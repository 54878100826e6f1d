// One probe for all who wait whether a source is there. It is begun by the first of them and given up with the last.
import { isDoneFirst } from '../abort-race.ts';

interface Underway {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class SharedProbe {
  /** Ends soon after its signal says so; never rejects. */
  readonly #probe: (signal: AbortSignal) => Promise<void>;
  #underway: Underway | null = null;
  #waiting = 0;

  constructor(probe: (signal: AbortSignal) => Promise<void>) {
    this.#probe = probe;
  }

  /** Ends with the probe, or when the signal says that it is enough. */
  async wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { ended } = (this.#underway ??= this.#begin());
    this.#waiting++;
    await isDoneFirst(ended, signal);
    if (--this.#waiting === 0) this.over();
  }

  /** What it would find out is known. */
  over(): void {
    this.#underway?.stop.abort('over');
    this.#underway = null;
  }

  #begin(): Underway {
    const stop = new AbortController();
    const ended = this.#probe(stop.signal).finally(() => {
      if (this.#underway?.stop === stop) this.#underway = null;
    });
    return { stop, ended };
  }
}
