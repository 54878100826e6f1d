// What one write waits for at one target: that each of its samples has come to an end.
import { isDoneFirst } from '../abort-race.ts';
import type { Receipt } from './series.ts';

const MOST_MESSAGES = 10;

export class WriteReceipt implements Receipt {
  readonly #messages = new Set<string>();
  readonly #done = Promise.withResolvers<void>();
  readonly #target: string;
  #left: number;
  #rejected = 0;

  constructor(target: string, samples: number) {
    this.#target = target;
    this.#left = samples;
    if (samples === 0) this.#done.resolve();
  }

  settle(count: number, rejected: number, message: string | null): void {
    this.#left -= count;
    this.#rejected += rejected;
    if (message !== null && this.#messages.size < MOST_MESSAGES) this.#messages.add(message);
    if (this.#left === 0) this.#done.resolve();
  }

  get isSettled(): boolean {
    return this.#left === 0;
  }

  get isTaken(): boolean {
    return this.#left === 0 && this.#rejected === 0;
  }

  get rejected(): number {
    return this.#rejected;
  }

  /** What is known by now. */
  get messages(): readonly string[] {
    return this.#left === 0
      ? [...this.#messages]
      : [...this.#messages, `${this.#target}: ${this.#left} samples are still on their way`];
  }

  /** Ends when all is settled, or when the signal ends the waiting; what is on its way stays so. */
  async settled(signal: AbortSignal): Promise<void> {
    if (this.#left > 0) await isDoneFirst(this.#done.promise, signal);
  }
}
