// Requests that no client in its right mind would send. Each gets its plain answer, soon, and the process neither
// falls nor grows: one process takes them all.
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { firing, postAlerts, postJson, postSilence, silence } from './ask.ts';
import { residentMiB } from './process-memory.ts';
import { exchangeBytes, peerOf, postHead, statusesIn, type Peer } from './raw-http.ts';
import { urlsOf } from './receivers.ts';

const MIB = 1024 * 1024;

let belfry: RouterProcess;
let peer: Peer;

beforeAll(async () => {
  belfry = await startBelfry({
    config: urlsOf({ '/': 'http://127.0.0.1:9/' }, { group_wait: '1h', group_interval: '1h' }),
  });
  peer = peerOf(belfry.url);
});

afterAll(() => belfry[Symbol.asyncDispose]());

const post = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  path = '/api/v2/alerts',
): Promise<number> =>
  fetch(belfry.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }).then(
    ({ status }) => status,
  );

const alertWith = (members: string): string => `[{"labels":{"alertname":"Hostile"},${members}}]`;
const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

describe('bodies of POST /api/v2/alerts', () => {
  it.each<readonly [string, number, string | Uint8Array<ArrayBuffer>]>([
    ['a hundred thousand lists in each other', 400, deep('[', ']', 100_000)],
    ['a hundred thousand objects in each other', 400, `[${'{"labels":'.repeat(100_000)}1${'}'.repeat(100_000)}]`],
    ['depth that is never closed', 400, '['.repeat(1_000_000)],
    ['33 levels inside an alert', 400, alertWith(`"x":${deep('[', ']', 33)}`)],
    ['null', 200, 'null'],
    ['[null]', 400, '[null]'],
    ['a number', 400, '[1]'],
    ['an object', 400, '{}'],
    ['a string', 400, '"x"'],
    ['labels that are a list', 400, '[{"labels":[]}]'],
    ['labels that are a text', 400, '[{"labels":"a=b"}]'],
    ['a label that is a number', 400, '[{"labels":{"a":1}}]'],
    ['a label that is an object', 400, '[{"labels":{"a":{}}}]'],
    ['no labels', 400, '[{"labels":{}}]'],
    ['an empty label name', 400, '[{"labels":{"":"x"}}]'],
    ['annotations that are a number', 400, alertWith('"annotations":7')],
    ['generatorURL that is a list', 400, alertWith('"generatorURL":[]')],
    ['startsAt that is a number', 400, alertWith('"startsAt":1700000000')],
    ['startsAt after endsAt', 400, alertWith('"startsAt":"2030-01-01T00:00:00Z","endsAt":"2020-01-01T00:00:00Z"')],
    ['the year 0000', 400, alertWith('"startsAt":"0000-01-01T00:00:00Z"')],
    ['the year 1900', 400, alertWith('"endsAt":"1900-01-01T00:00:00Z"')],
    ['the year 10000', 400, alertWith('"endsAt":"10000-01-01T00:00:00Z"')],
    ['the last instant of 9999', 200, alertWith('"endsAt":"9999-12-31T23:59:59.999Z"')],
    ['a leap second', 400, alertWith('"startsAt":"2016-12-31T23:59:60Z"')],
    ['30 February', 400, alertWith('"startsAt":"2026-02-30T00:00:00Z"')],
    ['a megabyte of digits for nanoseconds', 200, alertWith(`"startsAt":"2026-01-01T00:00:00.${'9'.repeat(MIB)}Z"`)],
    ["Go's zero time", 200, alertWith('"startsAt":"0001-01-01T00:00:00Z"')],
    ['invalid UTF-8', 400, Buffer.from([...Buffer.from('[{"labels":{"a":"'), 0xff, 0xfe, ...Buffer.from('"}}]')])],
    ['overlong UTF-8', 400, Buffer.from([...Buffer.from('[{"labels":{"a":"'), 0xc0, 0xaf, ...Buffer.from('"}}]')])],
    ['half of a surrogate pair', 400, '[{"labels":{"a":"\\ud800"}}]'],
    ['half of a surrogate pair as a name', 400, '[{"labels":{"\\udc00":"a"}}]'],
    ['NUL in a label', 200, '[{"labels":{"alertname":"a\\u0000b"}}]'],
    [
      'a hundred thousand labels',
      400,
      JSON.stringify([{ labels: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`l${i}`, 'x'])) }]),
    ],
    ['a label of a megabyte', 400, JSON.stringify([{ labels: { a: 'x'.repeat(MIB) } }])],
    ['a label name of 2 KiB', 400, JSON.stringify([{ labels: { ['x'.repeat(2048)]: 'a' } }])],
    ['annotations of a megabyte', 400, JSON.stringify([{ labels: { a: 'x' }, annotations: { b: 'x'.repeat(MIB) } }])],
    ['the same key ten thousand times', 200, `[{"labels":{${Array(10_000).fill('"a":"b"').join(',')}}}]`],
    ['17 MiB', 413, Buffer.alloc(17 * MIB, ' ')],
    ['16 MiB of nothing', 400, Buffer.alloc(16 * MIB, '[],').subarray(0, 16 * MIB)],
    ['a million numbers', 400, `[${Array(1_000_000).fill('1').join(',')}]`],
    ['a number no double can hold', 400, '[1e999999]'],
  ])('%s: %i', async (_what, status, body) => {
    expect(await post(body)).toBe(status);
  });

  it.each<readonly [string, number, string, () => Buffer]>([
    ['a gzip bomb of 300 MB', 413, 'gzip', () => gzipSync(Buffer.alloc(300 * MIB))],
    ['a gzip bomb in a gzip bomb', 413, 'gzip', () => gzipSync(gzipSync(Buffer.alloc(100 * MIB)))],
    ['gzip twice', 415, 'gzip, gzip', () => gzipSync(gzipSync('[]'))],
    ['brotli', 415, 'br', () => brotliCompressSync('[]')],
    ['gzip that is none', 400, 'gzip', () => Buffer.from('[]')],
    ['gzip cut short', 400, 'gzip', () => gzipSync('[]').subarray(0, 15)],
    ['plain gzip', 200, 'gzip', () => gzipSync('[]')],
  ])('%s: %i', async (_what, status, encoding, body) => {
    expect(await post(new Uint8Array(body()), { 'content-encoding': encoding })).toBe(status);
  });

  it.each(['text/plain', 'application/json/x', '', 'application/jsonp', '*/*', 'multipart/form-data'])(
    'as %j: refused',
    async (type) => {
      expect([400, 415]).toContain(await post('[]', { 'content-type': type }));
    },
  );

  it('keeps names that JavaScript treats in its own way, byte for byte', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '10', '2', 'valueOf'];
    const members = names.map((name) => `${JSON.stringify(name)}:"v ${name}"`).join(',');
    expect(await post(`[{"labels":{"alertname":"Names",${members}},"annotations":{${members}}}]`)).toBe(200);
    const text = await (
      await fetch(`${belfry.url}/api/v2/alerts?filter=${encodeURIComponent('alertname="Names"')}`)
    ).text();
    for (const name of names) expect(text.split(`${JSON.stringify(name)}:"v ${name}"`)).toHaveLength(3);
    expect(({} as Record<string, unknown>)['v __proto__']).toBeUndefined();
  });

  it('refuses the bad of a batch by number and takes the good', async () => {
    const answer = await postJson(`${belfry.url}/api/v2/alerts`, [
      firing({ alertname: 'Good' }),
      { labels: {} },
      firing({ alertname: 'Good2' }),
      { labels: { '': 'x' } },
    ]);
    expect([answer.status, answer.headers.get('belfry-rejected')]).toEqual([400, '[1,3]']);
  });
});

