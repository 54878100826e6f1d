// Events on their way out. Whoever records one puts it in a queue and goes on; between other work they are printed,
// some at a time, and handed to each output. What the queue has no room for is dropped, and counted.
import type { EventRecorderConfig } from '../../config/config.ts';
import { printStreamEvent, type PrintedEvent, type StreamSender } from '../../history/print-stream-event.ts';
import { EVENT_TYPES, type StreamEvent } from '../../history/stream-event.ts';
import { Queue } from '../../model/queue.ts';
import { wholeText } from '../../outbound/secrets.ts';
import type { EventStream } from '../../ports/event-stream.ts';
import { isDoneFirst } from '../abort-race.ts';
import { finish } from '../finish.ts';
import type { EventOutput } from './output.ts';
import type { Outputs } from './outputs.ts';
import type { StreamReport } from './report.ts';

export interface OutgoingEventsParts {
  readonly sender: StreamSender;
  readonly outputs: Pick<Outputs, keyof Outputs>;
  readonly report: StreamReport;
}

const MOST_WAITING = 8192;
/** Printed in one go, about a millisecond; five, when the queue is full. */
const SLICE = 50;
const SLICES_OF_ALL = 32;
/** How long outputs that a reload took away may go on. */
const LEAVING_MS = 30_000;

export class OutgoingEvents implements EventStream {
  readonly #parts: OutgoingEventsParts;
  readonly #queue = new Queue<StreamEvent>();
  /** Many at once, asked for when the queue is empty. */
  readonly #sources = new Set<Iterator<StreamEvent>>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  #outputs: readonly EventOutput[] = [];
  /** Of the configuration the outputs are of; null when not all of it could be opened. */
  #digest: string | null = null;
  #isConfigured = false;
  #isClosed = false;
  /** Ended by `close()`: nothing is handed to outputs any more. */
  #isOver = false;
  #running: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: OutgoingEventsParts) {
    this.#parts = parts;
    parts.report.watchQueue(() => this.#queue.size);
  }

  record(event: StreamEvent): void {
    if (this.#outputs.length === 0) return;
    if (this.#isClosed || this.#queue.size >= MOST_WAITING) return this.#parts.report.dropped(EVENT_TYPES[event.kind]);
    this.#queue.push(event);
    this.#running ??= this.#run();
  }

  recordAll(events: Iterable<StreamEvent>): void {
    if (this.#outputs.length === 0 || this.#isClosed) return;
    this.#sources.add(events[Symbol.iterator]());
    this.#running ??= this.#run();
  }

  async configure(config: EventRecorderConfig): Promise<void> {
    const { report } = this.#parts;
    const { files, stdouts, webhooks } = config;
    const digest = wholeText({ files, stdouts, webhooks });
    if (digest === this.#digest) return;
    const { outputs, failures } = await this.#parts.outputs.open(config);
    for (const { name, why } of failures) report.notOpened(name, why);
    if (failures.length > 0 && this.#isConfigured) {
      report.kept();
      return this.#letGo(outputs);
    }
    const before = this.#outputs;
    this.#outputs = outputs;
    this.#digest = failures.length > 0 ? null : digest;
    this.#isConfigured = true;
    this.#letGo(before);
    if (before.length + outputs.length > 0) report.configured(outputs.map(({ name }) => name));
  }

  /** What waits is written out until the signal says that it is enough; the rest is given up, and counted. */
  async close(enough: AbortSignal): Promise<void> {
    this.#isClosed = true;
    this.#sources.clear();
    if (this.#running !== null) await isDoneFirst(this.#running, enough);
    this.#isOver = true;
    while (this.#queue.size > 0) this.#parts.report.dropped(EVENT_TYPES[this.#queue.take().kind]);
    const closing = [...this.#outputs.map((output) => output.close(enough)), ...this.#leaving];
    await finish(
      Promise.all(closing).then(() => {}),
      this.#ending,
      enough,
    );
    await this.#parts.outputs.close(enough);
  }

  /** In their own time, but not before they have what they are being given. */
  #letGo(outputs: readonly EventOutput[]): void {
    if (outputs.length === 0) return;
    const enough = AbortSignal.any([AbortSignal.timeout(LEAVING_MS), this.#ending.signal]);
    const left = this.#writing
      .then(() => Promise.all(outputs.map((output) => output.close(enough))))
      .then(() => void this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  /** Ends when nothing waits. */
  async #run(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const slice = this.#take();
      if (slice.length === 0 || this.#isOver) break;
      this.#writing = this.#write(slice);
      await this.#writing;
    }
    this.#running = null;
  }

  #take(): readonly StreamEvent[] {
    const slice: StreamEvent[] = [];
    const most = Math.max(SLICE, this.#queue.size / SLICES_OF_ALL);
    while (slice.length < most && this.#queue.size > 0) slice.push(this.#queue.take());
    for (const source of this.#sources) {
      while (slice.length < SLICE) {
        const { done, value } = source.next() as IteratorResult<StreamEvent, undefined>;
        if (done === true) {
          this.#sources.delete(source);
          break;
        }
        slice.push(value);
      }
    }
    return slice;
  }

  async #write(slice: readonly StreamEvent[]): Promise<void> {
    const printed = slice.flatMap((event) => this.#print(event));
    await Promise.all(this.#outputs.map((output) => this.#give(output, printed)));
  }

  #print(event: StreamEvent): readonly PrintedEvent[] {
    try {
      return [printStreamEvent(event, this.#parts.sender)];
    } catch (error) {
      this.#parts.report.unprintable(EVENT_TYPES[event.kind], error);
      return [];
    }
  }

  async #give(output: EventOutput, events: readonly PrintedEvent[]): Promise<void> {
    const { report } = this.#parts;
    const { name, bytesBetween } = output;
    const why = await output.write(events);
    if (why !== null) {
      report.notTaken(
        events.map(({ type }) => type),
        name,
        why,
      );
      return;
    }
    for (const { type, json } of events) report.taken(type, name, Buffer.byteLength(json) + bytesBetween);
  }
}
