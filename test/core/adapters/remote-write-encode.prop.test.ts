import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/adapters/remote-write/encode.ts';
import { SampleQueue } from '../../../src/adapters/remote-write/sample-queue.ts';
import { SeriesBook, type Pending } from '../../../src/adapters/remote-write/series.ts';
import { Labels } from '../../../src/model/labels.ts';
import { nativeHistogram } from '../../../src/model/native-histogram.ts';
import { answerOf, seen } from '../../support/told-histogram.ts';
import { readBody, STALE, valueOf } from '../../support/remote-write-body.ts';

const receipt = { settle: (): void => {} };
const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('__proto__', 'é😀', 'x'.repeat(300)),
);
const labels = fc
  .dictionary(word, word, { minKeys: 1, maxKeys: 12 })
  .map((pairs) => Labels.of([['__name__', 'm'], ...Object.entries(pairs)]));
const at = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(-1, -62_135_596_800_000, 127, 128));
const value = fc.oneof(fc.double(), fc.constantFrom(null, NaN, Infinity, -Infinity, -0, 5e-324));
const samples = fc
  .array(labels, { minLength: 1, maxLength: 20 })
  .chain((sets) => fc.array(fc.record({ labels: fc.constantFrom(...sets), at, value }), { maxLength: 60 }));

const bitsOf = (number: number | null): bigint => {
  if (number === null) return STALE;
  if (Number.isNaN(number)) return 0x7ff8000000000001n;
  return new BigUint64Array(new Float64Array([number]).buffer)[0]!;
};

describe('encode()', () => {
  it.each(['1.0', '2.0'] as const)('writes %s bodies that read back bit by bit, in order', (protocol) => {
    fc.assert(
      fc.property(samples, (list) => {
        const book = new SeriesBook({ externalLabels: Labels.empty, rules: [], names: 'utf8' });
        const pending = list.map((one): Pending => ({ ...one, series: book.find(one.labels)!, receipt }));
        const expected = list.map((one) => [[...one.labels], one.at, bitsOf(one.value)]);
        const read = readBody(encode(pending, protocol), protocol);
        expect(read.map((one) => [[...one.labels], one.at, one.bits])).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['1.0', '2.0'] as const)('writes the stale marker of %s as exactly these eight bytes', (protocol) => {
    const book = new SeriesBook({ externalLabels: Labels.empty, rules: [], names: 'utf8' });
    const series = book.find(Labels.of([['__name__', 'm']]))!;
    const [sample] = readBody(encode([{ series, at: 1, value: null, receipt }], protocol), protocol);
    expect(sample!.bits.toString(16)).toBe('7ff0000000000002');
    expect(valueOf(sample!)).toBeNaN();
  });
});

describe('a native histogram', () => {
  const size = fc.double({ min: 0, noNaN: true });
  const side = fc
    .dictionary(fc.integer({ min: -40, max: 40 }).map(String), size, { maxKeys: 12 })
    .map((pairs) => new Map(Object.entries(pairs).map(([index, count]) => [Number(index), count])));
  const told = fc.record({
    ...{ count: size, sum: fc.double(), schema: fc.integer({ min: -4, max: 8 }), zeroCount: size },
    zeroThreshold: fc.constantFrom(0, 0.001, 2 ** -128),
    negative: side,
    positive: side,
  });

  it.each(['1.0', '2.0'] as const)('of an answer reads back from %s bodies, between numbers', (protocol) => {
    fc.assert(
      fc.property(
        fc.array(fc.option(told), { maxLength: 5 }),
        at.filter((instant) => instant >= 0),
        (list, instant) => {
          const book = new SeriesBook({ externalLabels: Labels.empty, rules: [], names: 'utf8' });
          const series = book.find(Labels.of([['__name__', 'm']]))!;
          const queue = new SampleQueue();
          for (const one of list)
            queue.push(series, instant, one === null ? 5 : nativeHistogram(answerOf(one)), receipt);
          const read = readBody(encode(queue.take(list.length), protocol), protocol);
          expect(read.map(({ histogram }) => histogram)).toEqual(list.map((one) => one && seen(one)));
          expect(read.every((one) => one.at === instant)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('SampleQueue', () => {
  it('gives out what it was given, in that order, however it is taken', () => {
    const series = { labelFields: '', words: [], batch: 0 };
    const steps = fc.array(fc.record({ push: fc.nat(6000), take: fc.nat(6000) }), { maxLength: 6 });
    fc.assert(
      fc.property(steps, (list) => {
        const queue = new SampleQueue();
        let pushed = 0;
        const taken: Pending[] = [];
        for (const { push, take } of list) {
          for (let i = 0; i < push; i++, pushed++)
            queue.push(series, pushed, pushed % 3 === 0 ? null : -pushed, receipt);
          taken.push(...queue.take(take));
          expect(queue.size).toBe(pushed - taken.length);
        }
        expect(taken.every((one, i) => one.at === i && one.value === (i % 3 === 0 ? null : -i))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('puts no series twice into a batch, and keeps the order of each', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (which, most) => {
        const book = new SeriesBook({ externalLabels: Labels.empty, rules: [], names: 'utf8' });
        const series = ['a', 'b', 'c', 'd', 'e'].map((name) => book.find(Labels.of([['__name__', name]]))!);
        const queue = new SampleQueue();
        which.forEach((n, at) => queue.push(series[n]!, at, at, receipt));
        const batches: Pending[][] = [];
        while (queue.size > 0) batches.push(queue.takeBatch(most));
        expect(batches.flat().map(({ at }) => at)).toEqual([...which.keys()]);
        expect(batches.every((batch) => batch.length > 0 && batch.length <= most)).toBe(true);
        expect(batches.every((batch) => new Set(batch.map((one) => one.series)).size === batch.length)).toBe(true);
      }),
    );
  });
});
