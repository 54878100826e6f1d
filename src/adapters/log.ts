// The log: lines on stderr in upstream's look, logfmt or JSON. The only importer of pino.
import { pino, type Logger as Pino } from 'pino';
import { logfmtLine } from './logfmt.ts';
import { logSink } from './log-sink.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'logfmt' | 'json';
  /** A file descriptor; 2 is stderr. */
  readonly fd?: number;
}

export interface Logger {
  readonly log: (level: LogLevel, message: string, fields?: LogFields) => void;
  /** Lines lost because nobody read them. */
  readonly dropped: () => number;
  /** Until everything is written, but not beyond the signal. */
  readonly close: (giveUp: AbortSignal) => Promise<void>;
}

export function createLogger(options: LogOptions): Logger {
  const sink = logSink(options.fd ?? 2);
  let told = 0;
  const write = (line: string): void => {
    sink.write(options.format === 'json' ? line : `${logfmtLine(JSON.parse(line) as LogFields)}\n`);
  };
  const logger = createPino(options.level, write);
  return {
    log(level, message, fields = {}) {
      const before = sink.dropped;
      logger[level](unreserved(fields), message);
      if (before === told || sink.dropped !== before) return;
      told = before;
      logger.warn({ dropped: told }, 'Log lines were lost: nobody reads them fast enough');
    },
    dropped: () => sink.dropped,
    close: (giveUp) => sink.close(giveUp),
  };
}

function createPino(level: LogLevel, write: (line: string) => void): Pino {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
  };
  return pino(options, { write });
}

/** A field must not pass for the line's own time, level or message. */
function unreserved(fields: LogFields): LogFields {
  if (!('time' in fields || 'level' in fields || 'msg' in fields)) return fields;
  const rename = (key: string): string => (['time', 'level', 'msg'].includes(key) ? `logged_${key}` : key);
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [rename(key), value]));
}
