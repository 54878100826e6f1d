// Each kind of output of event_recorder against what it writes to: real files, a fake standard output, a webhook that
// fails in every way, and a real one.
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, mkdir, mkdtempDisposable, open, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileOutput } from '../../src/adapters/event-stream/file-output.ts';
import { StdoutOutput } from '../../src/adapters/event-stream/stdout-output.ts';
import { WebhookOutput } from '../../src/adapters/event-stream/webhook-output.ts';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import type { HttpResult } from '../../src/ports/http-client.ts';
import { HttpWorld, MemoryFiles } from '../support/http-world.ts';
import { PATIENT, printed, silence, status, webhook, WebhookScene } from '../support/stream-outputs.ts';

describe('a file output', () => {
  let top: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let path: string;
  beforeEach(async () => {
    top = await mkdtempDisposable(join(tmpdir(), 'belfry-events-'));
    path = join(top.path, 'events.jsonl');
  });
  afterEach(() => top.remove());

  it('appends a line an event, to what was there before', async () => {
    for (const json of ['{"a":1}', '{"b":2}']) {
      const output = await FileOutput.open(path);
      expect(output.name).toBe(`file:${path}`);
      expect(await output.write([printed(json), printed('{}')])).toBeNull();
      await output.close(PATIENT);
    }
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n{}\n{"b":2}\n{}\n');
  });

  it.each([
    ['renamed', () => rename(path, `${path}.1`)],
    ['removed', () => rm(path)],
    ['replaced', () => open(`${path}.new`, 'w').then((file) => file.close().then(() => rename(`${path}.new`, path)))],
  ])('goes on in a new file once the old one was %s', async (_how, rotate) => {
    await using output = disposable(await FileOutput.open(path));
    await output.write([printed('1')]);
    await rotate();
    expect(await output.write([printed('2')])).toBeNull();
    expect(await readFile(path, 'utf8')).toBe('2\n');
  });

  it('says why it cannot write, and does again once it can', async () => {
    await using output = disposable(await FileOutput.open(path));
    await rm(path);
    await mkdir(path);
    expect(await output.write([printed('1')])).toContain('EISDIR');
    await rm(path, { recursive: true });
    expect(await output.write([printed('2')])).toBeNull();
    expect(await readFile(path, 'utf8')).toBe('2\n');
  });

  it('is not opened where there is no folder, or no permission', async () => {
    await expect(FileOutput.open(join(top.path, 'none/events.jsonl'))).rejects.toThrow('ENOENT');
    if (process.getuid?.() === 0) return;
    await chmod(top.path, 0o500);
    await expect(FileOutput.open(path)).rejects.toThrow('EACCES');
  });

  it('ends a line that was cut off before it begins the next', async () => {
    execFileSync('mkfifo', [path]);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await using output = disposable(await FileOutput.open(path));
    const large = 'x'.repeat(100_000);
    expect(await output.write([printed(large)])).toContain('EAGAIN');
    const { bytesRead } = await reader.read(Buffer.alloc(200_000));
    expect(bytesRead).toBeLessThan(large.length);
    expect(await output.write([printed('{}')])).toBeNull();
    const { buffer, bytesRead: more } = await reader.read(Buffer.alloc(100));
    expect(buffer.toString('utf8', 0, more)).toBe('\n{}\n');
    await reader.close();
  });
});

function disposable(output: FileOutput): FileOutput & AsyncDisposable {
  return Object.assign(output, { [Symbol.asyncDispose]: () => output.close(PATIENT) });
}

describe('the standard output', () => {
  it('gets a line an event, and says so when nobody reads', async () => {
    const lines: string[] = [];
    let dropped = 0;
    const output = new StdoutOutput({
      write: (line) => void (lines.length < 2 ? lines.push(line) : dropped++),
      get dropped() {
        return dropped;
      },
      close: () => Promise.resolve(),
    });
    expect(await output.write([printed('{"a":1}'), printed('{}')])).toBeNull();
    expect(lines).toEqual(['{"a":1}\n', '{}\n']);
    expect(await output.write([printed('{}')])).toBe('nobody reads the standard output');
  });
});

