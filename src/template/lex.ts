// Cuts a template text into tokens: text, and what stands between {{ and }}. Trim markers ({{- and -}}) and
// comments are dealt with here. A mistake becomes the last token, of kind `error`; the parser reports it.
import { isPrintable } from '../model/go-quote.ts';
import { quote } from './quote.ts';

export type TokenKind =
  | 'error'
  | 'eof'
  | 'text'
  | 'leftDelim'
  | 'rightDelim'
  | 'space'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'field'
  | 'identifier'
  | 'leftParen'
  | 'rightParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'string'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'block'
  | 'break'
  | 'continue'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'range'
  | 'template'
  | 'with';

export interface Token {
  readonly kind: TokenKind;
  readonly pos: number;
  readonly text: string;
  readonly line: number;
}

export function lex(text: string): readonly Token[] {
  return new Lexer(text).run();
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'nil',
  'template',
  'with',
]);

const LEFT = '{{';
const RIGHT = '}}';
const SPACE = ' \t\r\n';
const isSpace = (char: string | undefined): boolean => char !== undefined && char !== '' && SPACE.includes(char);
const WORD = /^[_\p{L}\p{Nd}]$/u;
const NOT_SPACE_END = /[^ \t\r\n]/;

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #start = 0;
  #pos = 0;
  #line = 1;
  #parens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    while (this.#outside() && this.#inside());
    return this.#tokens;
  }

  /** Text up to the next action or the end; true when an action was opened. */
  #outside(): boolean {
    for (;;) {
      const open = this.#text.indexOf(LEFT, this.#pos);
      this.#pos = open < 0 ? this.#text.length : open;
      const afterOpen = open + LEFT.length;
      const trims = open >= 0 && this.#text[afterOpen] === '-' && isSpace(this.#text[afterOpen + 1]);
      const end = this.#pos;
      if (trims) this.#pos = this.#trimmedEnd(this.#start, end);
      if (this.#pos > this.#start) this.#emit('text');
      this.#pos = end;
      this.#ignore();
      if (open < 0) {
        this.#emit('eof');
        return false;
      }
      this.#pos = afterOpen;
      const body = afterOpen + (trims ? 2 : 0);
      if (!this.#text.startsWith('/*', body)) {
        this.#emit('leftDelim');
        this.#pos = body;
        this.#ignore();
        this.#parens = 0;
        return true;
      }
      this.#pos = body;
      this.#ignore();
      if (!this.#comment()) return false;
    }
  }

  #comment(): boolean {
    const end = this.#text.indexOf('*/', this.#pos + 2);
    if (end < 0) return this.#fail('unclosed comment');
    this.#pos = end + 2;
    const trims = this.#atTrimmedRight();
    if (!trims && !this.#text.startsWith(RIGHT, this.#pos)) {
      return this.#fail('comment ends before closing delimiter');
    }
    this.#pos += RIGHT.length + (trims ? 2 : 0);
    if (trims) this.#skipSpace();
    this.#ignore();
    return true;
  }

  /** Tokens of one action; true when it was closed. */
  #inside(): boolean {
    for (;;) {
      const trims = this.#atTrimmedRight();
      if (trims || this.#text.startsWith(RIGHT, this.#pos)) {
        if (this.#parens > 0) return this.#fail('unclosed left paren');
        this.#rightDelim(trims);
        return true;
      }
      if (!this.#insideToken()) return false;
    }
  }

  #rightDelim(trims: boolean): void {
    if (trims) {
      this.#pos += 2;
      this.#ignore();
    }
    this.#pos += RIGHT.length;
    this.#emit('rightDelim');
    if (trims) {
      this.#skipSpace();
      this.#ignore();
    }
  }

  #insideToken(): boolean {
    const char = this.#next();
    switch (char) {
      case '':
        return this.#fail('unclosed action');
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        return this.#space();
      case '=':
        return this.#emit('assign');
      case ':':
        return this.#next() === '=' ? this.#emit('declare') : this.#fail('expected :=');
      case '|':
        return this.#emit('pipe');
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.#quoted("'", 'charConstant', 'unterminated character constant');
      case '`': {
        const end = this.#text.indexOf('`', this.#pos);
        if (end < 0) return this.#fail('unterminated raw quoted string');
        this.#pos = end + 1;
        return this.#emit('rawString');
      }
      case '$':
        return this.#fieldOrVariable('variable');
      case '.':
        if (/[0-9]/.test(this.#text[this.#pos] ?? '') || this.#pos >= this.#text.length) return this.#number();
        return this.#fieldOrVariable('field');
      case '(':
        this.#parens++;
        return this.#emit('leftParen');
      case ')':
        this.#parens--;
        return this.#parens < 0 ? this.#fail('unexpected right paren') : this.#emit('rightParen');
      default:
        if (/[-+0-9]/.test(char)) return this.#number();
        if (WORD.test(char)) return this.#identifier();
        if (/[\x20-\x7e]/.test(char)) return this.#emit('char');
        return this.#fail(`unrecognized character in action: ${unicodeName(char)}`);
    }
  }

  /** A run of space, less the last one when a trimming right delimiter begins with it. */
  #space(): boolean {
    while (isSpace(this.#text[this.#pos])) this.#pos++;
    if (this.#text[this.#pos] === '-' && this.#text.startsWith(RIGHT, this.#pos + 1)) {
      this.#pos--;
      if (this.#pos === this.#start) return true;
    }
    return this.#emit('space');
  }

  #identifier(): boolean {
    const bad = this.#word();
    if (bad !== null) return this.#fail(bad);
    const word = this.#text.slice(this.#start, this.#pos);
    if (KEYWORDS.has(word)) return this.#emit(keyword(word));
    return this.#emit(word === 'true' || word === 'false' ? 'bool' : 'identifier');
  }

  #fieldOrVariable(kind: 'field' | 'variable'): boolean {
    if (this.#atTerminator()) return this.#emit(kind === 'field' ? 'dot' : kind);
    const bad = this.#word();
    return bad === null ? this.#emit(kind) : this.#fail(bad);
  }

  /** The rest of a word; a complaint when something else than a terminator follows it. */
  #word(): string | null {
    let char = this.#next();
    while (char !== '' && WORD.test(char)) char = this.#next();
    this.#pos -= char.length;
    return this.#atTerminator() ? null : `bad character ${unicodeName(char)}`;
  }

  #atTerminator(): boolean {
    const char = this.#text[this.#pos];
    return char === undefined || isSpace(char) || '.,|:)('.includes(char) || this.#text.startsWith(RIGHT, this.#pos);
  }

  #quoted(mark: string, kind: TokenKind, complaint: string): boolean {
    for (;;) {
      let char = this.#next();
      if (char === '\\') {
        char = this.#next();
        if (char !== '' && char !== '\n') continue;
      }
      if (char === '' || char === '\n') return this.#fail(complaint);
      if (char === mark) return this.#emit(kind);
    }
  }

  #number(): boolean {
    this.#pos = this.#start;
    if (!this.#scanNumber()) return this.#badNumber();
    const sign = this.#text[this.#pos];
    if (sign !== '+' && sign !== '-') return this.#emit('number');
    if (!this.#scanNumber() || this.#text[this.#pos - 1] !== 'i') return this.#badNumber();
    return this.#emit('complex');
  }

  #badNumber(): boolean {
    return this.#fail(`bad number syntax: ${quote(this.#text.slice(this.#start, this.#pos))}`);
  }

  /** Accepts a little more than Go's numbers; the parser refuses the rest. */
  #scanNumber(): boolean {
    const rest = this.#text.slice(this.#pos);
    const shape =
      /^[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/.exec(
        rest,
      );
    this.#pos += shape === null ? 0 : shape[0].length;
    const following = this.#next();
    if (following !== '' && WORD.test(following)) return false;
    this.#pos -= following.length;
    return true;
  }

  #atTrimmedRight(): boolean {
    return isSpace(this.#text[this.#pos]) && this.#text.startsWith(`-${RIGHT}`, this.#pos + 1);
  }

  #skipSpace(): void {
    while (isSpace(this.#text[this.#pos])) this.#pos++;
  }

  #trimmedEnd(from: number, to: number): number {
    let end = to;
    while (end > from && !NOT_SPACE_END.test(this.#text[end - 1]!)) end--;
    return end;
  }

  /** The next code point, '' at the end. */
  #next(): string {
    const point = this.#text.codePointAt(this.#pos);
    if (point === undefined) return '';
    const char = String.fromCodePoint(point);
    this.#pos += char.length;
    return char;
  }

  #emit(kind: TokenKind): true {
    const text = this.#text.slice(this.#start, this.#pos);
    this.#tokens.push({ kind, pos: this.#start, text: kind === 'eof' ? 'EOF' : text, line: this.#line });
    this.#ignore();
    return true;
  }

  #fail(message: string): false {
    this.#tokens.push({ kind: 'error', pos: this.#start, text: message, line: this.#line });
    return false;
  }

  #ignore(): void {
    for (let i = this.#start; i < this.#pos; i++) if (this.#text[i] === '\n') this.#line++;
    this.#start = this.#pos;
  }
}

/** A keyword is its own token kind. */
function keyword(word: string): TokenKind {
  switch (word) {
    case 'block':
    case 'break':
    case 'continue':
    case 'define':
    case 'else':
    case 'end':
    case 'if':
    case 'range':
    case 'nil':
    case 'template':
    case 'with':
      return word;
    default:
      return 'identifier';
  }
}

function unicodeName(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  const hex = point.toString(16).toUpperCase().padStart(4, '0');
  return isPrintable(point) ? `U+${hex} '${char}'` : `U+${hex}`;
}
