// The last evaluations of one rule, for people who ask why it did or did not fire.
import type { Evaluation } from '../contract.ts';

export class Past {
  readonly #most: number;
  readonly #ring: Evaluation[] = [];

  constructor(most: number) {
    this.#most = Math.max(1, most);
  }

  add(evaluation: Evaluation): void {
    this.#ring.push(evaluation);
    if (this.#ring.length > this.#most) this.#ring.shift();
  }

  get last(): Evaluation | null {
    return this.#ring.at(-1) ?? null;
  }

  /** The newest first. */
  all(): readonly Evaluation[] {
    return this.#ring.toReversed();
  }
}
