import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchange, type Answered } from '../../src/adapters/http-exchange.ts';
import { PlainLine } from '../../src/adapters/http-line.ts';
import { HttpWorld } from '../support/http-world.ts';

let world: HttpWorld;
let line: PlainLine;
beforeEach(() => {
  world = new HttpWorld();
  line = new PlainLine();
});
afterEach(async () => {
  line.destroy();
  await world[Symbol.asyncDispose]();
});

interface Asking {
  readonly mayRepeat?: boolean;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string[]>;
  readonly signal?: AbortSignal;
}

function ask(origin: string, { mayRepeat = true, body = 'a', headers = {}, signal }: Asking = {}): Promise<Answered> {
  const sending = { origin, path: '/q?x=1', method: 'POST', headers, body, mayRepeat };
  const wanted = { signal: signal ?? AbortSignal.timeout(5000), maxBytes: 1000, isShort: false };
  return exchange(line, sending, wanted, () => {});
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const CUT = 'HTTP/1.1 200 OK\r\n';

/** Per connection, what it says to each request; after that, and after what is cut, it closes. */
async function serve(...connections: readonly (readonly string[])[]): Promise<{ origin: string; heard: string[] }> {
  const heard: string[] = [];
  let count = 0;
  const origin = await world.serveRaw((socket: Socket) => {
    const name = count++;
    const says = [...(connections[name] ?? [])];
    socket.on('data', (bytes: Buffer) => {
      heard.push(`${name}: ${bytes.toString().split('\r\n\r\n')[1]}`);
      const next = says.shift();
      if (next === undefined) socket.destroy();
      else if (next === CUT) socket.end(next);
      else socket.write(next);
    });
  });
  return { origin, heard };
}

describe('a kept connection', () => {
  it('that closes as a request leaves is passed over once', async () => {
    const { origin, heard } = await serve([OK], [OK]);
    await ask(origin, { body: 'first' });
    expect((await ask(origin, { body: 'second' })).bytes.toString()).toBe('ok');
    expect(heard).toEqual(['0: first', '0: second', '1: second']);
  });

  it('is not passed over twice', async () => {
    const { origin, heard } = await serve([OK], []);
    await ask(origin);
    await expect(ask(origin)).rejects.toThrow();
    expect(heard).toHaveLength(3);
  });

  it('is the end of what must not arrive twice', async () => {
    const { origin, heard } = await serve([OK], [OK]);
    await ask(origin);
    await expect(ask(origin, { mayRepeat: false })).rejects.toThrow();
    expect(heard).toHaveLength(2);
  });

  it('that breaks off within an answer is not asked again', async () => {
    const { origin, heard } = await serve([OK, CUT], [OK]);
    await ask(origin);
    await expect(ask(origin)).rejects.toThrow();
    expect(heard).toHaveLength(2);
  });

  it('that speaks unasked is not used again', async () => {
    const { origin, heard } = await serve([`${OK}HTTP/1.1 200 OK\r\n`], [OK]);
    await ask(origin);
    await ask(origin);
    expect(heard).toEqual(['0: a', '1: a']);
  });

  it.each(['Connection: close', 'Keep-Alive: timeout=1'])('is none where the answer says %s', async (header) => {
    const { origin, heard } = await serve([`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${header}\r\n\r\n`], [OK]);
    await ask(origin);
    await ask(origin);
    expect(heard).toEqual(['0: a', '1: a']);
  });

  it('is no longer the business of one who gave up late', async () => {
    const { origin, heard } = await serve([OK, OK, OK]);
    const late = new AbortController();
    await ask(origin, { signal: late.signal });
    const next = ask(origin);
    late.abort();
    expect((await next).status).toBe(200);
    expect(heard).toEqual(['0: a', '0: a']);
  });
});

describe('a request', () => {
  it('says its length in bytes, whatever its body is made of', async () => {
    const origin = await world.serve((_seen, _request, response) => void response.end('thanks'));
    for (const body of ['plain', 'é😀', Buffer.from([0, 255, 13, 10])]) await ask(origin, { body });
    expect(world.seen.map(({ body, headers }) => [body, headers['content-length']])).toEqual([
      ['plain', '5'],
      ['é😀', '6'],
      ['\u0000\ufffd\r\n', '4'],
    ]);
    expect(world.seen[0]).toMatchObject({ method: 'POST', url: '/q?x=1', headers: { host: origin.slice(7) } });
  });

  it.each([
    { 'X-A': ['b\r\nX-C: d'] },
    { 'X-A\r\n': ['b'] },
    { 'Content-Length': ['0'] },
    { 'transfer-encoding': ['chunked'] },
  ])('is not made with the headers %j', async (headers) => {
    const origin = await world.serve((_seen, _request, response) => void response.end('thanks'));
    await expect(ask(origin, { headers })).rejects.toThrow();
    expect(world.seen).toEqual([]);
  });

  it('waits while 256 others are underway, and leaves no trace when it is given up', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const origin = await world.serve((_seen, _request, response) => {
      held.push(() => response.end('x'));
      most = Math.max(most, held.length);
    });
    const underway = Array.from({ length: 256 }, () => ask(origin));
    while (held.length < 256) await new Promise((resolve) => setImmediate(resolve));
    const impatient = new AbortController();
    const givenUp = ask(origin, { body: 'given up', signal: impatient.signal });
    const waiting = ask(origin, { body: 'waited' });
    impatient.abort();
    await expect(givenUp).rejects.toThrow();
    expect(world.seen).toHaveLength(256);
    for (const end of held.splice(0)) end();
    await Promise.all(underway);
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    held[0]!();
    await waiting;
    expect(most).toBe(256);
    expect(world.seen.slice(256).map(({ body }) => body)).toEqual(['waited']);
  });
});
