import { describe, expect, it } from 'vitest';
import type { Downloader } from '../../../src/adapters/http-download.ts';
import { traceHttp } from '../../../src/adapters/tracing/traced-http.ts';
import { createTracing } from '../../../src/adapters/tracing/tracing.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import type { TraceContext } from '../../../src/model/trace-context.ts';
import type { HttpClient, HttpRequest, HttpResult } from '../../../src/ports/http-client.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { ms, t } from '../../support/builders.ts';
import { MemoryFiles } from '../../support/http-world.ts';
import { readBatch } from '../../support/otlp-read.ts';
import { seeded, silentSpanRecord, TraceScene, tracingConfig, treeOf } from '../../support/trace-scene.ts';

const remote = (flags: number): TraceContext => ({
  ...{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags, state: 'a=1' },
});

describe('a trace', () => {
  const clock = new VirtualClock(t('0s'));

  it('says who we are, what belongs to what, and how long it took', async () => {
    const scene = new TraceScene(clock);
    const root = scene.tracing.start('root', null)!;
    await clock.advanceTo(clock.now() + ms('1s'));
    const child = scene.tracing.start('child', root, 'client')!;
    child.set({ a: 1 });
    child.event('seen', { b: true });
    child.link(remote(1));
    child.link(remote(0));
    child.fail('no');
    await clock.advanceTo(clock.now() + ms('2s'));
    child.end();
    child.end();
    root.end();
    const [first, second, ...others] = await scene.spans();
    expect(others).toEqual([]);
    expect(second).toMatchObject({ name: 'root', parentId: '', start: BigInt(t('0s')) * 1_000_000n, flags: 0x101 });
    expect(first).toMatchObject({
      ...{ name: 'child', traceId: second!.traceId, parentId: second!.spanId, kind: 3, attributes: { a: 1 } },
      ...{ events: [{ name: 'seen', attributes: { b: true } }], links: [{ spanId: 'b7ad6b7169203331', flags: 1 }] },
      status: { code: 2, message: 'no' },
    });
    expect(first!.end - first!.start).toBe(2_000_000_000n);
    expect(scene.batches[0]!.resource).toMatchObject({ 'service.name': 'belfry', 'service.version': '1.2.3' });
  });

  it.each([
    ['is kept when whoever began it keeps it', 0, remote(1), 1],
    ['is not kept when whoever began it does not', 1, remote(0), 0],
    ['that begins here is kept by the fraction: all', 1, null, 1],
    ['that begins here is kept by the fraction: none', 0, null, 0],
  ])('%s', async (_title, samplingFraction, parent, kept) => {
    const scene = new TraceScene(clock, tracingConfig({ samplingFraction }));
    const span = scene.tracing.start('root', parent)!;
    const child = scene.tracing.start('child', span)!;
    expect(child.flags).toBe(kept);
    expect(child.traceId).toBe(parent?.traceId ?? span.traceId);
    expect(child.state).toBe(parent?.state ?? '');
    child.set({ a: 1 });
    child.end();
    span.end();
    expect(await scene.spans()).toHaveLength(2 * kept);
  });

  it('goes on in an attempt long after its flush', async () => {
    const scene = new TraceScene(clock);
    const flush = scene.tracing.start('flush', null)!;
    flush.end();
    await clock.advanceTo(clock.now() + ms('1h'));
    scene.tracing.start('attempt', flush)!.end();
    const spans = await scene.spans();
    expect(treeOf(spans)).toEqual(['flush', '  attempt']);
    expect(spans.at(-1)!.start - spans[0]!.start).toBe(3_600_000_000_000n);
  });

  it('has bounds: so many events, and texts of so many characters', async () => {
    const scene = new TraceScene(clock);
    const span = scene.tracing.start('root', null)!;
    for (let i = 0; i < 200; i++) span.event(`${i}`);
    span.set({ long: 'x'.repeat(10_000), short: 'y' });
    span.fail('z'.repeat(10_000));
    span.end();
    const [read] = await scene.spans();
    expect(read!.events).toHaveLength(128);
    expect(read!.attributes).toEqual({ long: 'x'.repeat(4096), short: 'y' });
    expect(read!.status.message).toHaveLength(4096);
  });
});

