// Log lines of what goes wrong again and again: as rarely as quiet.ts says, the others for who debugs, and one when it is
// over.
import type { Clock } from '../ports/clock.ts';
import type { LogFields, LogLevel } from './log.ts';
import { Quiet } from './quiet.ts';

export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

export class QuietLog {
  readonly now: Log;
  readonly #quiet: Quiet;

  constructor(log: Log, clock: Pick<Clock, 'now'>) {
    this.now = log;
    this.#quiet = new Quiet(clock);
  }

  trouble(level: LogLevel, subject: string, what: string, message: string, fields: LogFields): void {
    if (this.#quiet.mayTell(subject, what)) this.now(level, message, { ...fields, ...this.#quiet.told(subject) });
    else this.now('debug', message, fields);
  }

  over(subjects: readonly string[], message: string, fields: LogFields = {}): void {
    const failed = subjects.reduce((sum, subject) => sum + this.#quiet.forget(subject), 0);
    if (failed > 0) this.now('info', message, { ...fields, failed });
  }
}
