// A data source over real connections: what goes out, what comes back, and in which order.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/input/secret.ts';
import { NO_TLS } from '../../src/outbound/compile-tls.ts';
import type { Answer } from '../../src/ports/data-source.ts';
import { ask, errorAnswer, upAnswer, useDataSourceScene } from '../support/data-source-scene.ts';
import { answer, config, inline, secret } from '../support/http-scene.ts';
import { fixture, type Handler, type Seen } from '../support/http-world.ts';

const scene = useDataSourceScene();
const up = answer(200, upAnswer, { 'content-type': 'application/json' });

describe('a question', () => {
  it('is a form with query, time, what is left of its time, and params', async () => {
    const source = scene.source(`${await scene.world.serve(up)}/prom/`, { params: [['dedup', ['a', 'b']]] });
    const got = await ask(source, { query: 'up{a="b c"} > 1', params: [['x', ['1']]], patience: 5000 });
    expect(got).toMatchObject({ kind: 'vector', warnings: [], infos: [], isPartial: false, seriesFetched: null });
    expect(got.kind === 'vector' && got.vector).toMatchObject([{ at: 1_700_000_000_123, value: 1, histogram: null }]);
    expect(got.cost).toMatchObject({ bytes: upAnswer.length, attempts: 1 });
    const [seen] = scene.world.seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/prom/api/v1/query' });
    const form = new URLSearchParams(seen!.body);
    const timeout = Number(form.get('timeout'));
    form.delete('timeout');
    expect([...form]).toEqual([
      ['query', 'up{a="b c"} > 1'],
      ['nocache', '1'],
      ['dedup', 'a'],
      ['dedup', 'b'],
      ['x', '1'],
      ['time', '1700000000.123'],
    ]);
    expect(timeout).toBeGreaterThan(4);
    expect(timeout).toBeLessThanOrEqual(5);
    expect(seen!.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'accept-encoding': 'identity',
      'user-agent': 'Belfry/test',
    });
  });

  it('carries tenant, http_headers and who we are; the headers of its group win', async () => {
    const http = config({
      auth: { kind: 'authorization', type: 'Bearer', credentials: secret('hush') },
      headers: [
        { name: 'x-one', values: ['1'], secrets: [], files: [] },
        { name: 'x-two', values: [], secrets: [new Secret('2')], files: [] },
      ],
    });
    const source = scene.source(await scene.world.serve(up), { tenant: 'team-a', http });
    await ask(source);
    await ask(source, {
      headers: [
        ['x-scope-orgid', 'team-b'],
        ['X-ONE', 'mine'],
        ['Authorization', 'Basic eDp5'],
      ],
    });
    const [own, group] = scene.world.seen;
    expect(own!.headers).toMatchObject({
      ...{ 'x-scope-orgid': 'team-a', 'x-one': '1', 'x-two': '2', authorization: 'Bearer hush' },
    });
    expect(group!.headers).toMatchObject({
      ...{ 'x-scope-orgid': 'team-b', 'x-one': 'mine', 'x-two': '2', authorization: 'Basic eDp5' },
    });
  });

  it('goes over a connection of those before', async () => {
    const ports: (number | undefined)[] = [];
    const source = scene.source(
      await scene.world.serve((_seen, request, response) => {
        ports.push(request.socket.remotePort);
        response.end(upAnswer);
      }),
    );
    for (let i = 0; i < 20; i++) await ask(source);
    expect(ports).toHaveLength(20);
    // A second one is opened when the next question is there before the first is free again.
    expect(new Set(ports).size).toBeLessThanOrEqual(2);
  });

  it('speaks TLS with the configured CA', async () => {
    const server = { key: fixture('tls/server.key'), cert: fixture('tls/server.crt') };
    const url = await scene.world.serveTls(server, up);
    const trusting = scene.source(url, { http: config({ tls: { ...NO_TLS, ca: inline(fixture('tls/ca.crt')) } }) });
    expect(await ask(trusting)).toMatchObject({ kind: 'vector' });
    const stranger = await ask(scene.source(url));
    expect(stranger).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 1 } });
  });

  it('asks with a token that it fetches first', async () => {
    const url = await scene.world.serve((seen, _request, response) => {
      if (seen.url === '/token') response.setHeader('content-type', 'application/json').end('{"access_token":"t1"}');
      else response.end(upAnswer);
    });
    const oauth2 = {
      kind: 'oauth2',
      clientId: 'me',
      clientSecret: secret('s'),
      scopes: [],
      endpointParams: [],
    } as const;
    const http = config({ auth: { ...oauth2, tokenUrl: `${url}/token`, tls: NO_TLS, proxy: config().proxy } });
    const source = scene.source(url, { http });
    await ask(source);
    await ask(source);
    expect(scene.world.seen.map((seen) => [seen.url, seen.headers.authorization?.split(' ')[0]])).toEqual([
      ['/token', 'Basic'],
      ['/api/v1/query', 'Bearer'],
      ['/api/v1/query', 'Bearer'],
    ]);
  });

  it('takes the same labels over from answer to answer, and from question to question', async () => {
    const source = scene.source(await scene.world.serve(up));
    const labels = (got: Answer) => (got.kind === 'vector' ? got.vector[0]!.labels : null);
    const first = labels(await ask(source));
    expect(labels(await ask(source, { at: 1_700_000_005_000 }))).toBe(first);
    expect(labels(await ask(source, { query: 'other' }))).toBe(first);
  });

  it('is answered compressed when the server will, but not asked for so on loopback', async () => {
    const big = JSON.stringify({ ...JSON.parse(upAnswer), warnings: ['w'.repeat(100_000)] });
    const source = scene.source(
      await scene.world.serve((seen, _request, response) => {
        const text = seen.body.includes('query=big') ? big : upAnswer;
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
      }),
    );
    expect(await ask(source)).toMatchObject({ kind: 'vector', cost: { bytes: upAnswer.length } });
    expect(await ask(source, { query: 'big' })).toMatchObject({ kind: 'vector', isPartial: true });
  });
});

