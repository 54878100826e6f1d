// One element of an instant vector, as a data source answers and as rules write.
import type { Labels } from './labels.ts';
import type { Instant } from './time.ts';

export interface Sample {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly at: Instant;
  /** NaN and infinities as they are. For a native histogram its count; what templates print is `histogram`. */
  readonly value: number;
  readonly histogram: Histogram | null;
}

/** A native histogram as the HTTP API tells it. */
export interface Histogram {
  readonly count: number;
  readonly sum: number;
  /** [boundary rule 0..3, lower, upper, count] */
  readonly buckets: readonly (readonly [rule: number, lower: number, upper: number, count: number])[];
}

export type Vector = readonly Sample[];
