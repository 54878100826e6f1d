// The server as a whole, through real sockets on the loopback interface: limits, refusals, deadlines, closing.
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../src/ports/store.ts';
import { testServer, type TestServer } from '../support/http-server.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const FIXED = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };

/** More than two sockets' buffers hold: whoever does not read it keeps the server waiting. */
const MUCH = Array.from({ length: 900 }, (_, i) => ({ labels: { i: String(i), pad: 'x'.repeat(10_000) }, ...FIXED }));

const post = (
  server: TestServer,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${server.url}/api/v2/alerts`, { method: 'POST', body, headers: { ...JSON_HEADERS, ...headers } });

const parsed = (text: string): unknown => JSON.parse(text);

const postJson = (server: TestServer, alerts: unknown): Promise<Response> => post(server, JSON.stringify(alerts));

/** Everything the server says on a connection until it closes it. */
async function raw(server: TestServer, text: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(text);
  return everything(socket);
}

function everything(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    socket.on('data', (part) => (said += part.toString()));
    socket.on('error', () => resolve(said)).on('close', () => resolve(said));
  });
}

describe('bodies', () => {
  test('a body larger than the limit is 413, announced or not', async () => {
    await using server = await testServer({ limits: { bodyBytes: 1000 } });
    const announced = await post(server, `[${' '.repeat(2000)}]`);
    expect(announced.status).toBe(413);
    expect(await announced.json()).toEqual({ code: 413, message: 'the body is larger than 1000 bytes' });
    const chunked = await raw(
      server,
      `POST /api/v2/alerts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
    expect(server.engine.posted).toEqual([]);
  });

  test('one gzip layer is undone, under the same limits', async () => {
    await using server = await testServer({ limits: { bodyBytes: 100_000 } });
    const alerts = JSON.stringify([{ labels: { alertname: 'zipped' } }]);
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post(server, gzipSync(alerts), gzip)).status).toBe(200);
    expect(server.engine.posted[0]?.[0]?.labels.get('alertname')).toBe('zipped');
    expect((await post(server, gzipSync(`[${' '.repeat(200_000)}]`), gzip)).status).toBe(413);
    // Below the size limit, but more than fifty times what was sent.
    expect((await post(server, gzipSync(`[${' '.repeat(90_000)}]`), gzip)).status).toBe(413);
    expect((await post(server, 'not gzip', gzip)).status).toBe(400);
    expect((await post(server, gzipSync(gzipSync(alerts)), { 'content-encoding': 'gzip, gzip' })).status).toBe(415);
    expect((await post(server, alerts, { 'content-encoding': 'br' })).status).toBe(415);
  });

  test.each([
    ['a nest of 33', `${'['.repeat(33)}${']'.repeat(33)}`, /deeper than 32/],
    ['a bomb of brackets', '['.repeat(1_000_000), /deeper than 32/],
    ['bytes that are not UTF-8', Buffer.from('5b7b226c6162656c73223a7b2261223a22ff227d7d5d', 'hex'), /not UTF-8/],
    ['a byte order mark', Buffer.from('efbbbf5b5d', 'hex'), /JSON/],
    ['half a surrogate pair as a label name', '[{"labels":{"a\\udc00":"b"}}]', /surrogate/],
  ])('%s is 400', async (_name, body, because) => {
    await using server = await testServer();
    const answer = await post(server, body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(because);
  });

  test('alerts beyond the label limits are left out and named; the others are taken', async () => {
    await using server = await testServer();
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`l${i}`, 'x']));
    const answer = await postJson(server, [
      { labels: { alertname: 'good' } },
      { labels: { alertname: 'Many', ...many } },
      { labels: { ['n'.repeat(1025)]: 'x' } },
      { labels: { a: 'v'.repeat(16 * 1024 + 1) } },
      { labels: { a: 'ü'.repeat(8 * 1024) } },
      { labels: { a: 'b' }, annotations: { x: 'ü'.repeat(32 * 1024) } },
      { labels: { a: 'b' }, annotations: { x: 'y'.repeat(64 * 1024 - 1) } },
    ]);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('belfry-rejected')).toBe('[1,2,3,5]');
    expect(await answer.json()).toBe(
      [
        '65 labels, the limit is 64 (alert 1, alertname "Many")',
        'a label name is longer than 1024 bytes (alert 2)',
        'the value of label "a" is longer than 16384 bytes (alert 3)',
        'annotations are larger than 65536 bytes (alert 5)',
      ].join('\n'),
    );
    expect(server.engine.posted[0]?.length).toBe(3);
    expect(server.metrics.invalid).toBe(4);
  });

  test('a bad alert alone is told in one line, and of many bad ones as many as anybody reads', async () => {
    await using server = await testServer();
    const alone = await postJson(server, [{ labels: { alertname: 'x', '': 'y' } }]);
    expect(await alone.json()).toBe('invalid label set: invalid name ""');
    const bad = { labels: { alertname: 'ü'.repeat(1000), '': 'y' } };
    const many = await postJson(server, Array(5000).fill(bad));
    const lines = String(await many.json()).split('\n');
    expect(lines).toHaveLength(101);
    expect(lines[99]).toBe(`invalid label set: invalid name "" (alert 99, alertname "${'ü'.repeat(200)}…")`);
    expect(lines[100]).toBe('and 4900 more');
    expect(many.headers.get('belfry-rejected')).toMatch(/^\[0,1,.*,999\]$/);
    expect(server.metrics.invalid).toBe(5001);
  });

  test('any label set comes back to the byte', async () => {
    await using server = await testServer();
    const word = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'toString', '1', '10', '2'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    );
    const labelSet = fc.uniqueArray(fc.tuple(word, word), { selector: ([name]) => name, minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(labelSet, labelSet, async (labels, annotations) => {
        const members = (pairs: [string, string][]): string =>
          `{${pairs.map(([n, v]) => `${JSON.stringify(n)}:${JSON.stringify(v)}`).join(',')}}`;
        const text = `[{"labels":${members([...labels, ['case', 'roundtrip']])},"annotations":${members(annotations)},"startsAt":"${FIXED.startsAt}","endsAt":"${FIXED.endsAt}"}]`;
        expect((await post(server, text)).status).toBe(200);
        const key = server.engine.posted.at(-1)?.[0]?.labels.fingerprint;
        const listed: unknown = await (await fetch(`${server.url}/api/v2/alerts?filter=case%3Droundtrip`)).json();
        expect(listed).toContainEqual(
          expect.objectContaining({
            fingerprint: key,
            labels: parsed(members([...labels, ['case', 'roundtrip']])),
            annotations: parsed(members(annotations)),
          }),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('when the engine cannot', () => {
  test('507 says that an alert or a silence is known but not stored', async () => {
    await using server = await testServer();
    server.engine.failure = new StoreUnavailable('full');
    const alerts = await postJson(server, [{ labels: { a: 'b' } }]);
    expect([alerts.status, await alerts.json()]).toEqual([507, 'the store cannot take writes: full']);
    const body = JSON.stringify({
      matchers: [{ name: 'a', value: 'b', isRegex: false }],
      ...FIXED,
      createdBy: '',
      comment: '',
    });
    const silence = await fetch(`${server.url}/api/v2/silences`, { method: 'POST', body, headers: JSON_HEADERS });
    expect(silence.status).toBe(507);
    const gone = await fetch(`${server.url}/api/v2/silence/11111111-2222-3333-4444-555555555555`, { method: 'DELETE' });
    expect(gone.status).toBe(507);
  });

  test('429 says when to come back', async () => {
    await using server = await testServer();
    server.engine.busy = 5;
    const answer = await postJson(server, [{ labels: { a: 'b' } }]);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5']);
  });

  test('a defect is 500, logged, and says nothing of itself', async () => {
    await using server = await testServer();
    server.engine.failure = new Error('secret detail');
    const answer = await postJson(server, [{ labels: { a: 'b' } }]);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/secret/);
    expect(server.logged).toEqual([{ level: 'error', message: 'a request failed' }]);
  });

  test("a deadline answers 503 in upstream's words", async () => {
    await using server = await testServer({ timeout: 1500 });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.engine.gate = promise;
    const answer = postJson(server, [{ labels: { a: 'b' } }]);
    await expect.poll(() => server.clock.sleepers).toBe(1);
    server.clock.move(1500);
    const late = await answer;
    expect([late.status, await late.text()]).toEqual([503, 'Exceeded configured timeout of 1.5s.\n']);
    resolve();
  });
});

describe('room', () => {
  test('GETs beyond the limit are 503; silences, health and writes are not counted', async () => {
    await using server = await testServer({ getConcurrency: 1 });
    await postJson(server, MUCH);
    const slow = connect(server.port, '127.0.0.1');
    slow.write('GET /api/v2/alerts HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(() => server.metrics.inFlight).toBe(1);
    const refused = await fetch(`${server.url}/api/v2/status`);
    expect([refused.status, await refused.text()]).toEqual([
      503,
      'Limit of concurrent GET requests reached (1), try again later.\n\n',
    ]);
    expect(server.metrics.refused).toBe(1);
    for (const path of ['/api/v2/silences', '/-/healthy', '/-/ready', '/metrics', '/api/belfry/v1/silences']) {
      expect((await fetch(server.url + path)).status).toBe(200);
    }
    expect((await postJson(server, [])).status).toBe(200);
    slow.destroy();
    await expect.poll(() => server.metrics.inFlight).toBe(0);
    expect((await fetch(`${server.url}/api/v2/status`)).status).toBe(200);
  });

  test('who reads too slowly is cut off, and gives back the place', async () => {
    await using server = await testServer({ getConcurrency: 1 });
    await postJson(server, MUCH);
    const slow = connect(server.port, '127.0.0.1').pause();
    slow.write('GET /api/v2/alerts HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(() => server.metrics.inFlight).toBe(1);
    await expect.poll(() => server.clock.sleepers).toBe(1);
    server.clock.move(120_000);
    await expect.poll(() => server.metrics.inFlight).toBe(0);
    expect((await fetch(`${server.url}/api/v2/status`)).status).toBe(200);
    slow.destroy();
  });

  test('ingest beyond its bytes is 429', async () => {
    await using server = await testServer({ limits: { ingestBytes: 1024 * 1024 } });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.engine.gate = promise;
    const waiting = [1, 2].map(() => postJson(server, [{ labels: { a: 'b' } }]));
    await expect.poll(() => postJson(server, [{ labels: { a: 'b' } }]).then(({ status }) => status)).toBe(429);
    resolve();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a connection too many from one address is closed unanswered', async () => {
    await using server = await testServer({ limits: { connectionsPerAddress: 2 } });
    const held = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const request = 'GET /-/healthy HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    expect(await raw(server, request)).toBe('');
    held[0]?.destroy();
    await expect.poll(() => raw(server, request)).toMatch(/^HTTP\/1\.1 200/);
    held[1]?.destroy();
  });

  test('a client that does not finish its headers, or its body, is cut off', async () => {
    await using server = await testServer({ limits: { headersMs: 50, requestMs: 100 } });
    const [headers, body] = await Promise.all([
      raw(server, 'GET / HTTP/1.1\r\nhost: x\r\n'),
      raw(
        server,
        'POST /api/v2/alerts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n[',
      ),
    ]);
    expect(headers).toMatch(/^HTTP\/1\.1 408/);
    expect(body).toMatch(/^HTTP\/1\.1 4\d\d/);
  });
});

const corsOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control')));

describe('browsers', () => {
  test('a page of another site may not write, and reads nothing either', async () => {
    await using server = await testServer();
    const headers = { ...JSON_HEADERS, origin: 'http://evil.example' };
    const write = await fetch(`${server.url}/api/v2/silences`, { method: 'POST', body: '{}', headers });
    expect(write.status).toBe(403);
    const reload = await fetch(`${server.url}/-/reload`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([reload.status, await reload.text()]).toEqual([
      403,
      'a page of another site may not write here, unless --web.allowed-origin=ORIGIN says so\n',
    ]);
    expect(await write.text()).toContain('unless --web.allowed-origin=http://evil.example says so');
    const preflight = await fetch(`${server.url}/api/v2/silences`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(405);
    for (const answer of [write, preflight, await fetch(`${server.url}/api/v2/alerts`, { headers })]) {
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  // What Karma does on plain http: it takes the place of the host, and passes the browser's origin on.
  test('a page behind a proxy that names itself may write when its site is allowed', async () => {
    const karma = { ...JSON_HEADERS, origin: 'http://karma.example:8080' };
    await using server = await testServer({ allowedOrigins: ['http://karma.example:8080'] });
    const written = await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', body: '[]', headers: karma });
    expect(written.status).toBe(200);
    const other = { ...JSON_HEADERS, origin: 'http://karma.example' };
    const refused = await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', body: '[]', headers: other });
    expect([refused.status, corsOf(refused)]).toEqual([403, {}]);
    expect(refused.headers.get('vary')).toBe('Origin');
  });

  const GRANTED = { 'access-control-expose-headers': 'Belfry-Rejected, Retry-After' };
  const ASKED = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };

  test.each<[allowed: string, origin: string, cors: Readonly<Record<string, string>> | null]>([
    [
      'http://a.example',
      'http://a.example',
      { 'access-control-allow-origin': 'http://a.example', 'access-control-allow-credentials': 'true', ...GRANTED },
    ],
    ['*', 'http://a.example', { 'access-control-allow-origin': '*', ...GRANTED }],
    ['*', 'null', { 'access-control-allow-origin': '*', ...GRANTED }],
    ['http://a.example', 'http://b.example', null],
    ['http://a.example', 'null', null],
  ])('with %s allowed, a page of %s is told %j', async (allowed, origin, cors) => {
    await using server = await testServer({ allowedOrigins: [allowed], routePrefix: '/am' });
    const url = `${server.url}/am/api/v2/silences`;
    const read = await fetch(url, { headers: { origin } });
    expect([read.status, corsOf(read)]).toEqual([200, cors ?? {}]);
    const missing = await fetch(`${server.url}/am/api/v2/nothing`, { headers: { origin } });
    expect([missing.status, corsOf(missing)]).toEqual([404, cors ?? {}]);
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin, ...ASKED } });
    const granted = {
      ...cors,
      'access-control-allow-headers': 'Accept, Authorization, Content-Type, X-Requested-With',
      'access-control-allow-methods': 'GET, POST',
      'access-control-max-age': '600',
    };
    expect([preflight.status, corsOf(preflight)]).toEqual(cors === null ? [405, {}] : [204, granted]);
    const nowhere = await fetch(`${server.url}/api/v2/silences`, { method: 'OPTIONS', headers: { origin, ...ASKED } });
    expect(nowhere.status).toBe(404);
  });

  test('the front page runs nothing and escapes what is put into it', async () => {
    await using server = await testServer({ routePrefix: '/a"<b>' });
    const page = await fetch(`${server.url}/a%22%3Cb%3E/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    const html = await page.text();
    expect(html).toContain('href="/a&quot;&lt;b&gt;/api/v2/alerts"');
    expect(html).not.toMatch(/<script|<b>|style=/);
  });
});

describe('operations', () => {
  test('links to the graph of a rule lead on to the data source it asks', async () => {
    await using server = await testServer();
    const ask = (path: string): Promise<Response> => fetch(server.url + path, { redirect: 'manual' });
    expect((await ask('/graph?g0.expr=up')).status).toBe(404);
    server.engine.dataSources.set(null, 'http://prom.example/base/').set('b', 'https://b.example');
    const led = async (path: string): Promise<unknown> => {
      const { status, headers } = await ask(path);
      return [status, headers.get('location')];
    };
    expect(await led('/graph?g0.expr=up+%3E+1%26&g0.tab=1')).toEqual([
      302,
      'http://prom.example/base/graph?g0.expr=up+%3E+1%26&g0.tab=1',
    ]);
    expect(await led('/graph?g0.expr=up&datasource=b')).toEqual([302, 'https://b.example/graph?g0.expr=up']);
    expect((await ask('/graph?datasource=c')).status).toBe(404);
  });

  test('ready waits for the engine, healthy does not', async () => {
    await using server = await testServer();
    server.engine.isReady = false;
    expect((await fetch(`${server.url}/-/ready`)).status).toBe(503);
    expect((await fetch(`${server.url}/-/ready`, { method: 'HEAD' })).status).toBe(503);
    expect((await fetch(`${server.url}/-/healthy`)).status).toBe(200);
  });

  test('a reload that fails says why', async () => {
    await using server = await testServer();
    server.engine.reloadProblem = 'am.yml:1:1: error: no';
    const answer = await fetch(`${server.url}/-/reload`, { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([500, 'failed to reload config: am.yml:1:1: error: no\n']);
  });

  test('metrics are rendered, and every request is observed under a label of few values', async () => {
    await using server = await testServer();
    expect(await (await fetch(`${server.url}/metrics`)).text()).toBe('# HELP up x\nup 1\n');
    await fetch(`${server.url}/api/v2/silence/11111111-2222-3333-4444-555555555555`);
    await fetch(`${server.url}/random/path`, { method: 'PROPFIND' });
    expect(server.metrics.observed).toEqual([
      { handler: '/metrics', method: 'GET', code: 200, bytes: 17 },
      { handler: '/api/v2/silence/:id', method: 'GET', code: 404, bytes: 0 },
      { handler: 'unknown', method: 'other', code: 404, bytes: 19 },
    ]);
  });

  test('a method nobody has is 405 where the path exists', async () => {
    await using server = await testServer();
    const answer = await fetch(`${server.url}/api/v2/alerts`, { method: 'PROPFIND' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET,POST']);
  });

  test('under a route prefix, / redirects there and nothing else is outside of it', async () => {
    await using server = await testServer({ routePrefix: '/am' });
    const root = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([root.status, root.headers.get('location')]).toEqual([302, '/am/']);
    expect((await fetch(`${server.url}/am`)).status).toBe(200);
    expect((await fetch(`${server.url}/am/`)).status).toBe(200);
    expect((await fetch(`${server.url}/am/api/v2/alerts`)).status).toBe(200);
    expect((await fetch(`${server.url}/am/-/healthy`)).status).toBe(200);
    expect((await fetch(`${server.url}/api/v2/alerts`)).status).toBe(404);
    const missing = await fetch(`${server.url}/am/api/v2/nope`);
    expect(await missing.json()).toEqual({ code: 404, message: 'path /am/api/v2/nope was not found' });
  });
});

describe('close()', () => {
  test('finishes what has begun, and takes nothing new', async () => {
    const server = await testServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.engine.gate = promise;
    const answer = postJson(server, [{ labels: { a: 'b' } }]);
    await expect.poll(() => server.engine.writes).toBe(1);
    const closed = server.close();
    await expect(fetch(`${server.url}/-/healthy`)).rejects.toThrow();
    resolve();
    const last = await answer;
    expect([last.status, last.headers.get('connection')]).toEqual([200, 'close']);
    await closed;
  });

  test('lets an answer that is being read come to its end', async () => {
    const server = await testServer();
    await postJson(server, MUCH);
    const slow = connect(server.port, '127.0.0.1').pause();
    slow.write('GET /api/v2/alerts HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(() => server.metrics.inFlight).toBe(1);
    const closed = server.close();
    const read = everything(slow);
    slow.resume();
    const said = await read;
    expect(said.length).toBeGreaterThan(9_000_000);
    expect(said.trimEnd()).toMatch(/]\s+0$/);
    await closed;
  });

  test('gives up on an answer after its bound', async () => {
    const server = await testServer();
    server.engine.gate = new Promise(() => undefined);
    const answer = postJson(server, [{ labels: { a: 'b' } }]).catch(() => 'cut off');
    await expect.poll(() => server.engine.writes).toBe(1);
    const closed = server.close();
    await expect.poll(() => server.clock.sleepers).toBe(1);
    server.clock.move(10_000);
    await closed;
    expect(await answer).toBe('cut off');
  });

  test('an address that is taken is an error, and the others are let go', async () => {
    await using server = await testServer();
    const listen = [
      { host: '127.0.0.1', port: 0 },
      { host: '127.0.0.1', port: server.port },
    ];
    await expect(testServer({ listen })).rejects.toThrow(/EADDRINUSE/);
  });
});