describe('questions at once', () => {
  /** Holds every request until it is let go. */
  function gate() {
    const held: (() => void)[] = [];
    const queries: string[] = [];
    let look = (): void => {};
    return {
      queries,
      handler: ((seen, _request, response) => {
        queries.push(new URLSearchParams(seen.body).get('query')!);
        held.push(() => response.end(upAnswer));
        look();
      }) satisfies Handler,
      release: () => held.shift()!(),
      arrived: (count: number) =>
        new Promise<void>((resolve) => {
          look = () => (queries.length >= count ? resolve() : undefined);
          look();
        }),
    };
  }

  it('are as many as may be, the others in the order they came', async () => {
    const { handler, queries, release, arrived } = gate();
    const source = scene.source(await scene.world.serve(handler), { concurrency: 2 });
    const asked = ['a', 'b', 'c', 'd', 'e'].map((query) => ask(source, { query }));
    await arrived(2);
    expect(source.state).toMatchObject({ running: 2, waiting: 3 });
    for (let count = 3; count <= 5; count++) {
      release();
      await arrived(count);
    }
    release();
    release();
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'vector'));
    expect(queries.slice(2)).toEqual(['c', 'd', 'e']);
    expect(source.state).toMatchObject({ running: 0, waiting: 0 });
  });

  it('leave the line when their time is over or they are given up, and make no request', async () => {
    const { handler, queries, release, arrived } = gate();
    const source = scene.source(await scene.world.serve(handler), { concurrency: 1 });
    const first = ask(source, { query: 'first' });
    await arrived(1);
    const giveUp = new AbortController();
    const late = ask(source, { query: 'late', patience: 30 });
    const given = ask(source, { query: 'given up', signal: giveUp.signal });
    const last = ask(source, { query: 'last' });
    giveUp.abort();
    expect(await late).toMatchObject({ kind: 'failure', reason: 'timeout', cost: { attempts: 0 } });
    expect(await given).toMatchObject({ kind: 'failure', reason: 'aborted', cost: { attempts: 0 } });
    release();
    await arrived(2);
    release();
    expect((await Promise.all([first, last])).map(({ kind }) => kind)).toEqual(['vector', 'vector']);
    expect(queries).toEqual(['first', 'last']);
  });

  it('that waited long enough leave the line; what is on its way, or need not wait, has its time', async () => {
    const { handler, queries, release, arrived } = gate();
    const source = scene.source(await scene.world.serve(handler), { concurrency: 1 });
    const turnBy = Date.now() - 1;
    const first = ask(source, { query: 'first', turnBy });
    await arrived(1);
    expect(await ask(source, { query: 'late', turnBy })).toMatchObject({
      ...{ kind: 'failure', reason: 'timeout', cost: { attempts: 0 } },
    });
    expect(await ask(source, { query: 'waits', turnBy: Date.now() + 30 })).toMatchObject({ reason: 'timeout' });
    release();
    expect(await first).toMatchObject({ kind: 'vector', cost: { attempts: 1 } });
    expect(queries).toEqual(['first']);
  });

  it('do not join a line that is too long for their time', async () => {
    const { handler, queries, release, arrived } = gate();
    const source = scene.source(await scene.world.serve(handler), { concurrency: 1 });
    const asked = Array.from({ length: 80 }, () => ask(source));
    for (let count = 1; count <= 40; count++) {
      await arrived(count);
      await new Promise((resolve) => setImmediate(resolve));
      release();
    }
    expect(await ask(source, { patience: 1 })).toMatchObject({
      ...{ kind: 'failure', reason: 'timeout', cost: { seconds: 0, attempts: 0 } },
      message: "its time was over before it was the question's turn (1 at once)",
    });
    const patient = ask(source, { query: 'patient' });
    for (let count = 41; count <= 81; count++) {
      await arrived(count);
      release();
    }
    expect(new Set((await Promise.all([...asked, patient])).map(({ kind }) => kind))).toEqual(new Set(['vector']));
    expect(queries.at(-1)).toBe('patient');
  });

  it('are given up at once when asked to, also underway', async () => {
    const { handler, arrived } = gate();
    const source = scene.source(await scene.world.serve(handler));
    const giveUp = new AbortController();
    const asked = ask(source, { signal: giveUp.signal });
    await arrived(1);
    giveUp.abort();
    expect(await asked).toMatchObject({ kind: 'failure', reason: 'aborted', cost: { attempts: 1 } });
    expect(source.state).toMatchObject({ breaker: 'closed', failures: 0 });
    expect(await ask(source, { signal: AbortSignal.abort() })).toMatchObject({ reason: 'aborted' });
    expect(await ask(source, { patience: -1 })).toMatchObject({ reason: 'timeout', cost: { attempts: 0 } });
  });
});

