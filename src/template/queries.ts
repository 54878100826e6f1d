// Queries inside a template, without waiting inside it: rendering with a QueryBook answers what is known and notes
// what is not. The caller fetches the missing ones and renders again, until none is missing:
//   const book = new QueryBook();
//   for (;;) {
//     const rendered = template.render(data, { ...env, functions: { query: book.query } });
//     if (book.missing.length === 0) return rendered;
//     for (const expression of book.missing) book.answer(expression, await fetch(expression));
//   }
// A render with unknown answers goes on with an empty result, and what it printed is thrown away.
import { CallError, type HostFunction } from './run.ts';
import { queryResult, type QuerySample } from './rule-data.ts';

export type QueryAnswer =
  | { readonly ok: true; readonly samples: readonly QuerySample[] }
  | { readonly ok: false; readonly message: string };

export class QueryBook {
  readonly #answers = new Map<string, QueryAnswer>();
  readonly #missing = new Set<string>();

  /** The `query` function for `RenderEnv.functions`. */
  readonly query: HostFunction = (expression = '') => {
    const answer = this.#answers.get(expression);
    if (answer === undefined) {
      this.#missing.add(expression);
      return queryResult([]);
    }
    if (!answer.ok) throw new CallError(answer.message);
    return queryResult(answer.samples);
  };

  get missing(): readonly string[] {
    return [...this.#missing];
  }

  answer(expression: string, answer: QueryAnswer): void {
    this.#missing.delete(expression);
    this.#answers.set(expression, answer);
  }
}
