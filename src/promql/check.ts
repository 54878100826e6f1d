// The type checker: what Prometheus refuses of an expression it could read. Findings come in its order; it shows the
// first only, and so does whoever wants to be like it.
import type {
  Aggregate,
  Binary,
  Call,
  Expr,
  ParsedPromql,
  PromqlOptions,
  PromqlProblem,
  Unary,
  ValueType,
  VectorSelector,
} from './ast.ts';
import { goQuote } from '../model/go-quote.ts';
import { AGGREGATIONS, FUNCTIONS } from './functions.ts';
import { parsePromql } from './parse.ts';
import { patternMatchesEmpty } from './pattern.ts';
import type { Span } from './source.ts';

/** Reads and checks an expression. */
export function compilePromql(text: string, options: PromqlOptions = {}): ParsedPromql {
  const parsed = parsePromql(text, options);
  if (!parsed.ok) return parsed;
  const problems = checkTypes(parsed.expr);
  return problems.length === 0 ? parsed : { ok: false, problems };
}

function checkTypes(expr: Expr): readonly PromqlProblem[] {
  const problems: PromqlProblem[] = [];
  checkExpr(expr, (message, { start, end }) => problems.push({ message, start, end }));
  return problems;
}

type Report = (message: string, span: Span) => void;

const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

function checkExpr(expr: Expr, report: Report): void {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return;
    case 'selector':
      return checkSelector(expr, report);
    case 'range':
      return checkSelector(expr.selector, report);
    case 'paren':
      return checkExpr(expr.expr, report);
    case 'subquery':
      checkExpr(expr.expr, report);
      if (expr.expr.type === 'vector') return;
      return report(`subquery is only allowed on instant vector, got ${expr.expr.type} instead`, expr);
    case 'unary':
      return checkUnary(expr, report);
    case 'binary':
      return checkBinary(expr, report);
    case 'aggregate':
      return checkAggregate(expr, report);
    case 'call':
      return checkCall(expr, report);
  }
}

const isOperandType = (type: ValueType): boolean => type === 'scalar' || type === 'vector';

function checkUnary(expr: Unary, report: Report): void {
  checkExpr(expr.expr, report);
  const { type } = expr.expr;
  if (isOperandType(type)) return;
  const allowed = 'unary expression only allowed on expressions of type scalar or instant vector';
  report(`${allowed}, got "${TYPE_NAMES[type]}"`, expr);
}

function checkSelector(selector: VectorSelector, report: Report): void {
  const { name, matchers } = selector;
  if (name !== null) {
    for (const matcher of matchers) {
      if (matcher.name !== '__name__') continue;
      report(`metric name must not be set twice: ${goQuote(name)} or ${goQuote(matcher.value)}`, selector);
    }
    return;
  }
  if (matchers.every(matchesEmpty)) report('vector selector must contain at least one non-empty matcher', selector);
}

function matchesEmpty({ op, value }: VectorSelector['matchers'][number]): boolean {
  switch (op) {
    case '=':
      return value === '';
    case '!=':
      return value !== '';
    case '=~':
      return patternMatchesEmpty(value);
    case '!~':
      return !patternMatchesEmpty(value);
  }
}

function checkAggregate(expr: Aggregate, report: Report): void {
  expectType(expr.expr, 'vector', 'aggregation expression', report);
  if (expr.param === null) return;
  expectType(expr.param, AGGREGATIONS.get(expr.op)?.param ?? 'scalar', 'aggregation parameter', report);
}

function expectType(expr: Expr, wanted: ValueType, context: string, report: Report): void {
  checkExpr(expr, report);
  if (expr.type !== wanted) report(typeMessage(wanted, context, expr.type), expr);
}

const typeMessage = (wanted: ValueType, context: string, got: ValueType): string =>
  `expected type ${TYPE_NAMES[wanted]} in ${context}, got ${TYPE_NAMES[got]}`;

const COMPARISONS = new Set(['==', '!=', '<=', '<', '>=', '>']);
const SETS = new Set(['and', 'or', 'unless']);

function checkBinary(expr: Binary, report: Report): void {
  const { left, right, op, matching, fill } = expr;
  checkExpr(left, report);
  checkExpr(right, report);
  const operator = { start: expr.opStart, end: expr.opEnd };
  const comparison = COMPARISONS.has(op);
  if (expr.returnBool && !comparison) report('bool modifier can only be used on comparison operators', operator);
  const scalars = left.type === 'scalar' && right.type === 'scalar';
  if (comparison && !expr.returnBool && scalars) report('comparisons between scalars must use BOOL modifier', operator);
  if (matching?.on === true) {
    for (const label of matching.labels) {
      if (!matching.include.includes(label)) continue;
      report(`label ${goQuote(label)} must not occur in ON and GROUP clause at once`, operator);
    }
  }
  for (const side of [left, right]) {
    if (isOperandType(side.type)) continue;
    report('binary expression must contain only scalar and instant vector types', side);
  }
  if (left.type !== 'vector' || right.type !== 'vector') {
    if (matching !== null && matching.labels.length > 0) {
      report('vector matching only allowed between instant vectors', expr);
    }
    if (fill !== null) report('filling in missing series only allowed between instant vectors', expr);
  } else if (SETS.has(op)) {
    checkSet(expr, report);
  }
  if (SETS.has(op) && (left.type === 'scalar' || right.type === 'scalar')) {
    report(`set operator "${op}" not allowed in binary scalar expression`, expr);
  }
}

function checkSet(expr: Binary, report: Report): void {
  if (expr.matching !== null && expr.matching.group !== null) {
    report(`no grouping allowed for "${expr.op}" operation`, expr);
    report('set operations must always be many-to-many', expr);
  }
  if (expr.fill !== null) report('filling in missing series not allowed for set operators', expr);
}

function checkCall(call: Call, report: Report): void {
  const { name, args } = call;
  const signature = FUNCTIONS.get(name);
  if (signature === undefined) return;
  const count = countProblem(signature.args.length, signature.variadic, args.length);
  if (count !== null) report(`expected ${count} argument(s) in call to "${name}", got ${args.length}`, call);
  const isInfo = name === 'info';
  if (isInfo && args.length > 1) checkInfo(call, args[1]!, report);
  for (const [index, arg] of args.entries()) {
    if (index >= signature.args.length && signature.variadic === 0) return;
    const wanted = signature.args[Math.min(index, signature.args.length - 1)]!;
    // The second argument of info() only names labels: it may match everything.
    if (!(isInfo && index > 0 && arg.kind === 'selector' && arg.name === null)) checkExpr(arg, report);
    if (arg.type !== wanted) report(typeMessage(wanted, `call to function "${name}"`, arg.type), arg);
  }
}

function countProblem(declared: number, variadic: number, got: number): string | null {
  if (variadic === 0) return got === declared ? null : String(declared);
  const least = declared - 1;
  if (got < least) return `at least ${least}`;
  return variadic > 0 && got > least + variadic ? `at most ${least + variadic}` : null;
}

function checkInfo(call: Call, labels: Expr, report: Report): void {
  if (labels.type !== 'vector') report(typeMessage('vector', 'call to function "info"', labels.type), call);
  if (labels.kind !== 'selector') report('expected label selectors only', labels);
  else if (labels.name !== null) report('expected label selectors only, got vector selector instead', labels);
}
