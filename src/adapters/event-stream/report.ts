// What becomes of events that are written out: upstream's metrics, what it does not count as belfry_*, and as few log
// lines as recorder.ts has.
import type { Clock } from '../../ports/clock.ts';
import type { LogFields, LogLevel } from '../log.ts';
import { gauge, single } from '../metric-text.ts';
import type { MetricsRegistry } from '../metrics-registry.ts';
import { Quiet } from '../quiet.ts';

export interface StreamReportParts {
  readonly log: (level: LogLevel, message: string, fields?: LogFields) => void;
  readonly registry: MetricsRegistry;
  readonly clock: Pick<Clock, 'now'>;
}

export class StreamReport {
  readonly #log: StreamReportParts['log'];
  readonly #registry: MetricsRegistry;
  readonly #quiet: Quiet;
  readonly #recorded;
  readonly #bytes;
  readonly #dropped;
  readonly #unprintable;
  readonly #outputDropped;
  readonly #lost;

  constructor({ log, registry, clock }: StreamReportParts) {
    this.#log = log;
    this.#registry = registry;
    this.#quiet = new Quiet(clock);
    this.#recorded = registry.counter(
      'alertmanager_events_recorded_total',
      'Events handed to an output; a webhook has taken what waits for it',
      ['event_type', 'output', 'result'],
    );
    this.#bytes = registry.counter(
      'alertmanager_event_recorder_bytes_written_total',
      'Size of events that an output has taken',
      ['event_type', 'output'],
    );
    this.#dropped = registry.counter(
      'alertmanager_events_dropped_total',
      'Events for which there was no room before any output',
      ['event_type'],
    );
    this.#unprintable = registry.counter(
      'alertmanager_event_serialize_errors_total',
      'Events that could not be made into JSON',
      ['event_type'],
    );
    this.#outputDropped = registry.counter(
      'alertmanager_event_output_drops_total',
      'Events for which an output had no room',
      ['output'],
    );
    this.#lost = registry.counter(
      'belfry_event_output_lost_total',
      'Events that an output gave up after its last attempt, or at its end',
      ['output'],
    );
  }

  watchQueue(length: () => number): void {
    const name = 'alertmanager_event_recorder_queue_length';
    this.#registry.add(() => [gauge(name, 'Events that wait for the outputs', single(length()))]);
  }

  taken(type: string, output: string, bytes: number): void {
    this.#recorded.inc({ event_type: type, output, result: 'success' });
    this.#bytes.inc({ event_type: type, output }, bytes);
  }

  notTaken(types: readonly string[], output: string, why: string): void {
    for (const type of types) this.#recorded.inc({ event_type: type, output, result: 'error' });
    this.#tell('error', output, why, 'Events could not be written out', { output, events: types.length, detail: why });
  }

  dropped(type: string): void {
    this.#dropped.inc({ event_type: type });
    this.#tell('warn', '', '', 'Events are dropped: the outputs do not keep up', { type });
  }

  unprintable(type: string, error: unknown): void {
    this.#unprintable.inc({ event_type: type });
    this.#tell('error', 'json', type, 'An event could not be made into JSON: please report it', {
      ...{ type, detail: String(error) },
    });
  }

  webhookOpened(output: string): void {
    this.#outputDropped.inc({ output }, 0);
    this.#lost.inc({ output }, 0);
  }

  outputDropped(output: string, events: number): void {
    this.#outputDropped.inc({ output }, events);
    this.#tell('warn', output, 'full', 'Events are dropped: too many wait for an output', { output, events });
  }

  failed(output: string, attempt: number, why: string): void {
    this.#tell('warn', output, why, 'An output failed and will be tried again', { output, attempt, detail: why });
  }

  lost(output: string, events: number, why: string): void {
    this.#lost.inc({ output }, events);
    const fields = { output, events, detail: why };
    this.#tell('error', `lost\0${output}`, why, 'An output failed for good: its events are given up', fields);
  }

  /** After trouble. */
  arrived(output: string): void {
    const failed = this.#quiet.forget(output);
    this.#quiet.forget(`lost\0${output}`);
    if (failed > 0) this.#log('info', 'An output takes events again', { output, failed });
  }

  notOpened(output: string, why: string): void {
    this.#log('error', 'An output of event_recorder cannot be opened', { output, detail: why });
  }

  kept(): void {
    this.#log('error', 'The outputs of event_recorder stay as they were: not all of the new ones can be opened');
  }

  configured(outputs: readonly string[]): void {
    this.#log('info', 'Events are written out', { outputs: outputs.join(' ') });
  }

  #tell(level: LogLevel, subject: string, what: string, message: string, fields: LogFields): void {
    if (this.#quiet.mayTell(subject, what)) this.#log(level, message, { ...fields, ...this.#quiet.told(subject) });
  }
}
