// What was sent to external Alertmanagers, as Prometheus' and vmalert's /metrics show it. The number of them that are
// discovered is not there when none is configured: without them, to be connected to none is nothing to alert about.
import type { DurationMs } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { AlertSinkMetrics } from '../ports/sending-metrics.ts';
import { ALERT_QUEUE_CAPACITY } from './alert-sink/target.ts';
import { BucketCounts } from './bucket-counts.ts';
import { counter, gauge, labelText, single, type Family, type MetricLine } from './metric-text.ts';
import { RecentQuantiles } from './recent-quantiles.ts';
import { withoutCredentials } from './remote-write-counts.ts';
import type { WatchedOutside } from './watched-rules.ts';

const GENERATION_MS: DurationMs = 5 * 60_000;
const QUANTILES = [0.5, 0.9, 0.99];
const SECONDS = [0.01, 0.1, 1, 10];

class TargetCounts {
  queued = 0;
  sent = 0;
  failed = 0;
  dropped = 0;
  readonly seconds = new RecentQuantiles(GENERATION_MS);
  readonly secondsBuckets = new BucketCounts(SECONDS);
}

export class AlertSinkCounts implements AlertSinkMetrics {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #targets = new Map<string, TargetCounts>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  queued(target: string, count: number): void {
    this.#of(target).queued = count;
  }

  sent(target: string, count: number, seconds: number): void {
    const counts = this.#of(target);
    counts.sent += count;
    counts.seconds.observe(seconds, this.#clock.now());
    counts.secondsBuckets.observe(seconds);
  }

  failed(target: string, count: number): void {
    this.#of(target).failed += count;
  }

  dropped(target: string, count: number): void {
    this.#of(target).dropped += count;
  }

  /** Targets that are configured no more are forgotten. */
  *families(targets: WatchedOutside['alertmanagers']): Generator<Family> {
    const urls = new Set(targets.map(({ url }) => url));
    for (const url of this.#targets.keys()) if (!urls.has(url)) this.#targets.delete(url);
    const known = [...urls].map((url) => ({ url: withoutCredentials(url), counts: this.#of(url) }));
    yield* this.#asPrometheus(known);
    yield* asVmalert(known);
  }

  *#asPrometheus(known: readonly Known[]): Generator<Family> {
    const lines = (read: (labels: string, counts: TargetCounts) => readonly MetricLine[]): readonly MetricLine[] =>
      known.flatMap(({ url, counts }) => read(labelText([['alertmanager', url]]), counts));
    const each = (read: (counts: TargetCounts) => number): readonly MetricLine[] =>
      lines((labels, counts) => [[labels, read(counts)]]);
    const name = (rest: string): string => `prometheus_notifications_${rest}`;
    const now = this.#clock.now();
    yield counter(
      name('sent_total'),
      'Alerts that were taken',
      each(({ sent }) => sent),
    );
    yield counter(
      name('errors_total'),
      'Alerts that were not taken',
      each(({ failed }) => failed),
    );
    yield counter(
      name('dropped_total'),
      'Alerts that were given up',
      each(({ dropped }) => dropped),
    );
    yield gauge(
      name('queue_length'),
      'Alerts that wait',
      each(({ queued }) => queued),
    );
    yield gauge(name('queue_capacity'), 'Most alerts that may wait for one of them', single(ALERT_QUEUE_CAPACITY));
    yield gauge(
      name('alertmanagers_discovered'),
      'External Alertmanagers',
      known.length === 0 ? [] : single(known.length),
    );
    yield {
      name: name('latency_seconds'),
      help: 'How long it took until alerts were taken',
      type: 'summary',
      lines: lines((labels, { seconds }) => [...seconds.lines(labels, QUANTILES, now)]),
    };
    yield {
      name: name('latency_histogram_seconds'),
      help: 'How long it took until alerts were taken',
      type: 'histogram',
      lines: lines((labels, { secondsBuckets }) => [...secondsBuckets.lines(labels)]),
    };
  }

  #of(target: string): TargetCounts {
    return this.#targets.getOrInsertComputed(target, () => new TargetCounts());
  }
}

interface Known {
  readonly url: string;
  readonly counts: TargetCounts;
}

/** Its count of alerts sent has those in it that were not taken. */
function* asVmalert(known: readonly Known[]): Generator<Family> {
  const lines = (read: (labels: string, counts: TargetCounts) => readonly MetricLine[]): readonly MetricLine[] =>
    known.flatMap(({ url, counts }) => read(labelText([['addr', url]]), counts));
  const each = (read: (counts: TargetCounts) => number): readonly MetricLine[] =>
    lines((labels, counts) => [[labels, read(counts)]]);
  yield counter(
    'vmalert_alerts_sent_total',
    'Alerts that were sent',
    each(({ sent, failed }) => sent + failed),
  );
  yield counter(
    'vmalert_alerts_send_errors_total',
    'Alerts that were not taken',
    each(({ failed }) => failed),
  );
  yield {
    name: 'vmalert_alerts_send_duration_seconds',
    help: 'How long it took until alerts were taken',
    type: 'histogram',
    lines: lines((labels, { secondsBuckets }) => [...secondsBuckets.lines(labels)]),
  };
}