describe('a reload', () => {
  interface Told {
    readonly url: string;
    readonly names: readonly string[];
  }

  function scene() {
    const told: Told[] = [];
    const switched: (string | null)[] = [];
    const clock = new VirtualClock(t('0s'));
    const download: Downloader['download'] = (_config, { url, body }) => {
      told.push({ url, names: readBatch(Buffer.from(body)).spans.map(({ name }) => name) });
      const answer = { bytes: Buffer.alloc(0), end: 'whole' } as const;
      return Promise.resolve({ kind: 'answer', status: 200, headers: new Map(), body: answer });
    };
    const tracing = createTracing({
      ...{ http: { download }, files: new MemoryFiles(), clock, elapsed: () => clock.now(), version: '' },
      entropy: { uuid: () => '', fraction: seeded() },
      record: { ...silentSpanRecord, switched: (to) => void switched.push(to) },
    });
    return { told, switched, clock, tracing };
  }

  it('begins, moves and ends tracing; what has ended goes where it was to go', async () => {
    const { told, switched, clock, tracing } = scene();
    tracing.reconfigure(null);
    expect(tracing.start('off', null)).toBe(null);
    tracing.reconfigure(tracingConfig({ endpoint: 'one:1' }));
    tracing.start('first', null)!.end();
    const over = tracing.start('over', null)!;
    tracing.reconfigure(tracingConfig({ endpoint: 'two:2', insecure: false }));
    over.end();
    await clock.advanceTo(clock.now());
    expect(told).toEqual([{ url: 'http://one:1/v1/traces', names: ['first'] }]);
    tracing.reconfigure(null);
    expect(tracing.start('off', null)).toBe(null);
    await clock.advanceTo(clock.now());
    expect(told.slice(1)).toEqual([{ url: 'https://two:2/v1/traces', names: ['over'] }]);
    expect(switched).toEqual(['one:1', 'two:2', null]);
  });

  it('that changes nothing of it leaves what waits to wait', async () => {
    const { told, switched, clock, tracing } = scene();
    tracing.reconfigure(tracingConfig());
    tracing.start('first', null)!.end();
    tracing.reconfigure(tracingConfig());
    await clock.advanceTo(clock.now());
    expect(told).toEqual([]);
    expect(switched).toHaveLength(1);
    await tracing.close(AbortSignal.timeout(5000));
    expect(told).toHaveLength(1);
  });
});

describe('an HTTP request', () => {
  const clock = new VirtualClock(t('0s'));
  const request: HttpRequest = {
    ...{ method: 'POST', url: 'https://hooks.example/T123/hush?key=hush', headers: { A: 'b' }, body: '' },
    signal: new AbortController().signal,
  };

  function client(answer: HttpResult) {
    const asked: HttpRequest[] = [];
    const inner: HttpClient & Downloader = {
      request: (_config, one) => Promise.resolve((asked.push(one), answer)),
      download: (_config, one) => {
        asked.push(one);
        if (answer.kind === 'failure') return Promise.resolve(answer);
        return Promise.resolve({ ...answer, body: { bytes: Buffer.alloc(0), end: 'whole' as const } });
      },
    };
    return { asked, inner };
  }

  const answered = (status: number): HttpResult => ({ kind: 'answer', status, headers: new Map(), body: '' });
  const refused: HttpResult = { kind: 'failure', sent: false, reason: 'refused', message: 'cannot connect' };

  it.each<[string, HttpResult, object, object]>([
    ['200', answered(200), { 'http.response.status_code': 200 }, { code: 0, message: '' }],
    [
      '503',
      answered(503),
      { 'http.response.status_code': 503, 'error.type': '503' },
      { code: 2, message: 'status 503' },
    ],
    ['no connection', refused, { 'error.type': 'refused' }, { code: 2, message: 'cannot connect' }],
  ])('carries its trace, and tells of %s without the path', async (_title, answer, attributes, status) => {
    const scene = new TraceScene(clock);
    const { asked, inner } = client(answer);
    const http = traceHttp(inner, scene.tracing);
    const parent = scene.tracing.start('attempt', remote(1))!;
    expect(await http.request(DEFAULT_HTTP_CONFIG, { ...request, trace: parent })).toBe(answer);
    await http.download(DEFAULT_HTTP_CONFIG, { ...request, trace: parent }, 1);
    parent.end();
    const spans = await scene.spans();
    expect(treeOf(spans)).toEqual(['attempt', '  HTTP POST', '  HTTP POST']);
    const known = { 'http.request.method': 'POST', 'url.scheme': 'https', 'server.address': 'hooks.example' };
    for (const [i, span] of spans.slice(0, 2).entries()) {
      expect(span).toMatchObject({ kind: 3, attributes: { ...known, 'server.port': 443, ...attributes }, status });
      const { traceId, spanId } = span;
      expect(asked[i]!.headers).toEqual({ A: 'b', Traceparent: `00-${traceId}-${spanId}-01`, Tracestate: 'a=1' });
    }
    expect(JSON.stringify(spans.map(({ attributes: all }) => all))).not.toContain('hush');
  });

  it('that belongs to nothing begins a trace', async () => {
    const scene = new TraceScene(clock);
    await traceHttp(client(answered(200)).inner, scene.tracing).request(DEFAULT_HTTP_CONFIG, request);
    expect(treeOf(await scene.spans())).toEqual(['HTTP POST']);
  });

  it('is told on without being kept', async () => {
    const scene = new TraceScene(clock, tracingConfig({ samplingFraction: 0 }));
    const { asked, inner } = client(answered(200));
    await traceHttp(inner, scene.tracing).request(DEFAULT_HTTP_CONFIG, request);
    expect(asked[0]!.headers['Traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(await scene.spans()).toEqual([]);
  });

  it('is left as it is when nobody traces', async () => {
    const scene = new TraceScene(clock, null);
    const { asked, inner } = client(answered(200));
    const http = traceHttp(inner, scene.tracing);
    await http.request(DEFAULT_HTTP_CONFIG, request);
    await http.download(DEFAULT_HTTP_CONFIG, request, 1);
    expect(asked).toEqual([request, request]);
    expect(asked[0]).toBe(request);
  });
});
