import { describe, expect, it } from 'vitest';
import { encodeSpans, readFailure, readPartialSuccess } from '../../../src/adapters/tracing/otlp.ts';
import type { EndedSpan } from '../../../src/adapters/tracing/spans.ts';
import { partialSuccess, readBatch, retryInfo } from '../../support/otlp-read.ts';

const context = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags: 3, state: 'a=1' };
const origin = { resource: { 'service.name': 'belfry' }, scope: { name: 'belfry', version: '1' } };
const START = Date.UTC(2026, 10, 20, 12);

const span = (changes: Partial<EndedSpan> = {}): EndedSpan => ({
  ...{ context, parent: null, name: 'flush', kind: 'internal', startedAt: START, endedAt: START + 1.5 },
  ...{ attributes: {}, events: [], links: [], failure: '' },
  ...changes,
});

const read = (...spans: readonly EndedSpan[]) => readBatch(encodeSpans(spans, origin));

describe('encodeSpans()', () => {
  it('says who sends them, and all of a span', () => {
    const batch = read(
      span({
        parent: { spanId: '00000000000000ff', isRemote: true },
        kind: 'server',
        attributes: { text: 'ä\u{1f514}', 'number.whole': 2 ** 40, fraction: 0.25, yes: true, no: false, negative: -3 },
        events: [{ name: 'muted', at: START + 0.001, attributes: { reason: 'silence' } }],
        links: [{ ...context, flags: 1 }],
        failure: 'status 500',
      }),
    );
    expect(batch.resource).toEqual({ 'service.name': 'belfry' });
    expect(batch.scope).toEqual({ name: 'belfry', version: '1' });
    expect(batch.spans).toEqual([
      {
        ...{ traceId: context.traceId, spanId: context.spanId, state: 'a=1', parentId: '00000000000000ff' },
        ...{ name: 'flush', kind: 2, start: BigInt(START) * 1_000_000n, end: BigInt(START) * 1_000_000n + 1_500_000n },
        attributes: { text: 'ä\u{1f514}', 'number.whole': 2 ** 40, fraction: 0.25, yes: true, no: false, negative: -3 },
        events: [{ name: 'muted', at: BigInt(START) * 1_000_000n + 1000n, attributes: { reason: 'silence' } }],
        links: [{ traceId: context.traceId, spanId: context.spanId, flags: 1 }],
        status: { code: 2, message: 'status 500' },
        flags: 0x303,
      },
    ]);
  });

  it('leaves out what a span has not', () => {
    const plain = read(span({ context: { ...context, flags: 1, state: '' } }), span()).spans;
    expect(plain).toHaveLength(2);
    expect(plain[0]).toMatchObject({ parentId: '', state: '', status: { code: 0, message: '' }, flags: 0x101 });
  });

  it.each([
    ['internal', 1],
    ['server', 2],
    ['client', 3],
    ['producer', 4],
  ] as const)('calls %s %d', (kind, number) => {
    expect(read(span({ kind })).spans[0]!.kind).toBe(number);
  });

  it('sends halves of characters as what every reader takes', () => {
    expect(read(span({ attributes: { cut: 'a\ud83d' }, failure: '\ud83d' })).spans[0]).toMatchObject({
      attributes: { cut: 'a\ufffd' },
      status: { message: '\ufffd' },
    });
  });
});

describe('answers', () => {
  it('tell how many spans were left out', () => {
    expect(readPartialSuccess(partialSuccess(3, 'too old'))).toEqual({ rejected: 3, message: 'too old' });
    expect(readPartialSuccess(Buffer.alloc(0))).toEqual({ rejected: 0, message: '' });
  });

  it('tell when to come back', () => {
    expect(readFailure(retryInfo('full', 7))).toEqual({ message: 'full', retryAfter: 7000 });
    expect(readFailure(Buffer.alloc(0))).toEqual({ message: '', retryAfter: null });
  });

  it.each(['<html>', '\u0012\u007fcut', '\u000a'])('that are no messages tell nothing: %j', (text) => {
    expect(readFailure(Buffer.from(text))?.retryAfter ?? null).toBe(null);
    expect(readPartialSuccess(Buffer.from(text))?.rejected ?? 0).toBe(0);
  });
});
