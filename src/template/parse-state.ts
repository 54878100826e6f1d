// The parser's place in the text: the token it looks at, the variables in scope, and how it complains. A complaint
// carries the line of the newest token the current body has asked for, as Go's does.
import { byteLength } from './bytes.ts';
import { KEYWORDS, lex, type Token, type TokenKind } from './lex.ts';
import type { Source } from './node.ts';
import { quote, unquote } from './quote.ts';

const MAX_NESTING = 400;

/** A mistake in the text: thrown at any depth, caught by `parse()`. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
  readonly line: number;
  readonly pos: number;
  readonly length: number;
  constructor(message: string, token: Token) {
    super(message);
    this.line = token.line;
    this.pos = token.pos;
    this.length = token.kind === 'error' || token.kind === 'eof' ? 1 : Math.max(1, token.text.length);
  }
}

/** What a body has of its own: a define or block inside a loop is not in that loop. */
export interface Scope {
  readonly variables: string[];
  rangeDepth: number;
  actionLine: number;
  newest: Token;
}

export class ParseState {
  readonly source: Source;
  readonly hasFunction: (name: string) => boolean;
  scope: Scope;
  readonly #declared: readonly string[];
  readonly #tokens: readonly Token[];
  #at = 0;
  #fetched = 0;
  #nesting = 0;

  constructor(source: Source, hasFunction: (name: string) => boolean, variables: readonly string[]) {
    this.source = source;
    this.hasFunction = hasFunction;
    this.#declared = variables;
    this.#tokens = lex(source.text);
    this.scope = this.newScope();
  }

  newScope(): Scope {
    const newest = this.#tokens[this.#at]!;
    return { variables: ['$', ...this.#declared], rangeDepth: 0, actionLine: 0, newest };
  }

  /** To come back to with `reset`. */
  get mark(): number {
    return this.#at;
  }

  reset(mark: number): void {
    this.#at = mark;
  }

  next(): Token {
    const token = this.peek();
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  peek(): Token {
    const token = this.#tokens[this.#at]!;
    if (this.#at >= this.#fetched) {
      this.#fetched = this.#at + 1;
      this.scope.newest = token;
    }
    return token;
  }

  nextNonSpace(): Token {
    let token = this.next();
    while (token.kind === 'space') token = this.next();
    return token;
  }

  peekNonSpace(): Token {
    while (this.peek().kind === 'space') this.next();
    return this.peek();
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
    return token;
  }

  unquoted(token: Token): string {
    return unquote(token.text) ?? this.fail('invalid syntax');
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return this.fail(`unexpected ${tokenText(token)} in ${context}`);
    const { actionLine } = this.scope;
    if (actionLine === 0 || actionLine === token.line) return this.fail(token.text);
    const started = `started at ${this.source.name}:${actionLine}`;
    return this.fail(`${token.text}${token.text.endsWith(' action') ? '' : ' in action'} ${started}`);
  }

  fail(message: string): never {
    throw new Mistake(message, this.scope.newest);
  }

  enter(): void {
    if (++this.#nesting > MAX_NESTING) this.fail(`nested more than ${MAX_NESTING} levels deep`);
  }

  leave(): void {
    this.#nesting--;
  }
}

/** A token as it appears in a complaint. */
function tokenText(token: Token): string {
  if (token.kind === 'eof') return 'EOF';
  if (KEYWORDS.has(token.kind) || token.kind === 'dot') return `<${token.text}>`;
  if (byteLength(token.text) <= 10) return quote(token.text);
  return `${quote([...token.text].slice(0, 10).join(''))}...`;
}
