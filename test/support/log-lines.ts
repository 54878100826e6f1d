// A log that is read back.
import type { LogFields, LogLevel } from '../../src/adapters/log.ts';

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export class LogLines {
  readonly all: Line[] = [];

  readonly log = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    this.all.push({ level, message, fields });
  };

  /** `warn message`, but for lines of that level. */
  above(level: LogLevel): readonly string[] {
    return this.all.filter((line) => line.level !== level).map((line) => `${line.level} ${line.message}`);
  }

  /** Fields of the newest of that level. */
  last(level: LogLevel): LogFields | undefined {
    return this.all.findLast((line) => line.level === level)?.fields;
  }
}
