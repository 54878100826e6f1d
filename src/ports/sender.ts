// How a rendered message leaves. One sender per way of speaking; it decides nothing but how to say what the other
// side answered.
import type { TraceContext } from '../model/trace-context.ts';
import type { Outcome } from '../notify/outcome.ts';

export interface Attempt {
  readonly signal: AbortSignal;
  /** An earlier attempt at the same message ended without an answer. */
  readonly mayHaveArrived: boolean;
  /** What its exchanges belong to. */
  readonly trace?: TraceContext | null;
}

export interface Sender<Request> {
  send(request: Request, attempt: Attempt): Promise<Outcome>;
}
