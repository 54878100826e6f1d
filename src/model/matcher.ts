// One condition on one label. Regular expressions are fully anchored RE2. A missing label is the empty string.
// Parsing and printing the text forms lives in matcher-parse.ts.
import type { Labels } from './labels.ts';
import { compareUtf8 } from './order.ts';
import { compileAnchored, type AnchoredRegex } from './regex.ts';

export type MatcherOp = '=' | '!=' | '=~' | '!~';

export type MadeMatcher =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly message: string };

export class Matcher {
  readonly name: string;
  readonly op: MatcherOp;
  readonly value: string;
  readonly #regex: AnchoredRegex | null;

  /** Throws on a bad pattern: for what people wrote there is `makeMatcher`. */
  constructor(name: string, op: MatcherOp, value: string) {
    this.name = name;
    this.op = op;
    this.value = value;
    this.#regex = null;
    if (op === '=~' || op === '!~') {
      const compiled = compileAnchored(value);
      if (!compiled.ok) throw new BadPattern(compiled.message);
      this.#regex = compiled.regex;
    }
  }

  get isRegex(): boolean {
    return this.#regex !== null;
  }

  get isEqual(): boolean {
    return this.op === '=' || this.op === '=~';
  }

  matchesValue(value: string): boolean {
    switch (this.op) {
      case '=':
        return value === this.value;
      case '!=':
        return value !== this.value;
      case '=~':
        return this.#regex!.test(value);
      case '!~':
        return !this.#regex!.test(value);
    }
  }

  matches(labels: Labels): boolean {
    return this.matchesValue(labels.get(this.name));
  }
}

/** The message is Go's text for the bad regular expression. */
export function makeMatcher(name: string, op: MatcherOp, value: string): MadeMatcher {
  try {
    return { ok: true, matcher: new Matcher(name, op, value) };
  } catch (error) {
    if (error instanceof BadPattern) return { ok: false, message: error.message };
    throw error;
  }
}

export const matchesAll = (matchers: readonly Matcher[], labels: Labels): boolean =>
  matchers.every((matcher) => matcher.matches(labels));

const OP_ORDER: Readonly<Record<MatcherOp, number>> = { '=': 0, '!=': 1, '=~': 2, '!~': 3 };

/** By name, value, operator: the order inside route keys. */
export function compareMatchers(a: Matcher, b: Matcher): number {
  return compareUtf8(a.name, b.name) || compareUtf8(a.value, b.value) || OP_ORDER[a.op] - OP_ORDER[b.op];
}

class BadPattern extends Error {
  override readonly name = 'BadPattern';
}
