// OpenTelemetry's trace messages read byte by byte, by nobody's library: what a collector would see.
import { gunzipSync } from 'node:zlib';

export type Attributes = Readonly<Record<string, unknown>>;

export interface ReadSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly state: string;
  /** '' begins its trace. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly at: bigint; readonly attributes: Attributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly flags: number }[];
  readonly status: { readonly code: number; readonly message: string };
  readonly flags: number;
}

export interface ReadBatch {
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string };
  readonly spans: readonly ReadSpan[];
}

type Field = readonly [number: number, value: bigint | Buffer];

function fieldsOf(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the message ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        fields.push([number, varint()]);
        break;
      case 1:
        fields.push([number, bytes.readBigUInt64LE(at)]);
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        if (at + length > bytes.length) throw new Error('the message ends within a field');
        fields.push([number, bytes.subarray(at, at + length)]);
        at += length;
        break;
      }
      case 5:
        fields.push([number, BigInt(bytes.readUInt32LE(at))]);
        at += 4;
        break;
      default:
        throw new Error(`wire type ${tag & 7}`);
    }
  }
  return fields;
}

const all = (fields: readonly Field[], number: number): readonly Buffer[] =>
  fields.flatMap(([found, value]) => (found === number && typeof value !== 'bigint' ? [value] : []));

const one = (fields: readonly Field[], number: number): Buffer => all(fields, number)[0] ?? Buffer.alloc(0);

function integer(fields: readonly Field[], number: number): bigint {
  const found = fields.find(([other]) => other === number)?.[1];
  return typeof found === 'bigint' ? found : 0n;
}

function valueOf(bytes: Buffer): unknown {
  const [field] = fieldsOf(bytes);
  if (field === undefined) return null;
  const [number, value] = field;
  if (typeof value !== 'bigint')
    return number === 1 ? value.toString() : fieldsOf(value).map(([, inner]) => valueOf(inner as Buffer));
  if (number === 2) return value === 1n;
  if (number === 3) return Number(BigInt.asIntN(64, value));
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64LE(value);
  return bits.readDoubleLE();
}

function attributesOf(pairs: readonly Buffer[]): Attributes {
  return Object.fromEntries(
    pairs.map(fieldsOf).map((pair) => [one(pair, 1).toString(), valueOf(one(pair, 2))] as const),
  );
}

function spanOf(bytes: Buffer): ReadSpan {
  const fields = fieldsOf(bytes);
  const status = fieldsOf(one(fields, 15));
  return {
    traceId: one(fields, 1).toString('hex'),
    spanId: one(fields, 2).toString('hex'),
    state: one(fields, 3).toString(),
    parentId: one(fields, 4).toString('hex'),
    name: one(fields, 5).toString(),
    kind: Number(integer(fields, 6)),
    start: integer(fields, 7),
    end: integer(fields, 8),
    attributes: attributesOf(all(fields, 9)),
    events: all(fields, 11)
      .map(fieldsOf)
      .map((event) => ({
        name: one(event, 2).toString(),
        at: integer(event, 1),
        attributes: attributesOf(all(event, 3)),
      })),
    links: all(fields, 13)
      .map(fieldsOf)
      .map((link) => ({
        traceId: one(link, 1).toString('hex'),
        spanId: one(link, 2).toString('hex'),
        flags: Number(integer(link, 6)),
      })),
    status: { code: Number(integer(status, 3)), message: one(status, 2).toString() },
    flags: Number(integer(fields, 16)),
  };
}

/** Of ExportTraceServiceRequest: one resource, one scope. */
export function readBatch(message: Uint8Array): ReadBatch {
  const [resourceSpans, ...others] = all(fieldsOf(Buffer.from(message)), 1);
  if (resourceSpans === undefined || others.length > 0) throw new Error('expected the spans of one resource');
  const fields = fieldsOf(resourceSpans);
  const scopeSpans = fieldsOf(one(fields, 2));
  const scope = fieldsOf(one(scopeSpans, 1));
  return {
    resource: attributesOf(all(fieldsOf(one(fields, 1)), 1)),
    scope: { name: one(scope, 1).toString(), version: one(scope, 2).toString() },
    spans: all(scopeSpans, 2).map(spanOf),
  };
}

export const unpacked = (body: Uint8Array, encoding: string | undefined): Uint8Array =>
  encoding === 'gzip' ? gunzipSync(body) : body;

/** Of ExportTraceServiceResponse, with so many left out. */
export function partialSuccess(rejected: number, message: string): Buffer {
  const text = Buffer.from(message);
  const partial = Buffer.concat([Buffer.from([8, rejected, 18, text.length]), text]);
  return Buffer.concat([Buffer.from([10, partial.length]), partial]);
}

const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);

/** google.rpc.Status with a RetryInfo of so many seconds. */
export function retryInfo(message: string, seconds: number): Buffer {
  const delay = field(1, Buffer.from([8, seconds]));
  const any = [field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')), field(2, delay)];
  return Buffer.concat([Buffer.from([8, 8]), field(2, Buffer.from(message)), field(3, Buffer.concat(any))]);
}
