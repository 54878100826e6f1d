// What one write waits for: that each of its samples has come to an end, at one target or at all of them.
import type { WriteReport } from '../../ports/series-writer.ts';
import type { Receipt } from './series.ts';

const MOST_MESSAGES = 10;

export class WriteReceipt implements Receipt {
  readonly #messages = new Set<string>();
  readonly #done = Promise.withResolvers<void>();
  #left: number;
  #rejected = 0;

  /** `samples` is how many ends it waits for: one per sample and target. */
  constructor(samples: number) {
    this.#left = samples;
    if (samples === 0) this.#done.resolve();
  }

  settle(count: number, rejected: number, message: string | null): void {
    this.#left -= count;
    this.#rejected += rejected;
    if (message !== null && this.#messages.size < MOST_MESSAGES) this.#messages.add(message);
    if (this.#left === 0) this.#done.resolve();
  }

  /** What is known when all is settled, or when the signal ends the waiting; what is on its way stays so. */
  async report(signal: AbortSignal): Promise<WriteReport> {
    if (this.#left > 0) {
      const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
      const end = (): void => stop();
      signal.addEventListener('abort', end);
      if (signal.aborted) stop();
      await Promise.race([this.#done.promise, stopped]);
      signal.removeEventListener('abort', end);
    }
    const waiting = this.#left > 0 ? [`${this.#left} samples are still on their way`] : [];
    return { rejected: this.#rejected, messages: [...this.#messages, ...waiting] };
  }
}