describe('regular expressions of strangers', () => {
  const EVIL = [
    '(a+)+$',
    '(a|aa)+$',
    '(a|a?)+$',
    '(.*a){20}',
    '([a-z]+)*$',
    '(a{1,30}){1,30}$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
  ];

  it.each(EVIL)('%s is answered at once, in a filter, a silence and a receiver', async (regex) => {
    await postAlerts(
      belfry.url,
      ...Array.from({ length: 20 }, (_, i) =>
        firing({ alertname: 'Victim', id: `${i}`, text: `${'a'.repeat(5000)}!` }),
      ),
    );
    const startedAt = performance.now();
    const filter = await fetch(`${belfry.url}/api/v2/alerts?filter=${encodeURIComponent(`text=~"${regex}"`)}`);
    expect([200, 400]).toContain(filter.status);
    const matchers = [{ name: 'text', value: regex, isRegex: true, isEqual: true }];
    expect([200, 400]).toContain((await postSilence(belfry.url, { ...silence({}), matchers })).status);
    expect([200, 400]).toContain(
      (await fetch(`${belfry.url}/api/v2/alerts?receiver=${encodeURIComponent(regex)}`)).status,
    );
    await (await fetch(`${belfry.url}/api/v2/alerts`)).text();
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it.each(['((a{1,1000}){1,1000}){1,1000}', '(?=a)', '(a)\\1', '(', '['.repeat(10_000), '(?:'.repeat(50_000)])(
    '%.40s is refused',
    async (regex) => {
      const startedAt = performance.now();
      const matchers = [{ name: 'a', value: regex, isRegex: true, isEqual: true }];
      expect((await postSilence(belfry.url, { ...silence({}), matchers })).status).toBe(400);
      expect(performance.now() - startedAt).toBeLessThan(1000);
    },
  );
});

describe('bytes that are hardly HTTP', () => {
  const alive = (): Promise<boolean> => fetch(`${belfry.url}/-/healthy`).then(({ ok }) => ok);

  it.each<readonly [string, string | Buffer, readonly number[]]>([
    ['junk', Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 31) % 256)), [400]],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), [400]],
    [
      'two lengths',
      'POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]]',
      [400],
    ],
    [
      'a length and chunks',
      'POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      [400],
    ],
    ['a negative length', postHead('/api/v2/alerts', -5), [400]],
    ['a length of twenty digits', postHead('/api/v2/alerts', '99999999999999999999'), [400]],
    [
      'a chunk of a wrong size',
      'POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n',
      [400],
    ],
    ['a header of 100 KB', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(100_000)}\r\n\r\n`, [431]],
    [
      'five thousand headers',
      `GET / HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 5000 }, (_, i) => `H${i}: x\r\n`).join('')}\r\n`,
      [431],
    ],
    [
      'a header named __proto__',
      'GET /-/healthy HTTP/1.1\r\nHost: x\r\n__proto__: x\r\nConnection: close\r\n\r\n',
      [200],
    ],
    ['a path of 100 KB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, [431]],
    ['a path that climbs', 'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [404]],
    ['a broken escape', 'GET /api/v2/silence/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [400]],
    ['no host', 'GET /-/healthy HTTP/1.1\r\n\r\n', [400]],
    // What came before the junk is done, but the connection has nothing more to say about it.
    ['junk behind a good request', 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\nJUNK\r\n\r\n', [400]],
    [
      'a hundred requests at once, then junk',
      `${'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)}\u0000\u0001\r\n\r\n`,
      [400],
    ],
    [
      'a hundred requests at once',
      `${'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(99)}GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      Array<number>(100).fill(200),
    ],
    ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n', []],
    [
      'an upgrade',
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n',
      [200],
    ],
  ])('%s', async (_what, bytes, statuses) => {
    const { text, closed } = await exchangeBytes(peer, bytes);
    expect(statusesIn(text)).toEqual(statuses);
    expect(closed).toBe(true);
    expect(await alive()).toBe(true);
  });

  it('uploads given up half-way leave nothing behind', async () => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        Array.from({ length: 60 }, () =>
          exchangeBytes(peer, `${postHead('/api/v2/alerts', MIB)}${'[{"labels":'.padEnd(40_000, ' ')}`, 60),
        ),
      );
    }
    expect(await alive()).toBe(true);
    expect((await postAlerts(belfry.url, firing({ alertname: 'StillHere' }))).status).toBe(200);
  });
});

it('memory stays bounded through 60 bodies of 16 MiB, 16 at a time', async () => {
  const before = residentMiB(belfry.pid);
  const body = Buffer.alloc(16 * MIB - 10, ' ');
  body.write('[');
  body.write(']', body.length - 1);
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, residentMiB(belfry.pid))), 20);
  for (let round = 0; round < 4; round++) {
    const statuses = await Promise.all(Array.from({ length: 15 }, () => post(body)));
    for (const status of statuses) expect([200, 429]).toContain(status);
  }
  await pause(500);
  clearInterval(watch);
  process.stderr.write(
    `resident: ${Math.round(before)} MiB before large bodies, ${Math.round(most)} at most, ${Math.round(residentMiB(belfry.pid))} after\n`,
  );
  expect(most).toBeLessThan(900);
});

it('nothing of all this was a mistake of the program', () => {
  expect(belfry.output).not.toMatch(/a request failed|mistake in the program|^ {4}at /m);
});
