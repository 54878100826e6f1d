import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import { Secret } from '../../src/input/secret.ts';
import { NO_TLS } from '../../src/outbound/compile-tls.ts';
import type { HttpAuth } from '../../src/outbound/http-config.ts';
import { answer, config, file, inline, secret, useHttpScene } from '../support/http-scene.ts';
import { fixture } from '../support/http-world.ts';

const scene = useHttpScene();

describe('an exchange', () => {
  it('sends method, body and headers as given, and answers with status, headers and body', async () => {
    const origin = await scene.world.serve(answer(201, 'thanks', { 'X-Id': '7' }));
    const result = await scene.post(`${origin}/hook?key=1`);
    expect(result).toMatchObject({ kind: 'answer', status: 201, body: 'thanks' });
    expect(result.kind === 'answer' && result.headers.get('x-id')).toBe('7');
    expect(scene.world.seen[0]).toMatchObject({ method: 'POST', url: '/hook?key=1', body: '{"a":1}' });
    expect(scene.world.seen[0]!.rawHeaders).toContain('User-Agent');
    expect(scene.world.seen[0]!.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '7' });
  });

  it('turns user and password of the URL into a header, and prefers them to the configured ones', async () => {
    const origin = await scene.world.serve(answer(200));
    const auth: HttpAuth = { kind: 'authorization', type: 'Bearer', credentials: secret('unused') };
    await scene.post(origin.replace('//', '//us%40er:pa%3Ass@'), config({ auth }));
    expect(scene.world.seen[0]!.headers.authorization).toBe(`Basic ${btoa('us@er:pa:ss')}`);
  });

  it('adds http_headers: values, secrets and files, read at each request', async () => {
    scene.files.set('/token', 'one\n');
    const origin = await scene.world.serve(answer(200));
    const http = config({
      headers: [{ name: 'x-many', values: ['a', 'é'], secrets: [new Secret('b')], files: ['/token'] }],
    });
    await scene.post(origin, http);
    scene.files.set('/token', 'two\n');
    await scene.post(origin, http);
    const sent = scene.world.seen.map((seen) => Buffer.from(String(seen.headers['x-many']), 'latin1').toString());
    expect(sent).toEqual(['a, é, b, one', 'a, é, b, two']);
  });

  it('speaks HTTP/2 when the server does and enable_http2 says so, and HTTP/1.1 when it does not', async () => {
    const server = { key: fixture('tls/server.key'), cert: fixture('tls/server.crt') };
    const origin = await scene.world.serveBothVersions(server);
    const tls = { ...NO_TLS, ca: inline(fixture('tls/ca.crt')) };
    expect(await scene.post(origin, config({ tls }))).toMatchObject({ kind: 'answer', body: '2.0' });
    expect(await scene.post(origin, config({ tls, enableHttp2: false }))).toMatchObject({
      kind: 'answer',
      body: '1.1',
    });
  });
});