describe('a question that failed', () => {
  /** Answers one after the other; the last one stays. */
  const inTurn = (...handlers: readonly Handler[]): Handler => {
    let turn = 0;
    return (...args) => handlers[Math.min(turn++, handlers.length - 1)]!(...args);
  };

  it.each([429, 502, 503, 504])('with %i is asked again, up to three times in all', async (status) => {
    const well = scene.source(await scene.world.serve(inTurn(answer(status), answer(status), up)));
    expect(await ask(well)).toMatchObject({ kind: 'vector', cost: { attempts: 3 } });
    const ill = scene.source(await scene.world.serve(answer(status)));
    expect(await ask(ill)).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 3 } });
    const late = await ask(ill, { turnBy: Date.now() });
    expect(late).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 1 } });
  });

  it.each([
    [400, errorAnswer('bad_data', 'x'), 'bad query'],
    [401, '', 'unauthorised'],
    [404, '', 'not an answer'],
    [422, errorAnswer('execution', 'x'), 'bad query'],
    [500, '', 'unavailable'],
    [503, errorAnswer('timeout', 'query timed out'), 'timeout'],
    [200, '<html>', 'not an answer'],
  ])('with %i %s is not: %s', async (status, body, reason) => {
    const source = scene.source(await scene.world.serve(answer(status, body)));
    expect(await ask(source)).toMatchObject({ kind: 'failure', reason, cost: { attempts: 1 } });
    expect(scene.world.seen).toHaveLength(1);
  });

  it('is asked again where the connection was refused or broke off', async () => {
    const dead = scene.source(await scene.world.deadOrigin());
    expect(await ask(dead)).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 3 } });
    const breaking = scene.source(
      await scene.world.serve(inTurn((_seen, request) => void request.socket.destroy(), up)),
    );
    expect(await ask(breaking)).toMatchObject({ kind: 'vector', cost: { attempts: 2 } });
  });

  it('is asked again when the source wants it, if there is time', async () => {
    const later = (seconds: string): Handler => answer(429, '', { 'retry-after': seconds });
    const soon = scene.source(await scene.world.serve(inTurn(later('1'), up)));
    expect(await ask(soon)).toMatchObject({ kind: 'vector', cost: { attempts: 2 } });
    expect(scene.slept).toHaveLength(1);
    expect(scene.slept[0]).toBeGreaterThan(900);
    expect(scene.slept[0]).toBeLessThanOrEqual(1000);
    const tooLate = scene.source(await scene.world.serve(later('60')));
    expect(await ask(tooLate)).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 1 } });
    expect(scene.slept).toHaveLength(1);
  });

  it('is given up while it waits to be asked again', async () => {
    const giveUp = new AbortController();
    const source = scene.source(
      await scene.world.serve((_seen, _request, response) => {
        response.on('finish', () => giveUp.abort());
        response.writeHead(429, { 'retry-after': '5' }).end();
      }),
    );
    expect(await ask(source, { signal: giveUp.signal })).toMatchObject({ reason: 'aborted' });
  });
});

