// One target of remote write. Samples wait in one queue and one sender takes them off its front, a request at a time,
// so that samples of a series arrive in the order they were handed over. Nothing leaves before it has waited a moment
// for more to go along, unless somebody is in a hurry: a request costs what a hundred samples do.
//
//   waiting    in the queue.              -> underway when it is its turn; dropped when the queue is too long
//   underway   in the request being sent. -> taken, refused, or sent again after a pause; dropped when it is too old
//
// A request that is refused as a whole is halved until the bad samples stand alone: one bad sample does not take
// others with it. The number of halvings is bounded, and shrinks for a target that refuses everything.
import { isDeepStrictEqual } from 'node:util';
import type { RemoteWriteConfig } from '../../config/config.ts';
import type { LabelNameMode } from '../../model/label-name.ts';
import type { Labels } from '../../model/labels.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpClient, HttpResult } from '../../ports/http-client.ts';
import type { DropReason, RemoteWriteMetrics } from '../../ports/sending-metrics.ts';
import type { WritePace, WrittenSample } from '../../ports/series-writer.ts';
import { Deadline } from '../deadline.ts';
import { encode, type Protocol } from './encode.ts';
import { SampleQueue } from './sample-queue.ts';
import { SeriesBook, type Pending, type Receipt } from './series.ts';
import { judge, showsTwo, type Verdict } from './verdict.ts';
import { finish } from '../finish.ts';

export interface RemoteWriteParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly metrics: RemoteWriteMetrics;
  /** `Belfry/0.1.0` */
  readonly userAgent: string;
  /** global.external_labels */
  readonly externalLabels: Labels;
  /** global.metric_name_validation_scheme */
  readonly names: LabelNameMode;
}

const GATHER_MS: DurationMs = 100;
/** Refused requests on the way to the bad samples of one batch. */
const MOST_REFUSALS = 200;
const LEAST_REFUSALS = 16;

export class RemoteWriteTarget {
  readonly #parts: RemoteWriteParts;
  readonly #queue = new SampleQueue();
  readonly #stopping = new AbortController();
  #config: RemoteWriteConfig;
  #series: SeriesBook;
  #protocol: Protocol;
  /** An answer has shown that 2.0 is spoken. */
  #isProven = false;
  #refusals = MOST_REFUSALS;
  #underway = 0;
  #isWell = true;
  #isClosed = false;
  /** Something that waits must leave at once. */
  #isUrgent = false;
  #gathering = new AbortController();
  #running: Promise<void> | null = null;

  constructor(config: RemoteWriteConfig, parts: RemoteWriteParts) {
    this.#config = config;
    this.#parts = parts;
    this.#series = new SeriesBook({ ...parts, rules: config.writeRelabel });
    this.#protocol = config.protocol ?? '2.0';
  }

  get name(): string {
    return this.#config.name;
  }

  /** As far as its last answer tells. */
  get isWell(): boolean {
    return this.#isWell;
  }

  /** Every sample is settled with the receipt sooner or later, one of them being now. */
  add(samples: readonly WrittenSample[], receipt: Receipt, pace: WritePace): void {
    if (this.#isClosed) {
      this.#parts.metrics.samplesDropped(this.name, samples.length, 'stopped');
      receipt.settle(samples.length, samples.length, `${this.name}: closed`);
      return;
    }
    let relabelled = 0;
    for (const { labels, at, value } of samples) {
      const isUnwanted = !this.#config.sendsHistograms && value !== null && typeof value === 'object';
      const series = isUnwanted ? null : this.#series.find(labels);
      if (series === null) relabelled++;
      else this.#queue.push(series, at, value, receipt);
    }
    if (samples.length > relabelled) {
      this.#parts.metrics.samplesIn(this.name, samples.length - relabelled, newestOf(samples));
    }
    if (relabelled > 0) {
      this.#parts.metrics.samplesDropped(this.name, relabelled, 'relabelled');
      // Wanted so by the configuration: nothing to report.
      receipt.settle(relabelled, 0, null);
    }
    const over = this.#queue.size - this.#config.queue.capacity;
    if (over > 0) this.#drop(this.#queue.take(over), 'queue full');
    this.#tellPending();
    if (pace === 'at once' || this.#queue.size >= this.#config.queue.maxSamplesPerSend) this.#hurry();
    this.#running ??= this.#run();
  }

  #hurry(): void {
    this.#isUrgent = true;
    this.#gathering.abort('in a hurry');
  }

