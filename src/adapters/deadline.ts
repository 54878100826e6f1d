// A request's patience as one signal: its deadline, or the asker giving up, whichever comes first. Made by hand,
// because AbortSignal.any() and AbortSignal.timeout() cost as much as sending the question.
import type { DurationMs } from '../model/time.ts';

/** Longer ones would fire at once; nobody waits three weeks for an answer. */
const LONGEST_MS = 2 ** 31 - 1;

export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #giveUp = (): void => this.#controller.abort(this.#outer.reason);

  readonly #late = (): void => this.#controller.abort(new DOMException('too late', 'TimeoutError'));

  constructor(ms: DurationMs, outer: AbortSignal) {
    this.#outer = outer;
    this.#timer = setTimeout(this.#late, Math.min(Math.max(ms, 0), LONGEST_MS));
    outer.addEventListener('abort', this.#giveUp);
    if (outer.aborted) this.#giveUp();
    else if (ms <= 0) this.#late();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#giveUp);
  }
}
