// Regular expressions that people write, anchored at both ends: RE2 through re2js, so a hostile pattern costs
// linear time. Upstream compiles `^(?:pattern)$` and its errors show that; so do ours.
import { RE2JS, RE2JSException } from 're2js';

export interface AnchoredRegex {
  test(text: string): boolean;
}

export type CompiledRegex =
  | { readonly ok: true; readonly regex: AnchoredRegex }
  | { readonly ok: false; readonly message: string };

const LONGEST_PATTERN = 65_536;

/** `message` is Go's: error parsing regexp: missing closing ): `^(?:()$`. */
export function compileAnchored(pattern: string): CompiledRegex {
  if (pattern.length > LONGEST_PATTERN) {
    return { ok: false, message: `regular expression is longer than ${LONGEST_PATTERN} characters` };
  }
  // The bare pattern matches faster than the wrapped one. Three kinds need the wrapped: an invalid pattern (for
  // its message), `a)(b` (valid only when wrapped, and then it means that), and an open \Q, which swallows the
  // closing parenthesis.
  if (!pattern.includes('\\Q')) {
    const bare = compile(pattern);
    if (bare instanceof RE2JS)
      return { ok: true, regex: { test: withBounds(pattern, (text) => bare.testExact(text)) } };
  }
  const wrapped = compile(`^(?:${pattern})$`);
  if (typeof wrapped === 'string') return { ok: false, message: wrapped };
  return { ok: true, regex: { test: (text) => wrapped.test(text) } };
}

const SPECIAL = /[.[\](){}*+?^$\\|]/;
const QUANTIFIERS = '*+?{';

/**
 * Most patterns begin or end with plain text, and most texts do not: asking for that first is a twentieth of the
 * price. Nothing is asked where alternatives, flags or a backslash make it hard to say what is plain.
 */
function withBounds(pattern: string, matches: (text: string) => boolean): (text: string) => boolean {
  if (pattern.includes('|') || pattern.includes('(?')) return matches;
  const first = pattern.search(SPECIAL);
  if (first === -1) return (text) => text === pattern;
  // What a quantifier follows may be absent; a pair of surrogates is one character to it.
  const prefix = QUANTIFIERS.includes(pattern[first]!)
    ? pattern.slice(0, Math.max(0, first - 2))
    : pattern.slice(0, first);
  const suffix = pattern.includes('\\') ? '' : /[^.[\](){}*+?^$]*$/.exec(pattern)![0];
  if (prefix === '' && suffix === '') return matches;
  return (text) => text.startsWith(prefix) && text.endsWith(suffix) && matches(text);
}

export interface Match {
  readonly start: number;
  readonly end: number;
  /** Numbered and named groups; null when a group took no part, or there is none of that name. */
  readonly group: (group: number | string) => string | null;
}

export interface SearchRegex {
  /** A match anywhere in the text. */
  test(text: string): boolean;
  matches(text: string): Iterable<Match>;
}

export type CompiledSearch =
  | { readonly ok: true; readonly regex: SearchRegex }
  | { readonly ok: false; readonly message: string };

const COMPILED = new Map<string, CompiledSearch>();
const MOST_COMPILED = 200;

/** Not anchored, as templates and Go's regexp package search. Compiled once: templates use the same few again. */
export function compileRegex(pattern: string): CompiledSearch {
  const known = COMPILED.get(pattern);
  if (known !== undefined) return known;
  const compiled = compileSearch(pattern);
  if (COMPILED.size >= MOST_COMPILED) COMPILED.clear();
  COMPILED.set(pattern, compiled);
  return compiled;
}

function compileSearch(pattern: string): CompiledSearch {
  if (pattern.length > LONGEST_PATTERN) {
    return { ok: false, message: `regular expression is longer than ${LONGEST_PATTERN} characters` };
  }
  const regex = compile(pattern);
  if (typeof regex === 'string') return { ok: false, message: regex };
  const groups = regex.groupCount();
  return {
    ok: true,
    regex: {
      test: (text) => regex.test(text),
      *matches(text) {
        const matcher = regex.matcher(text);
        while (matcher.find()) {
          yield {
            start: matcher.start(),
            end: matcher.end(),
            group: (group) => {
              if (typeof group === 'number') return group <= groups ? matcher.group(group) : null;
              return Object.hasOwn(regex.namedGroups(), group) ? matcher.group(group) : null;
            },
          };
        }
      },
    },
  };
}

function compile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    // re2js leaves the expression out of these two messages, Go does not.
    return /nests too deeply$|too large$/.test(error.message) ? `${error.message}: \`${pattern}\`` : error.message;
  }
}
