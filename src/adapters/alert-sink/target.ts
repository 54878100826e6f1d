// One external Alertmanager: a queue, and a sender that takes batches off its front. A batch that is not taken is
// dropped and counted: alerts are said again every minute until well after their end, so the next saying repairs it,
// and an old one sent late could only overwrite a newer.
import type { AlertmanagerTarget } from '../../config/config.ts';
import type { LabelNameMode } from '../../model/label-name.ts';
import { Labels } from '../../model/labels.ts';
import { spoken } from '../../outbound/answer-text.ts';
import type { SentAlert } from '../../ports/alert-sink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import type { AlertSinkMetrics } from '../../ports/sending-metrics.ts';
import { Deadline } from '../deadline.ts';
import { LabelRewriter } from '../../outbound/label-rewriter.ts';
import { alertsBody, rewritten } from './outgoing.ts';
import { finish } from '../finish.ts';

export interface AlertSinkParts {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: AlertSinkMetrics;
  /** `Belfry/0.1.0` */
  readonly userAgent: string;
}

export type Headers = readonly (readonly [name: string, value: string])[];

/** Alerts that may wait for one of them. */
export const ALERT_QUEUE_CAPACITY = 10_000;
const BATCH = 256;
const LONGEST_ERROR = 300;

interface Waiting {
  readonly alert: SentAlert;
  readonly headers: Headers;
}

export class AlertTarget {
  readonly #parts: AlertSinkParts;
  readonly #stopping = new AbortController();
  #config: AlertmanagerTarget;
  #rewriter: LabelRewriter;
  #queue: Waiting[] = [];
  #lastError = '';
  #isClosed = false;
  #running: Promise<void> | null = null;

  constructor(config: AlertmanagerTarget, names: LabelNameMode, parts: AlertSinkParts) {
    this.#parts = parts;
    this.#config = config;
    this.#rewriter = rewriterOf(config, names);
  }

  get url(): string {
    return this.#config.url;
  }

  /** What went wrong with the last batch, '' when it was taken. */
  get lastError(): string {
    return this.#lastError;
  }

  reconfigure(config: AlertmanagerTarget, names: LabelNameMode): void {
    this.#config = config;
    this.#rewriter = rewriterOf(config, names);
  }

  add(alerts: readonly SentAlert[], headers: Headers): void {
    const kept = rewritten(alerts, this.#rewriter);
    if (kept.length === 0) return;
    if (this.#isClosed) {
      this.#parts.metrics.dropped(this.url, kept.length);
      return;
    }
    for (const alert of kept) this.#queue.push({ alert, headers });
    const over = this.#queue.length - ALERT_QUEUE_CAPACITY;
    if (over > 0) {
      this.#queue = this.#queue.slice(over);
      this.#parts.metrics.dropped(this.url, over);
    }
    this.#parts.metrics.queued(this.url, this.#queue.length);
    this.#running ??= this.#run();
  }

  /** Takes no more; sends what waits until the signal says that it is enough. */
  async close(signal: AbortSignal): Promise<void> {
    this.#isClosed = true;
    await finish(this.#running, this.#stopping, signal);
  }

  /** Ends when nothing waits. */
  async #run(): Promise<void> {
    // What is handed over in the same turn goes together.
    await Promise.resolve();
    while (this.#queue.length > 0 && !this.#stopping.signal.aborted) {
      const batch = this.#take();
      this.#parts.metrics.queued(this.url, this.#queue.length);
      await this.#send(batch);
    }
    if (this.#queue.length > 0) {
      this.#parts.metrics.dropped(this.url, this.#queue.length);
      this.#queue = [];
      this.#parts.metrics.queued(this.url, 0);
    }
    this.#running = null;
  }

  /** As many as go into one request: they have the same headers. */
  #take(): readonly Waiting[] {
    const { headers } = this.#queue[0]!;
    let count = 1;
    while (count < BATCH && count < this.#queue.length && sameHeaders(this.#queue[count]!.headers, headers)) count++;
    const batch = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    return batch;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const { http, clock, metrics, userAgent } = this.#parts;
    const { url, timeout } = this.#config;
    const startedAt = clock.now();
    const deadline = new Deadline(timeout, this.#stopping.signal);
    const request = {
      method: 'POST',
      url,
      headers: {
        ...Object.fromEntries(batch[0]!.headers),
        'User-Agent': userAgent,
        'Content-Type': 'application/json',
      },
      body: alertsBody(batch.map(({ alert }) => alert)),
      signal: deadline.signal,
      keepsMethod: true,
    } as const;
    const result = await http.request(this.#config.http, request).finally(() => deadline.end());
    if (result.kind === 'answer' && result.status >= 200 && result.status <= 299) {
      this.#lastError = '';
      metrics.sent(url, batch.length, (clock.now() - startedAt) / 1000);
      return;
    }
    const words = result.kind === 'answer' ? spoken(result.body, LONGEST_ERROR) : '';
    this.#lastError = result.kind === 'failure' ? result.message : `status ${result.status}${words && `: ${words}`}`;
    metrics.failed(url, batch.length, this.#lastError);
    metrics.dropped(url, batch.length);
  }
}

const rewriterOf = ({ relabel }: AlertmanagerTarget, names: LabelNameMode): LabelRewriter =>
  new LabelRewriter({ externalLabels: Labels.empty, rules: relabel, names });

function sameHeaders(a: Headers, b: Headers): boolean {
  return a === b || (a.length === b.length && a.every(([name, value], i) => name === b[i]![0] && value === b[i]![1]));
}
