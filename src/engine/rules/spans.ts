// Spans around what a rule waits for: its question, and that what it found is written.
import type { Answer, DataSource, Question } from '../../ports/data-source.ts';
import type { SeriesWriter, WriteReport } from '../../ports/series-writer.ts';
import type { Span, Tracer } from '../../ports/tracer.ts';

export function askTraced(tracer: Tracer, source: DataSource, question: Question): Promise<Answer> {
  const span = tracer.start('rules.query', question.trace ?? null);
  if (span === null) return source.ask(question);
  span.set({ 'belfry.data_source': source.name, 'db.query.text': question.query });
  return answered(span, source.ask({ ...question, trace: span }));
}

async function answered(span: Span, asking: Promise<Answer>): Promise<Answer> {
  try {
    const answer = await asking;
    span.set({ 'belfry.attempts': answer.cost.attempts });
    if (answer.kind === 'failure') failed(span, answer.reason, answer.message);
    else span.set({ 'belfry.samples': answer.vector.length, 'belfry.answer.partial': answer.isPartial });
    return answer;
  } finally {
    span.end();
  }
}

export function writeTraced(
  { tracer, writer }: { readonly tracer: Tracer; readonly writer: SeriesWriter },
  parent: Span | null,
  [samples, signal, pace]: Parameters<SeriesWriter['write']>,
): Promise<WriteReport> {
  const span = tracer.start('rules.write', parent);
  const writing = writer.write(samples, signal, pace);
  if (span === null) return writing;
  span.set({ 'belfry.samples': samples.length });
  return written(span, writing);
}

async function written(span: Span, writing: Promise<WriteReport>): Promise<WriteReport> {
  try {
    const report = await writing;
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
