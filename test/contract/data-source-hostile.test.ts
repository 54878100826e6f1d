// Data sources that are slow, lying, broken or enormous: none of them gets a question to hang, the process to swell,
// or a credential to somebody else.
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask, upAnswer, useDataSourceScene } from '../support/data-source-scene.ts';
import { answer, config, secret } from '../support/http-scene.ts';
import type { Handler } from '../support/http-world.ts';

const scene = useDataSourceScene();
const SHORT = 120;

/** Says this to every request, and nothing more. */
const says =
  (text: string, after: (socket: Socket) => void = () => {}) =>
  (socket: Socket): void =>
    void socket.on('data', () => socket.write(text, () => after(socket)));

const head = (length: number | string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

describe('a source that is slow', () => {
  it.each([
    ['to say anything', ''],
    ['with its headers', 'HTTP/1.1 200 OK\r\nContent-'],
    ['with its body', `${head(upAnswer.length)}${upAnswer.slice(0, 20)}`],
    ['to send as much as it has announced', `${head(upAnswer.length + 1)}${upAnswer}`],
  ])('%s is a timeout when the time is over', async (_name, text) => {
    const source = scene.source(await scene.world.serveRaw(says(text)));
    const got = await ask(source, { patience: SHORT });
    expect(got).toMatchObject({ kind: 'failure', reason: 'timeout', cost: { attempts: 1 } });
    expect(got.cost.seconds).toBeLessThan(2);
    expect(source.state).toMatchObject({ failures: 1, running: 0 });
  });

  it('drip by drip is a timeout too', async () => {
    const source = scene.source(
      await scene.world.serve((_seen, _request, response) => {
        response.writeHead(200);
        const drip = (): void => void (response.destroyed || response.write(' ', () => setImmediate(drip)));
        drip();
      }),
    );
    expect(await ask(source, { patience: SHORT })).toMatchObject({ kind: 'failure', reason: 'timeout' });
  });
});

describe('a source that breaks off', () => {
  it.each([
    ['at once', ''],
    ['in its headers', 'HTTP/1.1 200 OK\r\nContent-'],
    ['in its body', `${head(upAnswer.length)}${upAnswer.slice(0, 20)}`],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"status":'],
  ])('%s is asked again, then unavailable', async (_name, text) => {
    const source = scene.source(await scene.world.serveRaw(says(text, (socket) => void socket.destroy())));
    expect(await ask(source)).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 3 } });
  });

  it('with a reset, too', async () => {
    const source = scene.source(
      await scene.world.serveRaw((socket) => void socket.once('data', () => socket.resetAndDestroy())),
    );
    expect(await ask(source)).toMatchObject({ kind: 'failure', reason: 'unavailable', cost: { attempts: 3 } });
  });

  it('between two questions is not noticed', async () => {
    const source = scene.source(
      await scene.world.serve((_seen, request, response) => {
        response.end(upAnswer, () => request.socket.destroy());
      }),
    );
    for (let i = 0; i < 3; i++) expect(await ask(source)).toMatchObject({ kind: 'vector' });
  });
});

describe('a source that lies', () => {
  it('about its length is cut where it said, and that is no answer', async () => {
    const source = scene.source(await scene.world.serveRaw(says(`${head(50)}${upAnswer}`)));
    const got = await ask(source);
    expect(got).toMatchObject({ kind: 'failure', reason: 'not an answer' });
    expect(got.kind === 'failure' && got.message).toContain(upAnswer.slice(0, 50));
  });

  it('about its compression gives no answer', async () => {
    const bodies: Record<string, Buffer> = {
      plain: Buffer.from(upAnswer),
      cut: gzipSync(upAnswer).subarray(0, 40),
      long: gzipSync(Buffer.alloc(100_000, 'x')).subarray(0, 60),
    };
    const source = scene.source(
      await scene.world.serve((seen, _request, response) => {
        const query = new URLSearchParams(seen.body).get('query')!;
        response.writeHead(200, { 'content-encoding': query === 'brotli' ? 'br' : 'gzip' });
        response.end(bodies[query] ?? upAnswer);
      }),
    );
    for (const query of ['plain', 'cut', 'long', 'brotli']) {
      expect(await ask(source, { query })).toMatchObject({ kind: 'failure', reason: 'not an answer' });
    }
  });

  it('by speaking something else is unavailable', async () => {
    const source = scene.source(await scene.world.serveRaw(says('220 smtp ready\r\n', (socket) => void socket.end())));
    expect(await ask(source)).toMatchObject({ kind: 'failure', reason: 'unavailable' });
  });

  it('by answering a page gives no answer, of which 200 bytes are shown', async () => {
    const page = `<!DOCTYPE html><title>Log in</title>${'x'.repeat(5000)}`;
    const source = scene.source(await scene.world.serve(answer(200, page)));
    const got = await ask(source);
    expect(got).toMatchObject({ kind: 'failure', reason: 'not an answer' });
    expect(got.kind === 'failure' && got.message).toBe(`the answer is no JSON: ${page.slice(0, 200)}`);
  });
});

