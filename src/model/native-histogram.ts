// Native histograms as remote write has them: a schema, and counts by the index of their bucket. Answers give the
// bounds of the filled buckets instead. Exponential ones tell by their bounds which schema and index they have, and what
// is made of them here is the same histogram again; of custom bounds an answer leaves out those of empty buckets, and so
// nobody can tell what they were. What no answer holds: the threshold of an empty zero bucket (0 stands for it: there is
// nothing in it), and the schema of a histogram without filled buckets (the finest: it takes none from others).
import type { Histogram } from './sample.ts';

export interface NativeHistogram {
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly negative: BucketSide;
  readonly positive: BucketSide;
}

export interface BucketSide {
  /** `offset` is from the end of the span before; the first one's from 0. */
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
  readonly counts: readonly number[];
}

const COARSEST = -4;
const FINEST = 8;

/** null when its buckets are not exponential ones of a single schema. */
export function nativeHistogram({ count, sum, buckets }: Histogram): NativeHistogram | null {
  const sides: { readonly negative: Bound[]; readonly positive: Bound[] } = { negative: [], positive: [] };
  let [zeroThreshold, zeroCount, schema] = [0, 0, null as number | null];
  for (const [rule, lower, upper, size] of buckets) {
    if (rule === ZERO && upper >= 0 && lower === -upper && zeroCount === 0) {
      [zeroThreshold, zeroCount] = [upper, size];
      continue;
    }
    const isPositive = rule === POSITIVE && lower > 0;
    if (!isPositive && !(rule === NEGATIVE && upper < 0)) return null;
    const bound = isPositive ? { lower, upper, size } : { lower: -upper, upper: -lower, size };
    sides[isPositive ? 'positive' : 'negative'].push(bound);
    // The bucket of the infinities has no width to tell by.
    if (bound.lower !== Number.MAX_VALUE) schema ??= schemaOf(bound);
  }
  schema ??= FINEST;
  if (!Number.isInteger(schema) || schema < COARSEST || schema > FINEST) return null;
  const negative = sideOf(sides.negative, schema);
  const positive = sideOf(sides.positive, schema);
  if (negative === null || positive === null) return null;
  return { count, sum, schema, zeroThreshold, zeroCount, negative, positive };
}

/** Which of its ends a bucket holds, as answers tell it. */
const POSITIVE = 0;
const NEGATIVE = 1;
const ZERO = 3;

/** Of a bucket, without its sign. */
interface Bound {
  readonly lower: number;
  readonly upper: number;
  readonly size: number;
}

/** The largest finite bound stands for one that no double can hold. */
const LARGEST_EXPONENT = 1024;

const exponentOf = (bound: number): number => (bound === Number.MAX_VALUE ? LARGEST_EXPONENT : Math.log2(bound));

/** Whole when the bounds are two neighbours of 2^(k / 2^schema). */
function schemaOf({ lower, upper }: Bound): number {
  const exact = 0 - Math.log2(exponentOf(upper) - exponentOf(lower));
  const schema = Math.round(exact);
  return Math.abs(exact - schema) < 1e-6 ? schema : Number.NaN;
}

function sideOf(bounds: readonly Bound[], schema: number): BucketSide | null {
  const spans: { offset: number; length: number }[] = [];
  const counts: number[] = [];
  let end = 0;
  const indexed = bounds.map((bound) => ({ size: bound.size, index: indexOf(bound, schema) }));
  for (const { index, size } of indexed.toSorted((a, b) => a.index - b.index)) {
    const offset = index - end;
    const last = spans.at(-1);
    // NaN, or one that is there already.
    if (last === undefined ? Number.isNaN(index) : !(offset >= 0)) return null;
    if (last !== undefined && offset === 0) last.length++;
    else spans.push({ offset, length: 1 });
    counts.push(size);
    end = index + 1;
  }
  return { spans, counts };
}

/** Of the bucket's upper bound; NaN when the two are not neighbours in this schema. */
function indexOf({ lower, upper }: Bound, schema: number): number {
  const perDoubling = 2 ** schema;
  if (lower === Number.MAX_VALUE) return upper === Infinity ? LARGEST_EXPONENT * perDoubling + 1 : Number.NaN;
  const index = Math.round(exponentOf(upper) * perDoubling);
  return isBound(upper, index / perDoubling) && isBound(lower, (index - 1) / perDoubling) ? index : Number.NaN;
}

const isBound = (bound: number, exponent: number): boolean =>
  bound === Number.MAX_VALUE ? exponent === LARGEST_EXPONENT : Math.abs(bound / 2 ** exponent - 1) < 1e-12;
