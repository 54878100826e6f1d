// A histogram of one series, as its lines: where series come and go with what they are about.
import { withLabels, type MetricLine } from './metric-text.ts';

export class BucketCounts {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count++;
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) this.#counts[bucket]!++;
  }

  /** @param labels of the histogram, `{…}` or '' */
  *lines(labels: string): Generator<MetricLine> {
    let below = 0;
    for (const [i, bound] of this.#bounds.entries()) {
      below += this.#counts[i]!;
      yield [`_bucket${withLabels(labels, [['le', String(bound)]])}`, below];
    }
    yield [`_bucket${withLabels(labels, [['le', '+Inf']])}`, this.#count];
    yield [`_sum${labels}`, this.#sum];
    yield [`_count${labels}`, this.#count];
  }
}
