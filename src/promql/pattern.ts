// The regular expressions of matchers: anchored at both ends, and `.` is any character. Most are a few words, so the
// two questions asked of each when a rule is read are answered without compiling those.
import { compileRegex } from '../model/regex.ts';

/** Plain characters, escaped punctuation, `|`, and `.`, `.*` and `.+`. */
const SIMPLE = /^(?:[A-Za-z0-9_\-/:,;@%=<>"'&!~# |]|\.[*+]?|\\[.\-/+*?()[\]{}^$])*$/;
const BLANK_ALTERNATIVE = /(?:^|\|)(?:\.\*)*(?:$|\|)/;

/** Go's words, or null. */
export function patternProblem(pattern: string): string | null {
  if (SIMPLE.test(pattern)) return null;
  const compiled = compileRegex(pattern);
  return compiled.ok ? null : compiled.message;
}

export function patternMatchesEmpty(pattern: string): boolean {
  return SIMPLE.test(pattern) ? BLANK_ALTERNATIVE.test(pattern) : patternMatches(pattern, '');
}

/** False for a pattern that cannot be compiled. */
export function patternMatches(pattern: string, text: string): boolean {
  const compiled = compileRegex(`^(?s:${pattern})$`);
  return compiled.ok && compiled.regex.test(text);
}
