// What an expression compares, and with what: `rate(errors[5m]) > 5` asks whether the rate is over five. Seen through
// parentheses and through the conditions of `and` and `unless`; of several comparisons the leftmost counts.
import type { Binary, ComparisonOp, Expr } from './ast.ts';

export interface Threshold {
  /** The side that is watched. */
  readonly watched: Expr;
  /** As if the watched side stood on the left. */
  readonly op: ComparisonOp;
  /** null: it is compared with series. */
  readonly value: number | null;
}

export function thresholdOf(expr: Expr): Threshold | null {
  switch (expr.kind) {
    case 'paren':
      return thresholdOf(expr.expr);
    case 'binary':
      return ofBinary(expr);
    default:
      return null;
  }
}

function ofBinary({ op, left, right, returnBool }: Binary): Threshold | null {
  if (op === 'and' || op === 'unless') return thresholdOf(left);
  if (!isComparison(op) || returnBool) return null;
  if (left.type === 'vector') return { watched: left, op, value: right.type === 'scalar' ? literal(right) : null };
  return right.type === 'vector' ? { watched: right, op: TURNED[op], value: literal(left) } : null;
}

const TURNED: Readonly<Record<ComparisonOp, ComparisonOp>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

const isComparison = (op: Binary['op']): op is ComparisonOp => Object.hasOwn(TURNED, op);

/** null of a number that has to be calculated. */
function literal(expr: Expr): number | null {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'paren':
      return literal(expr.expr);
    case 'unary': {
      const value = literal(expr.expr);
      return value === null || expr.op === '+' ? value : -value;
    }
    default:
      return null;
  }
}
