// Quantiles of what was observed lately, as the lines of a summary: two generations of counts in buckets that grow
// by a fixed ratio, so that thousands of summaries cost little and no answer is off by more than about 1 %.
import type { DurationMs, Instant } from '../model/time.ts';
import { withLabels, type MetricLine } from './metric-text.ts';

const RATIO = 1.02;
const LOG_RATIO = Math.log(RATIO);
/** Less is nothing. */
const LEAST = 1e-9;

type Counts = Map<number, number>;

export class RecentQuantiles {
  readonly #generation: DurationMs;
  #young: Counts = new Map();
  #old: Counts = new Map();
  #since: Instant | null = null;
  #sum = 0;
  #count = 0;

  /** Looks back over `generation` and up to twice that. */
  constructor(generation: DurationMs) {
    this.#generation = generation;
  }

  observe(value: number, now: Instant): void {
    this.#turn(now);
    this.#sum += value;
    this.#count++;
    const bucket = value < LEAST ? -Infinity : Math.ceil(Math.log(value) / LOG_RATIO);
    this.#young.set(bucket, (this.#young.get(bucket) ?? 0) + 1);
  }

  /** NaN when nothing was observed lately. */
  quantiles(wanted: readonly number[], now: Instant): readonly number[] {
    this.#turn(now);
    const counts = new Map(this.#young);
    for (const [bucket, count] of this.#old) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
    const sorted = [...counts].sort(([a], [b]) => a - b);
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    return wanted.map((quantile) => {
      const rank = Math.max(1, Math.ceil(quantile * total));
      let seen = 0;
      const found = sorted.find(([, count]) => (seen += count) >= rank);
      return found === undefined ? NaN : valueOf(found[0]);
    });
  }

  /** @param labels of the summary, `{…}` or '' */
  *lines(labels: string, wanted: readonly number[], now: Instant): Generator<MetricLine> {
    const quantiles = this.quantiles(wanted, now);
    for (const [i, quantile] of wanted.entries()) {
      yield [withLabels(labels, [['quantile', String(quantile)]]), quantiles[i]!];
    }
    yield [`_sum${labels}`, this.#sum];
    yield [`_count${labels}`, this.#count];
  }

  #turn(now: Instant): void {
    this.#since ??= now;
    const age = now - this.#since;
    // A clock that was set back begins anew as well: else nothing would age for long.
    if (age >= 0 && age < this.#generation) return;
    this.#old = age < 0 || age >= 2 * this.#generation ? new Map() : this.#young;
    this.#young = new Map();
    this.#since = now;
  }
}

const valueOf = (bucket: number): number => (bucket === -Infinity ? 0 : (2 * RATIO ** bucket) / (RATIO + 1));