const drops = (output: string): string => `alertmanager_event_output_drops_total{output="${output}"}`;
const losses = (output: string): string => `belfry_event_output_lost_total{output="${output}"}`;

describe('a webhook output', () => {
  let scene: WebhookScene;
  beforeEach(() => {
    scene = new WebhookScene();
  });

  it('posts each event, and shows neither user nor query of its URL', async () => {
    const output = scene.output();
    scene.answer = () => Promise.resolve(status(500));
    await output.write([printed('{"a":1}'), printed('{"b":2}')]);
    await output.close(AbortSignal.abort());
    expect(output.name).toBe('webhook:https://events.example/in');
    expect(scene.bodies).toEqual(['{"a":1}', '{"b":2}']);
    expect(scene.asked[0]).toMatchObject({
      ...{ method: 'POST', url: 'https://user:pass@events.example/in?token=hush#x' },
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'Belfry/test' },
    });
    const shown = JSON.stringify(scene.lines.all) + (await scene.metrics());
    expect(shown).toContain('webhook:https://events.example/in');
    expect(shown).not.toMatch(/pass|hush/);
  });

  it.each([
    ['an answer that is none of success', status(400)],
    ['a redirect', status(302)],
    ['no answer', { kind: 'failure', sent: false, reason: 'refused', message: 'connection refused' } as const],
  ])('tries again after %s, with pauses that double up to half a minute, and then gives up', async (_what, answer) => {
    scene.answer = () => Promise.resolve(answer);
    const output = scene.output({ maxRetries: 4, retryBackoff: 20_000 });
    await output.write([printed('{}')]);
    await scene.pass(600_000);
    expect(scene.at).toEqual([0, 20_000, 50_000, 80_000]);
    expect(await scene.metric(losses(output.name))).toBe(1);
    expect(scene.lines.above('info')).toEqual([
      'warn An output failed and will be tried again',
      'error An output failed for good: its events are given up',
    ]);
  });

  it('says that it works again, once', async () => {
    scene.answer = (_request, count) => Promise.resolve(status(count === 1 ? 503 : 204));
    const output = scene.output();
    await output.write([printed('{}'), printed('{}')]);
    await scene.pass(600);
    await output.write([printed('{}')]);
    await output.close(PATIENT);
    expect(scene.lines.above('debug')).toEqual([
      'warn An output failed and will be tried again',
      'info An output takes events again',
    ]);
    expect(await scene.metric(losses(output.name))).toBe(0);
  });

  it('gives a request so long, and goes on with other workers meanwhile', async () => {
    scene.answer = (request, count) => (count === 1 ? silence(request) : Promise.resolve(status(200)));
    const output = scene.output({ workers: 2, timeout: 30, maxRetries: 1 });
    await output.write(['1', '2', '3', '4'].map(printed));
    await scene.pass(0);
    expect(scene.bodies).toEqual(['1', '2', '3', '4']);
    await output.close(PATIENT);
    expect(await scene.metric(losses(output.name))).toBe(1);
    expect(scene.lines.last('error')).toMatchObject({ detail: 'no answer in time', events: 1 });
  });

  it('asks with as many workers as it has, and keeps 1024 events waiting; more are dropped, and counted', async () => {
    scene.answer = silence;
    const output = scene.output({ workers: 3 });
    await output.write(Array.from({ length: 1030 }, (_, n) => printed(`${n}`)));
    expect(scene.bodies).toEqual(['0', '1', '2']);
    expect(await scene.metric(drops(output.name))).toBe(1030 - 3 - 1024);
    await output.close(AbortSignal.abort());
    expect(await scene.metric(losses(output.name))).toBe(3 + 1024);
  });

  it.each(Array.from({ length: 12 }, (_, turns) => [turns]))(
    'posts what comes %i turns after an answer, which may be when its worker finds nothing to do',
    async (turns) => {
      const output = scene.output({ workers: 1 });
      const { promise: answered, resolve } = Promise.withResolvers<HttpResult>();
      scene.answer = () => answered;
      await output.write([printed('1')]);
      resolve(status(200));
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      void output.write([printed('2')]);
      await scene.pass(0);
      expect(scene.bodies).toEqual(['1', '2']);
    },
  );

  describe('with batches', () => {
    const batch = { maxEvents: 3, maxBytes: 20, flushInterval: 100 };

    it.each([
      ['as many as may go together', ['1', '2', '3', '4'], ['[1,2,3]']],
      ['as much as may go together', ['"123456"', '"abcdef"', '7'], ['["123456","abcdef"]']],
      ['what fits to the byte', ['"1234567"', '"abcdef"'], ['["1234567","abcdef"]']],
      [
        'what is larger than a request may be, alone',
        ['1', '"12345678901234567890"'],
        ['[1]', '["12345678901234567890"]'],
      ],
      ['letters that take several bytes', ['"öööööööö"', '1'], ['["öööööööö"]']],
    ])('posts %s at once, as an array', async (_what, events, bodies) => {
      await scene.output({ batch, workers: 1 }).write(events.map(printed));
      await scene.pass(99);
      expect(scene.bodies).toEqual(bodies);
    });

    it('posts what has waited long enough for others, each time anew', async () => {
      const output = scene.output({ batch });
      await output.write([printed('1')]);
      await scene.pass(60);
      await output.write([printed('2'), printed('3'), printed('4')]);
      await scene.pass(99);
      expect(scene.bodies).toEqual(['[1,2,3]']);
      await scene.pass(1);
      expect(scene.bodies).toEqual(['[1,2,3]', '[4]']);
      await scene.pass(1000);
      expect(scene.asked).toHaveLength(2);
    });

    it('holds what upstream holds, and posts what waits when it is closed', async () => {
      scene.answer = silence;
      const output = scene.output({ batch: { ...batch, maxBytes: 1e6 }, workers: 1, maxRetries: 1 });
      // Three underway; 1024, a batch in the making and one for the worker.
      await output.write(Array.from({ length: 3 + 1024 + 6 + 2 }, (_, n) => printed(`${n}`)));
      expect(await scene.metric(drops(output.name))).toBe(2);
      await output.close(AbortSignal.abort());
      expect(await scene.metric(losses(output.name))).toBe(3 + 1024 + 6);
      const other = scene.output({ batch });
      scene.answer = () => Promise.resolve(status(200));
      await other.write([printed('1'), printed('2')]);
      await other.close(PATIENT);
      expect(scene.bodies.at(-1)).toBe('[1,2]');
    });
  });

  it('takes nothing any more once it is closed', async () => {
    const output = scene.output();
    await output.close(PATIENT);
    await output.write([printed('1')]);
    expect(scene.asked).toEqual([]);
    expect(await scene.metric(drops(output.name))).toBe(1);
  });

  it('cuts a pause short when there is no more time', async () => {
    scene.answer = () => Promise.resolve(status(500));
    const output = scene.output({ retryBackoff: 20_000 });
    await output.write([printed('1')]);
    await scene.pass(0);
    await output.close(AbortSignal.abort());
    expect(scene.at).toEqual([0]);
    expect(scene.lines.last('error')).toMatchObject({ detail: 'there was no more time' });
  });

  it('arrives at a real server, with what its http_config says', async () => {
    await using world = new HttpWorld();
    const origin = await world.serve((_seen, _request, response) => void response.writeHead(204).end());
    await using http = createHttpClient({ files: new MemoryFiles(), env: {}, clock: scene.clock });
    const { clock, report } = scene;
    const config = webhook(`${origin}/in?token=hush`);
    const output = new WebhookOutput(
      {
        ...config,
        http: {
          ...config.http,
          headers: [{ name: 'X-Team', values: ['a'], secrets: [], files: [] }],
        },
      },
      { http, clock, report, userAgent: 'Belfry/test' },
    );
    await output.write([printed('{"ü":1}')]);
    await output.close(PATIENT);
    expect(world.seen).toMatchObject([
      {
        ...{ method: 'POST', url: '/in?token=hush', body: '{"ü":1}' },
        headers: { 'content-type': 'application/json', 'user-agent': 'Belfry/test', 'x-team': 'a' },
      },
    ]);
  });
});
