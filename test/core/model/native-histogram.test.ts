import { describe, expect, it, test } from 'vitest';
import { nativeHistogram } from '../../../src/model/native-histogram.ts';
import type { Histogram } from '../../../src/model/sample.ts';

type Buckets = Histogram['buckets'];
const of = (...buckets: Buckets): ReturnType<typeof nativeHistogram> =>
  nativeHistogram({ count: 6, sum: 10.5, buckets });
const MAX = Number.MAX_VALUE;
const none = { spans: [], counts: [] };

describe('nativeHistogram()', () => {
  it('finds schema, spans and counts by the bounds', () => {
    expect(of([1, -0.5, -0.25, 2], [3, -0.001, 0.001, 1], [0, 0.5, 1, 1], [0, 1, 2, 2.5], [0, 8, 16, 3])).toEqual({
      ...{ count: 6, sum: 10.5, schema: 0, zeroThreshold: 0.001, zeroCount: 1 },
      negative: { spans: [{ offset: -1, length: 1 }], counts: [2] },
      positive: {
        spans: [
          { offset: 0, length: 2 },
          { offset: 2, length: 1 },
        ],
        counts: [1, 2.5, 3],
      },
    });
  });

  test.each<[string, Buckets, number, number]>([
    ['bounds as Prometheus prints them, schema 3', [[0, 1.0905077326652577, 1.189207115002721, 1]], 3, 2],
    ['schema 8', [[0, 2 ** (-1 / 256), 1, 1]], 8, 0],
    ['schema -4', [[0, 1, 65536, 1]], -4, 1],
    ['the last regular bucket', [[0, 2 ** 1023, MAX, 1]], 0, 1024],
    ['the last regular bucket of schema -2', [[0, 2 ** 1020, MAX, 1]], -2, 256],
    [
      'the infinities beside others',
      [
        [0, 4, 8, 1],
        [0, MAX, Infinity, 1],
      ],
      0,
      3,
    ],
    ['the infinities alone', [[0, MAX, Infinity, 1]], 8, 1024 * 256 + 1],
    ['tiny ones', [[0, 2 ** -1022, 2 ** -1021, 1]], 0, -1021],
  ])('%s', (_title, buckets, schema, offset) => {
    const found = of(...buckets);
    expect([found?.schema, found?.positive.spans[0]?.offset]).toEqual([schema, offset]);
  });

  it('takes the finest schema for what has no bucket to tell by', () => {
    expect(of()).toEqual({
      ...{ count: 6, sum: 10.5, schema: 8, zeroThreshold: 0, zeroCount: 0, negative: none, positive: none },
    });
    expect(of([3, -0.5, 0.5, 6])).toMatchObject({ schema: 8, zeroThreshold: 0.5, zeroCount: 6 });
  });

  test.each<[string, Buckets]>([
    ['custom bounds', [[0, 0.1, 0.25, 1]]],
    ['a first custom bucket', [[0, -Infinity, 0.5, 1]]],
    ['a last custom bucket', [[0, 8, Infinity, 1]]],
    [
      'bounds of two schemas',
      [
        [0, 1, 2, 1],
        [0, 4, 16, 1],
      ],
    ],
    ['a doubling between other bounds', [[0, 0.3, 0.6, 1]]],
    [
      'a bucket twice',
      [
        [0, 1, 2, 1],
        [0, 1, 2, 1],
      ],
    ],
    ['a bucket around zero that is not in the middle', [[3, -1, 2, 1]]],
    [
      'two around zero',
      [
        [3, -1, 1, 1],
        [3, -2, 2, 1],
      ],
    ],
    ['a bucket that holds both its ends', [[3, 1, 2, 1]]],
    ['a positive one that is open like a negative one', [[1, 1, 2, 1]]],
    ['one that begins at zero', [[0, 0, 2, 1]]],
    ['a schema there is not', [[0, 1, 2 ** 32, 1]]],
    ['bounds that are no numbers', [[0, Number.NaN, 2, 1]]],
  ])('%s cannot be told', (_title, buckets) => expect(of(...buckets)).toBeNull());
});
