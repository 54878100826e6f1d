// Selectors from their tokens: the name, and the matchers in braces. A pattern that is no regular expression is
// found here, as in Prometheus' parser.
import type { LabelMatcher, MatchOp, VectorSelector } from './ast.ts';
import { patternProblem } from './pattern.ts';
import type { Source } from './source.ts';
import type { Token } from './token.ts';
import { unquoteString } from './lex-string.ts';

/** The tokens from `first` to `last`: `name`, `name{…}` or `{…}`. */
export function buildSelector(source: Source, first: number, last: number): VectorSelector {
  const head = source.tokens[first]!;
  const named = head.word !== '{';
  const matchers: LabelMatcher[] = [];
  for (let index = named ? first + 2 : first + 1; index < last; index += 2) {
    const hasValue = index + 2 < last && source.tokens[index + 1]!.word !== ',';
    matchers.push(buildMatcher(source, index, hasValue ? index + 2 : index));
    if (hasValue) index += 2;
  }
  return {
    kind: 'selector',
    type: 'vector',
    name: named ? head.text : null,
    matchers,
    offset: 0,
    at: null,
    edge: null,
    start: head.start,
    end: source.tokens[last]!.end,
  };
}

const MATCH_OPS: ReadonlyMap<string, MatchOp> = new Map([
  ['=', '='],
  ['!=', '!='],
  ['=~', '=~'],
  ['!~', '!~'],
]);

/** `name="value"`, `"quoted name"="value"`, or a metric's name alone: `"quoted name"`. */
export function buildMatcher(source: Source, first: number, last: number): LabelMatcher {
  const head = source.tokens[first]!;
  const name = head.kind === 'string' ? unquoted(source, head, first) : head.text;
  if (last === first) return { name: '__name__', op: '=', value: name };
  const op = MATCH_OPS.get(source.tokens[first + 1]!.word)!;
  const tail = source.tokens[last]!;
  const value = unquoted(source, tail, last);
  if (op === '=~' || op === '!~') {
    const problem = patternProblem(value);
    if (problem !== null) source.report(problem, { start: head.start, end: tail.end }, last);
  }
  return { name, op, value };
}

export function unquoted(source: Source, token: Token, moment: number): string {
  const text = unquoteString(token.text);
  if (text !== null) return text;
  source.report('string is not valid UTF-8', token, moment);
  return '';
}
