// The protocol buffers of OpenTelemetry's protocol, as far as spans need them: what is sent, and what is answered.
// Field numbers are those of opentelemetry-proto 1.
import { PbfReader, PbfWriter } from 'pbf';
import type { TraceContext } from '../../model/trace-context.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Attributes, SpanKind } from '../../ports/tracer.ts';
import type { EndedSpan, SpanEvent } from './spans.ts';

/** Who sends them. */
export interface Origin {
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string };
}

const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4 };
const STATUS_ERROR = 2;
const FIXED64 = 1;
const FIXED32 = 5;
/** Beside the flags of the trace: whether the parent is in another process is known, and it is. */
const KNOWS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

export function encodeSpans(spans: readonly EndedSpan[], origin: Origin): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeMessage(1, writeResourceSpans, { spans, origin });
  return pbf.finish();
}

interface Batch {
  readonly spans: readonly EndedSpan[];
  readonly origin: Origin;
}

function writeResourceSpans(batch: Batch, pbf: PbfWriter): void {
  pbf.writeMessage(1, (resource, inner) => writeAttributes(1, resource, inner), batch.origin.resource);
  pbf.writeMessage(2, writeScopeSpans, batch);
}

function writeScopeSpans({ spans, origin }: Batch, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeScope, origin.scope);
  for (const span of spans) pbf.writeMessage(2, writeSpan, span);
}

function writeScope({ name, version }: Origin['scope'], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeStringField(2, version);
}

function writeSpan(span: EndedSpan, pbf: PbfWriter): void {
  const { context, parent, name, kind, startedAt, endedAt, failure } = span;
  writeIds(context, pbf);
  if (parent !== null) pbf.writeBytesField(4, Buffer.from(parent.spanId, 'hex'));
  pbf.writeStringField(5, name);
  pbf.writeVarintField(6, KINDS[kind]);
  writeNanoseconds(7, startedAt, pbf);
  writeNanoseconds(8, endedAt, pbf);
  writeAttributes(9, span.attributes, pbf);
  for (const event of span.events) pbf.writeMessage(11, writeEvent, event);
  for (const link of span.links) pbf.writeMessage(13, writeLink, link);
  if (failure !== '') pbf.writeMessage(15, writeFailure, failure);
  const remote = KNOWS_REMOTE + (parent?.isRemote === true ? IS_REMOTE : 0);
  pbf.writeTag(16, FIXED32);
  pbf.writeFixed32(context.flags + remote);
}

function writeIds({ traceId, spanId, state }: TraceContext, pbf: PbfWriter): void {
  pbf.writeBytesField(1, Buffer.from(traceId, 'hex'));
  pbf.writeBytesField(2, Buffer.from(spanId, 'hex'));
  if (state !== '') pbf.writeStringField(3, state);
}

function writeEvent({ name, at, attributes }: SpanEvent, pbf: PbfWriter): void {
  writeNanoseconds(1, at, pbf);
  pbf.writeStringField(2, name);
  writeAttributes(3, attributes, pbf);
}

function writeLink(link: TraceContext, pbf: PbfWriter): void {
  writeIds(link, pbf);
  pbf.writeTag(6, FIXED32);
  pbf.writeFixed32(link.flags);
}

function writeFailure(message: string, pbf: PbfWriter): void {
  pbf.writeStringField(2, message.toWellFormed());
  pbf.writeVarintField(3, STATUS_ERROR);
}

function writeAttributes(field: number, attributes: Attributes, pbf: PbfWriter): void {
  for (const pair of Object.entries(attributes)) pbf.writeMessage(field, writePair, pair);
}

function writePair([key, value]: readonly [string, Attributes[string]], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeMessage(2, writeValue, value);
}

function writeValue(value: Attributes[string], pbf: PbfWriter): void {
  if (typeof value === 'string') pbf.writeStringField(1, value.toWellFormed());
  else if (typeof value === 'boolean') pbf.writeBooleanField(2, value);
  else if (Number.isSafeInteger(value)) pbf.writeVarintField(3, value);
  else pbf.writeDoubleField(4, value);
}

/** Of microseconds, which a number still holds; nanoseconds it does not. */
function writeNanoseconds(field: number, at: Instant, pbf: PbfWriter): void {
  const nanoseconds = BigInt(Math.round(at * 1000)) * 1000n;
  pbf.writeTag(field, FIXED64);
  pbf.writeFixed32(Number(nanoseconds & 0xffffffffn));
  pbf.writeFixed32(Number(nanoseconds >> 32n));
}

/** How many spans were left out of those that were taken, and why. A text of its own is a warning. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** null for what cannot be read: that is nothing against the spans. */
export function readPartialSuccess(bytes: Uint8Array): PartialSuccess | null {
  return attempt(() => {
    const found = { rejected: 0, message: '' };
    fieldsOf(bytes, (field, pbf) => {
      if (field !== 1) return;
      fieldsOf(pbf.readBytes(), (inner, partial) => {
        if (inner === 1) found.rejected = partial.readVarint(true);
        if (inner === 2) found.message = partial.readString();
      });
    });
    return found;
  });
}

/** google.rpc.Status, which a failure comes with. */
export interface Failure {
  readonly message: string;
  /** google.rpc.RetryInfo, in its details. */
  readonly retryAfter: DurationMs | null;
}

export function readFailure(bytes: Uint8Array): Failure | null {
  return attempt(() => {
    let message = '';
    let retryAfter: DurationMs | null = null;
    fieldsOf(bytes, (field, pbf) => {
      if (field === 2) message = pbf.readString();
      if (field === 3) retryAfter = readDetail(pbf.readBytes()) ?? retryAfter;
    });
    return { message, retryAfter };
  });
}

function readDetail(bytes: Uint8Array): DurationMs | null {
  let type = '';
  let value: Uint8Array = new Uint8Array();
  fieldsOf(bytes, (field, pbf) => {
    if (field === 1) type = pbf.readString();
    if (field === 2) value = pbf.readBytes();
  });
  return type.endsWith('/google.rpc.RetryInfo') ? readRetryDelay(value) : null;
}

function readRetryDelay(bytes: Uint8Array): DurationMs | null {
  let delay: DurationMs | null = null;
  fieldsOf(bytes, (field, pbf) => {
    if (field !== 1) return;
    delay = 0;
    fieldsOf(pbf.readBytes(), (inner, duration) => {
      if (inner === 1) delay = (delay ?? 0) + duration.readVarint(true) * 1000;
      if (inner === 2) delay = (delay ?? 0) + Math.ceil(duration.readVarint(true) / 1e6);
    });
  });
  return delay;
}

function fieldsOf(bytes: Uint8Array, take: (field: number, pbf: PbfReader) => void): void {
  new PbfReader(bytes).readFields((field, _, pbf) => take(field, pbf), null);
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
