// What every integration that speaks HTTP owes the outbox, whatever it says: the same answers mean the same
// outcomes, no failure throws, and no secret shows. Each kind runs this with its own request.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import type { HttpClient } from '../../src/ports/http-client.ts';
import { HttpWorld, MemoryFiles, type Handler } from '../support/http-world.ts';

export interface World {
  readonly http: HttpClient;
  readonly files: MemoryFiles;
  readonly clock: { now(): number };
}

export interface Integration {
  readonly name: string;
  /** One message to a server at this origin. */
  send(world: World, origin: string, signal: AbortSignal): Promise<Outcome>;
  /** What the other side says when all is well. */
  readonly accepted: Handler;
  /** Parts of the URL and credentials that no outcome may show. */
  readonly secrets: readonly string[];
  /** How many it asks when all is well: one, when it is not said. */
  readonly requests?: number;
}

/** 2026-11-20T05:00:00Z */
const NOW = Date.UTC(2026, 10, 20, 5);

export function integrationContract(integration: Integration): void {
  describe(`${integration.name}, as every integration,`, () => {
    let server: HttpWorld;
    let client: ReturnType<typeof createHttpClient>;
    let files: MemoryFiles;

    beforeEach(() => {
      server = new HttpWorld();
      files = new MemoryFiles();
      client = createHttpClient({ files, env: {}, clock: { now: () => NOW } });
    });
    afterEach(async () => {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    async function send(origin: string, signal = AbortSignal.timeout(5000)): Promise<Outcome> {
      const outcome = await integration.send({ http: client, files, clock: { now: () => NOW } }, origin, signal);
      for (const secret of integration.secrets) expect(outcome.detail).not.toContain(secret);
      return outcome;
    }
    const answering = (status: number, headers: Record<string, string> = {}, body = 'because'): Promise<Outcome> =>
      server
        .serve((_seen, _request, response) => void response.writeHead(status, headers).end(body))
        .then((origin) => send(origin));

    it('is delivered by its requests when the other side accepts', async () => {
      expect(await send(await server.serve(integration.accepted))).toMatchObject({ kind: 'delivered' });
      expect(server.seen).toHaveLength(integration.requests ?? 1);
    });

    it.each([
      [400, 'clientError'],
      [401, 'authError'],
      [403, 'authError'],
      [404, 'clientError'],
      [410, 'clientError'],
      [422, 'clientError'],
      [304, 'other'],
    ])('is rejected for good by %i: %s', async (status, reason) => {
      expect(await answering(status)).toMatchObject({ kind: 'rejected', reason });
      expect(server.seen).toHaveLength(1);
    });

    it.each([301, 302, 303])('is rejected by %i to a page that welcomes everybody', async (status) => {
      const origin = await server.serve((seen, _request, response) => {
        if (seen.url === '/login') response.writeHead(200).end('ok');
        else response.writeHead(status, { location: '/login' }).end();
      });
      const first = await send(origin);
      // Only a question may be asked elsewhere.
      if (server.seen[0]!.method === 'GET') expect(first.kind).not.toBe('delivered');
      else {
        expect(first).toMatchObject({ kind: 'rejected', reason: 'other' });
        expect(first.detail).toContain(`status ${status}`);
        expect(server.seen).toHaveLength(1);
      }
    });

    it.each([
      [408, 'clientError'],
      [425, 'clientError'],
      [429, 'rateLimited'],
      [500, 'serverError'],
      [502, 'serverError'],
      [503, 'serverError'],
    ])('is tried again after %i: %s', async (status, reason) => {
      expect(await answering(status)).toMatchObject({ kind: 'retry', reason, after: null });
      expect(server.seen).toHaveLength(1);
    });

    it.each([
      ['7', 7000],
      ['0', 0],
      ['86400', 3_600_000],
      ['Fri, 20 Nov 2026 05:01:00 GMT', 60_000],
      ['Fri, 20 Nov 2026 04:00:00 GMT', 0],
      ['Sat, 21 Nov 2026 05:00:00 GMT', 3_600_000],
      ['soon', null],
      ['-5', null],
    ])('waits as long as Retry-After says: %s', async (value, after) => {
      expect(await answering(429, { 'retry-after': value })).toMatchObject({ kind: 'retry', after });
      expect(await answering(503, { 'retry-after': value })).toMatchObject({ kind: 'retry', after });
    });

    it('keeps the start of the answer, on one line, without control characters', async () => {
      const { detail } = await answering(400, {}, `\u0007bad\r\n\tkey\u001b[31m ${'x'.repeat(1000)}`);
      expect(detail).toMatch(/^[^\p{Cc}]*bad key \[31m x+$/u);
      expect(detail.length).toBeLessThan(260);
    });

    it('is tried again after a silence, as out of time', async () => {
      const outcome = await send(await server.serve(() => {}), AbortSignal.timeout(50));
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'contextDeadlineExceeded' });
    });

    it('is tried again when we stop in the middle', async () => {
      const stop = new AbortController();
      const outcome = await send(await server.serve(() => stop.abort()), stop.signal);
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'contextCanceled' });
    });

    it('is tried again when nobody listens, or the connection breaks', async () => {
      expect(await send(await server.deadOrigin())).toMatchObject({ kind: 'retry', reason: 'other' });
      const origin = await server.serveRaw((socket) => void socket.once('data', () => socket.destroy()));
      expect(await send(origin)).toMatchObject({ kind: 'retry', reason: 'other' });
    });
  });
}