describe('a source that says too much', () => {
  const MAX = 1024 * 1024;

  it('is stopped at max_bytes, announced or not', async () => {
    const source = scene.source(
      await scene.world.serve((seen, _request, response) => {
        if (seen.body.includes('query=announced')) response.setHeader('content-length', MAX * 1000);
        response.writeHead(200);
        const pour = (): void =>
          void (response.write('x'.repeat(65_536)) ? setImmediate(pour) : response.once('drain', pour));
        pour();
      }),
      { maxBytes: MAX },
    );
    for (const query of ['announced', 'not']) {
      const got = await ask(source, { query });
      expect(got).toMatchObject({ kind: 'failure', reason: 'too large', cost: { attempts: 1 } });
      expect(got.cost.bytes).toBeLessThan(2 * MAX);
    }
    expect(source.state).toMatchObject({ failures: 0 });
  });

  it('compressed is stopped at max_bytes of what it decompresses to', async () => {
    const bombs: Record<string, Buffer> = {
      small: gzipSync(Buffer.alloc(5_000_000, 'x')),
      large: gzipSync(Buffer.alloc(40_000_000, 'x')),
    };
    expect(bombs['small']!.length).toBeLessThan(8192);
    const source = scene.source(
      await scene.world.serve((seen, _request, response) => {
        const query = new URLSearchParams(seen.body).get('query')!;
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bombs[query]);
      }),
      { maxBytes: MAX },
    );
    const before = process.memoryUsage().rss;
    for (const query of ['small', 'large']) {
      expect(await ask(source, { query })).toMatchObject({ kind: 'failure', reason: 'too large' });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(30 * MAX);
  });

  it('with a million series is stopped at max_series', async () => {
    const series = Array.from({ length: 10_000 }, (_, i) => `{"metric":{"i":"${i}"},"value":[1,"1"]}`).join(',');
    const source = scene.source(
      await scene.world.serve((_seen, _request, response) => {
        response.write('{"status":"success","data":{"resultType":"vector","result":[');
        for (let i = 0; i < 99; i++) response.write(`${series},`);
        response.end(`${series}]}}`);
      }),
    );
    const got = await ask(source);
    expect(got).toMatchObject({ kind: 'failure', reason: 'too large' });
    expect(got.kind === 'failure' && got.message).toBe('the answer has more than 100000 series');
  });

  it('deep inside is no answer', async () => {
    const source = scene.source(await scene.world.serve(answer(200, '['.repeat(500_000))));
    expect(await ask(source)).toMatchObject({ kind: 'failure', reason: 'not an answer' });
  });
});

describe('a source that sends elsewhere', () => {
  const http = config({ auth: { kind: 'authorization', type: 'Bearer', credentials: secret('hush') } });
  const redirect =
    (status: number, location: (url: string) => string | null): Handler =>
    (seen, request, response) => {
      const to = location(seen.url);
      if (to === null) answer(200, upAnswer)(seen, request, response);
      else answer(status, '', { location: to })(seen, request, response);
    };

  it.each([301, 302, 307, 308])(
    'is followed with %i to another path, question and credentials and all',
    async (status) => {
      const url = await scene.world.serve(
        redirect(status, (path) => (path.startsWith('/moved') ? null : `/moved${path}`)),
      );
      expect(await ask(scene.source(url, { http }))).toMatchObject({ kind: 'vector', cost: { attempts: 1 } });
      expect(scene.world.seen.map((seen) => [seen.method, seen.url, seen.headers.authorization])).toEqual([
        ['POST', '/api/v1/query', 'Bearer hush'],
        ['POST', '/moved/api/v1/query', 'Bearer hush'],
      ]);
      expect(scene.world.seen[1]!.body).toBe(scene.world.seen[0]!.body);
    },
  );

  it('is not followed with 303, nor where follow_redirects is off', async () => {
    const moved = await scene.world.serve(redirect(303, () => '/moved'));
    expect(await ask(scene.source(moved))).toMatchObject({ kind: 'failure', reason: 'not an answer' });
    const other = await scene.world.serve(redirect(307, () => '/moved'));
    const still = scene.source(other, { http: config({ followRedirects: false }) });
    expect(await ask(still)).toMatchObject({ kind: 'failure', reason: 'not an answer' });
    expect(scene.world.seen).toHaveLength(2);
  });

  it('in a circle is left after three redirects', async () => {
    const source = scene.source(await scene.world.serve(redirect(307, (path) => `${path}/`)));
    const got = await ask(source);
    expect(got).toMatchObject({ kind: 'failure', reason: 'not an answer' });
    expect(got.kind === 'failure' && got.message).toMatch(
      /^the source answered 307: redirects are followed three times/,
    );
    expect(scene.world.seen).toHaveLength(4);
  });

  it('to another origin is not followed: neither question nor credential gets there', async () => {
    const stranger = await scene.world.serve(answer(200, upAnswer));
    const targets = [
      `${stranger}/api/v1/query`,
      stranger.replace('127.0.0.1', 'localhost'),
      '//localhost/',
      'file:///etc/passwd',
    ];
    for (const target of targets) {
      const url = await scene.world.serve(redirect(307, () => target));
      expect(await ask(scene.source(url, { http }))).toMatchObject({ kind: 'failure', reason: 'not an answer' });
    }
    expect(scene.world.seen).toHaveLength(targets.length);
  });
});

it('what fails never shows the path, a header or a credential', async () => {
  const http = config({ auth: { kind: 'authorization', type: 'Bearer', credentials: secret('hush') } });
  const urls = [
    await scene.world.deadOrigin(),
    await scene.world.serveRaw(says('', (socket) => void socket.destroy())),
  ];
  for (const url of urls) {
    const got = await ask(scene.source(`${url}/hidden-path`, { http }), { headers: [['X-Key', 'hush']] });
    expect(JSON.stringify(got)).not.toMatch(/hush|hidden-path/);
  }
});
