// PromQL text to tokens, by Prometheus' rules and with its error texts. Owned here and not left to the grammar
// package, whose own tokens are an editor's: it takes other white space, refuses `1.` and `0x1_0`, and does not know
// a wrong escape from a right one. What a word means depends on the bracket it is in, so the brackets are followed.
import { lexNumberOrDuration } from './lex-number.ts';
import { quoteRune, stringEnd } from './lex-string.ts';
import type { Token, TokenKind } from './token.ts';
import { KEYWORDS } from './token.ts';

export interface LexFailure {
  readonly message: string;
  readonly start: number;
}

export interface Lexed {
  readonly tokens: readonly Token[];
  /** Where reading stopped; the tokens are those in front of it. */
  readonly failure: LexFailure | null;
}

const SPACE = /[ \t\n\r]*/y;
const WORD = /[a-zA-Z0-9_:]*/y;
const NAME = /[a-zA-Z0-9_]*/y;
const LETTERS = /[a-zA-Z_]*/y;
const COMMENT = /#[^\r\n]*/y;
const OPENS_PAREN = /[ \t\n\r]*\(/y;
const DURATION_WORDS = new Set(['step', 'range', 'max_of', 'min_of']);

export function lex(text: string): Lexed {
  return new Lexer(text).run();
}

type Place = 'expression' | 'braces' | 'duration';

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #place: Place = 'expression';
  #parens = 0;
  #inBrackets = false;
  #colonSeen = false;
  /** Never reset: a colon is only complained about here while there was no range at all. */
  #durationSeen = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Lexed {
    let failure: LexFailure | null | 'end' = null;
    while (failure === null) {
      this.#at = matchEnd(SPACE, this.#text, this.#at);
      failure = this.#place === 'braces' ? this.#inBraces() : this.#next();
    }
    return { tokens: this.#tokens, failure: failure === 'end' ? null : failure };
  }

  #next(): LexFailure | null | 'end' {
    return this.#place === 'duration' ? this.#inDuration() : this.#inExpression();
  }

  #inExpression(): LexFailure | null | 'end' {
    const text = this.#text;
    const at = this.#at;
    if (at >= text.length) {
      if (this.#parens !== 0) return this.#fail('unclosed left parenthesis');
      return this.#inBrackets ? this.#fail('unclosed left bracket') : 'end';
    }
    const char = text.charAt(at);
    if (isLetter(char) || char === ':') return this.#inBrackets ? this.#wordInBrackets(char) : this.#word();
    if (isDigit(char) || (char === '.' && isDigit(text.charAt(at + 1)))) return this.#number();
    switch (char) {
      case '#':
        this.#at = matchEnd(COMMENT, text, at);
        return null;
      case '"':
      case "'":
      case '`':
        return this.#string();
      case '*':
      case '/':
      case '%':
      case '+':
      case '-':
      case '^':
      case '@':
        return this.#emit('operator', 1);
      case '=':
        if (text[at + 1] === '=') return this.#emit('operator', 2);
        if (text[at + 1] === '~') return this.#fail(`unexpected character after '=': '~'`);
        return this.#emit('mark', 1);
      case '!':
        if (text[at + 1] === '=') return this.#emit('operator', 2);
        return this.#fail(`unexpected character after '!': ${quoteRune(text, at + 1)}`);
      case '<':
      case '>':
        return this.#emit('operator', text[at + 1] === '=' || text[at + 1] === '/' ? 2 : 1);
      case '(':
      case ')':
        return this.#paren(char);
      case ',':
        return this.#emit('mark', 1);
      case '{':
        this.#place = 'braces';
        return this.#emit('mark', 1);
      case '[':
        if (this.#inBrackets) return this.#fail(`unexpected left bracket '['`);
        this.#inBrackets = true;
        this.#colonSeen = false;
        this.#place = 'duration';
        return this.#emit('mark', 1);
      case ']':
        if (!this.#inBrackets) return this.#fail(`unexpected right bracket ']'`);
        this.#inBrackets = false;
        return this.#emit('mark', 1);
      default:
        return this.#fail(`unexpected character: ${quoteRune(text, at)}`);
    }
  }

  #inBraces(): LexFailure | null {
    const text = this.#text;
    const at = this.#at;
    if (at >= text.length) return this.#fail('unexpected end of input inside braces');
    const char = text.charAt(at);
    if (isLetter(char)) return this.#emit('identifier', matchEnd(NAME, text, at) - at);
    switch (char) {
      case '#':
        this.#at = matchEnd(COMMENT, text, at);
        return null;
      case '"':
      case "'":
      case '`':
        return this.#string();
      case ',':
        return this.#emit('mark', 1);
      case '=':
        return text[at + 1] === '~' ? this.#emit('operator', 2) : this.#emit('mark', 1);
      case '!':
        if (text[at + 1] === '~' || text[at + 1] === '=') return this.#emit('operator', 2);
        return this.#fail(`unexpected character after '!' inside braces: ${quoteRune(text, at + 1)}`);
      case '{':
        return this.#fail(`unexpected left brace '{'`);
      case '}':
        this.#place = 'expression';
        return this.#emit('mark', 1);
      default:
        return this.#fail(`unexpected character inside braces: ${quoteRune(text, at)}`);
    }
  }

  /** Between `[` and its first number, and from there as long as only signs and durations follow. */
  #inDuration(): LexFailure | null {
    const text = this.#text;
    const at = this.#at;
    if (at >= text.length) return this.#fail('unexpected end of input in duration expression');
    const char = text.charAt(at);
    if (isDigit(char) || (char === '.' && isDigit(text.charAt(at + 1)))) {
      this.#durationSeen = true;
      this.#place = 'expression';
      return this.#number();
    }
    switch (char) {
      case ']':
        this.#inBrackets = false;
        this.#colonSeen = false;
        this.#place = 'expression';
        return this.#emit('mark', 1);
      case ':':
        this.#at += 1;
        if (!this.#durationSeen) return this.#fail('unexpected colon before duration in duration expression');
        if (this.#colonSeen) return this.#fail('unexpected repeated colon in duration expression');
        this.#colonSeen = true;
        this.#at -= 1;
        return this.#emit('mark', 1);
      case '(':
      case ')':
        return this.#paren(char);
      case ',':
        return this.#emit('mark', 1);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
        return this.#emit('operator', 1);
      default:
        if (this.#durationWord()) return null;
        return this.#fail(`unexpected character in duration expression: ${quoteRune(text, at)}`);
    }
  }

  #wordInBrackets(char: string): LexFailure | null {
    if (char === ':') {
      if (this.#colonSeen) return this.#fail(`unexpected colon ':'`);
      this.#colonSeen = true;
      return this.#emit('mark', 1);
    }
    return this.#durationWord() ? null : this.#fail(`unexpected character: '${char}', expected ':'`);
  }

  #durationWord(): boolean {
    const length = matchEnd(LETTERS, this.#text, this.#at) - this.#at;
    const word = this.#text.substr(this.#at, length).toLowerCase();
    if (!DURATION_WORDS.has(word)) return false;
    this.#emit('preprocessor', length, word);
    return true;
  }

  #word(): null {
    const end = matchEnd(WORD, this.#text, this.#at);
    const text = this.#text.slice(this.#at, end);
    const word = text.toLowerCase();
    const kind = KEYWORDS.get(word);
    // `fill` and its kind are keywords only in front of a parenthesis: metrics had these names first.
    if (kind === undefined || (word.startsWith('fill') && !opensParenAt(this.#text, end))) {
      return this.#emit(text.includes(':') ? 'metric' : 'identifier', text.length);
    }
    return this.#emit(kind, text.length, kind === 'number' ? '' : word);
  }

  #number(): LexFailure | null {
    const read = lexNumberOrDuration(this.#text, this.#at);
    if (read.kind === 'bad') return this.#fail(read.message);
    return this.#emit(read.kind, read.end - this.#at);
  }

  #string(): LexFailure | null {
    const end = stringEnd(this.#text, this.#at);
    return typeof end === 'string' ? this.#fail(end) : this.#emit('string', end - this.#at);
  }

  #paren(char: string): LexFailure | null {
    if (char === '(') {
      this.#parens += 1;
    } else if (this.#parens === 0) {
      this.#at += 1; // Prometheus says so behind it.
      return this.#fail(`unexpected right parenthesis ')'`);
    } else {
      this.#parens -= 1;
    }
    return this.#emit('mark', 1);
  }

  #emit(kind: TokenKind, length: number, word?: string): null {
    const start = this.#at;
    const end = start + length;
    const text = this.#text.slice(start, end);
    const fixed = kind === 'operator' || kind === 'mark' ? text : '';
    this.#tokens.push({ kind, word: word ?? fixed, text, start, end });
    this.#at = end;
    return null;
  }

  #fail(message: string): LexFailure {
    return { message, start: this.#at };
  }
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function opensParenAt(text: string, at: number): boolean {
  OPENS_PAREN.lastIndex = at;
  return OPENS_PAREN.test(text);
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char !== '';
const isLetter = (char: string): boolean =>
  (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';
