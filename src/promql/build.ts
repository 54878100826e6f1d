// The grammar's tree to our own. The grammar says which tokens form an operand and what is nested in brackets; how
// operators and modifiers bind is left to operators.ts. What Prometheus' parser refuses while it reads (unknown
// functions, counts of an aggregation's arguments) is reported on the way; types are checked afterwards.
import type { Expr } from './ast.ts';
import { literalSeconds, readDuration, readRange } from './duration-expr.ts';
import type { Aggregation } from './functions.ts';
import { AGGREGATIONS, FUNCTIONS } from './functions.ts';
import { readLabel, readLabels } from './matching.ts';
import type { Labels } from './matching.ts';
import { associate } from './operators.ts';
import type { Piece } from './operators.ts';
import { buildMatcher, buildSelector, unquoted } from './selector.ts';
import type { Source } from './source.ts';
import { brokenExpr } from './source.ts';

/** A place in the grammar's tree; offsets are into the spelled text. */
export interface TreePlace {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  firstChild(): boolean;
  nextSibling(): boolean;
  parent(): boolean;
}

export interface BuildSource extends Source {
  /** Index of the token at an offset of the spelled text. */
  tokenAt(offset: number): number;
}

export function buildExpr(source: BuildSource, place: TreePlace): Expr {
  const pieces: Piece[] = [];
  collect(source, place, pieces);
  return associate(source, pieces).expr;
}

const LEVEL = new Set([
  'BinaryExpr',
  'UnaryExpr',
  'OffsetExpr',
  'StepInvariantExpr',
  'AnchoredExpr',
  'SmoothedExpr',
  'MatrixSelector',
  'SubqueryExpr',
]);
const BEFORE_RANGE = new Set(['[', ':']);

/** What can be built of an expression that is not whole, for what is reported of it. */
export function buildParts(source: BuildSource, place: TreePlace): void {
  const first = firstToken(source, place);
  const last = lastToken(source, place);
  if (LEVEL.has(place.name) || isOperand(place.name)) {
    buildExpr(source, place);
    return;
  }
  switch (place.name) {
    case 'UnquotedLabelMatcher':
    case 'QuotedLabelMatcher':
      buildMatcher(source, first, last);
      return;
    case 'GroupingLabels':
      readLabels(source, first);
      return;
    case 'QuotedLabelName':
      readQuotedLabel(source, first);
      return;
    case 'DurationExpr':
      if (BEFORE_RANGE.has(source.tokens[first - 1]!.word)) readRange(source, first, last);
      else readDuration(source, first, last);
      return;
  }
  if (!place.firstChild()) return;
  do buildParts(source, place);
  while (place.nextSibling());
  place.parent();
}

function readQuotedLabel(source: BuildSource, index: number): void {
  let open = index;
  while (source.tokens[open]!.word !== '{' && source.tokens[open]!.word !== '(') open -= 1;
  if (source.tokens[open]!.word === '(') readLabel(source, index);
}

const firstToken = (source: BuildSource, place: TreePlace): number => source.tokenAt(place.from);
const lastToken = (source: BuildSource, place: TreePlace): number => source.tokenAt(place.to - 1);

/** The operands, operators and modifiers of one level, in the order of the text. */
function collect(source: BuildSource, place: TreePlace, pieces: Piece[]): void {
  const { name } = place;
  const last = lastToken(source, place);
  if (LEVEL.has(name)) {
    let duration = -1;
    place.firstChild();
    do {
      if (place.name === 'DurationExpr' && duration === -1) duration = firstToken(source, place);
      else collect(source, place, pieces);
    } while (place.nextSibling());
    place.parent();
    if (duration !== -1) pieces.push({ kind: 'square', first: duration - 1, last });
    else if (name === 'AnchoredExpr' || name === 'SmoothedExpr') pieces.push({ kind: 'edge', first: last, last });
    return;
  }
  const first = firstToken(source, place);
  switch (name) {
    case 'NumberDurationLiteral':
      return collectNumber(source, first, last, pieces);
    case 'UnaryOp':
      pieces.push({ kind: 'sign', token: first });
      return;
    case 'OffsetDurationExpr':
      pieces.push({ kind: 'offset', first: first - 1, last });
      return;
    case 'AtModifierPreprocessors':
      pieces.push({ kind: 'at', first: first - 1, last: last + 2 });
      return;
    case 'DurationExpr':
    case 'BoolModifier':
    case 'MatchingModifierClause':
    case 'FillModifier':
    case 'Offset':
    case 'At':
    case 'Anchored':
    case 'Smoothed':
      return;
  }
  if (isOperand(name)) pieces.push({ kind: 'operand', expr: buildOperand(source, place), last });
  else pieces.push({ kind: 'operator', token: first });
}

