// The UTF-8 matcher grammar: `{name=value, "any name"=~"quoted"}`, braces optional, a last comma fine. Names and
// values are bare (no white space, none of the reserved characters) or double-quoted with Go's escapes. Error
// texts and their columns (counted in characters, `from:to`) are upstream's.
import { goUnquote } from './go-quote.ts';
import { isSpace } from './go-space.ts';
import { makeMatcher, type Matcher, type MatcherOp } from './matcher.ts';
import type { MatcherFailure, ParsedList } from './matcher-failure.ts';

/** What neither a bare name nor a bare value may hold. */
export const RESERVED = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000{}!=~,\\"'`]/;

export function parseUtf8(text: string): ParsedList {
  const parser = new Parser(text);
  try {
    return { ok: true, matchers: parser.parse() };
  } catch (error) {
    if (error instanceof Refused) return error.failure;
    throw error;
  }
}

interface Token {
  readonly kind: '{' | '}' | ',' | 'operator' | 'quoted' | 'bare' | 'end';
  readonly text: string;
  /** Where it starts in the text, in UTF-16 units. */
  readonly start: number;
  /** Columns: how many characters come before its first and after its last. */
  readonly from: number;
  readonly to: number;
}

/** Ends a parse; never leaves this file. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly failure: MatcherFailure;

  constructor(message: string, start: number, length: number) {
    super(message);
    this.failure = { ok: false, message, offset: start, length: Math.max(1, length) };
  }
}

class Parser {
  readonly #text: string;
  #at = 0;
  #column = 0;
  #ahead: Token | null = null;
  /** The column after the last token taken. */
  #taken = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Matcher[] {
    const matchers: Matcher[] = [];
    const braced = this.#peek().kind === '{';
    if (braced) this.#take();
    if (this.#peek().kind !== '}' && (braced || this.#peek().kind !== 'end')) this.#matchers(matchers);
    this.#close(braced);
    const rest = this.#peek('expected end of input');
    if (rest.kind !== 'end') throw this.#refuse(rest, `${span(rest)}: ${rest.text}: expected end of input`);
    return matchers;
  }

  #matchers(into: Matcher[]): void {
    if (this.#peek().kind === 'end') return; // `{` alone: the close brace is what is missing
    for (;;) {
      into.push(this.#matcher());
      const after = this.#peek('expected a comma or close brace');
      if (after.kind === 'end' || after.kind === '}') return;
      if (after.kind !== ',') throw this.#unexpected(after, 'expected a comma or close brace');
      this.#take();
      const next = this.#peek('expected a matcher or close brace after comma');
      if (next.kind === 'end' || next.kind === '}') return;
      if (next.kind !== 'bare' && next.kind !== 'quoted') {
        throw this.#unexpected(next, 'expected a matcher or close brace after comma');
      }
    }
  }

  #matcher(): Matcher {
    const name = this.#unquote(this.#expect(['quoted', 'bare'], 'expected label name'));
    const operator = this.#expect(['operator'], "expected an operator such as '=', '!=', '=~' or '!~'");
    const value = this.#expect(['quoted', 'bare'], 'expected label value');
    const made = makeMatcher(name, operator.text as MatcherOp, this.#unquote(value));
    if (!made.ok) throw this.#refuse(value, `failed to create matcher: ${made.message}`);
    return made.matcher;
  }

  #close(braced: boolean): void {
    if (braced) {
      const token = this.#peek('expected close brace', `0:${this.#taken}: `);
      if (token.kind === '}') this.#take();
      else {
        const found = token.kind === 'end' ? 'end of input' : `${span(token)}: unexpected ${token.text}`;
        throw this.#refuse(token, `0:${this.#taken}: ${found}: expected close brace`);
      }
    } else if (this.#peek().kind === '}') {
      const token = this.#take();
      throw this.#refuse(token, `0:${token.to}: }: expected opening brace`);
    }
  }

  #expect(kinds: readonly Token['kind'][], wanted: string): Token {
    const token = this.#peek(wanted);
    if (!kinds.includes(token.kind)) throw this.#unexpected(token, wanted);
    return this.#take();
  }

  #unexpected(token: Token, wanted: string): Refused {
    const found = token.kind === 'end' ? 'end of input' : `${span(token)}: unexpected ${token.text}`;
    return this.#refuse(token, `${found}: ${wanted}`);
  }

  #refuse(token: Token, message: string): Refused {
    return new Refused(message, token.start, token.text.length);
  }

  #unquote(token: Token): string {
    if (token.kind === 'bare') return token.text;
    const text = goUnquote(token.text);
    if (text === null) throw this.#refuse(token, `${span(token)}: ${token.text}: invalid input`);
    return text;
  }

  #take(): Token {
    const token = this.#peek();
    this.#ahead = null;
    this.#taken = token.to;
    return token;
  }

  /** `wanted` ends the message, `lead` begins it, if the text cannot be read on. */
  #peek(wanted?: string, lead = ''): Token {
    return (this.#ahead ??= this.#scan(lead, wanted === undefined ? '' : `: ${wanted}`));
  }

  #scan(lead: string, tail: string): Token {
    const text = this.#text;
    while (this.#at < text.length && isSpace(text.charAt(this.#at))) this.#step(1);
    const start = this.#at;
    const from = this.#column;
    const first = text.charAt(start);
    const token = (kind: Token['kind'], length: number): Token => {
      this.#step(length);
      return { kind, text: text.slice(start, this.#at), start, from, to: this.#column };
    };
    const broken = (length: number, why: string): Refused => {
      this.#step(length);
      return new Refused(`${lead}${from}:${this.#column}: ${why}${tail}`, start, length);
    };
    switch (first) {
      case '':
        return { kind: 'end', text: '', start, from, to: from };
      case '{':
      case '}':
      case ',':
        return token(first, 1);
      case '=':
        return token('operator', text.charAt(start + 1) === '~' ? 2 : 1);
      case '!': {
        const second = text.charAt(start + 1);
        if (second === '=' || second === '~') return token('operator', 2);
        throw broken(1, `${second === '' ? 'unexpected end of input,' : '!:'} expected one of '=~'`);
      }
      case '"': {
        const length = quotedLength(text, start);
        if (length === null) throw broken(text.length - start, `${text.slice(start)}: missing end "`);
        return token('quoted', length);
      }
      case '~':
      case '\\':
      case "'":
      case '`':
        throw broken(1, `${first}: invalid input`);
      default: {
        const length = text.slice(start).search(RESERVED);
        return token('bare', length === -1 ? text.length - start : length);
      }
    }
  }

  /** Forward by UTF-16 units, counting characters. */
  #step(units: number): void {
    const end = this.#at + units;
    while (this.#at < end) {
      this.#at += this.#text.codePointAt(this.#at)! > 0xffff ? 2 : 1;
      this.#column += 1;
    }
  }
}

const span = (token: Token): string => `${token.from}:${token.to}`;

function quotedLength(text: string, start: number): number | null {
  for (let i = start + 1; i < text.length; i++) {
    if (text.charAt(i) === '\\') i++;
    else if (text.charAt(i) === '"') return i + 1 - start;
  }
  return null;
}
