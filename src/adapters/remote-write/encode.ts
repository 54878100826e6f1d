// Samples to the body of a request, in both formats, compressed. Each stands in a series of its own: a batch has no
// series twice.
import type { Pending, Word } from './series.ts';
import { histogramMessage } from './histogram.ts';
import { fieldSize, MessageWriter, sampleSize, varintSize } from './protobuf.ts';
import { snappyBlock } from './snappy.ts';

export type Protocol = '1.0' | '2.0';

export function encode(samples: readonly Pending[], protocol: Protocol): Uint8Array {
  return snappyBlock(protocol === '1.0' ? encodeV1(samples) : encodeV2(samples));
}

/** WriteRequest{timeseries=1}, TimeSeries{labels=1, samples=2, histograms=4} */
function encodeV1(samples: readonly Pending[]): Uint8Array {
  const points = new Points(samples, 4);
  const lengths: number[] = [];
  let size = 0;
  samples.forEach(({ series, at }, i) => {
    const length = series.labelFields.length + points.size(i, at);
    lengths.push(length);
    size += fieldSize(length);
  });
  const writer = new MessageWriter(size);
  samples.forEach((sample, i) => {
    writer.open(1, lengths[i]!);
    writer.bytes(sample.series.labelFields);
    points.write(writer, i, sample);
  });
  return writer.finish();
}

/** What stands in a series: a sample in field 2, or a histogram in a field that the formats do not agree on. */
class Points {
  readonly #histograms = new Map<number, string>();
  readonly #histogramField: number;

  constructor(samples: readonly Pending[], histogramField: number) {
    this.#histogramField = histogramField;
    samples.forEach(({ value, at }, i) => {
      if (value !== null && typeof value === 'object') this.#histograms.set(i, histogramMessage(value, at));
    });
  }

  size(i: number, at: Pending['at']): number {
    const histogram = this.#histograms.get(i);
    return histogram === undefined ? sampleSize(at) : fieldSize(histogram.length);
  }

  write(writer: MessageWriter, i: number, { value, at }: Pending): void {
    if (value === null || typeof value === 'number') {
      writer.sample(2, value, at);
      return;
    }
    const histogram = this.#histograms.get(i)!;
    writer.open(this.#histogramField, histogram.length);
    writer.bytes(histogram);
  }
}

/** Words remember the request they were last part of: a number of its own for each. */
let request = 0;

/** Request{symbols=4, timeseries=5}, TimeSeries{labels_refs=1, samples=2, histograms=3}; the first symbol is the empty one. */
function encodeV2(samples: readonly Pending[]): Uint8Array {
  const id = ++request;
  const points = new Points(samples, 3);
  const symbols: Word[] = [];
  const refSizes: number[] = [];
  const lengths: number[] = [];
  let size = fieldSize(0);
  samples.forEach(({ series, at }, i) => {
    let refs = 0;
    for (const word of series.words) {
      if (word.request !== id) {
        word.request = id;
        word.ref = symbols.push(word);
        size += fieldSize(word.bytes.length);
      }
      refs += varintSize(word.ref);
    }
    const length = fieldSize(refs) + points.size(i, at);
    refSizes.push(refs);
    lengths.push(length);
    size += fieldSize(length);
  });
  const writer = new MessageWriter(size);
  writer.open(4, 0);
  for (const { bytes } of symbols) {
    writer.open(4, bytes.length);
    writer.bytes(bytes);
  }
  samples.forEach((sample, i) => {
    writer.open(5, lengths[i]!);
    writer.open(1, refSizes[i]!);
    for (const word of sample.series.words) writer.varint(word.ref);
    points.write(writer, i, sample);
  });
  return writer.finish();
}
