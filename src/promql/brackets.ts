// What each bracket of a token list is for, seen from the tokens in front of it: arguments, label names, a duration,
// or grouping. Keywords and errors mean different things in each.
import type { Token } from './token.ts';
import { isName } from './token.ts';

export type Bracket = 'braces' | 'square' | 'arguments' | 'labels' | 'duration' | 'fill' | 'grouping';

export interface OpenBracket {
  readonly kind: Bracket;
  /** Of the bracket itself. */
  readonly token: number;
  /** Of the aggregation operator these arguments or labels belong to. */
  readonly aggregator: number | null;
}

const LABELS_FOLLOW = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const BELONGS_TO_AGGREGATE = new Set(['by', 'without']);
const EDGES = new Set(['anchored', 'smoothed']);
const MAY_BE_METRIC = new Set(['offset', 'by', 'without']);
const FUNCTION_WORDS = new Set(['start', 'end', 'step', 'range', 'max_of', 'min_of']);

/** Follows the brackets token by token. */
export class BracketStack {
  readonly #tokens: readonly Token[];
  readonly #open: OpenBracket[] = [];
  /** The aggregation operator whose labels were just closed, or that was just read. */
  #aggregator: number | null = null;
  /** Behind `offset`, and behind the signs that may follow it. */
  #durationNext = false;
  #operandBefore = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get innermost(): OpenBracket | null {
    return this.#open.at(-1) ?? null;
  }

  /** From the innermost out. */
  outwards(): readonly OpenBracket[] {
    return this.#open.toReversed();
  }

  /** The aggregation operator that waits for its labels or arguments. */
  get aggregator(): number | null {
    return this.#aggregator;
  }

  /** Whether a complete operand stands in front: then a name is an operator or a modifier, else it is a metric. */
  get operandBefore(): boolean {
    return this.#operandBefore;
  }

  get inDuration(): boolean {
    const kind = this.innermost?.kind;
    return kind === 'square' || kind === 'duration' || this.#durationNext;
  }

  take(index: number): void {
    const token = this.#tokens[index]!;
    const inside = this.innermost?.kind;
    if (token.word === '(' || token.word === '[' || token.word === '{') return this.#push(token, index);
    if (token.word === ')' || token.word === ']' || token.word === '}') return this.#pop();
    if (inside === 'braces' || inside === 'labels') return;
    const operandBefore = this.#operandBefore;
    const waiting = this.#aggregator;
    this.#aggregator = null;
    switch (token.kind) {
      case 'operator':
        this.#operandBefore = !operandBefore && isName(token);
        this.#durationNext &&= token.word === '+' || token.word === '-';
        return;
      case 'aggregator':
        this.#aggregator = index;
        this.#operandBefore = true;
        return;
      case 'keyword':
        this.#durationNext = token.word === 'offset' && operandBefore;
        if (BELONGS_TO_AGGREGATE.has(token.word)) this.#aggregator = waiting;
        this.#operandBefore = MAY_BE_METRIC.has(token.word) ? !operandBefore : EDGES.has(token.word);
        return;
      case 'mark':
        this.#operandBefore = false;
        return;
      default:
        this.#operandBefore = true;
        this.#durationNext &&= token.kind === 'preprocessor';
    }
  }

  #push(token: Token, index: number): void {
    const aggregator = this.#aggregator;
    this.#open.push({ kind: this.#purpose(token, index), token: index, aggregator });
    this.#aggregator = null;
    this.#operandBefore = false;
    this.#durationNext = false;
  }

  #purpose(token: Token, index: number): Bracket {
    if (token.word === '{') return 'braces';
    if (token.word === '[') return 'square';
    if (this.inDuration) return 'duration';
    const before = this.#tokens[index - 1];
    if (before === undefined) return 'grouping';
    if (LABELS_FOLLOW.has(before.word)) return 'labels';
    if (before.kind === 'keyword' && before.word.startsWith('fill')) return 'fill';
    if (this.#aggregator !== null || before.kind === 'identifier' || FUNCTION_WORDS.has(before.word)) {
      return 'arguments';
    }
    return 'grouping';
  }

  #pop(): void {
    const closed = this.#open.pop();
    const labels = closed?.kind === 'labels';
    const keyword = closed === undefined ? '' : (this.#tokens[closed.token - 1]?.word ?? '');
    this.#operandBefore = labels ? BELONGS_TO_AGGREGATE.has(keyword) : closed?.kind !== 'fill';
    this.#aggregator = labels ? closed.aggregator : null;
  }
}
