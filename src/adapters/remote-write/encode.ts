// Samples to the body of a request, in both formats, compressed. Each stands in a series of its own: a batch has no
// series twice.
import type { Pending, Word } from './series.ts';
import { fieldSize, MessageWriter, sampleSize, varintSize } from './protobuf.ts';
import { snappyBlock } from './snappy.ts';

export type Protocol = '1.0' | '2.0';

export function encode(samples: readonly Pending[], protocol: Protocol): Uint8Array {
  return snappyBlock(protocol === '1.0' ? encodeV1(samples) : encodeV2(samples));
}

/** WriteRequest{timeseries=1}, TimeSeries{labels=1, samples=2} */
function encodeV1(samples: readonly Pending[]): Uint8Array {
  const lengths: number[] = [];
  let size = 0;
  for (const { series, at } of samples) {
    const length = series.labelFields.length + sampleSize(at);
    lengths.push(length);
    size += fieldSize(length);
  }
  const writer = new MessageWriter(size);
  samples.forEach(({ series, value, at }, i) => {
    writer.open(1, lengths[i]!);
    writer.bytes(series.labelFields);
    writer.sample(2, value, at);
  });
  return writer.finish();
}

/** Words remember the request they were last part of: a number of its own for each. */
let request = 0;

/** Request{symbols=4, timeseries=5}, TimeSeries{labels_refs=1, samples=2}; the first symbol is the empty one. */
function encodeV2(samples: readonly Pending[]): Uint8Array {
  const id = ++request;
  const symbols: Word[] = [];
  const refSizes: number[] = [];
  const lengths: number[] = [];
  let size = fieldSize(0);
  for (const { series, at } of samples) {
    let refs = 0;
    for (const word of series.words) {
      if (word.request !== id) {
        word.request = id;
        word.ref = symbols.push(word);
        size += fieldSize(word.bytes.length);
      }
      refs += varintSize(word.ref);
    }
    const length = fieldSize(refs) + sampleSize(at);
    refSizes.push(refs);
    lengths.push(length);
    size += fieldSize(length);
  }
  const writer = new MessageWriter(size);
  writer.open(4, 0);
  for (const { bytes } of symbols) {
    writer.open(4, bytes.length);
    writer.bytes(bytes);
  }
  samples.forEach(({ series, value, at }, i) => {
    writer.open(5, lengths[i]!);
    writer.open(1, refSizes[i]!);
    for (const word of series.words) writer.varint(word.ref);
    writer.sample(2, value, at);
  });
  return writer.finish();
}
