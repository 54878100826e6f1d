import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/input/secret.ts';
import { NO_PROXY } from '../../src/outbound/compile-proxy.ts';
import { NO_TLS } from '../../src/outbound/compile-tls.ts';
import type { HttpConfig, TlsConfig } from '../../src/outbound/http-config.ts';
import { answer, config, file, inline, secret, useHttpScene } from '../support/http-scene.ts';
import { fixture } from '../support/http-world.ts';

const scene = useHttpScene();

describe('TLS', () => {
  const server = { key: fixture('tls/server.key'), cert: fixture('tls/server.crt') };
  const ca = inline(fixture('tls/ca.crt'));
  const withTls = (changes: Partial<TlsConfig>): HttpConfig => config({ tls: { ...NO_TLS, ...changes } });

  it('believes a server whose CA is configured, and nobody it does not know', async () => {
    const origin = await scene.world.serveTls(server, answer(200, 'safe'));
    expect(await scene.post(origin, withTls({ ca }))).toMatchObject({ kind: 'answer', body: 'safe' });
    expect(await scene.post(`${origin}/secret-path`)).toMatchObject({ kind: 'failure', sent: false, reason: 'tls' });
    expect(await scene.post(origin, withTls({ insecureSkipVerify: true }))).toMatchObject({ kind: 'answer' });
  });

  it('refuses a certificate for another name, unless server_name expects it', async () => {
    const other = { key: fixture('tls/elsewhere.key'), cert: fixture('tls/elsewhere.crt') };
    const origin = await scene.world.serveTls(other, answer(200));
    expect(await scene.post(origin, withTls({ ca }))).toMatchObject({ kind: 'failure', sent: false, reason: 'tls' });
    expect(await scene.post(origin, withTls({ ca, serverName: 'elsewhere.example' }))).toMatchObject({
      kind: 'answer',
    });
  });

  it('shows the client certificate, and takes up a new one without a restart', async () => {
    const strict = { ...server, ca: fixture('tls/ca.crt'), requestCert: true, rejectUnauthorized: true };
    const origin = await scene.world.serveTls(strict, answer(200, 'known'));
    expect(await scene.post(origin, withTls({ ca }))).toMatchObject({ kind: 'failure' });
    scene.files.set('/c.crt', fixture('tls/server.crt'));
    scene.files.set('/c.key', fixture('tls/server.key'));
    const http = withTls({ ca, cert: file('/c.crt'), key: file('/c.key') });
    // Certified by the same CA, but as a server.
    expect(await scene.post(origin, http)).toMatchObject({ kind: 'failure' });
    scene.files.set('/c.crt', fixture('tls/client.crt'));
    scene.files.set('/c.key', fixture('tls/client.key'));
    expect(await scene.post(origin, http)).toMatchObject({ kind: 'answer', body: 'known' });
  });

  it('lets a request finish while a new certificate is taken up', async () => {
    scene.files.set('/ca', fixture('tls/ca.crt'));
    const http = withTls({ ca: file('/ca') });
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
    const origin = await scene.world.serveTls(server, (seen, _request, response) => {
      if (seen.url === '/slow') arrive(() => void response.end('slow'));
      else response.end('quick');
    });
    const slow = scene.post(`${origin}/slow`, http);
    const release = await arrived;
    scene.files.set('/ca', `${fixture('tls/ca.crt')}\n# renewed`);
    expect(await scene.post(`${origin}/quick`, http)).toMatchObject({ kind: 'answer', body: 'quick' });
    release();
    expect(await slow).toMatchObject({ kind: 'answer', body: 'slow' });
  });

  it('keeps to min_version and max_version', async () => {
    const origin = await scene.world.serveTls({ ...server, maxVersion: 'TLSv1.2' }, answer(200));
    expect(await scene.post(origin, withTls({ ca, minVersion: 'TLS13' }))).toMatchObject({
      reason: 'tls',
      sent: false,
    });
    expect(await scene.post(origin, withTls({ ca, maxVersion: 'TLS12' }))).toMatchObject({ kind: 'answer' });
  });

  it.each([
    ['a CA that is none', { ca: inline('nonsense') }],
    ['a missing CA file', { ca: file('/none') }],
    [
      'a key of another certificate',
      { cert: inline(fixture('tls/client.crt')), key: secret(fixture('tls/server.key')) },
    ],
  ])('names %s as our own fault', async (_name, changes) => {
    const origin = await scene.world.serveTls(server, answer(200));
    const result = await scene.post(origin, withTls(changes));
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'config' });
  });

  it('that is no TLS at all fails before anything is sent', async () => {
    const origin = await scene.world.serveRaw(
      (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 no\r\n\r\n')),
    );
    expect(await scene.post(origin.replace('http:', 'https:'))).toMatchObject({
      kind: 'failure',
      sent: false,
      reason: 'tls',
    });
  });
});

