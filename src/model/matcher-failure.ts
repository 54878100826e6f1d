// What is wrong with a text of matchers, and where: so that a caller can put a caret under it.
import type { Matcher } from './matcher.ts';

export interface MatcherFailure {
  readonly ok: false;
  /** In upstream's words, as `bad matcher format: foo`. */
  readonly message: string;
  /** What to underline in the text, in UTF-16 units; may begin at its very end. */
  readonly offset: number;
  readonly length: number;
}

export type ParsedList = { readonly ok: true; readonly matchers: readonly Matcher[] } | MatcherFailure;
