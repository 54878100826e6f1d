// What remote write has counted, target by target, as Prometheus' and vmalert's /metrics show it. Not there, because
// nothing of it is written: exemplars, native histograms, metadata, strings that are interned. There is no resharding
// either: each target has one sender, which is what the number of shards says.
import type { Instant } from '../model/time.ts';
import type { DropReason, RemoteWriteMetrics } from '../ports/sending-metrics.ts';
import { BucketCounts } from './bucket-counts.ts';
import { counter, gauge, labelText, single, withLabels, type Family, type MetricLine } from './metric-text.ts';
import type { WatchedOutside } from './watched-rules.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120, 300];

/** Upstream's words where it has one. */
const REASONS: Readonly<Record<DropReason, string>> = {
  relabelled: 'dropped_series',
  'too old': 'too_old',
  'queue full': 'queue_full',
  stopped: 'stopped',
};

type Target = WatchedOutside['remoteWrite'][number];

class TargetCounts {
  sent = 0;
  failed = 0;
  retried = 0;
  pending = 0;
  bytes = 0;
  newestIn: Instant = 0;
  newestSent: Instant = 0;
  readonly dropped: Record<DropReason, number> = { relabelled: 0, 'too old': 0, 'queue full': 0, stopped: 0 };
  readonly seconds = new BucketCounts(SECONDS);
}

/** Of all targets there ever were. */
class Totals {
  in = 0;
  sent = 0;
  bytes = 0;
  lost = 0;
  losses = 0;
  newestIn: Instant = 0;
  sendSeconds = 0;
  readonly seconds = new BucketCounts(SECONDS);
}

export class RemoteWriteCounts implements RemoteWriteMetrics {
  readonly #targets = new Map<string, TargetCounts>();
  readonly #totals = new Totals();

  samplesIn(target: string, count: number, newestAt: Instant): void {
    const counts = this.#of(target);
    counts.newestIn = Math.max(counts.newestIn, newestAt);
    this.#totals.newestIn = Math.max(this.#totals.newestIn, newestAt);
    this.#totals.in += count;
  }

  pending(target: string, count: number): void {
    this.#of(target).pending = count;
  }

  requestDone(target: string, seconds: number, bytes: number, ok: boolean): void {
    const counts = this.#of(target);
    counts.seconds.observe(seconds);
    this.#totals.seconds.observe(seconds);
    this.#totals.sendSeconds += seconds;
    if (!ok) return;
    counts.bytes += bytes;
    this.#totals.bytes += bytes;
  }

  samplesSent(target: string, count: number, newestAt: Instant): void {
    const counts = this.#of(target);
    counts.sent += count;
    counts.newestSent = Math.max(counts.newestSent, newestAt);
    this.#totals.sent += count;
  }

  samplesRetried(target: string, count: number): void {
    this.#of(target).retried += count;
  }

  samplesFailed(target: string, count: number): void {
    this.#of(target).failed += count;
    this.#lost(count);
  }

  samplesDropped(target: string, count: number, reason: DropReason): void {
    this.#of(target).dropped[reason] += count;
    if (reason !== 'relabelled') this.#lost(count);
  }

  protocol(): void {}

