// --web.config.file: what it may say, who comes in, and what happens when it changes while we run.
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { TLSSocket } from 'node:tls';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BasicAuth } from '../../src/http/auth.ts';
import { compileWebConfig } from '../../src/http/web-config.ts';
import { Secret } from '../../src/input/secret.ts';
import { testServer, type TestServer } from '../support/http-server.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/api/tls/', import.meta.url));
// Of `alice` and `secret`, at the lowest cost there is.
const ALICE = '$2b$04$LWL//NimdJma5L1GEMFS6OrErF4csHDddCY0z/m9/sGnYQLNOBr0i';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function file(text: string): Promise<string> {
  const path = join(folder, `web-${++files}.yml`);
  await writeFile(path, text);
  return path;
}

const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

const statusOf = async (server: TestServer, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(`${server.url}/-/healthy`, { headers })).status;

describe('compileWebConfig()', () => {
  test('takes everything the format has', () => {
    const compiled = compileWebConfig(
      '/etc/web.yml',
      `
tls_server_config:
  cert_file: a.crt
  key_file: /keys/a.key
  client_auth_type: RequireClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [a, b]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: true
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: false
  headers: {Strict-Transport-Security: max-age=1, X-Frame-Options: deny, X-XSS-Protection: ''}
basic_auth_users:
  __proto__: ${ALICE}
rate_limit: {interval: 1s, burst: 5}
`,
    );
    if (!compiled.ok) return expect(compiled.problems).toEqual([]);
    const { tls, headers, users, rateLimit } = compiled.value;
    expect(tls).toMatchObject({
      cert: { kind: 'file', path: '/etc/a.crt' },
      key: { kind: 'file', path: '/keys/a.key' },
      clientCa: { kind: 'file', path: '/etc/ca.crt' },
      clientAuth: 'RequireAnyClientCert',
      allowedSans: ['a', 'b'],
      minVersion: 'TLS13',
      ciphers: ['ECDHE-RSA-AES128-GCM-SHA256'],
      curves: ['P-256', 'X25519'],
    });
    expect(Object.entries(headers)).toEqual([
      ['strict-transport-security', 'max-age=1'],
      ['x-frame-options', 'deny'],
    ]);
    expect([...users].map(([name, hash]) => [name, String(hash)])).toEqual([['__proto__', '<secret>']]);
    expect(rateLimit).toEqual({ interval: 1000, burst: 5 });
  });

  test.each(['', '{}', 'tls_server_config:\n', 'tls_server_config: {min_version: TLS12}\n'])(
    '%j asks for nothing',
    (text) => {
      expect(compileWebConfig('web.yml', text)).toMatchObject({ ok: true, value: { tls: null, rateLimit: null } });
    },
  );

  test.each([
    ['tls_server_confg: {}', 'web.yml:1:1', /unknown/],
    ['tls_server_config: {cert_file: a, foo: b}', 'web.yml:1:35', /foo/],
    ['tls_server_config: {cert_file: a}', 'web.yml:1:1', /missing one of key or key_file/],
    ['tls_server_config: {key_file: a}', 'web.yml:1:1', /missing one of cert or cert_file/],
    ['tls_server_config: {cert_file: a, key_file: b, client_auth_type: x}', 'web.yml:1:66', /client_auth_type "x"/],
    ['tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}', 'web.yml:1:48', /client CA has no effect/],
    [
      'tls_server_config: {cert_file: a, key_file: b, min_version: TLS14}',
      'web.yml:1:61',
      /unknown TLS version: TLS14/,
    ],
    ['tls_server_config: {cert_file: a, key_file: b, min_version: TLS13, max_version: TLS12}', 'web.yml:1:68', /older/],
    ['tls_server_config: {cert_file: a, key_file: b, cipher_suites: [X]}', 'web.yml:1:63', /unknown name "X"/],
    ['tls_server_config: {cert_file: a, key_file: b, curve_preferences: [X]}', 'web.yml:1:67', /unknown name "X"/],
    ['http_server_config: {headers: {Content-Type: x}}', 'web.yml:1:32', /can not be configured/],
    ['http_server_config: {headers: {X-Frame-Options: x}}', 'web.yml:1:49', /invalid value "x"/],
    ['http_server_config: {headers: {X-XSS-Protection: "a\\r\\nb: c"}}', 'web.yml:1:50', /one line/],
    ['basic_auth_users: {john: doe}', 'web.yml:1:26', /not a bcrypt hash/],
    [
      `basic_auth_users: {john: ${ALICE.replace('$04$', '$15$')}}`,
      'web.yml:1:26',
      /cost of "john" is 15; from 4 to 14/,
    ],
    [`basic_auth_users: {john: ${ALICE.replace('$04$', '$31$')}}`, 'web.yml:1:26', /cost/],
    ['rate_limit: {interval: soon}', 'web.yml:1:24', /duration/],
  ])('refuses %s', (text, place, message) => {
    const compiled = compileWebConfig('web.yml', text);
    if (compiled.ok) return expect(compiled).toEqual('a problem');
    const [problem] = compiled.problems;
    expect(`${problem?.at?.file}:${problem?.at?.line}:${problem?.at?.column}`).toBe(place);
    expect(problem?.message).toMatch(message);
    expect(problem?.message).not.toMatch(/\$2b\$/);
  });

  test('a bad file at start is an error that names the place', async () => {
    await expect(testServer({ webConfig: await file('basic_auth_users: {john: doe}\n') })).rejects.toThrow(
      /web-\d+\.yml:1:26: error: .*\n.*\n.*\^/,
    );
    const none = join(folder, 'none.yml');
    await expect(testServer({ webConfig: none })).rejects.toThrow(
      `the web config file (--web.config.file) cannot be used: error: ${none} does not exist`,
    );
    await expect(testServer({ webConfig: folder })).rejects.toThrow(`error: ${folder} is a directory, not a file`);
    const tls = 'tls_server_config: {cert_file: none.pem, key_file: none.pem}\n';
    await expect(testServer({ webConfig: await file(tls) })).rejects.toThrow(
      `failed to read cert_file: ${join(folder, 'none.pem')} does not exist`,
    );
  });
});

