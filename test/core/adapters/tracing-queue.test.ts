import { describe, expect, it } from 'vitest';
import type { Exporter } from '../../../src/adapters/tracing/exporter.ts';
import { SpanQueue } from '../../../src/adapters/tracing/span-queue.ts';
import type { Verdict } from '../../../src/adapters/tracing/verdict.ts';
import type { DurationMs } from '../../../src/model/time.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { t } from '../../support/builders.ts';
import { readBatch } from '../../support/otlp-read.ts';
import { aSpan } from '../../support/trace-scene.ts';

const TAKEN: Verdict = { kind: 'taken', rejected: 0, why: '' };
const later = (after: DurationMs | null = null): Verdict => ({ kind: 'retry', why: 'not now, hush-hush', after });

class Scene {
  readonly clock = new VirtualClock(t('0s'));
  /** When, and how many. */
  readonly sent: (readonly [at: DurationMs, spans: number])[] = [];
  readonly told: string[] = [];
  readonly retried = Promise.withResolvers<void>();
  /** Of the next requests; after them all is taken. `null` never answers. */
  readonly answers: (Verdict | Error | null)[] = [];
  isClosed = false;
  readonly queue: SpanQueue;

  /** @param timeout by the machine's clock */
  constructor(timeout: DurationMs = 10_000) {
    this.queue = new SpanQueue({
      exporter: { send: (message, signal) => this.#send(message, signal), close: () => void (this.isClosed = true) },
      origin: { resource: {}, scope: { name: '', version: '' } },
      clock: this.clock,
      entropy: { fraction: () => 0.5 },
      timeout,
      secrets: ['hush-hush'],
      record: {
        exported: (count) => void this.told.push(`exported ${count}`),
        retried: (count, why) => {
          this.told.push(`retried ${count}: ${why}`);
          this.retried.resolve();
        },
        dropped: (count, reason, why) => void this.told.push(`dropped ${count}, ${reason}: ${why}`),
        warned: (why) => void this.told.push(`warned: ${why}`),
      },
    });
  }

  add(count: number): void {
    for (let i = 0; i < count; i++) this.queue.add(aSpan(`${i}`));
  }

  async until(offset: string): Promise<void> {
    await this.clock.advanceTo(t(offset));
  }

  async #send(message: Uint8Array, signal: AbortSignal): ReturnType<Exporter['send']> {
    this.sent.push([this.clock.now() - t('0s'), readBatch(message).spans.length]);
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    if (answer !== null) return answer ?? TAKEN;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return later();
  }
}

describe('spans', () => {
  it('wait five seconds for others, or until there are 512', async () => {
    const scene = new Scene();
    scene.add(1);
    await scene.until('3s');
    scene.add(2);
    await scene.until('10s');
    expect(scene.sent).toEqual([[5000, 3]]);
    scene.add(600);
    await scene.until('11s');
    expect(scene.sent).toEqual([
      [5000, 3],
      [10_000, 512],
    ]);
    await scene.until('20s');
    expect(scene.sent.at(-1)).toEqual([15_000, 88]);
    expect(scene.told).toEqual(['exported 3', 'exported 512', 'exported 88']);
  });

  it('are dropped when 2048 wait: nobody waits for a collector', async () => {
    const scene = new Scene();
    scene.answers.push(null);
    scene.add(512);
    await scene.until('1s');
    scene.add(2050);
    expect(scene.told).toEqual(['dropped 1, queue full: ', 'dropped 1, queue full: ']);
    await scene.queue.close(AbortSignal.abort());
  });

  it('are sent again after a pause that grows, or after the one that was asked for, and given up after a minute', async () => {
    const scene = new Scene();
    scene.answers.push(later(), later(), later(20_000), later(), later());
    scene.add(1);
    await scene.until('5m');
    expect(scene.sent.map(([at]) => at)).toEqual([5000, 10_000, 17_500, 37_500, 54_375]);
    expect(scene.told).toEqual([
      ...Array.from({ length: 4 }, () => 'retried 1: not now, <secret>'),
      'dropped 1, given up: not now, <secret>',
    ]);
  });

  it('are sent again when the collector does not answer in time', async () => {
    const scene = new Scene(20);
    scene.answers.push(null);
    scene.add(1);
    await scene.until('5s');
    await scene.retried.promise;
    await scene.until('1m');
    expect(scene.told).toEqual(['retried 1: not now, <secret>', 'exported 1']);
  });

  it.each<[string, Verdict, readonly string[]]>([
    ['refused', { kind: 'refused', why: 'status 400' }, ['dropped 3, refused: status 400']],
    ['taken in part', { ...TAKEN, rejected: 2, why: 'too old' }, ['exported 1', 'dropped 2, refused: too old']],
    ['taken with a remark', { ...TAKEN, why: 'slow down' }, ['exported 3', 'warned: slow down']],
    ['counted wrong', { ...TAKEN, rejected: 9 }, ['dropped 3, refused: ']],
  ])('that are %s are counted', async (_title, verdict, told) => {
    const scene = new Scene();
    scene.answers.push(verdict);
    scene.add(3);
    await scene.until('6s');
    expect(scene.told).toEqual(told);
  });

  it('that meet a mistake of ours are given up, and no others with them', async () => {
    const scene = new Scene();
    scene.answers.push(new Error('planted'));
    scene.add(513);
    await scene.until('6s');
    expect(scene.told).toEqual(['dropped 512, given up: planted', 'exported 1']);
  });

  it('leave at the end without waiting for others; later ones are dropped', async () => {
    const scene = new Scene();
    scene.add(700);
    await scene.queue.close(new AbortController().signal);
    expect(scene.sent).toEqual([
      [0, 512],
      [0, 188],
    ]);
    expect(scene.isClosed).toBe(true);
    scene.add(1);
    expect(scene.told).toEqual(['exported 512', 'exported 188', 'dropped 1, stopped: ']);
  });

  it('are given up at the end when the collector does not answer until then', async () => {
    const scene = new Scene();
    scene.answers.push(null);
    scene.add(700);
    await scene.until('1s');
    const enough = new AbortController();
    const closing = scene.queue.close(enough.signal);
    enough.abort();
    await closing;
    expect(scene.sent).toEqual([[0, 512]]);
    expect(scene.told).toEqual(['dropped 512, stopped: not now, <secret>', 'dropped 188, stopped: ']);
  });
});
