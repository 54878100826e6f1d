// webhook_outputs: events POSTed to a URL, so many requests at once. What is taken waits here, in memory and not
// without bounds; a request that fails, whatever the answer, is tried again after a pause that doubles. Tried often
// enough it is given up: so does upstream.
import type { EventWebhookConfig } from '../../config/config.ts';
import type { PrintedEvent } from '../../history/print-stream-event.ts';
import { Queue } from '../../model/queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import { Deadline } from '../deadline.ts';
import { withoutCredentials } from '../remote-write-counts.ts';
import { finish } from '../finish.ts';
import { Batch, type Body } from './bodies.ts';
import type { EventOutput } from './output.ts';
import type { StreamReport } from './report.ts';

export interface WebhookParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly report: StreamReport;
  /** `Belfry/0.1.0` */
  readonly userAgent: string;
}

const MOST_WAITING = 1024;
const LONGEST_BACKOFF_MS = 30_000;

export class WebhookOutput implements EventOutput {
  readonly name: string;
  readonly bytesBetween = 0;
  readonly #config: EventWebhookConfig;
  readonly #parts: WebhookParts;
  readonly #queue = new Queue<Body>();
  readonly #batch: Batch | null;
  readonly #mostWaiting: number;
  readonly #workers = new Set<Promise<void>>();
  #working = 0;
  readonly #stopping = new AbortController();
  /** Of the batch that is being filled. */
  #gathering: AbortController | null = null;
  /** Events in the queue and in the batch. */
  #waiting = 0;
  #isClosed = false;

  constructor(config: EventWebhookConfig, parts: WebhookParts) {
    this.#config = config;
    this.#parts = parts;
    this.name = `webhook:${publicPart(config.url.open())}`;
    this.#batch = config.batch === null ? null : new Batch(config.batch);
    this.#mostWaiting = MOST_WAITING + (config.batch === null ? 0 : (config.workers + 1) * config.batch.maxEvents);
    parts.report.webhookOpened(this.name);
  }

  write(events: readonly PrintedEvent[]): Promise<null> {
    let dropped = 0;
    for (const { json } of events) {
      if (this.#isClosed || this.#waiting >= this.#mostWaiting) {
        dropped++;
        continue;
      }
      this.#waiting++;
      if (this.#batch === null) this.#enqueue([{ json, events: 1 }]);
      else this.#gather(this.#batch, json);
    }
    if (dropped > 0) this.#parts.report.outputDropped(this.name, dropped);
    return Promise.resolve(null);
  }

  async close(enough: AbortSignal): Promise<void> {
    this.#isClosed = true;
    this.#flush();
    await finish(
      Promise.all(this.#workers).then(() => {}),
      this.#stopping,
      enough,
    );
  }

  #gather(batch: Batch, json: string): void {
    this.#enqueue(batch.add(json));
    if (batch.size > 1) return;
    this.#gathering?.abort(DONE);
    if (batch.size === 0) return;
    const gathering = (this.#gathering = new AbortController());
    const { clock } = this.#parts;
    void clock.sleepUntil(clock.now() + this.#config.batch!.flushInterval, gathering.signal).then(() => {
      if (!gathering.signal.aborted) this.#flush();
    });
  }

  #flush(): void {
    this.#gathering?.abort(DONE);
    this.#enqueue(this.#batch?.take() ?? []);
  }

  #enqueue(bodies: readonly Body[]): void {
    for (const body of bodies) {
      this.#queue.push(body);
      if (this.#working === this.#config.workers) continue;
      const worker = this.#work().finally(() => this.#workers.delete(worker));
      this.#workers.add(worker);
    }
  }

  /** Ends when nothing waits. */
  async #work(): Promise<void> {
    this.#working++;
    while (this.#queue.size > 0) {
      const body = this.#queue.take();
      this.#waiting -= body.events;
      await this.#deliver(body);
    }
    // In the turn that found nothing: what comes next needs a worker of its own.
    this.#working--;
  }

  async #deliver({ json, events }: Body): Promise<void> {
    const { clock, report } = this.#parts;
    const { maxRetries, retryBackoff } = this.#config;
    const { signal } = this.#stopping;
    for (let attempt = 1; !signal.aborted; attempt++) {
      const failure = await this.#post(json);
      if (failure === null) return report.arrived(this.name);
      if (attempt >= maxRetries) return report.lost(this.name, events, failure);
      report.failed(this.name, attempt, failure);
      const backoff = Math.min(retryBackoff * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
      await clock.sleepUntil(clock.now() + backoff, signal);
    }
    report.lost(this.name, events, 'there was no more time');
  }

  /** What went wrong, or null. */
  async #post(json: string): Promise<string | null> {
    const { http, userAgent } = this.#parts;
    const { url, timeout, http: config } = this.#config;
    const deadline = new Deadline(timeout, this.#stopping.signal);
    const result = await http.request(config, {
      method: 'POST',
      url: url.open(),
      headers: { 'User-Agent': userAgent, 'Content-Type': 'application/json' },
      body: json,
      signal: deadline.signal,
      // A page it may lead to says 200 to a GET: nobody would have the events.
      keepsMethod: true,
    });
    deadline.end();
    if (result.kind === 'failure') return result.message;
    return result.status >= 200 && result.status < 300 ? null : `HTTP ${result.status}`;
  }
}

/** Without a reason abort() makes an error with a stack. */
const DONE = 'done';

/** As upstream names it: no user, no query. */
const publicPart = (url: string): string => withoutCredentials(url).replace(/[?#].*$/s, '');
