// A PromQL expression to our syntax tree, or what is wrong with its syntax, in Prometheus' words and at its places.
// The structure comes from the official grammar, lezer-promql, which sees our tokens spelled plainly. Types are not
// checked here, just as Prometheus checks them only when it could read everything.
import { parser } from '@prometheus-io/lezer-promql';
import type { ParsedPromql, PromqlOptions, PromqlProblem } from './ast.ts';
import { BracketStack } from './brackets.ts';
import type { BuildSource } from './build.ts';
import { buildExpr, buildParts } from './build.ts';
import type { Lexed } from './lex.ts';
import { lex } from './lex.ts';
import { sizeProblem } from './size.ts';
import type { Finding } from './source.ts';
import { Findings } from './source.ts';
import { spell } from './spell.ts';
import { unexpected } from './syntax-error.ts';
import type { Token } from './token.ts';

const strict = parser.configure({ strict: true });

export function parsePromql(text: string, options: PromqlOptions = {}): ParsedPromql {
  const lexed = lex(text);
  const { tokens } = lexed;
  const tooBig = sizeProblem(text, tokens);
  if (tooBig !== null) return { ok: false, problems: [tooBig] };
  if (tokens.length === 0) return { ok: false, problems: [noExpression(text, lexed)] };
  const spelled = spell(tokens);
  const findings = new Findings();
  const source: BuildSource = {
    tokens,
    options,
    report: (message, span, moment) => findings.report(message, span, moment),
    tokenAt: (offset) => spelled.tokenAt[offset]!,
  };
  const tree = parseShape(spelled.text);
  const wrong = typeof tree === 'number' ? spelled.tokenAt[tree]! : tokens.length;
  if (typeof tree !== 'number' && lexed.failure === null) {
    const cursor = tree.cursor();
    cursor.firstChild();
    const expr = buildExpr(source, cursor);
    const problems = findings.problems(null);
    return problems.length === 0 ? { ok: true, expr } : { ok: false, problems };
  }
  const fatal = fatalFinding(text, lexed, wrong, findings);
  const readable = spelled.text.slice(0, spelled.tokenAt.indexOf(wrong));
  buildWhole(source, parser.parse(readable).cursor());
  return { ok: false, problems: findings.problems(fatal) };
}

function noExpression(text: string, { failure }: Lexed): PromqlProblem {
  if (failure === null) return { message: 'no expression found in input', start: 0, end: 0 };
  return { ...failure, end: text.length };
}

type Tree = ReturnType<typeof parser.parse>;
type TreeCursor = ReturnType<Tree['cursor']>;

/**
 * The tree, or the offset of the first token that fits nowhere: guesses at what was meant are not wanted. What is
 * spelled has no names and numbers any more, so that expressions share their shapes (430 of public packs have 169), and
 * reading those is a third of the time that loading takes.
 */
function parseShape(text: string): Tree | number {
  const known = SHAPES.get(text);
  if (known !== undefined) return known;
  const shape = parseStrictly(text);
  if (SHAPES.size >= MOST_SHAPES) SHAPES.clear();
  if (text.length <= LONGEST_SHAPE) SHAPES.set(text, shape);
  return shape;
}

const SHAPES = new Map<string, Tree | number>();
const MOST_SHAPES = 500;
const LONGEST_SHAPE = 1000;

function parseStrictly(text: string): Tree | number {
  const parse = strict.startParse(text);
  try {
    for (;;) {
      const tree = parse.advance();
      if (tree !== null) return tree;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return parse.parsedPos;
  }
}

function fatalFinding(text: string, { tokens, failure }: Lexed, index: number, findings: Findings): Finding {
  if (failure !== null && index >= tokens.length) {
    return { ...failure, end: text.length, moment: tokens.length - 0.75 };
  }
  const brackets = new BracketStack(tokens);
  for (let at = 0; at < index; at++) brackets.take(at);
  const token: Pick<Token, 'start' | 'end'> = tokens[index] ?? { start: text.length, end: text.length };
  const comma = tokens[index - 1];
  if (comma?.word === ',' && brackets.innermost?.kind === 'arguments') {
    const message = 'trailing commas not allowed in function call args';
    const { start, end } = comma;
    if (tokens[index]?.word === ')') return { message, start, end, moment: index - 0.5 };
    findings.report(message, comma, index - 0.5);
  }
  const { start, end } = token;
  return { message: unexpected(tokens, index, brackets), start, end, moment: index - 0.25 };
}

/** Builds whatever is whole in front of an error; true when the place itself is. */
function buildWhole(source: BuildSource, place: TreeCursor): boolean {
  if (place.type.isError) return false;
  const whole: TreeCursor[] = [];
  let allWhole = true;
  if (place.firstChild()) {
    do {
      if (buildWhole(source, place)) whole.push(place.node.cursor());
      else allWhole = false;
    } while (place.nextSibling());
    place.parent();
  }
  if (allWhole && !place.type.isTop) return true;
  for (const child of whole) buildParts(source, child);
  return false;
}
