// The targets of a sender, across reloads: one that is still there, by its name, keeps what waits for it; one that is
// gone sends what it has and ends. Of two with one name each goes on as itself, in the order they are listed.

export interface Target {
  /** Takes no more; sends what waits until the signal says that it is enough. */
  close(signal: AbortSignal): Promise<void>;
}

export class TargetSet<Config, T extends Target> {
  readonly #nameOf: (one: Config | T) => string;
  readonly #drainMs: number;
  #all: readonly T[] = [];
  readonly #leaving = new Set<T>();

  /** @param drainMs how long the end waits for what is on its way */
  constructor(nameOf: (one: Config | T) => string, drainMs: number) {
    this.#nameOf = nameOf;
    this.#drainMs = drainMs;
  }

  get all(): readonly T[] {
    return this.#all;
  }

  /** @param take makes the target of an entry, out of the one it has had where there is one */
  replace(configs: readonly Config[], take: (config: Config, known: T | undefined) => T): void {
    const left = Map.groupBy(this.#all, this.#nameOf);
    this.#all = configs.map((config) => take(config, left.get(this.#nameOf(config))?.shift()));
    const enough = AbortSignal.timeout(this.#drainMs);
    for (const target of Array.from(left.values()).flat()) {
      this.#leaving.add(target);
      void target.close(enough).finally(() => this.#leaving.delete(target));
    }
  }

  /** What waits is sent, but not for longer than the signal allows; the rest is given up, and counted. */
  async close(signal: AbortSignal = AbortSignal.timeout(this.#drainMs)): Promise<void> {
    await Promise.all([...this.#all, ...this.#leaving].map((target) => target.close(signal)));
  }
}
