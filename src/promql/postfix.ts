// What follows a selector or subquery: `[…]`, `offset`, `@`, `anchored` and `smoothed`, and what each may follow.
import type { AtModifier, Expr, Shift } from './ast.ts';
import { literalSeconds, readOffset, readRange } from './duration-expr.ts';
import { printFixed } from './number-text.ts';
import type { Moment, Source } from './source.ts';
import { brokenSelector } from './source.ts';

export interface Postfix {
  readonly kind: 'offset' | 'at' | 'square' | 'edge';
  /** Index of its first token: `offset`, `@`, `[`, `anchored`. */
  readonly first: number;
  readonly last: number;
}

export function applyPostfix(source: Source, expr: Expr, postfix: Postfix): Expr {
  switch (postfix.kind) {
    case 'square':
      return applyRange(source, expr, postfix);
    case 'offset':
      return applyOffset(source, expr, postfix);
    case 'at':
      return applyAt(source, expr, postfix);
    case 'edge':
      return applyEdge(source, expr, postfix);
  }
}

const ONLY_SELECTORS = 'ranges only allowed for vector selectors';
const SHIFTABLE = 'must be preceded by an instant vector selector or range vector selector or a subquery';

function applyRange(source: Source, expr: Expr, { first, last }: Postfix): Expr {
  const open = source.tokens[first]!;
  const { end } = source.tokens[last]!;
  const colon = indexOfColon(source, first, last);
  const range = readRange(source, first + 1, (colon === -1 ? last : colon) - 1);
  if (colon !== -1) {
    const step = colon === last - 1 ? null : readRange(source, colon + 1, last - 1);
    return { kind: 'subquery', type: 'matrix', expr, range, step, offset: 0, at: null, start: expr.start, end };
  }
  const problem = rangeProblem(expr);
  if (problem !== null) source.report(problem, { start: open.start, end }, last);
  const selector = expr.kind === 'selector' ? expr : brokenSelector(expr);
  return { kind: 'range', type: 'matrix', selector, range, start: expr.start, end };
}

function rangeProblem(expr: Expr): string | null {
  if (expr.kind !== 'selector') return ONLY_SELECTORS;
  if (expr.offset !== 0) return 'no offset modifiers allowed before range';
  return typeof expr.at === 'number' ? 'no @ modifiers allowed before range' : null;
}

function indexOfColon(source: Source, first: number, last: number): number {
  for (let index = first; index < last; index++) if (source.tokens[index]!.word === ':') return index;
  return -1;
}

function applyOffset(source: Source, expr: Expr, { first, last }: Postfix): Expr {
  const offset = readOffset(source, first + 1, last);
  const shift = shiftOf(expr);
  if (shift === null) {
    reportUnshiftable(source, expr, 'offset modifier', last);
    return expr;
  }
  if (shift.offset !== 0) source.report('offset may not be set multiple times', expr, last);
  return withShift(expr, { ...shift, offset }, source.tokens[last]!.end);
}

function applyAt(source: Source, expr: Expr, { first, last }: Postfix): Expr {
  const at = readAt(source, expr, first, last);
  const shift = shiftOf(expr);
  if (shift === null) {
    reportUnshiftable(source, expr, '@ modifier', last);
    return expr;
  }
  if (shift.at !== null) source.report('@ <timestamp> may not be set multiple times', expr, last);
  return withShift(expr, { ...shift, at }, source.tokens[last]!.end);
}

function readAt(source: Source, expr: Expr, first: number, last: number): AtModifier {
  const word = source.tokens[first + 1]!.word;
  if (word === 'start' || word === 'end') return word;
  const seconds = literalSeconds(source, source.tokens[last]!, last) * (word === '-' ? -1 : 1);
  if (!Number.isFinite(seconds) || Math.abs(seconds) >= 2 ** 63) {
    source.report(`timestamp out of bounds for @ modifier: ${printFixed(seconds, 6)}`, expr, last);
  }
  return Math.round(seconds * 1000);
}

function applyEdge(source: Source, expr: Expr, { last }: Postfix): Expr {
  const edge = source.tokens[last]!.word === 'anchored' ? 'anchored' : 'smoothed';
  const fail = (message: string): Expr => {
    source.report(message, expr, last);
    return expr;
  };
  if (source.options.extendedRanges !== true) return fail(`${edge} modifier is experimental and not enabled`);
  if (expr.kind === 'subquery') return fail(`${edge} modifier is not supported for subqueries`);
  if (expr.kind !== 'selector' && expr.kind !== 'range') return fail(`${edge} modifier not implemented`);
  const selector = expr.kind === 'range' ? expr.selector : expr;
  if (selector.edge !== null && selector.edge !== edge) {
    return fail('anchored and smoothed modifiers cannot be used together');
  }
  return expr.kind === 'range' ? { ...expr, selector: { ...selector, edge } } : { ...expr, edge };
}

function reportUnshiftable(source: Source, expr: Expr, modifier: string, moment: Moment): void {
  source.report(`${modifier} ${SHIFTABLE}`, expr, moment);
}

function shiftOf(expr: Expr): Shift | null {
  if (expr.kind === 'selector' || expr.kind === 'subquery') return expr;
  return expr.kind === 'range' ? expr.selector : null;
}

function withShift(expr: Expr, { offset, at }: Shift, end: number): Expr {
  if (expr.kind === 'range') return { ...expr, selector: { ...expr.selector, offset, at }, end };
  return expr.kind === 'selector' || expr.kind === 'subquery' ? { ...expr, offset, at, end } : expr;
}
