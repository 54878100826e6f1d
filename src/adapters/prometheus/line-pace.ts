// How quickly the line of waiting questions moves, and whether it is of use to join it. When more is asked than can be
// answered, most of what waits would be given up in the end: each such question costs as much as one that is answered,
// and soon none is. Refused at once, it costs next to nothing, and those that are let in are answered.
import type { DurationMs } from '../../model/time.ts';

/** Of a new reading, in what is known. */
const WEIGHT = 1 / 16;
/** Readings before it is believed: the first are of a beginning, when nothing is open or compiled. */
const LEAST_READINGS = 32;
/** Of what is left, spent in line; the rest is for the answer. */
const MOST_SPENT = 0.5;

export class LinePace {
  #msPerTurn = 0;
  #readings = 0;
  #movedAt: number | null = null;

  /** A turn is over, and so many wait for it. */
  moves(waiting: number, now: number): void {
    if (waiting === 0) return this.#forget();
    if (this.#movedAt !== null) {
      this.#readings++;
      this.#msPerTurn += (now - this.#movedAt - this.#msPerTurn) * Math.max(WEIGHT, 1 / this.#readings);
    }
    this.#movedAt = now;
  }

  /** Without a line there is no telling how it would move: a source that is well again is not judged by before. */
  #forget(): void {
    this.#movedAt = null;
    this.#msPerTurn = 0;
    this.#readings = 0;
  }

  isHopeless(waiting: number, left: DurationMs): boolean {
    return this.#readings >= LEAST_READINGS && waiting * this.#msPerTurn > left * MOST_SPENT;
  }
}
