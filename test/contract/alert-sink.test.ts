import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExternalAlertmanagers } from '../../src/adapters/alert-sink/all-targets.ts';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import type { AlertmanagerTarget, RelabelRule } from '../../src/config/config.ts';
import { Labels } from '../../src/model/labels.ts';
import { Pairs } from '../../src/model/pairs.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';
import type { SentAlert } from '../../src/ports/alert-sink.ts';
import type { AlertSinkMetrics } from '../../src/ports/sending-metrics.ts';
import { answer } from '../support/http-scene.ts';
import { HttpWorld, MemoryFiles } from '../support/http-world.ts';

const AT = Date.UTC(2026, 10, 20, 12, 0, 0, 5);

const alert = (name: string, labels: Readonly<Record<string, string>> = {}): SentAlert => ({
  labels: Labels.of([['alertname', name], ...Object.entries(labels)]),
  annotations: Pairs.from([['summary', `about ${name}`]]),
  startsAt: AT,
  endsAt: AT + 240_000,
  generatorURL: 'http://belfry/graph?g0.expr=up',
});

const rule = (changes: Partial<RelabelRule>): RelabelRule => ({
  ...{ action: 'replace', sourceLabels: [], separator: ';', regex: '(.*)', modulus: 0, targetLabel: '' },
  replacement: '$1',
  ...changes,
});

