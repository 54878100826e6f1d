import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { Secret } from '../../src/input/secret.ts';
import { jsonPost, type HttpPost } from '../../src/integrations/http/request.ts';
import { createHttpSender } from '../../src/integrations/http/send.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';
import type { HttpRequest, HttpResult } from '../../src/ports/http-client.ts';
import { MemoryFiles } from '../support/http-world.ts';
import { element, sendThrough } from '../support/integration-scene.ts';
import { integrationContract } from './integration.contract.ts';

integrationContract({
  name: 'webhook',
  send: (world, origin, signal) => {
    const url = `${origin.replace('//', '//u:hidden-pw@')}/hidden-path?key=hidden-query`;
    return sendThrough(world, element('webhook_configs', `url: '${url}'`), signal);
  },
  accepted: (_seen, _request, response) => void response.writeHead(202).end('taken'),
  secrets: ['hidden-pw', 'hidden-path', 'hidden-query'],
});

const request = (url: string, changes: Partial<HttpPost> = {}): HttpPost => ({
  http: DEFAULT_HTTP_CONFIG,
  timeout: null,
  secrets: { url: { kind: 'inline', secret: new Secret(url) } },
  write: (secret) => jsonPost(secret('url'), '{"a":1}'),
  ...changes,
});

describe('createHttpSender()', () => {
  const files = new MemoryFiles();
  const asked: HttpRequest[] = [];
  let answer: HttpResult = { kind: 'answer', status: 200, headers: new Map(), body: '' };
  const sender = createHttpSender({
    http: {
      request: (_config, sent) => {
        asked.push(sent);
        return Promise.resolve(answer);
      },
    },
    files,
    clock: { now: () => 0 },
    variable: () => '',
    userAgent: 'Belfry/1',
  });
  const patient = { signal: AbortSignal.timeout(60_000), mayHaveArrived: false };

  it('sends what the kind wrote, and who we are', async () => {
    expect(await sender.send(request('http://h/'), patient)).toEqual({ kind: 'delivered', detail: 'status 200' });
    expect(asked.at(-1)).toMatchObject({
      ...{ method: 'POST', url: 'http://h/', body: '{"a":1}' },
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'Belfry/1' },
    });
  });

  it('asks what the kind wants to ask next, and ends a circle', async () => {
    const second = request('http://h/two');
    const first = request('http://h/one', { judge: () => second });
    expect(await sender.send(first, patient)).toEqual({ kind: 'delivered', detail: 'status 200' });
    expect(asked.slice(-2).map(({ url }) => url)).toEqual(['http://h/one', 'http://h/two']);
    const circle: HttpPost = request('http://h/round', { judge: () => circle });
    expect(await sender.send(circle, patient)).toMatchObject({ kind: 'retry', detail: 'no end after 20 requests' });
  });

  it('shows no secret that the other side repeats', async () => {
    const told = request('http://h/', {
      judge: () => ({ kind: 'rejected', reason: 'other', detail: 'no http://h/ here' }),
    });
    expect(await sender.send(told, patient)).toMatchObject({ detail: 'no <secret> here' });
  });

  it.each([30, 3650])('may be given %i days: a timer that long would go off at once', async (days) => {
    await sender.send(request('http://h/', { timeout: days * 86_400_000 }), patient);
    await systemClock.sleepUntil(systemClock.now() + 10);
    expect(asked.at(-1)?.signal.aborted).toBe(false);
  });

  it('reads url_file at each use, and tries again while it is of no use', async () => {
    const fromFile = request('', { secrets: { url: { kind: 'file', path: 'url.txt' } } });
    expect(await sender.send(fromFile, patient)).toMatchObject({ kind: 'retry', reason: 'other' });
    for (const useless of [' \n', '']) {
      files.set('url.txt', useless);
      expect(await sender.send(fromFile, patient)).toMatchObject({ kind: 'retry', reason: 'other' });
    }
    for (const url of ['http://one/', 'http://two/']) {
      files.set('url.txt', `${url}\n`);
      await sender.send(fromFile, patient);
      expect(asked.at(-1)?.url).toBe(url);
    }
  });

  it('gives up after its own timeout even when the caller would wait', async () => {
    await sender.send(request('http://h/', { timeout: 1 }), patient);
    const { signal } = asked.at(-1)!;
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it.each(['refused', 'reset', 'dns', 'tls', 'config'] as const)('tries again after a failure: %s', async (reason) => {
    answer = { kind: 'failure', sent: false, reason, message: 'said why' };
    const expected = { kind: 'retry', reason: 'other', detail: 'said why', after: null, mayHaveArrived: false };
    expect(await sender.send(request('http://h/'), patient)).toEqual(expected);
  });
});
