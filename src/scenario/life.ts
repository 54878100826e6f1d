// One life of the process in a story. Killed, it is frozen in the middle of whatever it did: nothing it waits for
// ever comes, and nothing it says reaches the outside; what it had made durable is what the next life finds.
import type { Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Courier } from '../ports/courier.ts';
import type { Store } from '../ports/store.ts';

export class Life {
  #alive = true;

  kill(): void {
    this.#alive = false;
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      sleepUntil: (at: Instant, signal) => this.#unlessDead(clock.sleepUntil(at, signal)),
    };
  }

  courier(courier: Courier): Courier {
    return { deliver: (...message) => (this.#alive ? this.#unlessDead(courier.deliver(...message)) : never()) };
  }

  store(store: Store): Store {
    const guard =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        this.#alive ? this.#unlessDead(call(...args)) : never();
    return {
      load: guard(() => store.load()),
      commit: guard((writes, now) => store.commit(writes, now)),
      reserveAlertIds: guard((count) => store.reserveAlertIds(count)),
      deliveries: guard((query) => store.deliveries(query)),
      events: guard((query) => store.events(query)),
      prune: guard((before) => store.prune(before)),
      // The next life goes on with it.
      close: () => Promise.resolve(),
    };
  }

  #unlessDead<T>(result: Promise<T>): Promise<T> {
    return result.then((value) => (this.#alive ? value : never<T>()));
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => {});