describe('basic auth', () => {
  test('lets in who knows the password, again and again, and nobody else', async () => {
    await using server = await testServer({ webConfig: await file(`basic_auth_users: {alice: ${ALICE}}\n`) });
    const nobody = await fetch(`${server.url}/api/v2/alerts`);
    expect([nobody.status, nobody.headers.get('www-authenticate'), await nobody.text()]).toEqual([
      401,
      'Basic',
      'Unauthorized\n',
    ]);
    expect(await statusOf(server, basic('alice', 'wrong'))).toBe(401);
    expect(await statusOf(server, basic('alice', 'secret'))).toBe(200);
    expect(await statusOf(server, basic('alice', 'secret'))).toBe(200);
    expect(await statusOf(server, basic('alice', ''))).toBe(401);
    expect(await statusOf(server, basic('bob', 'secret'))).toBe(401);
    expect(await statusOf(server, basic('__proto__', 'secret'))).toBe(401);
    // Name, hash and password are framed: moving a piece from one to the other is another login.
    expect(await statusOf(server, basic('alic', 'e:secret'))).toBe(401);
    expect(await statusOf(server, basic('alice:secret', ''))).toBe(401);
    for (const authorization of ['Basic', 'Basic !!!', 'Basic YWxpY2U=', 'Bearer x', '']) {
      expect(await statusOf(server, { authorization })).toBe(401);
    }
  });

  test("a browser's question before a request comes without a password; the request needs it", async () => {
    const webConfig = await file(`basic_auth_users: {alice: ${ALICE}}\n`);
    await using server = await testServer({ webConfig, allowedOrigins: ['http://a.example'] });
    const url = `${server.url}/api/v2/silences`;
    const ask = (origin: string, headers: Record<string, string>): Promise<Response> =>
      fetch(url, { method: 'OPTIONS', headers: { origin, ...headers } });
    expect((await ask('http://a.example', { 'access-control-request-method': 'POST' })).status).toBe(204);
    expect((await ask('http://b.example', { 'access-control-request-method': 'POST' })).status).toBe(401);
    expect((await ask('http://a.example', {})).status).toBe(401);
    const told = await fetch(url, { headers: { origin: 'http://a.example' } });
    expect([told.status, told.headers.get('access-control-allow-origin')]).toEqual([401, 'http://a.example']);
  });

  test('remembers a login by its fields, each framed: no other split of the same text is one', async () => {
    const auth = new BasicAuth();
    const { authorization } = basic('ab', 'secret');
    expect(await auth.login(authorization, new Map([['ab', new Secret(ALICE)]]))).toBe('in');
    const shifted = new Map([['a', new Secret(`b${ALICE}`)]]);
    expect(await auth.login(basic('a', 'secret')['authorization'], shifted)).toBe('out');
    const changed = new Map([['ab', new Secret(ALICE.replace('LWL', 'LWM'))]]);
    expect(await auth.login(authorization, changed)).toBe('out');
    await auth.close();
  });

  test('many at once are all answered', async () => {
    await using server = await testServer({ webConfig: await file(`basic_auth_users: {alice: ${ALICE}}\n`) });
    const tries = Array.from({ length: 40 }, (_, i) =>
      statusOf(server, basic('alice', i % 2 === 0 ? 'secret' : `wrong${i}`)),
    );
    expect(await Promise.all(tries)).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 200 : 401)));
  });
});

