// Who may send now. Every receiver's integration is a lane of its own: within it so many at once, in the order
// they came; across lanes nothing is shared, so that a lane full of silence delays no other.
import { Queue } from '../model/queue.ts';

/** Enough that a thousand groups at 100 ms an answer are told within seconds; bounded, because each holds a socket. */
const AT_ONCE = 32;

interface Lane<T> {
  readonly queue: Queue<T>;
  busy: number;
}

export class Lanes<T> {
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #start: (item: T) => Promise<void> | null;

  /** @param start null when there is nothing to do for the item any more */
  constructor(start: (item: T) => Promise<void> | null) {
    this.#start = start;
  }

  add(name: string, item: T): void {
    const lane = this.#lanes.getOrInsertComputed(name, (): Lane<T> => ({ queue: new Queue(), busy: 0 }));
    lane.queue.push(item);
    this.#fill(name, lane);
  }

  #fill(name: string, lane: Lane<T>): void {
    while (lane.busy < AT_ONCE && lane.queue.size > 0) {
      const run = this.#start(lane.queue.take());
      if (run === null) continue;
      lane.busy++;
      const done = (): void => {
        lane.busy--;
        this.#fill(name, lane);
      };
      run.then(done, done);
    }
    if (lane.busy === 0 && lane.queue.size === 0) this.#lanes.delete(name);
  }
}
