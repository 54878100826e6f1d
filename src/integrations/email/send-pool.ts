// Connections that are kept for the next mail. Each server, with its login and its way of speaking TLS, has so many at
// most; who finds them all taken waits for one, as long as its attempt lasts.
import type { DurationMs } from '../../model/time.ts';

export interface Pooled {
  readonly isOpen: boolean;
  close(): void;
}

export interface PoolLimits {
  /** Of one server. */
  readonly most: number;
  /** One that nobody needed for so long is closed. */
  readonly idle: DurationMs;
  /** Mails by one connection; servers limit them too, less politely. */
  readonly uses: number;
}

interface Lent<T> {
  readonly item: T;
  readonly uses: number;
}

interface Place<T> {
  taken: number;
  readonly idle: (Lent<T> & { readonly timer: NodeJS.Timeout })[];
  readonly waiting: (() => void)[];
}

export interface Lease<T> {
  readonly item: T;
  /** It has been idle: the server may have hung up meanwhile. */
  readonly isUsed: boolean;
  /** Back, for the next one. */
  end(): void;
}

export interface Wanted<T> {
  /** What connections that may stand in for each other have in common. */
  readonly key: string;
  readonly open: () => Promise<T>;
  /** None that has been used. */
  readonly isFresh: boolean;
}

export class Pool<T extends Pooled> {
  readonly #limits: PoolLimits;
  readonly #places = new Map<string, Place<T>>();

  constructor(limits: PoolLimits) {
    this.#limits = limits;
  }

  /** Rejects with the signal's reason, or as `open` does. */
  async take({ key, open, isFresh }: Wanted<T>, signal: AbortSignal): Promise<Lease<T>> {
    const place = this.#places.getOrInsertComputed(key, (): Place<T> => ({ taken: 0, idle: [], waiting: [] }));
    while (place.taken >= this.#limits.most) await this.#turn(place, signal);
    signal.throwIfAborted();
    place.taken++;
    const found = isFresh ? null : this.#idle(place);
    if (found !== null) return this.#lease(key, place, { ...found, isUsed: true });
    try {
      return this.#lease(key, place, { item: await open(), uses: 0, isUsed: false });
    } catch (error) {
      this.#release(key, place);
      throw error;
    }
  }

  closeIdle(): void {
    for (const [key, place] of this.#places) {
      for (let found = this.#idle(place); found !== null; found = this.#idle(place)) found.item.close();
      if (place.taken === 0) this.#places.delete(key);
    }
  }

  #turn(place: Place<T>, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const go = (): void => resolve();
    place.waiting.push(go);
    signal.addEventListener('abort', go, { once: true });
    return promise.then(() => {
      signal.removeEventListener('abort', go);
      const at = place.waiting.indexOf(go);
      if (at !== -1) place.waiting.splice(at, 1);
      signal.throwIfAborted();
    });
  }

  /** The one used last: the others may grow old. */
  #idle(place: Place<T>): Lent<T> | null {
    for (let found = place.idle.pop(); found !== undefined; found = place.idle.pop()) {
      clearTimeout(found.timer);
      if (found.item.isOpen) return found;
    }
    return null;
  }

  #lease(key: string, place: Place<T>, { item, uses, isUsed }: Lent<T> & { readonly isUsed: boolean }): Lease<T> {
    return {
      item,
      isUsed,
      end: () => {
        if (item.isOpen && uses + 1 < this.#limits.uses) {
          const timer = setTimeout(() => this.#retire(key, place, item), this.#limits.idle);
          timer.unref();
          place.idle.push({ item, uses: uses + 1, timer });
        } else item.close();
        this.#release(key, place);
      },
    };
  }

  #release(key: string, place: Place<T>): void {
    place.taken--;
    place.waiting.shift()?.();
    this.#forget(key, place);
  }

  #retire(key: string, place: Place<T>, item: T): void {
    const at = place.idle.findIndex((each) => each.item === item);
    if (at !== -1) place.idle.splice(at, 1);
    item.close();
    this.#forget(key, place);
  }

  #forget(key: string, place: Place<T>): void {
    const isUnused = place.taken === 0 && place.idle.length === 0 && place.waiting.length === 0;
    if (isUnused && this.#places.get(key) === place) this.#places.delete(key);
  }
}