describe('a changed file', () => {
  test('is taken over within a second when it is good, and logged and left when it is not', async () => {
    const path = await file(`basic_auth_users: {alice: ${ALICE}}\n`);
    await using server = await testServer({ webConfig: path });
    expect(await statusOf(server)).toBe(401);
    await writeFile(path, 'http_server_config: {headers: {X-Frame-Options: deny}}\n');
    expect(await statusOf(server)).toBe(401);
    server.clock.move(1000);
    const open = await fetch(`${server.url}/-/healthy`);
    expect([open.status, open.headers.get('x-frame-options')]).toEqual([200, 'deny']);
    await writeFile(path, 'basic_auth_users: {john: doe}\n');
    for (let round = 0; round < 3; round++) {
      server.clock.move(1000);
      expect(await statusOf(server)).toBe(200);
    }
    await writeFile(path, `basic_auth_users: {alice: ${ALICE}}\n`);
    server.clock.move(1000);
    expect(await statusOf(server)).toBe(401);
    expect(await statusOf(server, basic('alice', 'secret'))).toBe(200);
    expect(server.logged.map(({ level }) => level)).toEqual(['info', 'error', 'info']);
  });

  test('a rate limit refuses what comes too fast', async () => {
    await using server = await testServer({ webConfig: await file('rate_limit: {interval: 1s, burst: 2}\n') });
    expect([await statusOf(server), await statusOf(server), await statusOf(server)]).toEqual([200, 200, 429]);
    server.clock.move(1000);
    expect([await statusOf(server), await statusOf(server)]).toEqual([200, 429]);
  });
});

interface Client {
  readonly cert?: string;
  readonly maxVersion?: 'TLSv1.2';
}

/** The status, or the word that the handshake or connection failed. */
async function secure(
  server: TestServer,
  client: Client = {},
): Promise<{ status: number | 'cut off'; server: string }> {
  const ca = await readFile(join(FIXTURES, 'ca.cert.pem'));
  const own =
    client.cert === undefined
      ? {}
      : {
          cert: await readFile(join(FIXTURES, `${client.cert}.cert.pem`)),
          key: await readFile(join(FIXTURES, `${client.cert}.key.pem`)),
        };
  const version = client.maxVersion === undefined ? {} : { maxVersion: client.maxVersion };
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: server.port, path: '/-/healthy', ca, agent: false, ...own, ...version };
    const asked = request(options, (answer) => {
      const name = answer.socket instanceof TLSSocket ? answer.socket.getPeerCertificate().subject.CN : '';
      answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, server: String(name) }));
    });
    asked.on('error', () => resolve({ status: 'cut off', server: '' })).end();
  });
}

describe('TLS', () => {
  const config = (rest: string): Promise<string> =>
    file(`tls_server_config:\n  cert_file: ${FIXTURES}server.cert.pem\n  key_file: ${FIXTURES}server.key.pem\n${rest}`);
  const withCa = (type: string, rest = ''): Promise<string> =>
    config(`  client_auth_type: ${type}\n  client_ca_file: ${FIXTURES}ca.cert.pem\n${rest}`);

  test('answers over TLS, and not without', async () => {
    await using server = await testServer({ webConfig: await config('') });
    expect(await secure(server)).toEqual({ status: 200, server: 'server' });
    await expect(fetch(`${server.url}/-/healthy`)).rejects.toThrow();
  });

  test('min_version is kept', async () => {
    await using server = await testServer({ webConfig: await config('  min_version: TLS13\n') });
    expect((await secure(server, { maxVersion: 'TLSv1.2' })).status).toBe('cut off');
    expect((await secure(server)).status).toBe(200);
  });

  test.each([
    ['NoClientCert', [200, 200, 200]],
    ['RequestClientCert', [200, 200, 200]],
    ['RequireAnyClientCert', ['cut off', 200, 200]],
    ['VerifyClientCertIfGiven', [200, 200, 'cut off']],
    ['RequireAndVerifyClientCert', ['cut off', 200, 'cut off']],
  ])('%s: without, with a known, with an unknown certificate', async (type, expected) => {
    const path = type === 'NoClientCert' ? await config('') : await withCa(type);
    await using server = await testServer({ webConfig: path });
    const seen = [
      await secure(server),
      await secure(server, { cert: 'client' }),
      await secure(server, { cert: 'unknown' }),
    ];
    expect(seen.map(({ status }) => status)).toEqual(expected);
  });

  test.each([['client.example'], ['a@b.example'], ['spiffe://x/y']])(
    'the allowed name %s lets in its owner only',
    async (name) => {
      const sans = `  client_allowed_sans: ["${name}"]\n`;
      await using server = await testServer({ webConfig: await withCa('RequireAndVerifyClientCert', sans) });
      expect((await secure(server, { cert: 'client' })).status).toBe(200);
      expect((await secure(server, { cert: 'stranger' })).status).toBe('cut off');
    },
  );

  test('a renewed certificate is shown without a restart', async () => {
    const certificate = join(folder, 'live.cert.pem');
    const key = join(folder, 'live.key.pem');
    const put = async (name: string): Promise<void> => {
      await copyFile(join(FIXTURES, `${name}.cert.pem`), certificate);
      await copyFile(join(FIXTURES, `${name}.key.pem`), key);
    };
    await put('server');
    const path = await file(`tls_server_config: {cert_file: live.cert.pem, key_file: live.key.pem}\n`);
    await using server = await testServer({ webConfig: path });
    expect((await secure(server)).server).toBe('server');
    await put('renewed');
    server.clock.move(1000);
    await secure(server);
    expect((await secure(server)).server).toBe('renewed');
  });
});
