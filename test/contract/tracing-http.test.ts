import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import { createHttpExporter } from '../../src/adapters/tracing/export-http.ts';
import { encodeSpans } from '../../src/adapters/tracing/otlp.ts';
import type { Verdict } from '../../src/adapters/tracing/verdict.ts';
import type { TracingConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/input/secret.ts';
import { NO_TLS } from '../../src/outbound/compile-tls.ts';
import { fixture, MemoryFiles } from '../support/http-world.ts';
import { partialSuccess, readBatch, retryInfo, unpacked } from '../support/otlp-read.ts';
import { aSpan, tracingConfig } from '../support/trace-scene.ts';

const origin = { resource: { 'service.name': 'belfry' }, scope: { name: 'belfry', version: '1' } };
const message = encodeSpans([aSpan('flush')], origin);
const never = new AbortController().signal;
const NOW = Date.UTC(2026, 10, 20, 12);

interface Taken {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly names: readonly string[];
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function collect(answer: (response: ServerResponse) => void, isTls = false) {
  const taken: Taken[] = [];
  const pair = { key: fixture('tls/server.key'), cert: fixture('tls/server.crt') };
  const server = isTls ? createTlsServer(pair) : createServer();
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      const { spans } = readBatch(unpacked(Buffer.concat(chunks), headers['content-encoding']));
      taken.push({ url, headers, names: spans.map(({ name }) => name) });
      answer(response);
    });
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { taken, endpoint: `${isTls ? 'localhost' : '127.0.0.1'}:${port}` };
}

function send(config: Partial<TracingConfig>, signal: AbortSignal = never): Promise<Verdict> {
  const clock = { now: () => NOW };
  const files = new MemoryFiles({ '/ca': fixture('tls/ca.crt') });
  const http = createHttpClient({ files, env: {}, clock });
  open.push(async () => http[Symbol.asyncDispose]());
  return createHttpExporter(tracingConfig(config), { http, clock, userAgent: 'Belfry/test' }).send(message, signal);
}

describe('spans over HTTP', () => {
  it('are posted to /v1/traces', async () => {
    const { taken, endpoint } = await collect((response) => response.end());
    expect(await send({ endpoint })).toEqual({ kind: 'taken', rejected: 0, why: '' });
    expect(taken).toMatchObject([{ url: '/v1/traces', names: ['flush'] }]);
    expect(taken[0]!.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'user-agent': 'Belfry/test' });
    expect(taken[0]!.headers).not.toHaveProperty('content-encoding');
  });

  it('are packed when that is configured, and carry the headers that are', async () => {
    const { taken, endpoint } = await collect((response) => response.end());
    const headers = [
      { name: 'Authorization', values: [], secrets: [new Secret('Bearer hush')], files: [] },
      { name: 'X-Scope', values: ['a', 'b'], secrets: [], files: [] },
    ];
    await send({ endpoint, compression: 'gzip', headers });
    expect(taken[0]!.names).toEqual(['flush']);
    expect(taken[0]!.headers).toMatchObject({
      'content-encoding': 'gzip',
      authorization: 'Bearer hush',
      'x-scope': 'a, b',
    });
  });

  const answers = (status: number, body: string | Buffer = '', headers: Readonly<Record<string, string>> = {}) => {
    return (response: ServerResponse): void => void response.writeHead(status, headers).end(body);
  };
  const protobuf = { 'content-type': 'application/x-protobuf' };

  it.each<[string, (response: ServerResponse) => void, object]>([
    [
      '200 in part',
      answers(200, partialSuccess(1, 'too old'), protobuf),
      { kind: 'taken', rejected: 1, why: 'too old' },
    ],
    ['202', answers(202), { kind: 'taken', rejected: 0 }],
    [
      '400',
      answers(400, retryInfo('no such field', 1), protobuf),
      { kind: 'refused', why: 'status 400: no such field' },
    ],
    ['401', answers(401, 'who are you?\n'), { kind: 'refused', why: 'status 401: who are you?' }],
    ['404', answers(404), { kind: 'refused', why: 'status 404' }],
    ['500', answers(500), { kind: 'refused', why: 'status 500' }],
    ['429', answers(429, '', { 'retry-after': '7' }), { kind: 'retry', after: 7000 }],
    ['502', answers(502, '<html>'), { kind: 'retry', why: 'status 502: <html>', after: null }],
    ['503', answers(503, '', { 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }), { kind: 'retry', after: 30_000 }],
    ['504', answers(504), { kind: 'retry', after: null }],
    ['a cut connection', (response) => void response.socket?.destroy(), { kind: 'retry' }],
  ])('and %s', async (_title, answer, verdict) => {
    const { endpoint } = await collect(answer);
    expect(await send({ endpoint })).toMatchObject(verdict);
  });

  it('are given up when nobody answers in time', async () => {
    const late = new AbortController();
    const { endpoint } = await collect(() => late.abort(new DOMException('too late', 'TimeoutError')));
    expect(await send({ endpoint }, late.signal)).toEqual({
      ...{ kind: 'retry', why: `no answer from ${endpoint} in time`, after: null },
    });
  });

  it('go over TLS unless told otherwise, to a server whose CA is known', async () => {
    const { taken, endpoint } = await collect((response) => response.end(), true);
    const tls = { ...NO_TLS, ca: { kind: 'file', path: '/ca' } as const };
    expect(await send({ endpoint, insecure: false, tls })).toMatchObject({ kind: 'taken' });
    expect(await send({ endpoint, insecure: false })).toMatchObject({ kind: 'retry' });
    expect(taken).toHaveLength(1);
  });
});
