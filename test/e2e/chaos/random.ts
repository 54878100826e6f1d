// Random numbers that can be had again: the seed is printed with every failure, BELFRY_CHAOS_SEED sets it.
export interface Random {
  readonly seed: number;
  /** In [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  /** Low and high included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function seeded(seed: number = chosenSeed()): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    seed,
    next,
    integer,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (from) => from[integer(0, from.length - 1)]!,
  };
}

const chosenSeed = (): number => Number(process.env['BELFRY_CHAOS_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
