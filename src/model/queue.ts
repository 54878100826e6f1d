// First in, first out, each in constant time: the shift() of an array moves all that is left, which with a hundred
// thousand waiting takes longer than what they wait for.

/** What stands before the head is let go of when it is so much, and more than what waits. */
const LEAST_LET_GO = 1024;

export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Only of a queue that has something in it. */
  take(): T {
    if (this.size === 0) throw new RangeError('the queue is empty');
    const item = this.#items[this.#head] as T;
    this.#items[this.#head++] = undefined;
    if (this.#head >= LEAST_LET_GO && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