describe('proxies', () => {
  const through = (url: string, changes: Partial<HttpConfig['proxy']> = {}): HttpConfig =>
    config({
      proxy: { ...NO_PROXY, url: new Secret(url), ...changes },
      tls: { ...NO_TLS, ca: inline(fixture('tls/ca.crt')) },
    });

  it('forward plain HTTP, with the credentials of proxy_url', async () => {
    const proxy = await scene.world.serveProxy(`Basic ${btoa('me:pw')}`);
    const result = await scene.post('http://far.example/x', through(proxy.replace('//', '//me:pw@')));
    expect(result).toMatchObject({ kind: 'answer', status: 200, body: 'through the proxy: http://far.example/x' });
  });

  it('tunnel HTTPS, with connect headers that the target never sees', async () => {
    const target = await scene.world.serveTls(
      { key: fixture('tls/server.key'), cert: fixture('tls/server.crt') },
      answer(200, 'end to end'),
    );
    const proxy = await scene.world.serveProxy(`Basic ${btoa('me:pw')}`);
    const http = through(proxy.replace('//', '//me:pw@'), { connectHeaders: [['X-Via', new Secret('belfry')]] });
    expect(await scene.post(target, http)).toMatchObject({ kind: 'answer', body: 'end to end' });
    expect(scene.world.proxied[0]).toMatchObject({ method: 'CONNECT', headers: { 'x-via': 'belfry' } });
    expect(scene.world.seen[0]!.headers).not.toHaveProperty('x-via');
    expect(scene.world.seen[0]!.headers).not.toHaveProperty('proxy-authorization');
  });

  it.each(['socks5', 'socks5h'])('speak %s, and resolve the name themselves', async (scheme) => {
    const target = await scene.world.serve(answer(200, 'by socks'));
    const { origin, asked } = await scene.world.serveSocks(target);
    const proxy = origin.replace('http://', `${scheme}://me:pw@`);
    expect(await scene.post('http://far.example/x', through(proxy))).toMatchObject({
      kind: 'answer',
      body: 'by socks',
    });
    expect(asked).toEqual(['me:pw', 'far.example']);
  });

  it('that refuse are a failure in which nothing was sent', async () => {
    const proxy = await scene.world.serveProxy('Basic other');
    const result = await scene.post('https://far.example/secret-path', through(proxy.replace('//', '//me:pw@')));
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'refused' });
    expect(result.kind === 'failure' && result.message).toContain('407');
    expect(JSON.stringify(result)).not.toMatch(/secret-path|pw/);
  });

  it('that are down are a failure in which nothing was sent', async () => {
    const http = through(await scene.world.deadOrigin());
    for (const url of ['http://far.example/', 'https://far.example/']) {
      expect(await scene.post(url, http)).toMatchObject({ kind: 'failure', sent: false, reason: 'refused' });
    }
  });

  it.each(['foo', 'ftp://proxy', 'http:///'])(
    'that are none are a failure in which nothing was sent: %s',
    async (url) => {
      const failure = { kind: 'failure', sent: false, reason: 'config', message: 'proxy_url is no address of a proxy' };
      expect(await scene.post('http://far.example/', through(url))).toMatchObject(failure);
      expect(await scene.post('https://far.example/', through(url))).toMatchObject(failure);
    },
  );

  it('come from the environment when the configuration says so', async () => {
    const proxy = await scene.world.serveProxy(null);
    scene.env['HTTP_PROXY'] = proxy.replace('http://', '');
    scene.env['no_proxy'] = 'near.example';
    const http = config({ proxy: { ...NO_PROXY, fromEnvironment: true } });
    expect(await scene.post('http://far.example/', http)).toMatchObject({ kind: 'answer', status: 200 });
    expect(await scene.post('http://belfry.near.example/', http)).toMatchObject({ reason: 'dns' });
    expect(await scene.post('http://far.example/')).toMatchObject({ reason: 'dns' });
    scene.env['HTTP_PROXY'] = 'ftp://proxy';
    expect(await scene.post('http://far.example/', http)).toMatchObject({ sent: false, reason: 'config' });
  });
});
