// Spans on their way to a collector: they wait for others, leave a batch at a time, and are sent again while that may
// help and for a minute at most. Nobody waits for them: what is too much is dropped, and counted.
import { withoutSecrets } from '../../outbound/secrets.ts';
import { messageOf } from '../../model/error-message.ts';
import type { DurationMs } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Entropy } from '../../ports/entropy.ts';
import { Deadline } from '../deadline.ts';
import { finish } from '../finish.ts';
import type { Exporter } from './exporter.ts';
import { encodeSpans, type Origin } from './otlp.ts';
import type { EndedSpan } from './spans.ts';
import type { Verdict } from './verdict.ts';

export type SpanDropReason = 'queue full' | 'refused' | 'given up' | 'stopped';

export interface SpanRecord {
  /** Taken by the collector. */
  exported(count: number): void;
  /** Will be sent again. */
  retried(count: number, why: string): void;
  dropped(count: number, reason: SpanDropReason, why: string): void;
  /** The collector took them all and has something to say all the same. */
  warned(why: string): void;
}

export interface SpanQueueParts {
  readonly exporter: Exporter;
  readonly origin: Origin;
  readonly clock: Clock;
  readonly entropy: Pick<Entropy, 'fraction'>;
  readonly record: SpanRecord;
  /** Of one request. */
  readonly timeout: DurationMs;
  /** Not to be shown, even if the collector repeats them. */
  readonly secrets: readonly string[];
}

/** These are OpenTelemetry's. */
const MOST_WAITING = 2048;
const MOST_AT_ONCE = 512;
const GATHER_MS: DurationMs = 5000;
const FIRST_PAUSE_MS: DurationMs = 5000;
const LONGEST_PAUSE_MS: DurationMs = 30_000;
const LONGEST_RETRYING_MS: DurationMs = 60_000;

export class SpanQueue {
  readonly #parts: SpanQueueParts;
  readonly #stopping = new AbortController();
  #waiting: EndedSpan[] = [];
  #gathering = new AbortController();
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: SpanQueueParts) {
    this.#parts = parts;
  }

  add(span: EndedSpan): void {
    if (this.#isClosed) return this.#parts.record.dropped(1, 'stopped', '');
    if (this.#waiting.length >= MOST_WAITING) return this.#parts.record.dropped(1, 'queue full', '');
    this.#waiting.push(span);
    if (this.#waiting.length >= MOST_AT_ONCE) this.#gathering.abort('enough');
    this.#running ??= this.#run();
  }

  /** Takes no more; sends what waits until the signal. */
  async close(enough: AbortSignal): Promise<void> {
    this.#isClosed = true;
    this.#gathering.abort('closing');
    await finish(this.#running, this.#stopping, enough);
    this.#parts.exporter.close();
  }

  /** Ends when nothing waits. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      const batch = this.#waiting.slice(0, MOST_AT_ONCE);
      this.#waiting = this.#waiting.slice(MOST_AT_ONCE);
      // A mistake of ours in one of them must not end the rest.
      await this.#deliver(batch).catch((error: unknown) => {
        this.#parts.record.dropped(batch.length, 'given up', messageOf(error));
      });
    }
    this.#running = null;
  }

  async #gather(): Promise<void> {
    if (this.#isClosed || this.#waiting.length >= MOST_AT_ONCE) return;
    this.#gathering = new AbortController();
    const { clock } = this.#parts;
    await clock.sleepUntil(clock.now() + GATHER_MS, this.#gathering.signal);
  }

  async #deliver(batch: readonly EndedSpan[]): Promise<void> {
    const { clock, record, origin } = this.#parts;
    const { signal: stop } = this.#stopping;
    const message = encodeSpans(batch, origin);
    const end = clock.now() + LONGEST_RETRYING_MS;
    for (let attempt = 0; ; attempt++) {
      if (stop.aborted) return record.dropped(batch.length, 'stopped', '');
      const verdict = await this.#send(message);
      if (verdict.kind !== 'retry') return this.#conclude(batch.length, verdict);
      if (stop.aborted) return record.dropped(batch.length, 'stopped', verdict.why);
      const at = clock.now() + Math.max(this.#pause(attempt), verdict.after ?? 0);
      if (at >= end) return record.dropped(batch.length, 'given up', verdict.why);
      record.retried(batch.length, verdict.why);
      await clock.sleepUntil(at, stop);
    }
  }

  async #send(message: Uint8Array): Promise<Verdict> {
    const { exporter, timeout, secrets } = this.#parts;
    const deadline = new Deadline(timeout, this.#stopping.signal);
    const verdict = await exporter.send(message, deadline.signal).finally(() => deadline.end());
    return { ...verdict, why: withoutSecrets(verdict.why, secrets) };
  }

  #conclude(count: number, verdict: Exclude<Verdict, { kind: 'retry' }>): void {
    const { record } = this.#parts;
    if (verdict.kind === 'refused') return record.dropped(count, 'refused', verdict.why);
    const rejected = Math.min(Math.max(verdict.rejected, 0), count);
    if (rejected < count) record.exported(count - rejected);
    if (rejected > 0) record.dropped(rejected, 'refused', verdict.why);
    else if (verdict.why !== '') record.warned(verdict.why);
  }

  /** Half as long again each time, give or take half of it. */
  #pause(attempt: number): DurationMs {
    const pause = Math.min(FIRST_PAUSE_MS * 1.5 ** attempt, LONGEST_PAUSE_MS);
    return pause * (0.5 + this.#parts.entropy.fraction());
  }
}
