// The bodies of requests to come: each event is one, or some go together as an array, up to so many, so large and for
// so long. The sizes are of texts on their way: an event larger than a request may be goes alone.
import type { EventBatchConfig } from '../../config/config.ts';

export interface Body {
  readonly json: string;
  readonly events: number;
}

const BRACKETS = 2;

export class Batch {
  readonly #limits: EventBatchConfig;
  #events: string[] = [];
  #bytes = BRACKETS;

  constructor(limits: EventBatchConfig) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#events.length;
  }

  /** What is full now. */
  add(json: string): readonly Body[] {
    const full: Body[] = [];
    const bytes = Buffer.byteLength(json);
    if (this.size > 0 && this.#bytes + 1 + bytes > this.#limits.maxBytes) full.push(...this.take());
    this.#bytes += bytes + (this.size === 0 ? 0 : 1);
    this.#events.push(json);
    if (this.size >= this.#limits.maxEvents || this.#bytes >= this.#limits.maxBytes) full.push(...this.take());
    return full;
  }

  /** What there is; none when it is empty. */
  take(): readonly Body[] {
    if (this.size === 0) return [];
    const body = { json: `[${this.#events.join(',')}]`, events: this.size };
    this.#events = [];
    this.#bytes = BRACKETS;
    return [body];
  }
}
