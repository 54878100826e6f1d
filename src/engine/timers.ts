// What is due, soonest first: a binary heap. Moving a timer is adding another; whoever pops one looks whether it
// still counts. One of these and one sleep serve any number of groups.
import type { DurationMs, Instant } from '../model/time.ts';

interface Timer<T> {
  readonly at: Instant;
  /** Ties go in the order they were set. */
  readonly turn: number;
  readonly what: T;
}

export class Timers<T> {
  readonly #heap: Timer<T>[] = [];
  #turns = 0;

  get size(): number {
    return this.#heap.length;
  }

  get nextAt(): Instant | null {
    return this.#heap[0]?.at ?? null;
  }

  set(at: Instant, what: T): void {
    const heap = this.#heap;
    const timer: Timer<T> = { at, turn: this.#turns++, what };
    let i = heap.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(heap[parent]!, timer)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = timer;
  }

  /** All of them come sooner, and in the same order. */
  hasten(by: DurationMs): void {
    for (const [i, timer] of this.#heap.entries()) this.#heap[i] = { ...timer, at: timer.at - by };
  }

  /** Everything due at `now`, taken out, each with the instant it was set for. */
  *popDue(now: Instant): IterableIterator<{ readonly at: Instant; readonly what: T }> {
    while (this.#heap.length > 0 && this.#heap[0]!.at <= now) yield this.#pop();
  }

  #pop(): Timer<T> {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

const isBefore = <T>(a: Timer<T>, b: Timer<T>): boolean => a.at < b.at || (a.at === b.at && a.turn < b.turn);
