// Tells operators what becomes of spans: each event is its metrics and, as rarely as recorder.ts says things, a log line.
import type { Clock } from '../ports/clock.ts';
import type { MetricsRegistry } from './metrics-registry.ts';
import { QuietLog, type Log } from './quiet-log.ts';
import type { SpanDropReason } from './tracing/span-queue.ts';
import type { TracingParts } from './tracing/tracing.ts';

export interface TracingRecorderParts {
  readonly log: Log;
  readonly registry: MetricsRegistry;
  readonly clock: Pick<Clock, 'now'>;
}

const REASONS: readonly SpanDropReason[] = ['queue full', 'refused', 'given up', 'stopped'];

export function createTracingRecorder({ log, registry, clock }: TracingRecorderParts): TracingParts['record'] {
  const exported = registry.counter('belfry_tracing_spans_exported_total', 'Spans a collector has taken');
  const retried = registry.counter('belfry_tracing_spans_retried_total', 'Spans that had to be sent again');
  const dropped = registry.counter('belfry_tracing_spans_dropped_total', 'Spans that no collector has taken', [
    'reason',
  ]);
  for (const reason of REASONS) dropped.inc({ reason: labelOf(reason) }, 0);
  const tell = new QuietLog(log, clock);
  return {
    switched: (to) =>
      to === null ? log('info', 'Tracing is off', {}) : log('info', 'Spans go to a collector', { endpoint: to }),
    exported(count) {
      exported.inc(count);
      // What is refused or too much goes on beside what is taken, and is said once a minute.
      tell.over(['retried', 'given up'], 'The collector takes spans again');
    },
    retried(count, why) {
      retried.inc(count);
      tell.trouble('warn', 'retried', why, 'Spans were not taken and will be sent again', {
        spans: count,
        detail: why,
      });
    },
    dropped(count, reason, why) {
      dropped.inc({ reason: labelOf(reason) }, count);
      tell.trouble('warn', reason, why, 'Spans were given up', { spans: count, reason, detail: why });
    },
    warned: (why) => tell.trouble('warn', 'warned', why, 'The collector took spans with a remark', { detail: why }),
  };
}

const labelOf = (reason: SpanDropReason): string => reason.replaceAll(' ', '_');
