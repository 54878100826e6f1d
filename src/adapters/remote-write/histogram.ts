// A native histogram as both formats of remote write have it, with counts that need not be whole:
// Histogram{count_float=2, sum=3, schema=4, zero_threshold=5, zero_count_float=7, negative_spans=8, negative_counts=10,
// positive_spans=11, positive_counts=13, timestamp=15}, BucketSpan{offset=1, length=2}
import type { BucketSide, NativeHistogram } from '../../model/native-histogram.ts';
import type { Instant } from '../../model/time.ts';
import { fieldSize, MessageWriter, varintSize, zigzag } from './protobuf.ts';

/** A tag and eight bytes. */
const DOUBLE_SIZE = 9;

/** As MessageWriter.bytes() takes it. */
export function histogramMessage(histogram: NativeHistogram, at: Instant): string {
  const { count, sum, schema, zeroThreshold, zeroCount, negative, positive } = histogram;
  const numbers = 4 * DOUBLE_SIZE + 1 + varintSize(zigzag(schema)) + 1 + varintSize(at);
  const writer = new MessageWriter(numbers + sizeOf(negative) + sizeOf(positive));
  writer.double(2, count);
  writer.double(3, sum);
  writer.integer(4, zigzag(schema));
  writer.double(5, zeroThreshold);
  writer.double(7, zeroCount);
  writeSide(writer, negative, 8, 10);
  writeSide(writer, positive, 11, 13);
  writer.integer(15, at);
  return writer.finish().toString('latin1');
}

function sizeOf({ spans, counts }: BucketSide): number {
  const packed = counts.length === 0 ? 0 : fieldSize(8 * counts.length);
  return spans.reduce((sum, span) => sum + fieldSize(spanSize(span)), packed);
}

const spanSize = ({ offset, length }: BucketSide['spans'][number]): number =>
  2 + varintSize(zigzag(offset)) + varintSize(length);

function writeSide(writer: MessageWriter, { spans, counts }: BucketSide, spanField: number, countField: number): void {
  for (const span of spans) {
    writer.open(spanField, spanSize(span));
    writer.integer(1, zigzag(span.offset));
    writer.integer(2, span.length);
  }
  if (counts.length > 0) writer.doubles(countField, counts);
}
