// Spans around what a rule waits for: its question, and that what it found is written.
import type { Answer, DataSource, Question } from '../../ports/data-source.ts';
import type { SeriesWriter, WriteReport } from '../../ports/series-writer.ts';
import type { Span, Tracer } from '../../ports/tracer.ts';

export async function askTraced(tracer: Tracer, source: DataSource, question: Question): Promise<Answer> {
  const span = tracer.start('rules.query', question.trace ?? null);
  if (span === null) return source.ask(question);
  span.set({ 'belfry.data_source': source.name, 'db.query.text': question.query });
  try {
    const answer = await source.ask({ ...question, trace: span });
    span.set({ 'belfry.attempts': answer.cost.attempts });
    if (answer.kind === 'failure') failed(span, answer.reason, answer.message);
    else span.set({ 'belfry.samples': answer.vector.length, 'belfry.answer.partial': answer.isPartial });
    return answer;
  } finally {
    span.end();
  }
}

export async function writeTraced(
  { tracer, writer }: { readonly tracer: Tracer; readonly writer: SeriesWriter },
  parent: Span | null,
  [samples, signal, pace]: Parameters<SeriesWriter['write']>,
): Promise<WriteReport> {
  const span = tracer.start('rules.write', parent);
  if (span === null) return writer.write(samples, signal, pace);
  span.set({ 'belfry.samples': samples.length });
  try {
    const report = await writer.write(samples, signal, pace);
    if (report.rejected > 0) span.set({ 'belfry.samples.rejected': report.rejected });
    if (report.messages.length > 0) span.fail(report.messages.join('; '));
    return report;
  } finally {
    span.end();
  }
}

export function failed(span: Span, reason: string, message: string): void {
  span.set({ 'error.type': reason });
  span.fail(message);
}
