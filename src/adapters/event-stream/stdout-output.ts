// stdout_outputs: a line of JSON an event. Whoever does not read it holds up nobody: what does not fit any more is
// not written.
import type { PrintedEvent } from '../../history/print-stream-event.ts';
import type { LogSink } from '../log-sink.ts';
import type { EventOutput } from './output.ts';

export class StdoutOutput implements EventOutput {
  readonly name = 'stdout';
  readonly bytesBetween = 1;
  readonly #sink: LogSink;

  /** @param sink outlives it: there is one standard output */
  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  write(events: readonly PrintedEvent[]): Promise<string | null> {
    const before = this.#sink.dropped;
    for (const { json } of events) this.#sink.write(`${json}\n`);
    return Promise.resolve(this.#sink.dropped === before ? null : 'nobody reads the standard output');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
