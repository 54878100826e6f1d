// Tells operators what becomes of spans: each event is its metrics and, as rarely as recorder.ts says things, a log line.
import type { Clock } from '../ports/clock.ts';
import type { LogFields, LogLevel } from './log.ts';
import type { MetricsRegistry } from './metrics-registry.ts';
import { Quiet } from './quiet.ts';
import type { SpanDropReason } from './tracing/span-queue.ts';
import type { TracingParts } from './tracing/tracing.ts';

export interface TracingRecorderParts {
  readonly log: (level: LogLevel, message: string, fields?: LogFields) => void;
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
  const quiet = new Quiet(clock);
  const tell = (level: LogLevel, subject: string, message: string, fields: LogFields): void => {
    if (quiet.mayTell(subject, String(fields['detail']))) log(level, message, { ...fields, ...quiet.told(subject) });
    else log('debug', message, fields);
  };
  return {
    switched: (to) =>
      to === null ? log('info', 'Tracing is off', {}) : log('info', 'Spans go to a collector', { endpoint: to }),
    exported(count) {
      exported.inc(count);
      // What is refused or too much goes on beside what is taken, and is said once a minute.
      const failed = quiet.forget('retried') + quiet.forget('given up');
      if (failed > 0) log('info', 'The collector takes spans again', { failed });
    },
    retried(count, why) {
      retried.inc(count);
      tell('warn', 'retried', 'Spans were not taken and will be sent again', { spans: count, detail: why });
    },
    dropped(count, reason, why) {
      dropped.inc({ reason: labelOf(reason) }, count);
      tell('warn', reason, 'Spans were given up', { spans: count, reason, detail: why });
    },
    warned: (why) => tell('warn', 'warned', 'The collector took spans with a remark', { detail: why }),
  };
}

const labelOf = (reason: SpanDropReason): string => reason.replaceAll(' ', '_');
