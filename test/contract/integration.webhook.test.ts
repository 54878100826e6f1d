import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { Secret } from '../../src/input/secret.ts';
import type { WebhookRequest } from '../../src/integrations/webhook/render.ts';
import { createWebhookSender } from '../../src/integrations/webhook/send.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';
import type { HttpRequest, HttpResult } from '../../src/ports/http-client.ts';
import { MemoryFiles } from '../support/http-world.ts';
import { integrationContract } from './integration.contract.ts';

const request = (url: string, changes: Partial<WebhookRequest> = {}): WebhookRequest => ({
  url: { kind: 'inline', secret: new Secret(url) },
  http: DEFAULT_HTTP_CONFIG,
  timeout: null,
  body: '{"a":1}\n',
  idempotencyKey: 'key-1',
  ...changes,
});

integrationContract({
  name: 'webhook',
  send: (world, origin, signal) =>
    createWebhookSender({ ...world, userAgent: 'Belfry/1' }).send(
      request(`${origin.replace('//', '//u:hidden-pw@')}/hidden-path?key=hidden-query`),
      signal,
    ),
  accepted: (_seen, _request, response) => void response.writeHead(202).end('taken'),
  secrets: ['hidden-pw', 'hidden-path', 'hidden-query'],
});

describe('createWebhookSender()', () => {
  const files = new MemoryFiles();
  const asked: HttpRequest[] = [];
  let answer: HttpResult = { kind: 'answer', status: 200, headers: new Map(), body: '' };
  const sender = createWebhookSender({
    http: {
      request: (_config, sent) => {
        asked.push(sent);
        return Promise.resolve(answer);
      },
    },
    files,
    clock: { now: () => 0 },
    userAgent: 'Belfry/1',
  });
  const patient = AbortSignal.timeout(60_000);

  it('posts the body as JSON, under a key that repeats with every attempt', async () => {
    expect(await sender.send(request('http://h/'), patient)).toEqual({ kind: 'delivered', detail: 'status 200' });
    expect(asked.at(-1)).toMatchObject({
      method: 'POST',
      url: 'http://h/',
      body: '{"a":1}\n',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'Belfry/1', 'Idempotency-Key': 'key-1' },
    });
  });

  it.each([30, 3650])('may be given %i days: a timer that long would go off at once', async (days) => {
    await sender.send(request('http://h/', { timeout: days * 86_400_000 }), patient);
    await systemClock.sleepUntil(systemClock.now() + 10);
    expect(asked.at(-1)?.signal.aborted).toBe(false);
  });

  it('reads url_file at each use, and tries again while it is of no use', async () => {
    const fromFile = request('', { url: { kind: 'file', path: 'url.txt' } });
    expect(await sender.send(fromFile, patient)).toMatchObject({ kind: 'retry', reason: 'other' });
    for (const useless of [' \n', 'http://h/{{ .Status }}']) {
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
    const expected = { kind: 'retry', reason: 'other', detail: 'said why', after: null };
    expect(await sender.send(request('http://h/'), patient)).toEqual(expected);
  });
});
