// Protocol buffers, as far as remote write needs them. The only importer of `pbf`. Sizes are counted before anything
// is written, so that a message is written once, front to back, into memory of exactly its size.
import { PbfWriter } from 'pbf';

const DELIMITED = 2;
const DOUBLE = 1;
const VARINT = 0;
/** The library wants room for the longest number before it writes a short one, or it moves to memory of its own. */
const SLACK = 16;

export function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let limit = 128; value >= limit; limit *= 128) size++;
  return size;
}

/** How signed numbers are written that are mostly near 0. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/**
 * Messages are made and compressed one at a time, many in a second. Memory of their own for each would be a collection
 * of garbage every few of them.
 */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);
const MOST_KEPT = 8 * 1024 * 1024;

/** The memory of a message that is too large to keep it. */
function taken(): Buffer {
  const large = scratch;
  scratch = Buffer.allocUnsafeSlow(64 * 1024);
  return large;
}

/** Of a length-delimited field with a small number. */
export const fieldSize = (length: number): number => 1 + varintSize(length) + length;

/** Of the field that holds one sample. */
export const sampleSize = (at: number): number => fieldSize(sampleLength(at));
const sampleLength = (at: number): number => 1 + 8 + 1 + varintSize(at);

const NOT_ASCII = /[^\0-\x7f]/;

/** UTF-8, one character per byte: smaller and quicker to copy than an array of its own. */
export const utf8Bytes = (text: string): string =>
  NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;

export class MessageWriter {
  readonly #size: number;
  readonly #bytes: Buffer;
  readonly #pbf: PbfWriter;

  /** `size` is what will be written, to the byte. */
  constructor(size: number) {
    this.#size = size;
    if (scratch.length < size + SLACK) scratch = Buffer.allocUnsafeSlow((size + SLACK) * 2);
    this.#bytes = scratch.length > MOST_KEPT ? taken() : scratch;
    this.#pbf = new PbfWriter(this.#bytes);
  }

  /** The start of a field of `length` bytes, which the next writes fill. */
  open(field: number, length: number): void {
    this.#pbf.writeTag(field, DELIMITED);
    this.#pbf.writeVarint(length);
  }

  varint(value: number): void {
    this.#pbf.writeVarint(value);
  }

  /** As `utf8Bytes()` made them, or several such on end. */
  bytes(latin1: string): void {
    this.#bytes.write(latin1, this.#pbf.pos, latin1.length, 'latin1');
    this.#pbf.pos += latin1.length;
  }

  integer(field: number, value: number): void {
    this.#pbf.writeTag(field, VARINT);
    this.#pbf.writeVarint(value);
  }

  double(field: number, value: number): void {
    this.#pbf.writeTag(field, DOUBLE);
    this.#number(value);
  }

  /** Packed. */
  doubles(field: number, values: readonly number[]): void {
    this.open(field, 8 * values.length);
    for (const value of values) this.#number(value);
  }

  /** null is the stale marker. */
  sample(field: number, value: number | null, at: number): void {
    this.open(field, sampleLength(at));
    this.#pbf.writeTag(1, DOUBLE);
    if (value === null) this.#nan(0x7ff00000, 0x00000002);
    else this.#number(value);
    this.integer(2, at);
  }

  /** Good until another message is begun. */
  finish(): Buffer {
    if (this.#pbf.pos !== this.#size) {
      throw new Error(`${this.#pbf.pos} bytes were written of the ${this.#size} that were counted`);
    }
    return this.#bytes.subarray(0, this.#size);
  }

  #number(value: number): void {
    if (Number.isNaN(value)) this.#nan(0x7ff80000, 0x00000001);
    else this.#pbf.writeDouble(value);
  }

  /** As integers: one NaN is not another, and as numbers they may be made equal on the way. */
  #nan(high: number, low: number): void {
    const { pos } = this.#pbf;
    this.#bytes.writeUInt32LE(low, pos);
    this.#bytes.writeUInt32LE(high, pos + 4);
    this.#pbf.pos = pos + 8;
  }
}
