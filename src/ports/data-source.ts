// Where rules ask their questions: a Prometheus, or something that answers like one. The adapter owns connections,
// authentication, retries inside the deadline, limits, and the circuit breaker.
import type { Vector } from '../model/sample.ts';
import type { TraceContext } from '../model/trace-context.ts';
import type { Instant } from '../model/time.ts';

export interface Question {
  readonly query: string;
  /** The instant asked about. */
  readonly at: Instant;
  /** Nothing is of use after this instant of the wall clock. */
  readonly deadline: Instant;
  /**
   * It waits for its turn, or to be asked again, no longer than this. What is on its way by then has its time until the
   * deadline, and so has what need not wait.
   */
  readonly turnBy: Instant;
  readonly params: readonly (readonly [name: string, values: readonly string[]])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly signal: AbortSignal;
  readonly trace?: TraceContext | null;
}

export type Answer =
  | {
      readonly kind: 'vector';
      /** A scalar is one sample without labels. */
      readonly vector: Vector;
      readonly warnings: readonly string[];
      readonly infos: readonly string[];
      /** Some of what was asked may be missing: absences in it mean nothing. */
      readonly isPartial: boolean;
      readonly seriesFetched: number | null;
      readonly cost: AnswerCost;
    }
  | { readonly kind: 'failure'; readonly reason: AnswerFailure; readonly message: string; readonly cost: AnswerCost };

export interface AnswerCost {
  readonly seconds: number;
  readonly bytes: number;
  readonly attempts: number;
}

export type AnswerFailure =
  /** The source says the question is wrong: 400, 422. Asking again will not help. */
  | 'bad query'
  /** No source that could answer: refused, reset, DNS, 5xx, 429, the breaker is open. */
  | 'unavailable'
  | 'timeout'
  /** More bytes or series than may be. */
  | 'too large'
  /** Something else than an answer came: HTML, truncated JSON, a matrix, a string. */
  | 'not an answer'
  | 'unauthorised'
  | 'aborted';

export interface DataSource {
  readonly name: string;
  ask(question: Question): Promise<Answer>;
  /** The same question as a line for a shell, secrets left out. */
  curl(question: Pick<Question, 'query' | 'at' | 'params' | 'headers'>): string;
}
