// Whether an alert's expression has a condition at all: something that makes it return nothing while all is well.
import { childrenOf, type Binary, type Expr } from '../promql/ast.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<=', '<', '>=', '>']);
const ABSENCE: ReadonlySet<string> = new Set(['absent', 'absent_over_time']);

export function hasCondition(expr: Expr): boolean {
  switch (expr.kind) {
    case 'binary':
      return binaryHasCondition(expr);
    case 'call':
      return ABSENCE.has(expr.name) || childrenOf(expr).some(hasCondition);
    default:
      return childrenOf(expr).some(hasCondition);
  }
}

function binaryHasCondition({ op, left, right, returnBool }: Binary): boolean {
  if (COMPARISONS.has(op)) return !returnBool;
  if (op === 'or') return hasCondition(left) && hasCondition(right);
  return op === 'unless' || hasCondition(left) || hasCondition(right);
}
