// What every part of the reader shares: the tokens, the flags, and the findings with the moment Prometheus' parser
// would have made each, since it shows the earliest only.
import type { Expr, PromqlOptions, PromqlProblem, VectorSelector } from './ast.ts';
import type { Token } from './token.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The index of the last token of what was found wrong. With half a step more when Prometheus must see the next token
 * to know that it was the last: a token that cannot be read is then complained about before.
 */
export type Moment = number;

export interface Source {
  readonly tokens: readonly Token[];
  readonly options: PromqlOptions;
  report(message: string, span: Span, moment: Moment): void;
}

export interface Finding extends PromqlProblem {
  readonly moment: Moment;
}

export class Findings {
  readonly #found: Finding[] = [];

  report(message: string, { start, end }: Span, moment: Moment): void {
    this.#found.push({ message, start, end, moment });
  }

  /** In Prometheus' order, up to what ended the reading. */
  problems(fatal: Finding | null): readonly PromqlProblem[] {
    const before = this.#found.filter(({ moment }) => fatal === null || moment < fatal.moment);
    const sorted = before.toSorted((a, b) => a.moment - b.moment);
    return (fatal === null ? sorted : [...sorted, fatal]).map(({ message, start, end }) => ({ message, start, end }));
  }
}

/** Stands where something was reported, so that reading can go on. */
export const brokenExpr = ({ start, end }: Span): Expr => ({
  kind: 'number',
  type: 'scalar',
  value: 0,
  isDuration: false,
  start,
  end,
});

export const brokenSelector = ({ start, end }: Span): VectorSelector => ({
  kind: 'selector',
  type: 'vector',
  name: null,
  matchers: [],
  offset: 0,
  at: null,
  edge: null,
  start,
  end,
});
