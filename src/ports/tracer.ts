// Where it is told what belongs to one request or one flush, and how long each part took. Who begins a span ends it.
// Without tracing there are no spans: `tracer.start(…)?.set(…)` costs the call alone.
import type { TracingConfig } from '../config/config.ts';
import type { TraceContext } from '../model/trace-context.ts';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export type SpanKind = 'internal' | 'server' | 'client' | 'producer';

/** Its context is what its children and other processes are told. */
export interface Span extends TraceContext {
  set(attributes: Attributes): void;
  event(name: string, attributes?: Attributes): void;
  /** Something else that led here. */
  link(to: TraceContext): void;
  /** It did not do what it was begun for; the message is shown, so it holds no secret. */
  fail(message: string): void;
  end(): void;
}

export interface Tracer {
  /** Without a parent a trace begins, if it is one to be kept. null when nobody traces. */
  start(name: string, parent: TraceContext | null, kind?: SpanKind): Span | null;
}

export interface Tracing extends Tracer {
  /** From now on; spans that have ended go where they were to go. null is off. */
  reconfigure(config: TracingConfig | null): void;
}
