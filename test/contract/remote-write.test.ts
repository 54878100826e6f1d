import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteWrite } from '../../src/adapters/remote-write/all-targets.ts';
import { Labels } from '../../src/model/labels.ts';
import { nativeHistogram } from '../../src/model/native-histogram.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { Secret } from '../../src/input/secret.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';
import {
  NEVER,
  Receiver,
  START,
  WriteScene,
  sample,
  takesAll,
  target,
  wrote,
  type Receive,
} from '../support/remote-write-scene.ts';

let scene: WriteScene;
let receiver: Receiver;

beforeEach(async () => {
  scene = new WriteScene();
  receiver = await Receiver.start();
});
afterEach(async () => {
  await scene[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

/** Refuses a whole request for one sample of a series called bad, as Prometheus does with 1.0. */
const refusesBad: Receive = ({ samples }) =>
  samples.some(({ labels }) => labels.get('__name__') === 'bad')
    ? { status: 400, body: 'out of order sample' }
    : { status: 204 };

const taken = (): readonly string[] =>
  receiver.requests.flatMap(({ samples }) =>
    samples.map(({ labels }) => labels.get('n') ?? labels.get('__name__') ?? ''),
  );

describe('a write', () => {
  it('sends samples in 2.0 with its headers, and is done when they are acknowledged', async () => {
    const report = await scene
      .writer([target(receiver.url)])
      .write([sample('a{z="1",b="2"}', 1.5), sample('c', null)], NEVER, 'at once');
    expect(report).toEqual({ rejected: 0, isTaken: true, messages: [] });
    expect(receiver.told).toEqual([`2.0: a{b="2",z="1"} 1.5@${START}, c stale@${START}`]);
    expect(receiver.requests[0]!.headers).toMatchObject({
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '2.0.0',
      'user-agent': 'Belfry/test',
    });
    expect(receiver.requests[0]!.headers).not.toHaveProperty('retry-attempt');
  });

  it('sends 1.0 with its headers when that is configured', async () => {
    await scene.writer([target(receiver.url, { protocol: '1.0' })]).write([sample('a', 1)], NEVER, 'at once');
    expect(receiver.told).toEqual([`1.0: a 1@${START}`]);
    expect(receiver.requests[0]!.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    });
  });

  it('gathers what is written in one turn, up to max_samples_per_send and to a series that is there, in order', async () => {
    const writer = scene.writer([target(receiver.url, { queue: { maxSamplesPerSend: 3 } })]);
    const names = ['a', 'b', 'a', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map((name, n) => writer.write([sample(name, n, START + n)], NEVER, 'at once')));
    const sizes = receiver.requests.map(({ samples }) => samples.length);
    expect(sizes).toEqual([2, 3, 2]);
    expect(taken()).toEqual(names);
  });

  it('that is in no hurry waits a moment for others', async () => {
    await scene.writer([target(receiver.url)]).write([sample('a', 1)], NEVER, 'soon');
    expect(scene.clock.slept).toEqual([100]);
  });

  it.each([
    ['one in a hurry', (writer: RemoteWrite) => writer.write([sample('c', 3)], NEVER, 'at once')],
    ['a full request', (writer: RemoteWrite) => writer.write([sample('c', 3), sample('d', 4)], NEVER, 'soon')],
    ['the end', (writer: RemoteWrite) => writer.close()],
  ])('that waits for others leaves with %s', async (_name, hurry) => {
    const sleeps = Promise.withResolvers<void>();
    const clock: Clock = {
      now: () => START,
      sleepUntil: (_at, signal) => {
        sleeps.resolve();
        return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
      },
    };
    const writer = scene.writer([target(receiver.url, { queue: { maxSamplesPerSend: 4 } })], { clock });
    const first = writer.write([sample('a', 1)], NEVER, 'soon');
    await sleeps.promise;
    const second = writer.write([sample('b', 2)], NEVER, 'soon');
    expect(receiver.requests).toEqual([]);
    await hurry(writer);
    expect(await Promise.all([first, second])).toEqual(Array(2).fill({ rejected: 0, isTaken: true, messages: [] }));
    expect(receiver.requests).toHaveLength(1);
  });

  it('of nothing is done at once', async () => {
    expect(await scene.writer([target(receiver.url)]).write([], NEVER, 'at once')).toEqual({
      rejected: 0,
      isTaken: true,
      messages: [],
    });
    expect(await scene.writer([]).write([sample('a', 1)], NEVER, 'at once')).toEqual({
      rejected: 0,
      isTaken: true,
      messages: [],
    });
    expect(receiver.requests).toEqual([]);
  });

  it('stops waiting when its signal says so, and the samples arrive all the same', async () => {
    const { promise: open, resolve } = Promise.withResolvers<void>();
    receiver.receive = async (request, count) => {
      await open;
      return takesAll(request, count) as { status: number };
    };
    const writer = scene.writer([target(receiver.url)]);
    const report = await writer.write([sample('a', 1)], AbortSignal.abort(), 'at once');
    expect(report).toEqual({ rejected: 0, isTaken: false, messages: ['store: 1 samples are still on their way'] });
    resolve();
    await writer.close();
    expect(scene.metrics.counts.get('sent')).toBe(1);
  });

  it('adds external labels where they are lacking, then relabels; what relabeling drops is not waited for', async () => {
    const rule = { separator: ';', modulus: 0, targetLabel: '', replacement: '$1' } as const;
    const writeRelabel = [
      { ...rule, action: 'drop', sourceLabels: ['__name__'], regex: 'secret_.*' },
      { ...rule, action: 'labeldrop', sourceLabels: [], regex: 'tmp' },
    ] as const;
    const externalLabels = Labels.of([
      ['region', 'eu'],
      ['job', 'outer'],
    ]);
    const writer = scene.writer([target(receiver.url, { writeRelabel })], { externalLabels });
    await writer.write([sample('a{job="own",tmp="x"}', 1), sample('secret_b', 2)], NEVER, 'at once');
    expect(receiver.told).toEqual([`2.0: a{job="own",region="eu"} 1@${START}`]);
    expect(Object.fromEntries(scene.metrics.counts)).toMatchObject({ in: 1, sent: 1, 'dropped: relabelled': 1 });
    expect(await writer.write([sample('secret_b', 2)], NEVER, 'at once')).toEqual({
      rejected: 0,
      isTaken: true,
      messages: [],
    });
  });

  it('has native histograms, which 2.0 counts by themselves, unless the target is not to have them', async () => {
    const histogram = nativeHistogram({ count: 2, sum: 3, buckets: [[0, 1, 2, 2]] });
    const samples = [{ ...sample('h', 0), value: histogram }, sample('a', 1)];
    receiver.receive = () => ({
      status: 204,
      headers: { ...wrote(1), 'X-Prometheus-Remote-Write-Histograms-Written': '1' },
    });
    expect(await scene.writer([target(receiver.url)]).write(samples, NEVER, 'at once')).toEqual({
      rejected: 0,
      isTaken: true,
      messages: [],
    });
    const [first] = receiver.requests;
    expect(first!.samples.map((one) => [one.labels.get('__name__'), one.histogram?.positive])).toEqual([
      ['h', new Map([[1, 2]])],
      ['a', undefined],
    ]);
    receiver.receive = takesAll;
    const without = scene.writer([target(receiver.url, { sendsHistograms: false })]);
    expect(await without.write(samples, NEVER, 'at once')).toEqual({ rejected: 0, isTaken: true, messages: [] });
    expect(receiver.requests.at(-1)!.samples.map(({ labels }) => labels.get('__name__'))).toEqual(['a']);
    expect(Object.fromEntries(scene.metrics.counts)).toMatchObject({ sent: 3, 'dropped: relabelled': 1 });
  });

  it('carries credentials and headers of the configuration', async () => {
    const http = {
      ...DEFAULT_HTTP_CONFIG,
      auth: {
        kind: 'authorization',
        type: 'Bearer',
        credentials: { kind: 'inline', secret: new Secret('key') },
      },
      headers: [{ name: 'X-Scope-OrgID', values: ['team'], secrets: [], files: [] }],
    } as const;
    await scene.writer([target(receiver.url, { http })]).write([sample('a', 1)], NEVER, 'at once');
    expect(receiver.requests[0]!.headers).toMatchObject({ authorization: 'Bearer key', 'x-scope-orgid': 'team' });
  });
});

describe('a target that does not speak 2.0', () => {
  it.each([
    ['answers 415', { status: 415 }],
    ['answers 400 without counts', { status: 400, body: 'cannot decode' }],
    // To an older receiver the 2.0 request is well-formed and empty.
    ['answers 204 without counts', { status: 204 }],
  ])('and %s gets the same samples in 1.0, and only 1.0 from then on', async (_what, reply) => {
    receiver.receive = ({ protocol }) => (protocol === '2.0' ? reply : { status: 204 });
    const writer = scene.writer([target(receiver.url)]);
    expect(await writer.write([sample('a', 1)], NEVER, 'at once')).toEqual({
      rejected: 0,
      isTaken: true,
      messages: [],
    });
    await writer.write([sample('a', 2, START + 1)], NEVER, 'at once');
    expect(receiver.told).toEqual([`2.0: a 1@${START}`, `1.0: a 1@${START}`, `1.0: a 2@${START + 1}`]);
    expect(scene.metrics.counts.get('speaks 1.0')).toBe(1);
  });

  it('although 2.0 is configured, refuses, and the report says so', async () => {
    receiver.receive = () => ({ status: 204 });
    const report = await scene
      .writer([target(receiver.url, { protocol: '2.0' })])
      .write([sample('a', 1)], NEVER, 'at once');
    expect(report.rejected).toBe(1);
    expect(report.messages[0]).toContain('does not speak remote write 2.0');
  });

  it('since its downgrade loses nothing either', async () => {
    const writer = scene.writer([target(receiver.url)]);
    await writer.write([sample('a', 1)], NEVER, 'at once');
    receiver.receive = () => ({ status: 204 });
    await writer.write([sample('a', 2, START + 1)], NEVER, 'at once');
    expect(receiver.told.at(-1)).toBe(`1.0: a 2@${START + 1}`);
  });
});

describe('a target that is in trouble', () => {
  it.each([
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['a broken connection', 'hang up'],
  ] as const)('(%s) gets the same request again and again, with its attempt', async (_what, reply) => {
    receiver.receive = (request, count) => (count < 4 ? reply : takesAll(request, count));
    const report = await scene.writer([target(receiver.url)]).write([sample('a', 1)], NEVER, 'at once');
    expect(report).toEqual({ rejected: 0, isTaken: true, messages: [] });
    expect(new Set(receiver.told)).toEqual(new Set([`2.0: a 1@${START}`]));
    expect(receiver.requests.map(({ headers }) => headers['retry-attempt'])).toEqual([undefined, '1', '2', '3']);
    expect(scene.clock.slept).toEqual([30, 60, 120]);
    expect(scene.metrics.counts.get('retried')).toBe(3);
  });

  it('is left alone for longer and longer, up to max_backoff', async () => {
    receiver.receive = (request, count) => (count < 8 ? { status: 500 } : takesAll(request, count));
    await scene
      .writer([target(receiver.url, { queue: { minBackoff: 100, maxBackoff: 1000 } })])
      .write([sample('a', 1)], NEVER, 'at once');
    expect(scene.clock.slept).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
  });

  it.each([
    ['in seconds', '7', 7000],
    ['as a date', 'Fri, 20 Nov 2026 12:00:09 GMT', 9000],
    ['shorter than the pause', '0', 30],
    ['as nonsense', 'soon', 30],
    ['for a year', '31536000', 3_600_000],
  ])('and asks for a time (Retry-After %s) gets it', async (_what, value, pause) => {
    receiver.receive = (request, count) =>
      count === 1 ? { status: 503, headers: { 'retry-after': value } } : takesAll(request, count);
    await scene.writer([target(receiver.url)]).write([sample('a', 1)], NEVER, 'at once');
    expect(scene.clock.slept).toEqual([pause]);
  });

  it('holds up later samples, and gets all in their order', async () => {
    receiver.receive = (request, count) => (count < 5 ? { status: 503 } : takesAll(request, count));
    const writer = scene.writer([target(receiver.url, { protocol: '1.0', queue: { maxSamplesPerSend: 2 } })]);
    const times = [1, 2, 3];
    await Promise.all(
      times.map((n) => writer.write([sample('a', n, START + n), sample('b', n, START + n)], NEVER, 'at once')),
    );
    expect(receiver.told.slice(4)).toEqual(times.map((n) => `1.0: a ${n}@${START + n}, b ${n}@${START + n}`));
  });

  it('for longer than sample_age_limit loses what is older, counted and reported, and gets the rest', async () => {
    receiver.receive = (request, count) => (count < 4 ? { status: 503 } : takesAll(request, count));
    const queue = { minBackoff: 20_000, maxBackoff: 20_000, sampleAgeLimit: 60_000 };
    const writer = scene.writer([target(receiver.url, { queue })]);
    const report = await writer.write([sample('a', 1, START - 30_000), sample('b', 2)], NEVER, 'at once');
    expect(report).toEqual({ rejected: 1, isTaken: false, messages: ['store: given up: too old'] });
    expect(receiver.told.at(-1)).toBe(`2.0: b 2@${START}`);
    expect(scene.metrics.counts.get('dropped: too old')).toBe(1);
  });

  it('that has taken a request without saying so is sent nothing that it would refuse', async () => {
    const newest = new Map<string, number>();
    const isOld = (series: string, at: number): boolean => (newest.get(series) ?? 0) > at;
    receiver.receive = (request, count) => {
      const known = request.samples.map(({ labels, at }) => [labels.get('__name__') ?? '', at] as const);
      if (known.some(([series, at]) => isOld(series, at))) return { status: 400, body: 'out of order sample' };
      for (const [series, at] of known) newest.set(series, at);
      return count % 3 === 0 ? takesAll(request, count) : 'hang up';
    };
    const writer = scene.writer([target(receiver.url, { protocol: '1.0' })]);
    const writes = [1, 2, 3, 4, 5].map((n) =>
      writer.write([sample('a', n, START + n), sample('b', n, START + n)], NEVER, 'at once'),
    );
    const reports = await Promise.all(writes);
    expect(reports.every(({ rejected }) => rejected === 0)).toBe(true);
    expect(newest.get('b')).toBe(START + 5);
  });

  it('without sample_age_limit keeps everything waiting', async () => {
    receiver.receive = (request, count) => (count < 300 ? { status: 503 } : takesAll(request, count));
    const queue = { minBackoff: 5_000_000, maxBackoff: 5_000_000, sampleAgeLimit: 0 };
    const report = await scene.writer([target(receiver.url, { queue })]).write([sample('a', 1)], NEVER, 'at once');
    expect(report.rejected).toBe(0);
  });

  it('drops the oldest beyond capacity, counted and reported', async () => {
    const { promise: open, resolve } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    receiver.receive = async (request, count) => {
      arrive();
      await open;
      return takesAll(request, count) as { status: number };
    };
    const writer = scene.writer([target(receiver.url, { queue: { capacity: 3, maxSamplesPerSend: 1 } })]);
    const first = writer.write([sample('a', 0, START)], NEVER, 'at once');
    await arrived;
    const writes = [1, 2, 3, 4, 5].map((n) => writer.write([sample('a', n, START + n)], NEVER, 'at once'));
    resolve();
    await first;
    const reports = await Promise.all(writes);
    expect(reports.map(({ rejected }) => rejected)).toEqual([1, 1, 0, 0, 0]);
    expect(reports[0]!.messages).toEqual(['store: given up: queue full']);
    expect(receiver.requests.map(({ samples }) => samples[0]!.at - START)).toEqual([0, 3, 4, 5]);
    expect(scene.metrics.counts.get('dropped: queue full')).toBe(2);
    expect(scene.metrics.pendings.at(-1)).toBe(0);
  });

  it('does not answer in remote_timeout and is asked again', async () => {
    receiver.receive = (request, count) => (count === 1 ? new Promise(() => {}) : takesAll(request, count));
    const report = await scene
      .writer([target(receiver.url, { timeout: 50 })])
      .write([sample('a', 1)], NEVER, 'at once');
    expect(report.rejected).toBe(0);
    // On a busy machine an answer may come too late once more.
    expect(receiver.requests.length).toBeGreaterThan(1);
  });
});

describe('a target that refuses', () => {
  it('one sample in 1.0 costs that sample only: the request is halved until it stands alone', async () => {
    receiver.receive = refusesBad;
    const writer = scene.writer([target(receiver.url, { protocol: '1.0' })]);
    const samples = Array.from({ length: 100 }, (_, i) => sample(i === 42 ? 'bad' : `a{n="${i}"}`, i));
    const report = await writer.write(samples, NEVER, 'at once');
    expect(report).toEqual({
      rejected: 1,
      isTaken: false,
      messages: ['store: 1 samples refused: status 400: out of order sample'],
    });
    const good = receiver.requests.filter((request) => (refusesBad(request, 0) as { status: number }).status === 204);
    expect(good.flatMap(({ samples: some }) => some.map(({ labels }) => Number(labels.get('n'))))).toEqual(
      Array.from({ length: 100 }, (_, i) => i).filter((i) => i !== 42),
    );
    expect(receiver.requests.length).toBeLessThan(20);
    expect(Object.fromEntries(scene.metrics.counts)).toMatchObject({ sent: 99, failed: 1 });
  });

  it('several keeps the others in their order, and tells each write of its own', async () => {
    receiver.receive = refusesBad;
    const writer = scene.writer([target(receiver.url, { protocol: '1.0' })]);
    const reports = await Promise.all([
      writer.write([sample('a{n="1"}', 1), sample('bad', 1)], NEVER, 'at once'),
      writer.write([sample('a{n="2"}', 1)], NEVER, 'at once'),
      writer.write([sample('bad', 2), sample('bad', 3), sample('a{n="3"}', 1)], NEVER, 'at once'),
    ]);
    expect(reports.map(({ rejected }) => rejected)).toEqual([1, 0, 2]);
    const accepted = receiver.requests.filter(
      ({ samples }) => !samples.some(({ labels }) => labels.get('__name__') === 'bad'),
    );
    expect(accepted.flatMap(({ samples }) => samples.map(({ labels }) => labels.get('n')))).toEqual(['1', '2', '3']);
  });

  it('a large request (413) gets smaller ones', async () => {
    receiver.receive = (request, count) => (request.samples.length > 3 ? { status: 413 } : takesAll(request, count));
    const samples = Array.from({ length: 10 }, (_, i) => sample(`a{n="${i}"}`, i));
    expect(await scene.writer([target(receiver.url)]).write(samples, NEVER, 'at once')).toEqual({
      rejected: 0,
      isTaken: true,
      messages: [],
    });
  });

  it('everything is asked a bounded number of times, and fewer the next time', async () => {
    receiver.receive = () => ({ status: 400 });
    const writer = scene.writer([target(receiver.url, { protocol: '1.0' })]);
    const samples = Array.from({ length: 2000 }, (_, i) => sample(`a{n="${i}"}`, i));
    expect((await writer.write(samples, NEVER, 'at once')).rejected).toBe(2000);
    const first = receiver.requests.length;
    expect(first).toBeLessThan(230);
    for (let i = 0; i < 4; i++) await writer.write(samples, NEVER, 'at once');
    receiver.requests.length = 0;
    expect((await writer.write(samples, NEVER, 'at once')).rejected).toBe(2000);
    expect(receiver.requests.length).toBeLessThan(50);
  });

  it('some in 2.0 says how many: they are reported and nothing is sent twice', async () => {
    receiver.receive = ({ samples }) => ({ status: 400, headers: wrote(samples.length - 2), body: 'two are too old' });
    const samples = [1, 2, 3, 4, 5].map((n) => sample(`a{n="${n}"}`, n));
    const report = await scene.writer([target(receiver.url)]).write(samples, NEVER, 'at once');
    expect(report).toEqual({
      rejected: 2,
      isTaken: false,
      messages: ['store: 2 of 5 samples refused: status 400: two are too old'],
    });
    expect(receiver.requests).toHaveLength(1);
    expect(Object.fromEntries(scene.metrics.counts)).toMatchObject({ sent: 3, failed: 2, 'speaks 2.0': 1 });
  });

  it('some in 2.0 and says so with 200 is believed too', async () => {
    receiver.receive = ({ samples }) => ({ status: 200, headers: wrote(samples.length - 1) });
    const report = await scene.writer([target(receiver.url)]).write([sample('a', 1), sample('b', 1)], NEVER, 'at once');
    expect(report.rejected).toBe(1);
  });

  it.each([401, 403, 404, 405, 422, 302])('with %i is not asked again', async (status) => {
    receiver.receive = () => ({ status, body: 'no', headers: { location: '/login' } });
    const report = await scene.writer([target(receiver.url)]).write([sample('a', 1), sample('b', 1)], NEVER, 'at once');
    expect(report).toEqual({
      rejected: 2,
      isTaken: false,
      messages: [`store: 2 samples refused: status ${status}: no`],
    });
    expect(receiver.requests).toHaveLength(1);
  });

  it('goes on with the next samples', async () => {
    receiver.receive = (request, count) => (count === 1 ? { status: 403 } : takesAll(request, count));
    const writer = scene.writer([target(receiver.url)]);
    await writer.write([sample('a', 1)], NEVER, 'at once');
    expect((await writer.write([sample('a', 2)], NEVER, 'at once')).rejected).toBe(0);
  });
});

describe('several targets', () => {
  /** Nobody who sleeps wakes. */
  const still: Clock = {
    now: () => START,
    sleepUntil: (_at, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  };

  it('all get the samples, and the write waits for the slower', async () => {
    const { promise: open, resolve } = Promise.withResolvers<void>();
    await using second = await Receiver.start(async ({ samples }) => {
      await open;
      return { status: 204, headers: wrote(samples.length) };
    });
    receiver.receive = (request, count) => {
      resolve();
      return takesAll(request, count);
    };
    const both = [target(receiver.url), target(second.url, { name: 'second' })];
    const report = await scene.writer(both, { clock: still }).write([sample('a', 1)], NEVER, 'at once');
    expect(report).toEqual({ rejected: 0, isTaken: true, messages: [] });
    expect([receiver.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it('do not wait for one that takes nothing once another has taken all, and it gets its samples later', async () => {
    let isDead = true;
    await using second = await Receiver.start((request, count) =>
      isDead ? { status: 503 } : takesAll(request, count),
    );
    const writer = scene.writer([target(second.url, { name: 'second' }), target(receiver.url)]);
    const report = await writer.write([sample('a', 1)], NEVER, 'at once');
    const messages = ['second: 1 samples are still on their way'];
    expect(report).toEqual({ rejected: 0, isTaken: true, messages });
    isDead = false;
    await writer.close();
    expect(second.told.at(-1)).toBe(receiver.told[0]);
  });

  it('wait no longer for one that says nothing than the others may be late; a signal ends that, too', async () => {
    await using second = await Receiver.start(() => new Promise<never>(() => {}));
    const both = [target(receiver.url), target(second.url, { name: 'second', timeout: 60_000 })];
    const slept: number[] = [];
    const jumping: Clock = {
      now: () => START,
      sleepUntil: (at) => {
        slept.push(at - START);
        return Promise.resolve();
      },
    };
    const messages = ['second: 1 samples are still on their way'];
    const late = await scene.writer(both, { clock: jumping }).write([sample('a', 1)], NEVER, 'at once');
    expect([late, slept]).toEqual([{ rejected: 0, isTaken: true, messages }, [500]]);
    const giveUp = new AbortController();
    receiver.receive = (request, count) => {
      setImmediate(() => giveUp.abort());
      return takesAll(request, count);
    };
    const cut = await scene.writer(both, { clock: still }).write([sample('a', 1)], giveUp.signal, 'at once');
    expect(cut.messages).toContain(messages[0]);
  });

  it('have troubles of their own', async () => {
    await using second = await Receiver.start(() => ({ status: 403 }));
    const both = [target(receiver.url), target(second.url, { name: 'second' })];
    const writer = scene.writer(both, { clock: still });
    const report = await writer.write([sample('a', 1)], NEVER, 'at once');
    expect(report.rejected).toBe(1);
    expect(report.isTaken).toBe(true);
    expect(report.messages).toEqual(['second: 1 samples refused: status 403']);
    expect(taken()).toEqual(['a']);
  });
});

describe('a reload', () => {
  it('keeps what waits for a target of the same name, and sends it to the new address', async () => {
    await using second = await Receiver.start();
    receiver.receive = () => ({ status: 503 });
    const { promise: asleep, resolve: lieDown } = Promise.withResolvers<void>();
    const { promise: awake, resolve: wake } = Promise.withResolvers<void>();
    const clock = {
      now: () => START,
      sleepUntil: () => {
        lieDown();
        return awake;
      },
    };
    const writer = scene.writer([target(receiver.url)], { clock });
    const write = writer.write([sample('a', 1)], NEVER, 'at once');
    await asleep;
    writer.reconfigure([target(second.url)]);
    wake();
    expect(await write).toEqual({ rejected: 0, isTaken: true, messages: [] });
    expect(second.told).toEqual([`2.0: a 1@${START}`]);
  });

  it.each([
    ['changes nothing of a target does not find out again what it speaks', {}, ['2.0: a', '1.0: a', '1.0: b']],
    ['changes the way to it asks again', { http: { ...DEFAULT_HTTP_CONFIG, followRedirects: false } }, null],
    ['changes the protocol obeys', { protocol: '2.0' }, null],
  ] as const)('that %s', async (_what, changes, expected) => {
    receiver.receive = ({ protocol }) => ({ status: protocol === '2.0' ? 415 : 204 });
    const writer = scene.writer([target(receiver.url)]);
    await writer.write([sample('a', 1)], NEVER, 'at once');
    writer.reconfigure([target(receiver.url, { http: { ...DEFAULT_HTTP_CONFIG }, ...changes })]);
    await writer.write([sample('b', 1)], NEVER, 'at once');
    const told = receiver.told.map((one) => one.replace(/ 1@.*/, ''));
    if (expected === null) expect(told.slice(0, 3)).toEqual(['2.0: a', '1.0: a', '2.0: b']);
    else expect(told).toEqual(expected);
  });

  it('puts no series twice into a request, of what waited and what comes', async () => {
    const { promise: free, resolve: go } = Promise.withResolvers<{ readonly status: number }>();
    receiver.receive = ({ samples }) =>
      samples.some(({ labels }) => labels.get('__name__') === 'x') ? free : { status: 204 };
    const writer = scene.writer([target(receiver.url, { protocol: '1.0' })]);
    const writes = [writer.write([sample('x', 0)], NEVER, 'at once')];
    while (receiver.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    writes.push(writer.write([sample('a', 1)], NEVER, 'at once'));
    writer.reconfigure([target(receiver.url, { protocol: '1.0' })]);
    writes.push(writer.write([sample('a', 2, START + 1)], NEVER, 'at once'));
    go({ status: 204 });
    await Promise.all(writes);
    expect(receiver.told).toEqual([`1.0: x 0@${START}`, `1.0: a 1@${START}`, `1.0: a 2@${START + 1}`]);
  });

  it('lets a target that is gone finish', async () => {
    await using second = await Receiver.start();
    const writer = scene.writer([target(receiver.url)]);
    const write = writer.write([sample('a', 1)], NEVER, 'at once');
    writer.reconfigure([target(second.url, { name: 'second' })]);
    expect(await write).toEqual({ rejected: 0, isTaken: true, messages: [] });
    await writer.write([sample('b', 1)], NEVER, 'at once');
    expect([receiver.told, second.told]).toEqual([[`2.0: a 1@${START}`], [`2.0: b 1@${START}`]]);
  });
});

describe('the end', () => {
  it('waits for what is on its way', async () => {
    const writer = scene.writer([target(receiver.url, { queue: { maxSamplesPerSend: 1 } })]);
    const writes = [1, 2, 3].map((n) => writer.write([sample('a', n, START + n)], NEVER, 'at once'));
    await writer.close();
    expect(receiver.requests).toHaveLength(3);
    expect(await Promise.all(writes)).toEqual([1, 2, 3].map(() => ({ rejected: 0, isTaken: true, messages: [] })));
  });

  it('does not wait for ever: the rest is given up, counted and reported', async () => {
    receiver.receive = () => new Promise(() => {});
    const writer = scene.writer([target(receiver.url, { queue: { maxSamplesPerSend: 1 } })]);
    const writes = [1, 2, 3].map((n) => writer.write([sample('a', n, START + n)], NEVER, 'at once'));
    await writer.close(AbortSignal.timeout(50));
    const reports = await Promise.all(writes);
    expect(reports.map(({ rejected }) => rejected)).toEqual([1, 1, 1]);
    expect(scene.metrics.counts.get('dropped: stopped')).toBe(3);
  });

  it('refuses what comes after', async () => {
    const writer = scene.writer([target(receiver.url)]);
    await writer.close();
    expect(await writer.write([sample('a', 1)], NEVER, 'at once')).toEqual({
      rejected: 1,
      isTaken: false,
      messages: ['store: closed'],
    });
  });
});
