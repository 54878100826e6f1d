// How big an expression may be. Prometheus has no such limits, but the grammar package has: where too much is open
// at the same time it reports errors that are none.
import type { PromqlProblem } from './ast.ts';
import type { Token } from './token.ts';

export const LONGEST_EXPRESSION = 65_536;
/** Operators in a row, and those left of each open bracket, and the brackets. */
export const MOST_OPEN = 500;

export function sizeProblem(text: string, tokens: readonly Token[]): PromqlProblem | null {
  if (text.length > LONGEST_EXPRESSION) {
    return { message: `expression is longer than ${LONGEST_EXPRESSION} characters`, start: 0, end: text.length };
  }
  const levels: number[] = [];
  let open = 0;
  for (const { word, kind, start, end } of tokens) {
    if (word === '(' || word === '[' || word === '{') {
      levels.push(open);
      open += 1;
    } else if (word === ')' || word === ']' || word === '}') {
      open = levels.pop() ?? open;
    } else if (word === ',') {
      open = (levels.at(-1) ?? open - 1) + 1;
    } else if (kind === 'operator' || word === 'offset') {
      open += 1;
    }
    if (open > MOST_OPEN) {
      return { message: `expression is too deep: more than ${MOST_OPEN} operators and brackets are open`, start, end };
    }
  }
  return null;
}
