// A bound on work in progress, counted in whatever unit its user picks. It never queues: full is full.
export class Gate {
  readonly limit: number;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The way out, or null when there is no room. Something larger than the whole gate may pass alone. */
  enter(weight = 1): (() => void) | null {
    if (this.#used > 0 && this.#used + weight > this.limit) return null;
    this.#used += weight;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#used -= weight;
    };
  }
}
