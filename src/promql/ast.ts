// The syntax tree of a PromQL expression. Owns its shape and what each node evaluates to; reading, checking and
// printing are elsewhere. Positions are UTF-16 offsets into the text the tree was read from. The names are those of
// Prometheus' own tree, except that an offset and an @ modifier behind a range belong to the selector inside it.
import type { DurationMs } from '../model/time.ts';

export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

interface Node {
  readonly type: ValueType;
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Unary
  | Binary
  | Aggregate
  | Call
  | Paren;

export interface NumberLiteral extends Node {
  readonly kind: 'number';
  /** Seconds when written as a duration. */
  readonly value: number;
  /** Written as `1h`, and printed so. */
  readonly isDuration: boolean;
}

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

export type MatchOp = '=' | '!=' | '=~' | '!~';

export interface LabelMatcher {
  readonly name: string;
  readonly op: MatchOp;
  readonly value: string;
}

/** `@ 1609746000` in milliseconds, `@ start()` and `@ end()`. */
export type AtModifier = number | 'start' | 'end';

export interface Shift {
  readonly offset: DurationMs;
  readonly at: AtModifier | null;
}

export interface VectorSelector extends Node, Shift {
  readonly kind: 'selector';
  /** The name in front of the braces; a name inside them is a matcher like any other. */
  readonly name: string | null;
  /** As written, without the name in front. */
  readonly matchers: readonly LabelMatcher[];
  readonly edge: 'anchored' | 'smoothed' | null;
}

export interface MatrixSelector extends Node {
  readonly kind: 'range';
  readonly selector: VectorSelector;
  readonly range: DurationMs;
}

export interface Subquery extends Node, Shift {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: DurationMs;
  /** None: the server's default evaluation interval. */
  readonly step: DurationMs | null;
}

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '<=' | '<' | '>=' | '>';
export type SetOp = 'and' | 'or' | 'unless';
/** `</` and `>/` cut native histograms. */
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp | '</' | '>/';

export interface VectorMatching {
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group: 'left' | 'right' | null;
  readonly include: readonly string[];
}

export interface Fill {
  readonly left: number | null;
  readonly right: number | null;
}

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  /** As written; it means something only between two instant vectors. */
  readonly matching: VectorMatching | null;
  readonly fill: Fill | null;
  readonly opStart: number;
  /** Behind the operator's last modifier. */
  readonly opEnd: number;
}

export type AggregateOp =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export interface Aggregate extends Node {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  readonly param: Expr | null;
  readonly expr: Expr;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Paren extends Node {
  readonly kind: 'paren';
  readonly expr: Expr;
}

/** What is wrong with an expression, where; Prometheus shows the first only. */
export interface PromqlProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** Feature flags of the Prometheus that will evaluate the expression. */
export interface PromqlOptions {
  readonly experimentalFunctions?: boolean;
  readonly fillModifiers?: boolean;
  readonly extendedRanges?: boolean;
}

export type ParsedPromql =
  | { readonly ok: true; readonly expr: Expr }
  | { readonly ok: false; readonly problems: readonly PromqlProblem[] };

export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'range':
      return [expr.selector];
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    case 'aggregate':
      return expr.param === null ? [expr.expr] : [expr.expr, expr.param];
    case 'call':
      return expr.args;
  }
}

export function* selectorsOf(expr: Expr): Generator<VectorSelector> {
  if (expr.kind === 'selector') yield expr;
  else for (const child of childrenOf(expr)) yield* selectorsOf(child);
}