/** The grammar takes a sign into the number. */
function collectNumber(source: BuildSource, first: number, last: number, pieces: Piece[]): void {
  if (source.tokens[first - 1]?.word === '@') {
    pieces.push({ kind: 'at', first: first - 1, last });
    return;
  }
  if (first !== last) pieces.push({ kind: 'sign', token: first });
  const token = source.tokens[last]!;
  const value = literalSeconds(source, token, last);
  const isDuration = token.kind === 'duration';
  const { start, end } = token;
  pieces.push({ kind: 'operand', expr: { kind: 'number', type: 'scalar', value, isDuration, start, end }, last });
}

function isOperand(name: string): boolean {
  switch (name) {
    case 'VectorSelector':
    case 'FunctionCall':
    case 'AggregateExpr':
    case 'ParenExpr':
    case 'StringLiteral':
    case 'NumberDurationLiteral':
      return true;
    default:
      return false;
  }
}

function buildOperand(source: BuildSource, place: TreePlace): Expr {
  const first = firstToken(source, place);
  const last = lastToken(source, place);
  const { start } = source.tokens[first]!;
  const { end } = source.tokens[last]!;
  switch (place.name) {
    case 'VectorSelector':
      return buildSelector(source, first, last);
    case 'FunctionCall':
      return buildCall(source, place, first, last);
    case 'AggregateExpr':
      return buildAggregate(source, place);
    case 'StringLiteral':
      return { kind: 'string', type: 'string', value: unquoted(source, source.tokens[first]!, first), start, end };
    default: {
      place.firstChild();
      const expr = buildExpr(source, place);
      place.parent();
      return { kind: 'paren', type: expr.type, expr, start, end };
    }
  }
}

function buildCall(source: BuildSource, place: TreePlace, first: number, last: number): Expr {
  place.firstChild();
  place.nextSibling();
  const args = buildArguments(source, place);
  place.parent();
  const token = source.tokens[first]!;
  const name = token.text;
  const { start } = token;
  const { end } = source.tokens[last]!;
  const signature = FUNCTIONS.get(name);
  if (signature === undefined) {
    source.report(`unknown function with name "${name}"`, token, last);
    return brokenExpr({ start, end });
  }
  if (signature.experimental && source.options.experimentalFunctions !== true) {
    source.report(`function "${name}" is not enabled`, token, last);
  }
  return { kind: 'call', type: signature.returns, name, args, start, end };
}

function buildArguments(source: BuildSource, place: TreePlace): readonly Expr[] {
  const args: Expr[] = [];
  if (!place.firstChild()) return args;
  do args.push(buildExpr(source, place));
  while (place.nextSibling());
  place.parent();
  return args;
}

const EXPERIMENTAL_FLAG = '--enable-feature=promql-experimental-functions';

function buildAggregate(source: BuildSource, place: TreePlace): Expr {
  const first = firstToken(source, place);
  const last = lastToken(source, place);
  const { start, word } = source.tokens[first]!;
  const aggregation = AGGREGATIONS.get(word)!;
  const { op } = aggregation;
  const span = { start, end: source.tokens[last]!.end };
  let args: readonly Expr[] = [];
  let labels: Labels | null = null;
  let keyword = '';
  let labelsLast = false;
  place.firstChild();
  while (place.nextSibling()) {
    labelsLast = place.name === 'AggregateModifier';
    if (labelsLast) {
      const at = firstToken(source, place);
      keyword = source.tokens[at]!.word;
      labels = readLabels(source, at + 1);
    } else {
      args = buildArguments(source, place);
    }
  }
  place.parent();
  // Without labels in front, Prometheus must look whether they follow.
  const moment = labels !== null ? last : last + 0.5;
  const problem = argumentsProblem(source, aggregation, args.length);
  if (problem !== null) {
    source.report(problem, span, moment);
    return brokenExpr(span);
  }
  const param = aggregation.param === null ? null : args[0]!;
  const expr = args[args.length - 1]!;
  const grouping = labels?.names ?? [];
  return { kind: 'aggregate', type: 'vector', op, param, expr, grouping, without: keyword === 'without', ...span };
}

function argumentsProblem(source: Source, { op, param, experimental }: Aggregation, count: number): string | null {
  if (count === 0) return 'no arguments for aggregate expression provided';
  if (experimental && source.options.experimentalFunctions !== true) {
    return `${op}() is experimental and must be enabled with ${EXPERIMENTAL_FLAG}`;
  }
  const expected = param === null ? 1 : 2;
  if (count === expected) return null;
  return `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${count}`;
}