  /** From the next request on. What waits goes with the series it was given. */
  reconfigure(config: RemoteWriteConfig, parts: Pick<RemoteWriteParts, 'externalLabels' | 'names'>): void {
    const before = this.#config;
    this.#config = config;
    // Made anew, a series of what waits would be another one, and twice in a request.
    this.#series = this.#series.under({ ...parts, rules: config.writeRelabel });
    const isSameReceiver = before.url === config.url && isDeepStrictEqual(before.http, config.http);
    if (isSameReceiver && before.protocol === config.protocol) return;
    this.#protocol = config.protocol ?? '2.0';
    this.#isProven = false;
  }

  /** Takes no more; sends what waits until the signal says that it is enough. */
  async close(signal: AbortSignal): Promise<void> {
    this.#isClosed = true;
    this.#hurry();
    await finish(this.#running, this.#stopping, signal);
  }

  /** Ends when nothing waits. */
  async #run(): Promise<void> {
    // What is handed over in the same turn goes together: answers that came in one piece from the network.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.size > 0) {
      await this.#gather();
      const batch = this.#queue.takeBatch(this.#config.queue.maxSamplesPerSend);
      // What is in a hurry may be in the next batch.
      if (this.#queue.size === 0) this.#isUrgent = this.#isClosed;
      this.#underway = batch.length;
      if (this.#stopping.signal.aborted) this.#drop(batch, 'stopped');
      else await this.#deliver(batch);
      this.#underway = 0;
      this.#tellPending();
    }
    this.#running = null;
  }

  async #gather(): Promise<void> {
    if (this.#isUrgent) return;
    this.#gathering = new AbortController();
    const { clock } = this.#parts;
    await clock.sleepUntil(clock.now() + GATHER_MS, this.#gathering.signal);
  }

  async #deliver(batch: Pending[]): Promise<void> {
    const pieces = [batch];
    let refusals = 0;
    let wasTaken = false;
    for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
      const { verdict, samples } = await this.#send(piece);
      if (verdict === null) continue;
      wasTaken ||= verdict.kind === 'taken' || verdict.kind === 'partly';
      if (verdict.kind !== 'divisible') {
        this.#conclude(samples, verdict);
        continue;
      }
      refusals++;
      if (samples.length === 1 || refusals > this.#refusals) {
        this.#conclude(samples, { kind: 'refused', why: verdict.why });
      } else {
        const middle = samples.length >> 1;
        pieces.push(samples.slice(middle), samples.slice(0, middle));
      }
    }
    if (wasTaken) this.#refusals = MOST_REFUSALS;
    else if (refusals > 0) this.#refusals = Math.max(LEAST_REFUSALS, this.#refusals >> 1);
  }

  /** Until there is an answer that is final; null when there is nothing left to have one. */
  async #send(piece: Pending[]): Promise<{ verdict: Exclude<Verdict, Again> | null; samples: Pending[] }> {
    let samples = piece;
    let body: Uint8Array = new Uint8Array();
    let encodedAs: Protocol | null = null;
    for (let attempt = 0; ; attempt++) {
      const fresh = this.#dropOld(samples);
      if (fresh.length === 0) return { verdict: null, samples: [] };
      if (encodedAs !== this.#protocol || fresh !== samples) {
        body = encode(fresh, this.#protocol);
        encodedAs = this.#protocol;
        samples = fresh;
      }
      const verdict = await this.#ask(body, samples.length, attempt);
      this.#isWell = verdict.kind !== 'retry';
      if (this.#stopping.signal.aborted && verdict.kind !== 'taken') {
        this.#drop(samples, 'stopped');
        return { verdict: null, samples: [] };
      }
      if (verdict.kind === 'retry') {
        this.#parts.metrics.samplesRetried(this.name, samples.length, verdict.why);
        await this.#pause(attempt, verdict.after);
      } else if (verdict.kind !== 'unsupported') {
        return { verdict, samples };
      } else if (this.#config.protocol === null) {
        this.#speak('1.0');
      } else {
        const why = `${verdict.why}: it does not speak remote write 2.0, which protobuf_message asks for`;
        return { verdict: { kind: 'refused', why }, samples };
      }
    }
  }

