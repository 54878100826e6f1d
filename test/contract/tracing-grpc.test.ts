import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createGrpcExporter } from '../../src/adapters/tracing/export-grpc.ts';
import { encodeSpans } from '../../src/adapters/tracing/otlp.ts';
import type { Exporter } from '../../src/adapters/tracing/exporter.ts';
import type { TracingConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/input/secret.ts';
import { NO_TLS } from '../../src/outbound/compile-tls.ts';
import { GrpcCollector, OK, type Answer } from '../support/grpc-collector.ts';
import { fixture, HttpWorld, MemoryFiles } from '../support/http-world.ts';
import { partialSuccess, retryInfo } from '../support/otlp-read.ts';
import { aSpan, tracingConfig } from '../support/trace-scene.ts';

const origin = { resource: { 'service.name': 'belfry' }, scope: { name: 'belfry', version: '1' } };
const message = encodeSpans([aSpan('flush')], origin);
const never = new AbortController().signal;

let collector: GrpcCollector | null = null;
let exporter: Exporter | null = null;
const files = new MemoryFiles({ '/ca': fixture('tls/ca.crt') });

async function start(changes: Partial<TracingConfig> = {}, tls: Parameters<typeof GrpcCollector.start>[0] = null) {
  collector = await GrpcCollector.start(tls);
  const host = tls === null ? '127.0.0.1' : 'localhost';
  const config = tracingConfig({ clientType: 'grpc', endpoint: `${host}:${collector.port}`, ...changes });
  exporter = createGrpcExporter(config, { files, userAgent: 'Belfry/test' });
  return { collector, exporter };
}

afterEach(async () => {
  exporter?.close();
  await collector?.[Symbol.asyncDispose]();
  [collector, exporter] = [null, null];
});

describe('spans over gRPC', () => {
  it('are one call a batch on one connection, with what gRPC wants to know', async () => {
    const scene = await start({ timeout: 2500 });
    expect(await scene.exporter.send(message, never)).toEqual({ kind: 'taken', rejected: 0, why: '' });
    expect(await scene.exporter.send(message, never)).toMatchObject({ kind: 'taken' });
    expect(scene.collector.connections).toBe(1);
    expect(scene.collector.calls.map(({ spans }) => spans.map(({ name }) => name))).toEqual([['flush'], ['flush']]);
    expect(scene.collector.calls[0]!.headers).toMatchObject({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc+proto',
      te: 'trailers',
      'grpc-timeout': '2500m',
      'user-agent': 'Belfry/test',
    });
    expect(scene.collector.calls[0]!.headers).not.toHaveProperty('grpc-encoding');
  });

  it('are packed when that is configured, and carry the headers that are', async () => {
    const headers = [
      { name: 'Authorization', values: [], secrets: [new Secret('Bearer hush')], files: [] },
      { name: 'X-Scope', values: ['a', 'b'], secrets: [], files: [] },
      { name: 'trace-bin', values: ['\u0001'], secrets: [], files: [] },
      { name: 'nothing', values: [], secrets: [], files: [] },
    ];
    const scene = await start({ compression: 'gzip', headers });
    await scene.exporter.send(message, never);
    expect(scene.collector.calls[0]!.spans).toHaveLength(1);
    expect(scene.collector.calls[0]!.headers).toMatchObject({
      ...{ authorization: 'Bearer hush', 'x-scope': 'a, b', 'trace-bin': 'AQ==', 'grpc-encoding': 'gzip' },
    });
    expect(scene.collector.calls[0]!.headers).not.toHaveProperty('nothing');
  });

  it('are taken in part: how many are not, and why', async () => {
    const scene = await start();
    scene.collector.answers.push({ ...OK, message: partialSuccess(1, 'too old') });
    expect(await scene.exporter.send(message, never)).toEqual({ kind: 'taken', rejected: 1, why: 'too old' });
    scene.collector.answers.push({ ...OK, message: gzipSync(partialSuccess(2, 'packed')), isPacked: true });
    expect(await scene.exporter.send(message, never)).toEqual({ kind: 'taken', rejected: 2, why: 'packed' });
  });

  const status = (code: number, more: Readonly<Record<string, string>> = {}): Answer => ({
    trailers: { 'grpc-status': String(code), ...more },
  });
  const details = { 'grpc-status-details-bin': retryInfo('full', 7).toString('base64') };

  it.each<[string, Answer, object]>([
    ['UNAVAILABLE', status(14, { 'grpc-message': 'not%20now' }), { kind: 'retry', why: 'grpc-status 14: not now' }],
    ['CANCELLED', status(1), { kind: 'retry' }],
    ['DEADLINE_EXCEEDED', status(4), { kind: 'retry' }],
    ['ABORTED', status(10), { kind: 'retry' }],
    ['OUT_OF_RANGE', status(11), { kind: 'retry' }],
    ['DATA_LOSS', status(15), { kind: 'retry', after: null }],
    ['RESOURCE_EXHAUSTED', status(8), { kind: 'refused', why: 'grpc-status 8' }],
    ['RESOURCE_EXHAUSTED until then', status(8, details), { kind: 'retry', after: 7000 }],
    [
      'UNAVAILABLE until then',
      { ...OK, trailers: { 'grpc-status': '14', ...details } },
      { kind: 'retry', after: 7000 },
    ],
    ['INVALID_ARGUMENT', status(3, { 'grpc-message': 'bad %zz' }), { kind: 'refused', why: 'grpc-status 3: bad %zz' }],
    ['UNAUTHENTICATED', status(16), { kind: 'refused' }],
    ['UNIMPLEMENTED', status(12), { kind: 'refused' }],
    ['HTTP 503 of a proxy', (stream) => stream.respond({ ':status': 503 }, { endStream: true }), { kind: 'retry' }],
    ['HTTP 404', (stream) => stream.respond({ ':status': 404 }, { endStream: true }), { kind: 'refused' }],
    ['HTTP 401', (stream) => stream.respond({ ':status': 401 }, { endStream: true }), { kind: 'refused' }],
    ['an end without a status', (stream) => stream.respond({ ':status': 200 }, { endStream: true }), { kind: 'retry' }],
    ['a stream that is cut', (stream) => stream.close(8), { kind: 'retry' }],
    ['a connection that is cut', (stream) => stream.session!.destroy(), { kind: 'retry' }],
  ])('and %s', async (_title, answer, verdict) => {
    const scene = await start();
    scene.collector.answers.push(answer);
    expect(await scene.exporter.send(message, never)).toMatchObject(verdict);
    // The next batch is none the worse.
    expect(await scene.exporter.send(message, never)).toMatchObject({ kind: 'taken' });
  });

  it('are given up when nobody answers in time', async () => {
    const scene = await start();
    const late = new AbortController();
    scene.collector.answers.push(() => late.abort());
    const verdict = await scene.exporter.send(message, late.signal);
    expect(verdict).toEqual({
      kind: 'retry',
      why: `no answer from 127.0.0.1:${scene.collector.port} in time`,
      after: null,
    });
    expect(await scene.exporter.send(message, never)).toMatchObject({ kind: 'taken' });
  });

  it('wait for a collector that is not there yet', async () => {
    await using world = new HttpWorld();
    const { host } = new URL(await world.deadOrigin());
    exporter = createGrpcExporter(tracingConfig({ endpoint: host }), { files, userAgent: '' });
    const verdict = await exporter.send(message, never);
    expect(verdict).toEqual({ kind: 'retry', why: `no answer from ${host}: ECONNREFUSED`, after: null });
  });

  it('go over TLS unless told otherwise, to a server whose CA is known', async () => {
    const server = { key: fixture('tls/server.key'), cert: fixture('tls/server.crt') };
    const ca = { kind: 'file', path: '/ca' } as const;
    const scene = await start({ insecure: false, tls: { ...NO_TLS, ca } }, server);
    expect(await scene.exporter.send(message, never)).toMatchObject({ kind: 'taken' });
    const endpoint = `localhost:${scene.collector.port}`;
    const stranger = createGrpcExporter(tracingConfig({ endpoint, insecure: false }), { files, userAgent: '' });
    expect(await stranger.send(message, never)).toMatchObject({ kind: 'retry' });
    stranger.close();
    expect(scene.collector.calls).toHaveLength(1);
  });

  it('are not sent with a certificate that cannot be read', async () => {
    const tls = { ...NO_TLS, ca: { kind: 'file', path: '/gone' } as const };
    exporter = createGrpcExporter(tracingConfig({ insecure: false, tls }), { files, userAgent: '' });
    const verdict = await exporter.send(message, never);
    expect(verdict).toMatchObject({ kind: 'retry' });
    expect(verdict.why).toContain('/gone');
  });
});
