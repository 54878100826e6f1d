import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/input/secret.ts';
import { NO_PROXY } from '../../src/outbound/compile-proxy.ts';
import { NO_TLS } from '../../src/outbound/compile-tls.ts';
import type { HttpAuth, HttpConfig } from '../../src/outbound/http-config.ts';
import { answer, config, file, inline, secret, useHttpScene } from '../support/http-scene.ts';
import { type Handler } from '../support/http-world.ts';

const scene = useHttpScene();

describe('credentials', () => {
  const cases: [string, HttpAuth, string][] = [
    ['basic', { kind: 'basic', username: file('/user'), password: secret('pä:ss') }, 'Basic dXNlcjpww6Q6c3M='],
    ['basic without password', { kind: 'basic', username: inline('u'), password: null }, 'Basic dTo='],
    ['authorization', { kind: 'authorization', type: 'Token', credentials: file('/credentials') }, 'Token abc'],
  ];
  it.each(cases)('are sent: %s', async (_name, auth, expected) => {
    scene.files.set('/user', 'user\n');
    scene.files.set('/credentials', ' abc\n');
    await scene.post(await scene.world.serve(answer(200)), config({ auth }));
    expect(scene.world.seen[0]!.headers.authorization).toBe(expected);
  });
});

describe('redirects', () => {
  const redirecting: Handler = (seen, _request, response) => {
    const [, status = '', rest = ''] = /^\/(\d+)(.*)$/.exec(seen.url) ?? [];
    if (status === '') response.writeHead(200).end('arrived');
    else response.writeHead(Number(status), { location: rest === '' ? '/end' : rest }).end();
  };

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', '{"a":1}'],
    [308, 'POST', '{"a":1}'],
  ])('%i goes on as %s', async (status, method, body) => {
    const origin = await scene.world.serve(redirecting);
    expect(await scene.post(`${origin}/${status}`)).toMatchObject({ kind: 'answer', status: 200, body: 'arrived' });
    expect(scene.world.seen[1]).toMatchObject({ method, body, url: '/end' });
    expect(scene.world.seen[1]!.headers['content-type']).toBe(method === 'GET' ? undefined : 'application/json');
  });

  it('are not followed when follow_redirects is false, nor without a Location', async () => {
    const origin = await scene.world.serve(redirecting);
    expect(await scene.post(`${origin}/302`, config({ followRedirects: false }))).toMatchObject({ status: 302 });
    const silent = await scene.world.serve(answer(302));
    expect(await scene.post(silent)).toMatchObject({ kind: 'answer', status: 302 });
  });

  it('end after ten requests', async () => {
    const origin = await scene.world.serve((seen, _request, response) => {
      const left = Number(seen.url.slice(1));
      response.writeHead(left === 0 ? 200 : 307, { location: `/${left - 1}` }).end();
    });
    expect(await scene.post(`${origin}/9`)).toMatchObject({ kind: 'answer', status: 200 });
    expect(await scene.post(`${origin}/10`)).toMatchObject({ kind: 'failure', sent: true, reason: 'config' });
  });

  it('to another host leave every credential behind, even on the way back', async () => {
    const origin = await scene.world.serve(redirecting);
    const elsewhere = origin.replace('127.0.0.1', 'localhost');
    const auth: HttpAuth = { kind: 'authorization', type: 'Bearer', credentials: secret('t') };
    const headers = [
      { name: 'X-Key', values: [], secrets: [new Secret('k')], files: [] },
      { name: 'Cookie', values: ['c'], secrets: [], files: [] },
      ...['X-Auth-Token', 'X-User-Id', 'X-Amz-Security-Token'].map((name) => ({
        ...{ name, values: ['v'], secrets: [], files: [] },
      })),
      { name: 'X-Plain', values: ['p'], secrets: [], files: [] },
    ];
    await scene.post(`${origin}/307${elsewhere}/307${origin}/end`, config({ auth, headers }));
    const { headers: first } = scene.world.seen[0]!;
    expect(first).toMatchObject({ authorization: 'Bearer t', 'x-key': 'k', cookie: 'c', 'x-plain': 'p' });
    expect(scene.world.seen).toHaveLength(3);
    for (const { headers: later } of scene.world.seen.slice(1)) {
      expect(later).toMatchObject({ 'x-plain': 'p' });
      expect(later).not.toHaveProperty('authorization');
      expect(later).not.toHaveProperty('x-key');
      expect(later).not.toHaveProperty('cookie');
      for (const name of ['x-auth-token', 'x-user-id', 'x-amz-security-token']) expect(later).not.toHaveProperty(name);
    }
  });

  it('to another scheme are refused', async () => {
    const origin = await scene.world.serve(answer(302, '', { location: 'file:///etc/passwd' }));
    expect(await scene.post(origin)).toMatchObject({ kind: 'failure', sent: true, reason: 'config' });
  });
});