  async #ask(body: Uint8Array, samples: number, attempt: number): Promise<Verdict> {
    const { http, clock, metrics, userAgent } = this.#parts;
    const { url, timeout } = this.#config;
    const protocol = this.#protocol;
    const startedAt = clock.now();
    const deadline = new Deadline(timeout, this.#stopping.signal);
    const sending: Promise<HttpResult> = http.request(this.#config.http, {
      method: 'POST',
      url,
      headers: {
        'User-Agent': userAgent,
        'Content-Encoding': 'snappy',
        ...HEADERS[protocol],
        ...(attempt > 0 && { 'Retry-Attempt': String(attempt) }),
      },
      body,
      signal: deadline.signal,
      keepsMethod: true,
    });
    const result = await sending.finally(() => deadline.end());
    if (protocol === '2.0' && showsTwo(result) && !this.#isProven) {
      this.#isProven = true;
      this.#speak('2.0');
    }
    const verdict = judge(result, { protocol, isProven: this.#isProven, samples }, clock.now());
    const isAnswered = result.kind === 'answer' && result.status <= 299;
    metrics.requestDone(this.name, (clock.now() - startedAt) / 1000, body.length, isAnswered);
    return verdict;
  }

  #speak(protocol: Protocol): void {
    this.#protocol = protocol;
    this.#parts.metrics.protocol(this.name, protocol);
  }

  /** Doubling from min_backoff to max_backoff, and at least as long as was asked for. */
  async #pause(attempt: number, asked: DurationMs | null): Promise<void> {
    const { minBackoff, maxBackoff } = this.#config.queue;
    const backoff = Math.min(maxBackoff, Math.max(minBackoff, 1) * 2 ** Math.min(attempt, 30));
    const { clock } = this.#parts;
    await clock.sleepUntil(clock.now() + Math.max(backoff, asked ?? 0), this.#stopping.signal);
  }

  #conclude(samples: readonly Pending[], verdict: Exclude<Verdict, Again | { kind: 'divisible' }>): void {
    const { metrics } = this.#parts;
    const refused = verdict.kind === 'taken' ? 0 : verdict.kind === 'partly' ? verdict.refused : samples.length;
    if (samples.length > refused) {
      metrics.samplesSent(this.name, samples.length - refused, newestOf(samples));
    }
    if (verdict.kind === 'taken') {
      this.#settle(samples, 0, null);
      return;
    }
    const some = verdict.kind === 'partly' ? `${refused} of ${samples.length} samples` : `${samples.length} samples`;
    metrics.samplesFailed(this.name, refused, verdict.why);
    this.#settle(samples, refused, `${this.name}: ${some} refused: ${verdict.why}`);
  }

  /** sample_age_limit; the very array when none is too old. */
  #dropOld(samples: Pending[]): Pending[] {
    const { sampleAgeLimit } = this.#config.queue;
    if (sampleAgeLimit === 0) return samples;
    const oldest = this.#parts.clock.now() - sampleAgeLimit;
    if (samples.every(({ at }) => at >= oldest)) return samples;
    this.#drop(
      samples.filter(({ at }) => at < oldest),
      'too old',
    );
    return samples.filter(({ at }) => at >= oldest);
  }

  #drop(samples: readonly Pending[], reason: DropReason): void {
    this.#parts.metrics.samplesDropped(this.name, samples.length, reason);
    this.#settle(samples, samples.length, `${this.name}: given up: ${reason}`);
  }

  /** Neighbours mostly belong to one write. Of samples that nobody can tell apart any of them may be the refused. */
  #settle(samples: readonly Pending[], rejected: number, message: string | null): void {
    for (let from = 0, to = 0; from < samples.length; from = to) {
      const { receipt } = samples[from]!;
      while (to < samples.length && samples[to]!.receipt === receipt) to++;
      receipt.settle(to - from, Math.min(rejected, to - from), message);
    }
  }

  #tellPending(): void {
    this.#parts.metrics.pending(this.name, this.#queue.size + this.#underway);
  }
}

const newestOf = (samples: readonly { readonly at: Instant }[]): Instant =>
  samples.reduce((newest, { at }) => Math.max(newest, at), -Infinity);

type Again = { readonly kind: 'retry' } | { readonly kind: 'unsupported' };

const HEADERS: Readonly<Record<Protocol, Readonly<Record<string, string>>>> = {
  '1.0': { 'Content-Type': 'application/x-protobuf', 'X-Prometheus-Remote-Write-Version': '0.1.0' },
  '2.0': {
    'Content-Type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'X-Prometheus-Remote-Write-Version': '2.0.0',
  },
};
