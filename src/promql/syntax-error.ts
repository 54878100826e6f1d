// What Prometheus says of a token that fits nowhere: "unexpected" and what it is, and where it can tell, in which
// part of the expression and what it expected there.
import type { BracketStack, OpenBracket } from './brackets.ts';
import type { Token } from './token.ts';
import { describeToken } from './token.ts';

const DURATION = 'number, duration, step(), or range()';

/** `brackets` has taken the tokens in front of `index`. */
export function unexpected(tokens: readonly Token[], index: number, brackets: BracketStack): string {
  return `unexpected ${describeToken(tokens[index] ?? null)}${context(tokens, index, brackets)}`;
}

function context(tokens: readonly Token[], index: number, brackets: BracketStack): string {
  const pending = pendingContext(tokens, index, brackets);
  if (pending !== null) return pending;
  if (brackets.aggregator !== null && tokens[index - 1]?.kind !== 'aggregator') return ' in aggregation';
  for (const bracket of brackets.outwards()) {
    const found = bracketContext(tokens, index, bracket);
    if (found !== null) return found;
  }
  return '';
}

/** Of a keyword that waits for what belongs to it. */
function pendingContext(tokens: readonly Token[], index: number, brackets: BracketStack): string | null {
  const kind = brackets.innermost?.kind;
  if (kind === 'braces' || kind === 'labels' || kind === 'square') return null;
  const before = tokens[index - 1];
  if (before === undefined) return null;
  if (needsLabels(tokens, index - 1, brackets)) return ' in grouping opts, expected "("';
  const introducer = introducerAt(tokens, index - 1);
  // A metric may be called offset.
  return introducer === 'offset' && !brackets.inDuration ? null : introducerContext(introducer);
}

function needsLabels(tokens: readonly Token[], at: number, brackets: BracketStack): boolean {
  const { word } = tokens[at]!;
  if (word === 'on' || word === 'ignoring' || word === 'group_left' || word === 'group_right') return true;
  return (word === 'by' || word === 'without') && !brackets.operandBefore;
}

/** Back over the signs and the `start` or `step` that may stand between `offset` or `@` and the token. */
function introducerAt(tokens: readonly Token[], from: number): string {
  let at = from;
  if (tokens[at]!.kind === 'preprocessor') at -= 1;
  while (tokens[at]?.word === '+' || tokens[at]?.word === '-') at -= 1;
  return tokens[at]?.word ?? '';
}

function introducerContext(word: string): string | null {
  if (word === '@') return ' in @, expected timestamp';
  return word === 'offset' ? ` in offset, expected ${DURATION}` : null;
}

function bracketContext(tokens: readonly Token[], index: number, bracket: OpenBracket): string | null {
  switch (bracket.kind) {
    case 'braces':
      return ` in label matching, expected ${matcherExpectation(tokens, index)}`;
    case 'labels':
      return ` in grouping opts, expected ${tokens[index - 1]!.kind === 'mark' ? 'label' : '"," or ")"'}`;
    case 'square':
      return squareContext(tokens, index, bracket.token);
    case 'arguments':
      if (bracket.aggregator !== null) return ' in aggregation';
      return introducerContext(introducerAt(tokens, bracket.token - 1));
    case 'duration':
      return introducerContext(introducerAt(tokens, bracket.token - 1));
    case 'fill':
    case 'grouping':
      return null;
  }
}

function matcherExpectation(tokens: readonly Token[], index: number): string {
  const before = tokens[index - 1]!;
  if (before.word === '{' || before.word === ',') return 'identifier or "}"';
  if (before.kind === 'identifier') return 'label matching operator';
  return before.kind === 'string' ? '"," or "}"' : 'string';
}

function squareContext(tokens: readonly Token[], index: number, open: number): string {
  let colon = -1;
  let depth = 0;
  for (let at = open + 1; at < index; at++) {
    const { word } = tokens[at]!;
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    else if (word === ':') colon = at;
  }
  const before = tokens[index - 1]!;
  const complete = depth === 0 && (before.kind === 'number' || before.kind === 'duration' || before.word === ')');
  if (colon === -1) {
    return complete
      ? ' in subquery or range, expected ":" or "]"'
      : ` in subquery or range selector, expected ${DURATION}`;
  }
  return complete
    ? ' in subquery selector, expected "]"'
    : ' in subquery selector, expected number, duration, step(), range(), or "]"';
}
