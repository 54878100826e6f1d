// An expression over several lines, as Prometheus' format endpoint and promtool lay it out: whatever is longer than a
// hundred characters is broken at its operator or brackets, two spaces deeper each time.
import type { Expr } from './ast.ts';
import { printAggregator, printOperator, printPromql, printSubquerySuffix } from './print.ts';

const WIDEST = 100;

export const prettyPromql = (expr: Expr): string => pretty(expr, 0);

function pretty(expr: Expr, level: number): string {
  const margin = indent(level);
  const line = printPromql(expr);
  if (expr.kind === 'unary') return `${margin}${expr.op}${pretty(expr.expr, level).trim()}`;
  if (Buffer.byteLength(line) <= WIDEST) return expr.kind === 'subquery' ? line : margin + line;
  switch (expr.kind) {
    case 'binary':
      return `${pretty(expr.left, level + 1)}\n${margin}${printOperator(expr)}\n${pretty(expr.right, level + 1)}`;
    case 'aggregate': {
      const inside = expr.param === null ? [expr.expr] : [expr.param, expr.expr];
      return `${margin}${printAggregator(expr)}${bracketed(inside, level)}`;
    }
    case 'call':
      return `${margin}${expr.name}${bracketed(expr.args, level)}`;
    case 'paren':
      return `${margin}${bracketed([expr.expr], level)}`;
    case 'subquery':
      return pretty(expr.expr, level) + printSubquerySuffix(expr);
    default:
      return margin + line;
  }
}

const bracketed = (inside: readonly Expr[], level: number): string =>
  `(\n${inside.map((expr) => pretty(expr, level + 1)).join(',\n')}\n${indent(level)})`;

const indent = (level: number): string => '  '.repeat(level);
