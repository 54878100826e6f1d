// Spans while they last. Those of a trace that nobody keeps only say so to whom they lead.
import type { TraceContext } from '../../model/trace-context.ts';
import { isSampled } from '../../model/trace-context.ts';
import type { Instant } from '../../model/time.ts';
import type { Attributes, Span, SpanKind } from '../../ports/tracer.ts';

export interface EndedSpan {
  readonly context: TraceContext;
  /** null begins its trace. */
  readonly parent: Parent | null;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly TraceContext[];
  /** '' when all went well. */
  readonly failure: string;
}

export interface Parent {
  readonly spanId: string;
  /** In another process. */
  readonly isRemote: boolean;
}

export interface SpanEvent {
  readonly name: string;
  readonly at: Instant;
  readonly attributes: Attributes;
}

/** One clock for a whole trace: the wall's at its beginning, and from there one that nobody sets back. */
export interface Stopwatch {
  now(): Instant;
}

export interface SpanStart {
  readonly context: TraceContext;
  readonly parent: Parent | null;
  readonly name: string;
  readonly kind: SpanKind;
  readonly stopwatch: Stopwatch;
  readonly ended: (span: EndedSpan) => void;
}

/** As OpenTelemetry has it. */
const MOST_EVENTS = 128;
const LONGEST_TEXT = 4096;

export class KeptSpan implements Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly state: string;
  readonly stopwatch: Stopwatch;
  readonly #start: SpanStart;
  readonly #startedAt: Instant;
  readonly #attributes: Record<string, string | number | boolean> = {};
  readonly #events: SpanEvent[] = [];
  readonly #links: TraceContext[] = [];
  #failure = '';
  #isEnded = false;

  constructor(start: SpanStart) {
    ({ traceId: this.traceId, spanId: this.spanId, flags: this.flags, state: this.state } = start.context);
    this.stopwatch = start.stopwatch;
    this.#start = start;
    this.#startedAt = start.stopwatch.now();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  set(attributes: Attributes): void {
    Object.assign(this.#attributes, shortened(attributes));
  }

  event(name: string, attributes: Attributes = {}): void {
    if (this.#events.length === MOST_EVENTS) return;
    this.#events.push({ name, at: this.stopwatch.now(), attributes: shortened(attributes) });
  }

  link(to: TraceContext): void {
    if (isSampled(to)) this.#links.push(to);
  }

  fail(message: string): void {
    this.#failure = message === '' ? 'failed' : message.slice(0, LONGEST_TEXT);
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { context, parent, name, kind, ended } = this.#start;
    ended({
      ...{ context, parent, name, kind, startedAt: this.#startedAt, endedAt: this.stopwatch.now() },
      ...{ attributes: this.#attributes, events: this.#events, links: this.#links, failure: this.#failure },
    });
  }
}

function shortened(attributes: Attributes): Attributes {
  const isLong = Object.values(attributes).some((value) => typeof value === 'string' && value.length > LONGEST_TEXT);
  if (!isLong) return attributes;
  const entries = Object.entries(attributes).map(
    ([name, value]) => [name, typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : value] as const,
  );
  return Object.fromEntries(entries);
}

const nothing = (): void => {};

/** Of a trace that is not kept: one stands for all that comes of it. */
export class UnkeptSpan implements Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly state: string;
  readonly set = nothing;
  readonly event = nothing;
  readonly link = nothing;
  readonly fail = nothing;
  readonly end = nothing;

  constructor(context: TraceContext) {
    ({ traceId: this.traceId, spanId: this.spanId, flags: this.flags, state: this.state } = context);
  }
}