class Counts implements AlertSinkMetrics {
  readonly told: string[] = [];
  #onTold: () => void = () => {};
  readonly queues: number[] = [];
  queued(_target: string, count: number): void {
    this.queues.push(count);
  }
  sent(_target: string, count: number): void {
    this.#tell(`sent ${count}`);
  }
  failed(_target: string, count: number, why: string): void {
    this.#tell(`failed ${count}: ${why}`);
  }
  dropped(_target: string, count: number): void {
    this.#tell(`dropped ${count}`);
  }
  /** Resolves once so many things were told. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onTold = () => {
        if (this.told.length >= count) resolve();
      };
      this.#onTold();
    });
  }
  #tell(what: string): void {
    this.told.push(what);
    this.#onTold();
  }
}

let world: HttpWorld;
let metrics: Counts;
let client: ReturnType<typeof createHttpClient>;
beforeEach(() => {
  world = new HttpWorld();
  metrics = new Counts();
  client = createHttpClient({ files: new MemoryFiles(), env: {}, clock: { now: () => AT } });
});
afterEach(async () => {
  await client[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const target = (origin: string, changes: Partial<AlertmanagerTarget> = {}): AlertmanagerTarget => ({
  url: `${origin}/api/v2/alerts`,
  http: DEFAULT_HTTP_CONFIG,
  timeout: 5000,
  relabel: [],
  ...changes,
});

function sink(
  alertmanagers: readonly AlertmanagerTarget[],
  settings: { readonly relabel?: readonly RelabelRule[]; readonly externalLabels?: Labels } = {},
): ExternalAlertmanagers {
  const { relabel = [], externalLabels = Labels.empty } = settings;
  return new ExternalAlertmanagers(
    { alerting: { relabel, alertmanagers }, externalLabels, names: 'utf8' },
    { http: client, clock: { now: () => AT }, metrics, userAgent: 'Belfry/test' },
  );
}

const names = (body: string): readonly string[] =>
  (JSON.parse(body) as { labels: Record<string, string> }[]).map(({ labels }) => labels['alertname'] ?? '');

describe('an alert', () => {
  it('is posted as API v2 wants it', async () => {
    const origin = await world.serve(answer(200));
    const all = sink([target(origin)]);
    all.send([alert('Down', { __proto__x: 'y', job: 'a"b' })], [['X-Team', 'one']]);
    await all.close();
    expect(world.seen).toHaveLength(1);
    expect(world.seen[0]).toMatchObject({ method: 'POST', url: '/api/v2/alerts' });
    expect(world.seen[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Belfry/test',
      'x-team': 'one',
    });
    expect(JSON.parse(world.seen[0]!.body)).toEqual([
      {
        labels: { __proto__x: 'y', alertname: 'Down', job: 'a"b' },
        annotations: { summary: 'about Down' },
        startsAt: '2026-11-20T12:00:00.005Z',
        endsAt: '2026-11-20T12:04:00.005Z',
        generatorURL: 'http://belfry/graph?g0.expr=up',
      },
    ]);
    expect(metrics.told).toEqual(['sent 1']);
  });

  it('gets external labels where it lacks them, then the common rules, then those of the target', async () => {
    const origin = await world.serve(answer(200));
    const other = await world.serve(answer(200));
    const externalLabels = Labels.of([
      ['replica', '1'],
      ['region', 'eu'],
    ]);
    const all = sink(
      [
        target(origin, { relabel: [rule({ action: 'drop', sourceLabels: ['seen'], regex: 'Quiet/1' })] }),
        target(other),
      ],
      {
        externalLabels,
        relabel: [
          rule({ sourceLabels: ['alertname', 'replica'], separator: '/', targetLabel: 'seen' }),
          rule({ action: 'labeldrop', regex: 'replica' }),
        ],
      },
    );
    all.send([alert('Quiet'), alert('Loud', { region: 'us' })], []);
    await all.close();
    const bodies = new Map(world.seen.map((seen) => [seen.headers.host, seen.body]));
    expect(names(bodies.get(new URL(origin).host)!)).toEqual(['Loud']);
    expect(names(bodies.get(new URL(other).host)!)).toEqual(['Quiet', 'Loud']);
    expect(JSON.parse(bodies.get(new URL(origin).host)!)).toMatchObject([
      { labels: { alertname: 'Loud', region: 'us', seen: 'Loud/1' } },
    ]);
  });

  it('that common rules drop goes nowhere', async () => {
    const origin = await world.serve(answer(200));
    const all = sink([target(origin)], { relabel: [rule({ action: 'drop', sourceLabels: ['alertname'] })] });
    all.send([alert('Down')], []);
    await all.close();
    expect(world.seen).toEqual([]);
  });
});

describe('the queue', () => {
  it('goes out in batches of 256, in order, one at a time; what belongs to other headers goes apart', async () => {
    const origin = await world.serve(answer(200));
    const all = sink([target(origin)]);
    const many = Array.from({ length: 300 }, (_, i) => alert(`a${i}`));
    all.send(many, []);
    all.send([alert('b')], [['X-Team', 'two']]);
    all.send([alert('c')], [['X-Team', 'two']]);
    await all.close();
    expect(world.seen.map(({ body }) => names(body).length)).toEqual([256, 44, 2]);
    expect(world.seen.flatMap(({ body }) => names(body))).toEqual([...many.map((_, i) => `a${i}`), 'b', 'c']);
    expect(world.seen[2]!.headers['x-team']).toBe('two');
    expect(metrics.told).toEqual(['sent 256', 'sent 44', 'sent 2']);
    expect(metrics.queues.at(-1)).toBe(0);
  });

  it('holds 10,000 and drops the oldest, counted', async () => {
    const { promise: open, resolve } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const origin = await world.serve((_seen, _request, response) => {
      arrive();
      void open.then(() => response.writeHead(200).end());
    });
    const all = sink([target(origin)]);
    all.send([alert('first')], []);
    await arrived;
    all.send(
      Array.from({ length: 10_007 }, (_, i) => alert(`a${i}`)),
      [],
    );
    expect(metrics.told).toEqual(['dropped 7']);
    resolve();
    await all.close();
    const arrivals = world.seen.flatMap(({ body }) => names(body));
    expect([arrivals.length, arrivals[0], arrivals[1], arrivals.at(-1)]).toEqual([10_001, 'first', 'a7', 'a10006']);
  });

  it('of one target does not wait for another', async () => {
    const stuck = await world.serve(() => {});
    const origin = await world.serve(answer(200));
    const all = sink([target(stuck), target(origin)]);
    all.send([alert('Down')], []);
    await metrics.until(1);
    expect(metrics.told).toEqual(['sent 1']);
    await all.close(AbortSignal.abort());
  });
});

describe('a target in trouble', () => {
  it.each([
    ['answers 500', answer(500, 'out of\norder'), 'status 500: out of order'],
    ['answers 400', answer(400), 'status 400'],
    ['redirects to a page', answer(302, '', { location: '/login' }), 'status 302'],
    [
      'hangs up',
      (_seen: unknown, request: { socket: { destroy(): void } }) => request.socket.destroy(),
      /the connection to 127\.0\.0\.1:\d+ broke off/,
    ],
  ] as const)('that %s loses the batch, counted, and says why until it takes one', async (_what, handler, why) => {
    let isWell = false;
    const origin = await world.serve((...args) => (isWell ? answer(200)(...args) : handler(...args)));
    const all = sink([target(origin)]);
    expect(all.targets()).toEqual([{ url: `${origin}/api/v2/alerts`, lastError: '' }]);
    all.send([alert('Down'), alert('Up')], []);
    await metrics.until(2);
    expect(metrics.told[1]).toBe('dropped 2');
    expect(all.targets()[0]!.lastError).toMatch(why);
    isWell = true;
    all.send([alert('Down')], []);
    await all.close();
    expect(metrics.told.at(-1)).toBe('sent 1');
    expect(all.targets()[0]!.lastError).toBe('');
  });

  it('with a timeout of a month is waited for, not given up at once', async () => {
    const origin = await world.serve(answer(200));
    const all = sink([target(origin, { timeout: 30 * 86_400_000 })]);
    all.send([alert('Down')], []);
    await all.close();
    expect(metrics.told).toEqual(['sent 1']);
  });

  it('that does not answer is given up after its timeout', async () => {
    const origin = await world.serve(() => {});
    const all = sink([target(origin, { timeout: 50 })]);
    all.send([alert('Down')], []);
    await all.close();
    expect(metrics.told).toEqual([
      expect.stringMatching(/^failed 1: no answer from 127\.0\.0\.1:\d+ in time$/),
      'dropped 1',
    ]);
  });
});

describe('the end', () => {
  it('does not wait for ever: what is left is dropped, counted', async () => {
    const origin = await world.serve(() => {});
    const all = sink([target(origin)]);
    all.send(
      Array.from({ length: 300 }, (_, i) => alert(`a${i}`)),
      [],
    );
    await all.close(AbortSignal.timeout(50));
    expect(metrics.told.filter((told) => told.startsWith('dropped'))).toEqual(['dropped 256', 'dropped 44']);
  });

  it('takes no more', async () => {
    const origin = await world.serve(answer(200));
    const all = sink([target(origin)]);
    await all.close();
    all.send([alert('late')], []);
    expect(metrics.told).toEqual(['dropped 1']);
  });

  it('of a target that a reload leaves out comes when its queue is empty', async () => {
    const origin = await world.serve(answer(200));
    const all = sink([target(origin)]);
    all.send([alert('Down')], []);
    all.reconfigure({ alerting: { relabel: [], alertmanagers: [] }, externalLabels: Labels.empty, names: 'utf8' });
    expect(all.targets()).toEqual([]);
    await all.close();
    expect(metrics.told).toEqual(['sent 1']);
  });

  it('of targets with one URL leaves none behind: each is kept, and ends', async () => {
    const origin = await world.serve(() => {});
    const twins = [target(origin), target(origin)];
    const all = sink(twins);
    all.send([alert('Down')], []);
    all.reconfigure({ alerting: { relabel: [], alertmanagers: twins }, externalLabels: Labels.empty, names: 'utf8' });
    await all.close(AbortSignal.abort());
    expect(metrics.told.filter((told) => told.startsWith('dropped'))).toEqual(['dropped 1', 'dropped 1']);
  });

  it('of a target that a reload leaves out comes no later than that of the others', async () => {
    const origin = await world.serve(() => {});
    const all = sink([target(origin, { timeout: 60_000 })]);
    all.send([alert('Down')], []);
    all.reconfigure({ alerting: { relabel: [], alertmanagers: [] }, externalLabels: Labels.empty, names: 'utf8' });
    await all.close(AbortSignal.abort());
    expect(metrics.told.filter((told) => told.startsWith('dropped'))).toEqual(['dropped 1']);
  });
});