describe('the breaker', () => {
  const queryOf = ({ body }: Seen): string => new URLSearchParams(body).get('query')!;
  const asked = (): readonly string[] => scene.world.seen.map(queryOf);

  it('keeps questions from a source that failed ten times in a row; a probe of ours finds out when it is back', async () => {
    let isWell = false;
    const source = scene.source(
      await scene.world.serve((...args) => (isWell ? up(...args) : answer(500, 'ill')(...args))),
    );
    for (let i = 0; i < 10; i++) await ask(source);
    expect(source.state).toMatchObject({ breaker: 'open' });
    const refused = await Promise.all([ask(source), ask(source), ask(source)]);
    for (const one of refused) {
      expect(one).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 0, bytes: 0 } });
      expect(one.kind === 'failure' && one.message).toMatch(/left alone for (?:1\.0|0\.\d) s more; at last: .*500/);
    }
    // The first probe goes out at once, and there is one for all.
    expect([asked().slice(10), scene.slept]).toEqual([['vector(1)'], []]);
    // The next one does when its pause is over; who has no time for that is refused at once.
    expect(await ask(source, { turnBy: Date.now() + 100 })).toMatchObject({ reason: 'unavailable' });
    expect(asked()).toHaveLength(11);
    isWell = true;
    const waited = await Promise.all(['a', 'b', 'c'].map((query) => ask(source, { query })));
    expect(waited.map(({ kind }) => kind)).toEqual(Array(3).fill('vector'));
    expect(source.state).toMatchObject({ breaker: 'closed', failures: 0 });
    expect(scene.slept).toHaveLength(1);
    expect([asked()[11], asked().slice(12).toSorted()]).toEqual(['vector(1)', ['a', 'b', 'c']]);
  });

  it('keeps nothing from a source that answers others while heavy questions time out together', async () => {
    const source = scene.source(
      await scene.world.serve((seen, ...rest) => (queryOf(seen) === 'heavy' ? undefined : up(seen, ...rest))),
    );
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 12 }, () => ask(source, { query: 'heavy', patience: 50 })));
      const healthy = await Promise.all(Array.from({ length: 20 }, () => ask(source)));
      expect(new Set(healthy.map(({ kind }) => kind))).toEqual(new Set(['vector']));
    }
    expect(asked().filter((query) => query === 'vector(1)')).toHaveLength(3);
  });

  it('lets questions out as soon as one that went out earlier is answered', async () => {
    const late = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const probed = Promise.withResolvers<void>();
    const source = scene.source(
      await scene.world.serve((seen, _request, response) => {
        if (queryOf(seen) === 'ill') response.writeHead(500).end();
        else if (queryOf(seen) === 'vector(1)') probed.resolve();
        else if (queryOf(seen) === 'up') response.end(upAnswer);
        else {
          late.resolve();
          void answered.promise.then(() => response.end(upAnswer));
        }
      }),
    );
    const slow = ask(source, { query: 'late' });
    await late.promise;
    for (let i = 0; i < 10; i++) await ask(source, { query: 'ill' });
    const waiting = ask(source);
    await probed.promise;
    expect(source.state).toMatchObject({ breaker: 'probing' });
    answered.resolve();
    expect([(await slow).kind, (await waiting).kind]).toEqual(['vector', 'vector']);
    expect(source.state).toMatchObject({ breaker: 'closed', running: 0, waiting: 0 });
  });

  it('gives the probe up with the last who waits for it, and the next begins another', async () => {
    const source = scene.source(
      await scene.world.serve((seen, ...rest) =>
        queryOf(seen) === 'vector(1)' ? undefined : answer(500)(seen, ...rest),
      ),
    );
    for (let i = 0; i < 10; i++) await ask(source);
    const giveUp = new AbortController();
    const given = ask(source, { signal: giveUp.signal });
    const late = await ask(source, { patience: 50 });
    expect(late).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 0 } });
    giveUp.abort();
    expect(await given).toMatchObject({ reason: 'aborted' });
    expect(await ask(source, { patience: 50 })).toMatchObject({ reason: 'unavailable' });
    expect(asked().slice(10)).toEqual(['vector(1)', 'vector(1)']);
  });

  it('lets who waited in line when the source went away ask when it is back', async () => {
    let isWell = false;
    const source = scene.source(
      await scene.world.serve((seen, ...rest) =>
        isWell || queryOf(seen) === 'vector(1)' ? ((isWell = true), up(seen, ...rest)) : answer(500)(seen, ...rest),
      ),
      { concurrency: 1 },
    );
    const got = await Promise.all(Array.from({ length: 30 }, () => ask(source)));
    const kinds = got.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('failure')).toBe(9);
    expect([new Set(kinds.slice(0, 10)), new Set(kinds.slice(10))]).toEqual([
      new Set(['failure']),
      new Set(['vector']),
    ]);
    expect(source.state).toMatchObject({ running: 0, waiting: 0 });
  });

  it('is not moved by questions that are wrong, nor by what is wrong on our side', async () => {
    const source = scene.source(await scene.world.serve(answer(400, errorAnswer('bad_data', 'x'))));
    for (let i = 0; i < 12; i++) await ask(source);
    for (let i = 0; i < 12; i++) await ask(source, { headers: [['X-Bad', 'a\nb']] });
    expect(source.state).toMatchObject({ breaker: 'closed', failures: 0 });
  });
});