  /** Targets that are configured no more are forgotten. */
  *families(targets: readonly Target[]): Generator<Family> {
    const names = new Set(targets.map(({ name }) => name));
    for (const name of this.#targets.keys()) if (!names.has(name)) this.#targets.delete(name);
    yield* this.#asPrometheus(targets);
    yield* this.#asVmalert(targets);
  }

  *#asPrometheus(targets: readonly Target[]): Generator<Family> {
    const known = targets.map((target) => ({
      target,
      counts: this.#of(target.name),
      labels: labelText([
        ['remote_name', target.name],
        ['url', withoutCredentials(target.url)],
      ]),
    }));
    const each = (read: (counts: TargetCounts, target: Target) => number): readonly MetricLine[] =>
      known.map(({ target, counts, labels }) => [labels, read(counts, target)]);
    const name = (rest: string): string => `prometheus_remote_storage_${rest}`;
    yield counter(
      name('samples_total'),
      'Samples that were taken',
      each(({ sent }) => sent),
    );
    yield counter(
      name('samples_failed_total'),
      'Samples that were refused for good',
      each(({ failed }) => failed),
    );
    yield counter(
      name('samples_retried_total'),
      'Samples that had to be sent again',
      each(({ retried }) => retried),
    );
    yield counter(
      name('samples_dropped_total'),
      'Samples that were never taken nor refused',
      known.flatMap(({ counts, labels }) => droppedLines(counts, labels)),
    );
    yield gauge(
      name('samples_pending'),
      'Samples that wait or are on their way',
      each(({ pending }) => pending),
    );
    yield counter(
      name('bytes_total'),
      'Size of requests that were taken, compressed',
      each(({ bytes }) => bytes),
    );
    yield {
      name: name('sent_batch_duration_seconds'),
      help: 'How long requests took',
      type: 'histogram',
      lines: known.flatMap(({ counts, labels }) => [...counts.seconds.lines(labels)]),
    };
    const { newestIn } = this.#totals;
    const seconds = 'Time of the newest sample';
    yield gauge(name('highest_timestamp_in_seconds'), `${seconds} of all targets`, single(newestIn / 1000));
    yield gauge(
      name('queue_highest_timestamp_seconds'),
      `${seconds} that came in`,
      each((counts) => counts.newestIn / 1000),
    );
    yield gauge(
      name('queue_highest_sent_timestamp_seconds'),
      `${seconds} that was taken`,
      each(({ newestSent }) => newestSent / 1000),
    );
    yield gauge(
      name('max_samples_per_send'),
      'Most samples in a request',
      each((_, { queue }) => queue.maxSamplesPerSend),
    );
    yield gauge(
      name('shard_capacity'),
      'Most samples that may wait',
      each((_, { queue }) => queue.capacity),
    );
    for (const rest of ['shards', 'shards_desired', 'shards_max', 'shards_min']) {
      yield gauge(
        name(rest),
        'Always 1: each target has one sender',
        each(() => 1),
      );
    }
  }

  *#asVmalert(targets: readonly Target[]): Generator<Family> {
    const totals = this.#totals;
    const name = (rest: string): string => `vmalert_remotewrite_${rest}`;
    const pending = targets.reduce((sum, { name: target }) => sum + this.#of(target).pending, 0);
    const capacity = targets.reduce((sum, { queue }) => sum + queue.capacity, 0);
    yield counter(name('total'), 'Samples that came in', single(totals.in));
    yield counter(name('errors_total'), 'Times samples were lost', single(totals.losses));
    yield counter(name('sent_rows_total'), 'Samples that were taken', single(totals.sent));
    yield counter(name('sent_bytes_total'), 'Size of requests that were taken, compressed', single(totals.bytes));
    yield counter(name('dropped_rows_total'), 'Samples that were lost', single(totals.lost));
    yield gauge(name('queue_size'), 'Samples that wait or are on their way', single(pending));
    yield gauge(name('queue_capacity'), 'Most samples that may wait', single(capacity));
    yield gauge(name('concurrency'), 'Senders', single(targets.length));
    yield {
      name: name('flush_duration_seconds'),
      help: 'How long requests took',
      type: 'histogram',
      lines: totals.seconds.lines(''),
    };
    yield counter(name('send_duration_seconds_total'), 'Time spent on requests', single(totals.sendSeconds));
  }

  #lost(count: number): void {
    this.#totals.lost += count;
    this.#totals.losses++;
  }

  #of(target: string): TargetCounts {
    return this.#targets.getOrInsertComputed(target, () => new TargetCounts());
  }
}

const droppedLines = ({ dropped }: TargetCounts, labels: string): readonly MetricLine[] =>
  DROP_REASONS.map((reason) => [withLabels(labels, [['reason', REASONS[reason]]]), dropped[reason]]);

const DROP_REASONS: readonly DropReason[] = ['relabelled', 'too old', 'queue full', 'stopped'];

export const withoutCredentials = (url: string): string => url.replace(/^([^:/]+:\/\/)[^/?#]*@/, '$1');
