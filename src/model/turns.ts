// Who may ask now: at most so many at once, the others in the order they came. One that gives up leaves the line.

export class Turns {
  readonly #most: number;
  readonly #line = new Set<() => void>();
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /** Whether there is one without waiting; then it is the caller's, which `done()` ends. */
  takeFree(): boolean {
    if (this.#running >= this.#most) return false;
    this.#running++;
    return true;
  }

  /** True once it is the caller's turn, which `done()` ends; false when the signal came first. */
  take(signal: AbortSignal): boolean | Promise<boolean> {
    if (signal.aborted) return false;
    if (this.takeFree()) return true;
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#line.delete(go);
        resolve(false);
      };
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(true);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#line.add(go);
    });
  }

  /** The turn passes to the next in line, if there is one. */
  done(): void {
    const next = this.#line.values().next();
    if (next.done === true) {
      this.#running--;
    } else {
      this.#line.delete(next.value);
      next.value();
    }
  }
}