describe('a hostile server', () => {
  it('costs at most 64 KiB of an endless body, and the rest is cancelled', async () => {
    const { promise: closed, resolve: cancelled } = Promise.withResolvers<void>();
    const origin = await scene.world.serve((_seen, _request, response) => {
      response.on('close', cancelled);
      const pour = (): void =>
        void (response.write('x'.repeat(16_384)) ? setImmediate(pour) : response.once('drain', pour));
      pour();
    });
    const result = await scene.post(origin);
    expect(result.kind === 'answer' && result.body.length).toBe(65_536);
    await closed;
  });

  it('may be read further when the caller says how far', async () => {
    const origin = await scene.world.serve(answer(200, 'x'.repeat(200_000)));
    await using client = createHttpClient({ files: scene.files, env: {}, clock: { now: () => 0 } });
    const request = { method: 'POST', url: origin, headers: {}, body: '', signal: AbortSignal.timeout(5000) } as const;
    const read = await client.request(config(), { ...request, mostBytes: 150_000 });
    expect(read.kind === 'answer' && read.body.length).toBe(150_000);
  });

  it('is decompressed once, within the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 'z'));
    const origin = await scene.world.serve((seen, _request, response) => {
      const body = seen.url === '/bomb' ? bomb : gzipSync(seen.url === '/twice' ? gzipSync('inner') : 'plain é');
      response.writeHead(200, { 'content-encoding': seen.url === '/list' ? 'gzip, gzip' : 'gzip' }).end(body);
    });
    expect(await scene.post(`${origin}/`)).toMatchObject({ body: 'plain é' });
    const big = await scene.post(`${origin}/bomb`);
    expect(big.kind === 'answer' && big.body).toBe('z'.repeat(65_536));
    const twice = await scene.post(`${origin}/twice`);
    expect(twice.kind === 'answer' && twice.body).not.toContain('inner');
  });

  it('leaves an answer with what came when it breaks off in the body', async () => {
    const origin = await scene.world.serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 202 ok\r\ncontent-length: 100\r\n\r\nhalf'));
    });
    expect(await scene.post(origin)).toMatchObject({ kind: 'answer', status: 202, body: 'half' });
  });

  it('may send headers longer than a page', async () => {
    const origin = await scene.world.serve(answer(200, 'ok', { 'x-long': 'h'.repeat(100_000) }));
    expect(await scene.post(origin)).toMatchObject({ kind: 'answer', status: 200, body: 'ok' });
  });

  it('that never answers is a timeout: the request may have arrived', async () => {
    const origin = await scene.world.serve(() => {});
    const result = await scene.post(`${origin}/secret-path?token=abc`, config(), AbortSignal.timeout(60));
    expect(result).toMatchObject({ kind: 'failure', sent: true, reason: 'timeout' });
    expect(JSON.stringify(result)).not.toMatch(/secret-path|abc/);
  });

  it('that closes after the request is a reset', async () => {
    const origin = await scene.world.serveRaw((socket) => void socket.once('data', () => socket.destroy()));
    expect(await scene.post(origin)).toMatchObject({ kind: 'failure', sent: true, reason: 'reset' });
  });

  it('that speaks something else is a reset', async () => {
    const origin = await scene.world.serveRaw(
      (socket) => void socket.once('data', () => socket.end('220 smtp ready\r\n')),
    );
    expect(await scene.post(origin)).toMatchObject({ kind: 'failure', sent: true, reason: 'reset' });
  });
});

describe('what was never sent', () => {
  it('is so when nobody listens', async () => {
    expect(await scene.post(await scene.world.deadOrigin())).toMatchObject({
      kind: 'failure',
      sent: false,
      reason: 'refused',
    });
  });

  it('is so when the name does not resolve', async () => {
    const result = await scene.post('http://belfry-test.invalid/secret-path');
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'dns' });
    expect(JSON.stringify(result)).not.toContain('secret-path');
  });

  it('is so when the URL is none', async () => {
    for (const url of ['ftp://x/y', 'nothing', '']) {
      expect(await scene.post(url)).toMatchObject({ kind: 'failure', sent: false, reason: 'config' });
    }
  });

  it('is so when the caller has given up before', async () => {
    const origin = await scene.world.serve(answer(200));
    const result = await scene.post(origin, config(), AbortSignal.abort());
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'aborted' });
    expect(scene.world.seen).toEqual([]);
  });

  it('is so when the deadline passes within the TLS handshake', async () => {
    const origin = await scene.world.serveRaw(() => {});
    const result = await scene.post(origin.replace('http:', 'https:'), config(), AbortSignal.timeout(60));
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'timeout' });
  });

  it('is so when a secret cannot be read, and the file is named', async () => {
    const auth: HttpAuth = { kind: 'basic', username: inline('u'), password: file('/etc/belfry/password') };
    const result = await scene.post(await scene.world.serve(answer(200)), config({ auth }));
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'config' });
    expect(result.kind === 'failure' && result.message).toContain('no such file: /etc/belfry/password');
  });

  it('is so when a header from a file holds a line break', async () => {
    scene.files.set('/h', 'a\nInjected: b');
    const http = config({ headers: [{ name: 'X-A', values: [], secrets: [], files: ['/h'] }] });
    const result = await scene.post(await scene.world.serve(answer(200)), http);
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'config' });
  });
});
