// A native histogram, and what is left of it in the answer of a query API.
import type { Histogram } from '../../src/model/sample.ts';
import type { ReadHistogram } from './remote-write-body.ts';

/** Filled buckets with their bounds, from the most negative one up; empty ones are left out. */
export function answerOf(histogram: ReadHistogram): Histogram {
  const { schema, zeroThreshold, zeroCount, negative, positive } = histogram;
  const bound = (index: number): number =>
    // The largest regular bucket ends with the largest double, and the one after it is that of the infinities.
    index === 1024 * 2 ** schema ? Number.MAX_VALUE : 2 ** (index * 2 ** -schema);
  const filled = (side: ReadonlyMap<number, number>): readonly (readonly [number, number])[] =>
    [...side].filter(([, count]) => count !== 0).toSorted(([a], [b]) => a - b);
  return {
    count: histogram.count,
    sum: histogram.sum,
    buckets: [
      ...filled(negative)
        .toReversed()
        .map(([index, count]) => [1, -bound(index), -bound(index - 1), count] as const),
      ...(zeroCount === 0 ? [] : [[3, -zeroThreshold, zeroThreshold, zeroCount] as const]),
      ...filled(positive).map(([index, count]) => [0, bound(index - 1), bound(index), count] as const),
    ],
  };
}

/** What of it can be known from its answer. */
export function seen(histogram: ReadHistogram): ReadHistogram {
  const filled = (side: ReadonlyMap<number, number>): ReadonlyMap<number, number> =>
    new Map([...side].filter(([, count]) => count !== 0));
  const [negative, positive] = [filled(histogram.negative), filled(histogram.positive)];
  const schema = negative.size + positive.size === 0 ? 8 : histogram.schema;
  const zeroThreshold = histogram.zeroCount === 0 ? 0 : histogram.zeroThreshold;
  return { ...histogram, schema, zeroThreshold, negative, positive };
}