describe('OAuth2', () => {
  const oauth2 = (tokenUrl: string, changes: Partial<Extract<HttpAuth, { kind: 'oauth2' }>> = {}): HttpConfig => {
    const fixed = { kind: 'oauth2', clientId: 'id x', tls: NO_TLS, proxy: NO_PROXY, tokenUrl } as const;
    const rest = { clientSecret: secret('s&t'), scopes: ['a', 'b'], endpointParams: [['audience', 'me']] as const };
    return config({ auth: { ...fixed, ...rest, ...changes } });
  };
  const issuing = (accepts: (form: URLSearchParams, authorization: string) => boolean, expiresIn = 3600): Handler => {
    let count = 0;
    return (seen, _request, response) => {
      const ok = accepts(new URLSearchParams(seen.body), seen.headers.authorization ?? '');
      const body = ok
        ? { access_token: `token${++count}`, token_type: 'bearer', expires_in: expiresIn }
        : { error: 'invalid_client', error_description: 'the secret is s&t' };
      response.writeHead(ok ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
  };
  const tokens = (): unknown[] =>
    scene.world.seen.filter((seen) => seen.url === '/').map((seen) => seen.headers.authorization);

  it('asks for a token once and uses it until ten seconds before it expires', async () => {
    const issuer = await scene.world.serve(issuing((_form, header) => header === `Basic ${btoa('id+x:s%26t')}`));
    const target = await scene.world.serve(answer(200));
    const http = oauth2(`${issuer}/token`);
    await Promise.all([scene.post(`${target}/`, http), scene.post(`${target}/`, http)]);
    scene.now += 3_589_000;
    await scene.post(`${target}/`, http);
    scene.now += 1000;
    await scene.post(`${target}/`, http);
    expect(tokens()).toEqual(['Bearer token1', 'Bearer token1', 'Bearer token1', 'Bearer token2']);
    const asked = scene.world.seen.find((seen) => seen.url === '/token')!;
    expect(asked.body).toBe('audience=me&grant_type=client_credentials&scope=a+b');
    expect(asked.headers['user-agent']).toBe('Belfry/test');
  });

  it('names itself in the form where the header is refused', async () => {
    const issuer = await scene.world.serve(
      issuing((form) => form.get('client_id') === 'id x' && form.get('client_secret') === 's&t'),
    );
    const target = await scene.world.serve(answer(200));
    expect(await scene.post(`${target}/`, oauth2(`${issuer}/token`))).toMatchObject({ kind: 'answer', status: 200 });
  });

  it('fetches another token when a kept one is answered with 401, once', async () => {
    const issuer = await scene.world.serve(issuing(() => true));
    let valid = 'Bearer token1';
    const target = await scene.world.serve((seen, _request, response) => {
      response.writeHead(seen.headers.authorization === valid ? 200 : 401).end();
    });
    const http = oauth2(`${issuer}/token`);
    expect(await scene.post(`${target}/`, http)).toMatchObject({ status: 200 });
    valid = 'Bearer token2';
    expect(await scene.post(`${target}/`, http)).toMatchObject({ status: 200 });
    valid = 'none';
    expect(await scene.post(`${target}/`, http)).toMatchObject({ status: 401 });
    expect(tokens()).toEqual(['Bearer token1', 'Bearer token1', 'Bearer token2', 'Bearer token2', 'Bearer token3']);
  });

  it('asks again when the client secret has changed', async () => {
    scene.files.set('/secret', 'one');
    const issuer = await scene.world.serve(issuing(() => true));
    const target = await scene.world.serve(answer(200));
    const http = oauth2(`${issuer}/token`, { clientSecret: file('/secret') });
    await scene.post(`${target}/`, http);
    scene.files.set('/secret', 'two');
    await scene.post(`${target}/`, http);
    expect(tokens()).toEqual(['Bearer token1', 'Bearer token2']);
  });

  it('fails without a word of the secret when the issuer refuses, and nothing was sent', async () => {
    const issuer = await scene.world.serve(issuing(() => false));
    const result = await scene.post('http://far.example/', oauth2(`${issuer}/token`));
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'config' });
    expect(result.kind === 'failure' && result.message).toBe('oauth2 token: the endpoint answered 401: invalid_client');
  });

  it('gives up at the deadline while the issuer is silent', async () => {
    const issuer = await scene.world.serve(() => {});
    const result = await scene.post('http://far.example/', oauth2(`${issuer}/token`), AbortSignal.timeout(60));
    expect(result).toMatchObject({ kind: 'failure', sent: false, reason: 'timeout' });
  });
});
