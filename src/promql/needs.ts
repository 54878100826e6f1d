// A selector without which an expression has no answer: while there is an answer, there are series behind it. What
// stands under absent() or scalar(), behind `unless` or on a side of `or` proves nothing, nor does what is read of
// another time.
import type { Expr, VectorSelector } from './ast.ts';
import { printPromql } from './print.ts';

/** Its text; null when nothing in the expression is sure to be needed. */
export function neededSelector(expr: Expr): string | null {
  for (const selector of needed(expr)) {
    if (selector.offset === 0 && selector.at === null) return printPromql({ ...selector, edge: null });
  }
  return null;
}

/** They have an answer without anything behind it. */
const PROVE_NOTHING: ReadonlySet<string> = new Set(['absent', 'absent_over_time', 'scalar']);

function* needed(expr: Expr): IterableIterator<VectorSelector> {
  switch (expr.kind) {
    case 'selector':
      yield expr;
      return;
    case 'range':
      yield expr.selector;
      return;
    case 'paren':
    case 'unary':
    case 'aggregate':
      yield* needed(expr.expr);
      return;
    case 'call':
      if (!PROVE_NOTHING.has(expr.name)) for (const arg of expr.args) yield* needed(arg);
      return;
    case 'binary':
      if (expr.op === 'or' || expr.fill !== null) return;
      yield* needed(expr.left);
      if (expr.op !== 'unless') yield* needed(expr.right);
      return;
    case 'number':
    case 'string':
    case 'subquery':
  }
}
