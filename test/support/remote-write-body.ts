// Remote write bodies taken apart, independently of what put them together: bytes to series and samples, both formats.
// Values come as bits, so that one NaN can be told from another.
import { uncompress } from 'snappyjs';
import { compareUtf8 } from '../../src/model/order.ts';

export interface ReadSample {
  readonly labels: ReadonlyMap<string, string>;
  readonly at: number;
  /** Of a number; 0 for a histogram. */
  readonly bits: bigint;
  readonly histogram: ReadHistogram | null;
}

export interface ReadHistogram {
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Counts by index. */
  readonly negative: ReadonlyMap<number, number>;
  readonly positive: ReadonlyMap<number, number>;
}

export const STALE = 0x7ff0000000000002n;

export function valueOf({ bits }: ReadSample): number {
  return new Float64Array(new BigUint64Array([bits]).buffer)[0]!;
}

/** `name{a="b"} value@at`, short enough for tables. */
export function printSample(sample: ReadSample): string {
  const name = sample.labels.get('__name__') ?? '';
  const labels = [...sample.labels].filter(([label]) => label !== '__name__');
  const pairs = labels.map(([label, value]) => `${label}="${value}"`);
  const value = sample.bits === STALE ? 'stale' : String(valueOf(sample));
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}@${sample.at}`;
}

export function readBody(body: Uint8Array, protocol: '1.0' | '2.0'): readonly ReadSample[] {
  const bytes = uncompress(new Uint8Array(body));
  return protocol === '1.0' ? readV1(bytes) : readV2(bytes);
}

interface Field {
  readonly field: number;
  readonly bytes: Uint8Array;
  readonly number: bigint;
}

const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

function readV1(bytes: Uint8Array): ReadSample[] {
  return fields(bytes)
    .filter(({ field }) => field === 1)
    .flatMap((series) => {
      const parts = fields(series.bytes);
      const pairs = parts
        .filter(({ field }) => field === 1)
        .map(({ bytes: label }) => fields(label).map((part) => text(part.bytes)) as [string, string]);
      return samplesIn(parts, pairs, 4);
    });
}

function readV2(bytes: Uint8Array): ReadSample[] {
  const all = fields(bytes);
  const symbols = all.filter(({ field }) => field === 4).map((symbol) => text(symbol.bytes));
  if (symbols[0] !== '') throw new Error('the first symbol is not empty');
  if (new Set(symbols).size !== symbols.length) throw new Error('a symbol is said twice');
  return all
    .filter(({ field }) => field === 5)
    .flatMap((series) => {
      const parts = fields(series.bytes);
      const refs = varints(parts.find(({ field }) => field === 1)!.bytes);
      const pairs: [string, string][] = [];
      for (let i = 0; i < refs.length; i += 2) pairs.push([symbols[refs[i]!]!, symbols[refs[i + 1]!]!]);
      return samplesIn(parts, pairs, 3);
    });
}

function samplesIn(
  parts: readonly Field[],
  pairs: readonly (readonly [string, string])[],
  histogramField: number,
): ReadSample[] {
  const names = pairs.map(([name]) => name);
  if (!names.every((name, i) => i === 0 || compareUtf8(names[i - 1]!, name) < 0))
    throw new Error(`labels out of order: ${names.join()}`);
  if (pairs.some(([, value]) => value === '')) throw new Error('an empty label value');
  const labels = new Map(pairs);
  return parts.flatMap(({ field, bytes }): ReadSample[] => {
    if (field === 2) {
      const [value, at] = fields(bytes);
      return [{ labels, bits: value!.number, at: Number(BigInt.asIntN(64, at!.number)), histogram: null }];
    }
    return field === histogramField ? [{ labels, bits: 0n, ...readHistogram(fields(bytes)) }] : [];
  });
}

function readHistogram(parts: readonly Field[]): { readonly at: number; readonly histogram: ReadHistogram } {
  const of = (number: number): bigint => parts.find(({ field }) => field === number)?.number ?? 0n;
  const double = (number: number): number => new Float64Array(new BigUint64Array([of(number)]).buffer)[0]!;
  const side = (spanField: number, countField: number): ReadonlyMap<number, number> => {
    const packed = parts.find(({ field }) => field === countField)?.bytes.slice() ?? new Uint8Array();
    const counts = [...new Float64Array(packed.buffer)];
    const found = new Map<number, number>();
    let index = 0;
    for (const span of parts.filter(({ field }) => field === spanField)) {
      const [offset, length] = fields(span.bytes);
      index += unzigzag(offset!.number);
      for (let i = 0; i < Number(length!.number); i++) found.set(index++, counts.shift()!);
    }
    if (counts.length > 0) throw new Error('more counts than spans');
    return found;
  };
  return {
    at: Number(of(15)),
    histogram: {
      ...{ count: double(2), sum: double(3), schema: unzigzag(of(4)), zeroThreshold: double(5), zeroCount: double(7) },
      negative: side(8, 10),
      positive: side(11, 13),
    },
  };
}

const unzigzag = (value: bigint): number => Number((value >> 1n) ^ -(value & 1n));

function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('a number runs over the end');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [field, type] = [tag >> 3, tag & 7];
    if (type === 0) found.push({ field, number: varint(), bytes: new Uint8Array() });
    else if (type === 1) {
      found.push({ field, number: view.getBigUint64(at, true), bytes: new Uint8Array() });
      at += 8;
    } else if (type === 2) {
      const length = Number(varint());
      found.push({ field, number: 0n, bytes: bytes.subarray(at, at + length) });
      at += length;
    } else throw new Error(`wire type ${type}`);
  }
  if (at !== bytes.length) throw new Error('a field runs over the end');
  return found;
}

function varints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    numbers.push(value);
    [value, scale] = [0, 1];
  }
  return numbers;
}
