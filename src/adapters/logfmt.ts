// One log record as a logfmt line, quoted as Go's slog quotes: bare where that is unmistakable.
import { goQuote } from '../model/go-quote.ts';

export function logfmtLine(record: Readonly<Record<string, unknown>>): string {
  const { time, level, msg, ...fields } = record;
  let line = `time=${text(time)} level=${text(level)} msg=${text(msg)}`;
  for (const [key, value] of Object.entries(fields)) line += ` ${quoted(key)}=${text(value)}`;
  return line;
}

function text(value: unknown): string {
  return quoted(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'));
}

function quoted(value: string): string {
  if (/^[!#-<>-~]+$/.test(value)) return value;
  const go = goQuote(value);
  return value === '' || /[\s="]/.test(value) || go !== `"${value.replaceAll('\\', '\\\\')}"` ? go : value;
}
