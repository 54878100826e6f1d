// Matchers as text: which of the two grammars reads it, and how a matcher is written back. In fallback mode both
// read it; where only the classic one can, or they differ, the classic meaning holds and a warning says so.
import { goQuote } from './go-quote.ts';
import { parseClassic, parseClassicMatcher } from './matcher-classic.ts';
import type { MatcherFailure, ParsedList } from './matcher-failure.ts';
import { parseUtf8, RESERVED } from './matcher-utf8.ts';
import type { Matcher } from './matcher.ts';

/** Upstream's feature flags: none, `classic-mode`, `utf8-strict-mode`. */
export type MatcherMode = 'fallback' | 'classic' | 'utf8';

export interface MatcherWarning {
  readonly kind: 'classic-only' | 'disagreement';
  readonly message: string;
}

export type ParsedMatchers =
  | { readonly ok: true; readonly matchers: readonly Matcher[]; readonly warning?: MatcherWarning }
  | MatcherFailure;

export type ParsedMatcher =
  | { readonly ok: true; readonly matcher: Matcher; readonly warning?: MatcherWarning }
  | MatcherFailure;

const LONGEST_MATCHERS = 65_536;

/** Zero or more matchers: config files, `receiver_matchers`. */
export function parseMatchers(text: string, mode: MatcherMode): ParsedMatchers {
  if (text.length > LONGEST_MATCHERS) return tooLong();
  if (mode === 'classic') return parseClassic(text);
  const utf8 = parseUtf8(text);
  if (mode === 'utf8') return utf8;
  return reconcile(text, utf8, parseClassic(text));
}

/** Exactly one matcher, without braces: the API's `filter`, arguments of the command line. */
export function parseMatcher(text: string, mode: MatcherMode): ParsedMatcher {
  if (text.length > LONGEST_MATCHERS) return tooLong();
  const classic = (): ParsedList => {
    const parsed = parseClassicMatcher(text);
    return parsed.ok ? { ok: true, matchers: [parsed.matcher] } : parsed;
  };
  if (mode === 'classic') return only(classic());
  if (text.startsWith('{') || text.endsWith('}')) {
    const offset = text.startsWith('{') ? 0 : text.length - 1;
    return { ok: false, message: `unexpected open or close brace: ${text}`, offset, length: 1 };
  }
  const utf8 = exactlyOne(text, parseUtf8(text));
  return only(mode === 'utf8' ? utf8 : reconcile(text, utf8, classic()));
}

/** `name="value"`; a name with reserved characters is quoted, and then both sides are quoted as Go does. */
export function printMatcher(matcher: Pick<Matcher, 'name' | 'op' | 'value'>): string {
  const { name, op, value } = matcher;
  if (RESERVED.test(name)) return goQuote(name) + op + goQuote(value);
  return `${name}${op}"${value.replace(/[\\\n"]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`;
}

/** `{a="b",c=~"d"}`, in the order given. */
export const printMatchers = (matchers: readonly Matcher[]): string => `{${matchers.map(printMatcher).join(',')}}`;

function reconcile(text: string, utf8: ParsedList, classic: ParsedList): ParsedMatchers {
  if (!classic.ok) return utf8.ok ? utf8 : classic;
  const suggestion = classic.matchers.map(printMatcher).join(',');
  if (!utf8.ok) {
    const message = `only the classic matcher syntax can read ${goQuote(text)} (${utf8.message}); write it as ${suggestion}`;
    return { ...classic, warning: { kind: 'classic-only', message } };
  }
  if (sameMatchers(utf8.matchers, classic.matchers)) return utf8;
  const other = utf8.matchers.map(printMatcher).join(',');
  const message =
    `${goQuote(text)} means ${suggestion} in the classic matcher syntax, which holds, ` +
    `and ${other} in the UTF-8 syntax; write it as ${suggestion}`;
  return { ...classic, warning: { kind: 'disagreement', message } };
}

const sameMatchers = (a: readonly Matcher[], b: readonly Matcher[]): boolean =>
  a.length === b.length &&
  a.every((matcher, i) => matcher.name === b[i]!.name && matcher.op === b[i]!.op && matcher.value === b[i]!.value);

function exactlyOne(text: string, parsed: ParsedList): ParsedList {
  if (!parsed.ok || parsed.matchers.length === 1) return parsed;
  const count = parsed.matchers.length;
  const message = count === 0 ? 'no matchers' : `expected 1 matcher, found ${count}`;
  return { ok: false, message, offset: 0, length: Math.max(1, text.length) };
}

function only(parsed: ParsedMatchers): ParsedMatcher {
  if (!parsed.ok) return parsed;
  const { matchers, ...rest } = parsed;
  return { ...rest, matcher: matchers[0]! };
}

const tooLong = (): MatcherFailure => ({
  ok: false,
  message: `matchers are longer than ${LONGEST_MATCHERS} characters`,
  offset: 0,
  length: 1,
});
