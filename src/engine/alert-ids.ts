// Ids for label sets never seen before, taken from the store in ranges: the next range is asked for while the
// last is being used up, so that nobody waits for it.
import type { AlertId, Store } from '../ports/store.ts';

const RANGE = 1_000_000;

export class AlertIds {
  readonly #store: Store;
  #next: AlertId;
  #end: AlertId;
  #spare: AlertId | null = null;
  #asking = false;

  private constructor(store: Store, first: AlertId) {
    this.#store = store;
    this.#next = first;
    this.#end = first + RANGE;
  }

  static async open(store: Store): Promise<AlertIds> {
    return new AlertIds(store, await store.reserveAlertIds(RANGE));
  }

  next(): AlertId {
    if (this.#next === this.#end) {
      if (this.#spare === null) throw new Error('the store gave no new range of alert ids in time');
      this.#next = this.#spare;
      this.#end = this.#spare + RANGE;
      this.#spare = null;
    }
    if (this.#spare === null && !this.#asking && this.#end - this.#next < RANGE / 2) this.#ask();
    return this.#next++;
  }

  /** While the store is away this fails and is asked again at the next id: half a range is left. */
  #ask(): void {
    this.#asking = true;
    const asked = this.#store.reserveAlertIds(RANGE).then((first) => void (this.#spare = first));
    const done = (): void => void (this.#asking = false);
    asked.then(done, done);
  }
}
