// The queue between the engine and the outputs of event_recorder: it holds up nobody, loses nothing it does not
// count, and changes its outputs without losing what it has.
import { beforeEach, describe, expect, it } from 'vitest';
import { OutgoingEvents } from '../../src/adapters/event-stream/event-stream.ts';
import type { EventOutput } from '../../src/adapters/event-stream/output.ts';
import type { EventRecorderConfig } from '../../src/config/config.ts';
import type { StreamEvent } from '../../src/history/stream-event.ts';
import { PATIENT, ReportScene, START, webhook } from '../support/stream-outputs.ts';

class Sink implements EventOutput {
  readonly bytesBetween = 1;
  readonly versions: string[] = [];
  isClosed = false;
  /** What it says of what it is given; null takes it. */
  answer: () => Promise<string | null> = () => Promise.resolve(null);
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  write(events: Parameters<EventOutput['write']>[0]): Promise<string | null> {
    for (const { json } of events) this.versions.push(/"version":"(\w+)"/.exec(json)?.[1] ?? json);
    return this.answer();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** Told apart by their version. */
const event = (version: number | string): StreamEvent => ({ kind: 'started', at: START, version: String(version) });
const TYPE = 'alertmanager_startup_event';

const config = (...files: readonly string[]): EventRecorderConfig => ({
  ...{ files, stdouts: 0, webhooks: [], switchedOff: null },
});

class Scene extends ReportScene {
  readonly opened: Sink[] = [];
  /** Files that cannot be opened. */
  readonly broken = new Set<string>();
  isClosed = false;
  readonly stream = new OutgoingEvents({
    report: this.report,
    sender: { instance: 'vm', buildContext: '', uuidOf: () => '' },
    outputs: {
      open: async ({ files }) => {
        const outputs = files.filter((path) => !this.broken.has(path)).map((path) => new Sink(path));
        this.opened.push(...outputs);
        const failures = files.filter((path) => this.broken.has(path)).map((name) => ({ name, why: 'EACCES' }));
        return { outputs, failures };
      },
      close: async () => void (this.isClosed = true),
    },
  });

  sink(name: string): Sink {
    return this.opened.findLast((sink) => sink.name === name)!;
  }

  dropped(): Promise<number | undefined> {
    return this.metric(`alertmanager_events_dropped_total{event_type="${TYPE}"}`);
  }
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});

const never = new Promise<string | null>(() => {});

describe('`record()`', () => {
  it('writes nothing itself; later each output gets each event, in order, and all is counted', async () => {
    const { stream } = scene;
    await stream.configure(config('a', 'b'));
    for (let n = 0; n < 120; n++) stream.record(event(n));
    expect(scene.sink('a').versions).toEqual([]);
    await stream.close(PATIENT);
    const all = Array.from({ length: 120 }, (_, n) => `${n}`);
    for (const name of ['a', 'b']) {
      expect(scene.sink(name)).toMatchObject({ versions: all, isClosed: true });
      const labels = `event_type="${TYPE}",output="${name}"`;
      expect(await scene.metric(`alertmanager_events_recorded_total{${labels},result="success"}`)).toBe(120);
    }
    const bytes = await scene.metric(
      `alertmanager_event_recorder_bytes_written_total{event_type="${TYPE}",output="a"}`,
    );
    const text =
      '{"@timestamp":"2026-11-20T12:00:00Z","instance":"vm","data":{"alertmanagerStartupEvent":{"version":""}}}';
    expect(bytes).toBe(120 * (text.length + 1) + 10 + 2 * 90 + 3 * 20);
    expect(scene.isClosed).toBe(true);
  });

  it('drops what 8192 others wait before, counts it, and says so once', async () => {
    const { stream } = scene;
    await stream.configure(config('a'));
    for (let n = 0; n < 8192 + 3; n++) stream.record(event(n));
    expect(await scene.metric('alertmanager_event_recorder_queue_length')).toBe(8192);
    expect(await scene.dropped()).toBe(3);
    expect(scene.lines.above('info')).toEqual(['warn Events are dropped: the outputs do not keep up']);
    await stream.close(PATIENT);
    expect(scene.sink('a').versions).toHaveLength(8192);
    expect(await scene.metric('alertmanager_event_recorder_queue_length')).toBe(0);
  });

  it('is nothing without outputs', async () => {
    const { stream } = scene;
    stream.record(event(1));
    await stream.configure(config());
    stream.record(event(2));
    stream.recordAll([event(3)]);
    await stream.configure(config('a'));
    await stream.close(PATIENT);
    expect(scene.sink('a').versions).toEqual([]);
  });

  it('tells an output that takes nothing apart from one that does', async () => {
    const { stream } = scene;
    await stream.configure(config('a', 'b'));
    scene.sink('a').answer = () => Promise.resolve('disk full');
    for (let n = 0; n < 3; n++) stream.record(event(n));
    await stream.close(PATIENT);
    const counted = (name: string, result: string): Promise<number | undefined> =>
      scene.metric(`alertmanager_events_recorded_total{event_type="${TYPE}",output="${name}",result="${result}"}`);
    expect([await counted('a', 'error'), await counted('a', 'success')]).toEqual([3, undefined]);
    expect([await counted('b', 'error'), await counted('b', 'success')]).toEqual([undefined, 3]);
    expect(scene.lines.last('error')).toMatchObject({ output: 'a', detail: 'disk full', events: 3 });
  });
});

describe('`recordAll()`', () => {
  it('asks for each event when there is room for it', async () => {
    const { stream } = scene;
    await stream.configure(config('a'));
    const { promise: room, resolve } = Promise.withResolvers<null>();
    scene.sink('a').answer = () => room;
    let asked = 0;
    stream.recordAll(
      (function* () {
        for (; asked < 20_000; asked++) yield event('bulk');
      })(),
    );
    for (let n = 0; n < 10; n++) stream.record(event(n));
    await scene.pass(0);
    await scene.pass(0);
    expect(asked).toBeLessThan(100);
    expect(scene.sink('a').versions.slice(0, 11)).toEqual([...Array.from({ length: 10 }, (_, n) => `${n}`), 'bulk']);
    resolve(null);
    const { versions } = scene.sink('a');
    while (versions.length < 20_010) await scene.pass(0);
    await stream.close(PATIENT);
    expect(versions).toHaveLength(20_010);
    expect(await scene.dropped()).toBeUndefined();
  });
});

describe('`configure()`', () => {
  it('changes the outputs; the old ones get what they are being given, and are closed', async () => {
    const { stream } = scene;
    await stream.configure(config('a'));
    const old = scene.sink('a');
    const { promise: written, resolve } = Promise.withResolvers<null>();
    old.answer = () => written;
    stream.record(event(1));
    await scene.pass(0);
    await stream.configure(config('a', 'b'));
    stream.record(event(2));
    await scene.pass(0);
    expect(old).toMatchObject({ versions: ['1'], isClosed: false });
    resolve(null);
    await stream.close(PATIENT);
    expect(old).toMatchObject({ versions: ['1'], isClosed: true });
    expect(scene.sink('b').versions).toEqual(['2']);
  });

  it('leaves outputs alone that are configured as they were', async () => {
    const url = (secret: string): EventRecorderConfig => ({
      ...config('a'),
      webhooks: [webhook(`http://x/${secret}`)],
    });
    await scene.stream.configure(url('one'));
    await scene.stream.configure(url('one'));
    expect(scene.opened).toHaveLength(1);
    await scene.stream.configure(url('two'));
    expect(scene.opened).toHaveLength(2);
  });

  it('keeps what there is when a new output cannot be opened, until all can', async () => {
    const { stream, broken } = scene;
    await stream.configure(config('a'));
    const first = scene.sink('a');
    broken.add('b');
    await stream.configure(config('a', 'b'));
    stream.record(event(1));
    await scene.pass(0);
    await scene.pass(0);
    expect(first).toMatchObject({ versions: ['1'], isClosed: false });
    expect(scene.sink('a')).toMatchObject({ versions: [], isClosed: true });
    expect(scene.lines.above('info')).toEqual([
      'error An output of event_recorder cannot be opened',
      'error The outputs of event_recorder stay as they were: not all of the new ones can be opened',
    ]);
    broken.clear();
    await stream.configure(config('a', 'b'));
    await scene.pass(0);
    expect(first.isClosed).toBe(true);
  });

  it('begins with those that can be opened, and tries the others at each reload', async () => {
    const { stream, broken } = scene;
    broken.add('b');
    await stream.configure(config('a', 'b'));
    stream.record(event(1));
    await scene.pass(0);
    expect(scene.opened.map(({ name, versions }) => [name, versions])).toEqual([['a', ['1']]]);
    broken.clear();
    await stream.configure(config('a', 'b'));
    stream.record(event(2));
    await stream.close(PATIENT);
    expect(scene.sink('b').versions).toEqual(['2']);
  });
});

describe('`close()`', () => {
  it('waits for an output only so long; what it could not be given is counted', async () => {
    const { stream } = scene;
    await stream.configure(config('a'));
    scene.sink('a').answer = () => never;
    for (let n = 0; n < 60; n++) stream.record(event(n));
    await scene.pass(0);
    await stream.close(AbortSignal.timeout(20));
    expect(scene.sink('a')).toMatchObject({ versions: { length: 50 }, isClosed: true });
    expect(await scene.dropped()).toBe(10);
    stream.record(event(99));
    expect(await scene.dropped()).toBe(11);
  });
});
