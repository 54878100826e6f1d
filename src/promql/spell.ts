// Tokens, spelled for the grammar of lezer-promql: each by one plain word of its kind (`a`, `1`, `""`, `abs`), so that
// the tree says only how they hang together. That grammar is made for editors: it knows functions by a list of
// names, refuses numbers that Prometheus takes (`1.`), and takes white space and keywords that Prometheus refuses.
import { BracketStack } from './brackets.ts';
import type { Token } from './token.ts';
import { isName } from './token.ts';

export interface Spelled {
  readonly text: string;
  /** For each character of `text` the token it belongs to, or that follows; behind the last: their number. */
  readonly tokenAt: Uint16Array | Uint32Array;
}

/**
 * How operators bind is not asked of the grammar. Of all, `^` is the one it reads longest rows of: it closes none of
 * them before the last operand.
 */
const ANY_BINARY = '^';
/** A word that is right nowhere. */
const WRONG = '=';
const METRIC_UNLESS_BEHIND = new Set(['offset', 'anchored', 'smoothed']);

export function spell(tokens: readonly Token[]): Spelled {
  const brackets = new BracketStack(tokens);
  let text = '';
  let before = '';
  const ends: number[] = [];
  for (const [index, token] of tokens.entries()) {
    const word = spellToken(token, tokens[index + 1], tokens[index - 1], brackets);
    if (needsSpace(before, word)) text += ' ';
    before = word;
    text += word;
    ends.push(text.length);
    brackets.take(index);
  }
  const tokenAt = tokens.length < 0xffff ? new Uint16Array(text.length + 1) : new Uint32Array(text.length + 1);
  for (let at = 0, index = 0; at <= text.length; at++) {
    while (index < tokens.length && at >= ends[index]!) index += 1;
    tokenAt[at] = index;
  }
  return { text, tokenAt };
}

function spellToken(token: Token, next: Token | undefined, before: Token | undefined, brackets: BracketStack): string {
  const inside = brackets.innermost?.kind;
  if (inside === 'labels' && isName(token)) return token.word === 'without' ? WRONG : 'a';
  switch (token.kind) {
    case 'number':
    case 'duration':
      return '1';
    case 'string':
      return '""';
    case 'mark':
      return token.word;
    case 'metric':
      return 'a';
    case 'identifier':
      return inside !== 'braces' && inside !== 'labels' && next?.word === '(' ? 'abs' : 'a';
    case 'operator':
      if (inside === 'braces' || brackets.inDuration || token.word === '@') return token.word;
      if (brackets.operandBefore) return ANY_BINARY;
      if (token.word === 'atan2') return WRONG;
      return isName(token) ? 'a' : token.word;
    case 'aggregator':
      return 'sum';
    case 'preprocessor':
      if (before?.word === '@' || brackets.inDuration) return token.word;
      return next?.word === '(' ? 'abs' : 'a';
    case 'keyword':
      return METRIC_UNLESS_BEHIND.has(token.word) && !brackets.operandBefore ? 'a' : token.word;
  }
}

const needsSpace = (before: string, word: string): boolean =>
  (isWordy(before) && isWordy(word)) || ('=!<>'.includes(before.slice(-1)) && /^[=~/]/.test(word));

const isWordy = (word: string): boolean => /^\w/.test(word);
