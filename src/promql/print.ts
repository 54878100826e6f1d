// The canonical text of an expression: one line, as Prometheus shows it in `query` of `/api/v1/rules` and in links.
import type { Aggregate, AtModifier, Binary, Expr, LabelMatcher, Shift, VectorSelector } from './ast.ts';
import { printDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName } from '../model/label-name.ts';
import { compareUtf8 } from '../model/order.ts';
import { printFixed, printPlain, printShortest } from './number-text.ts';

export function printPromql(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.isDuration ? printDuration(Math.trunc(expr.value * 1e9) / 1e6) : printPlain(expr.value);
    case 'string':
      return goQuote(expr.value);
    case 'selector':
      return printMatchers(expr) + printAt(expr.at) + printEdge(expr) + printOffset(expr);
    case 'range': {
      const { selector } = expr;
      const range = `[${printDuration(expr.range)}]`;
      return printMatchers(selector) + range + printEdge(selector) + printAt(selector.at) + printOffset(selector);
    }
    case 'subquery':
      return printPromql(expr.expr) + printSubquerySuffix(expr);
    case 'unary':
      return expr.op + printPromql(expr.expr);
    case 'binary':
      return `${printPromql(expr.left)} ${printOperator(expr)} ${printPromql(expr.right)}`;
    case 'aggregate': {
      const param = expr.param === null ? '' : `${printPromql(expr.param)}, `;
      return `${printAggregator(expr)}(${param}${printPromql(expr.expr)})`;
    }
    case 'call':
      return `${expr.name}(${expr.args.map(printPromql).join(', ')})`;
    case 'paren':
      return `(${printPromql(expr.expr)})`;
  }
}

/** The operator and all that belongs to it. */
export function printOperator(expr: Binary): string {
  const { op, returnBool, matching, fill, left, right } = expr;
  let out = returnBool ? `${op} bool` : op;
  // Between anything but two vectors, what was written of matching is void.
  if (left.type !== 'vector' || right.type !== 'vector') return out;
  if (matching !== null && (matching.on || matching.labels.length > 0 || matching.group !== null)) {
    out += ` ${matching.on ? 'on' : 'ignoring'} (${printLabels(matching.labels)})`;
    if (matching.group !== null) out += ` group_${matching.group} (${printLabels(matching.include)})`;
  }
  if (fill === null) return out;
  if (fill.left !== null && fill.left === fill.right) return `${out} fill (${printShortest(fill.left)})`;
  if (fill.left !== null) out += ` fill_left (${printShortest(fill.left)})`;
  return fill.right === null ? out : `${out} fill_right (${printShortest(fill.right)})`;
}

export function printAggregator({ op, grouping, without }: Aggregate): string {
  if (!without && grouping.length === 0) return op;
  return `${op} ${without ? 'without' : 'by'} (${printLabels(grouping)}) `;
}

export function printSubquerySuffix(expr: Shift & { readonly range: number; readonly step: number | null }): string {
  const step = expr.step === null ? '' : printDuration(expr.step);
  return `[${printDuration(expr.range)}:${step}]${printAt(expr.at)}${printOffset(expr)}`;
}

const printLabels = (labels: readonly string[]): string =>
  labels.map((label) => (isValidLabelName(label, 'legacy') ? label : goQuote(label))).join(', ');

function printMatchers({ name, matchers }: VectorSelector): string {
  if (matchers.length === 0) return name ?? '';
  return `${name ?? ''}{${matchers.map(printMatcher).toSorted(compareUtf8).join(',')}}`;
}

const printMatcher = ({ name, op, value }: LabelMatcher): string =>
  `${isValidLabelName(name, 'legacy') ? name : goQuote(name)}${op}${goQuote(value)}`;

function printAt(at: AtModifier | null): string {
  if (at === null) return '';
  return typeof at === 'number' ? ` @ ${printFixed(at / 1000, 3)}` : ` @ ${at}()`;
}

const printEdge = ({ edge }: VectorSelector): string => (edge === null ? '' : ` ${edge}`);

function printOffset({ offset }: Shift): string {
  if (offset === 0) return '';
  return ` offset ${offset < 0 ? '-' : ''}${printDuration(Math.abs(offset))}`;
}
