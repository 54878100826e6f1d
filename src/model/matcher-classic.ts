// The classic matcher grammar: an identifier, an operator, and whatever follows, optionally in double quotes, with
// the escapes \" \n \\ alone; a stray backslash stands for itself. Texts of errors are upstream's.
import { isSpace } from './go-space.ts';
import type { MatcherFailure, ParsedList } from './matcher-failure.ts';
import { makeMatcher, type Matcher, type MatcherOp } from './matcher.ts';

const HEAD = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*/;

/** One or more matchers; one leading and one trailing brace are ignored, even alone. */
export function parseClassic(text: string): ParsedList {
  const matchers: Matcher[] = [];
  for (const part of split(text)) {
    const parsed = parseClassicMatcher(part.text);
    if (!parsed.ok) return { ...parsed, offset: part.start + parsed.offset };
    matchers.push(parsed.matcher);
  }
  return { ok: true, matchers };
}

export function parseClassicMatcher(text: string): { readonly ok: true; readonly matcher: Matcher } | MatcherFailure {
  const head = HEAD.exec(text);
  if (head === null) return fail(`bad matcher format: ${text}`, 0, text.length);
  const start = head[0].length;
  const raw = trimEnd(text.slice(start));
  const value = unescapeValue(raw);
  if (value === null) return fail(`matcher value contains unescaped double quote: ${raw}`, start, raw.length);
  const made = makeMatcher(head[1]!, head[2] as MatcherOp, value);
  return made.ok ? made : fail(made.message, start, raw.length);
}

interface Part {
  readonly text: string;
  readonly start: number;
}

/** At commas outside quotes. An empty last part counts for nothing. */
function split(text: string): Part[] {
  const from = text.startsWith('{') ? 1 : 0;
  const to = text.endsWith('}') && text.length > from ? text.length - 1 : text.length;
  const parts: Part[] = [];
  let start = from;
  let quoted = false;
  let escaped = false;
  for (let i = from; i < to; i++) {
    const char = text.charAt(i);
    if (char === ',') {
      // Upstream keeps a pending backslash across a comma; so `"\,"` stays open.
      if (quoted) continue;
      parts.push({ text: text.slice(start, i), start });
      start = i + 1;
    } else if (char === '\\') escaped = !escaped;
    else {
      if (char === '"' && !escaped) quoted = !quoted;
      escaped = false;
    }
  }
  while (start < to && isSpace(text.charAt(start))) start++;
  let end = to;
  while (end > start && isSpace(text.charAt(end - 1))) end--;
  if (end > start) parts.push({ text: text.slice(start, end), start });
  return parts;
}

/** null when a double quote stands where it may not. */
function unescapeValue(raw: string): string | null {
  const quoted = raw.startsWith('"');
  if (!quoted && !/["\\]/.test(raw)) return raw;
  const body = quoted ? raw.slice(1) : raw;
  const last = body.length - 1;
  let open = quoted;
  let value = '';
  for (let i = 0; i < body.length; i++) {
    const char = body.charAt(i);
    if (char === '\\' && i < last) {
      const next = body.charAt(++i);
      if (next === 'n') value += '\n';
      else value += next === '"' || next === '\\' ? next : `\\${next}`;
    } else if (char === '"') {
      if (!open || i < last) return null;
      open = false;
    } else value += char;
  }
  return open ? null : value;
}

/** Linear, which the regular expression for it is not. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && '\t\n\f\r '.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

const fail = (message: string, offset: number, length: number): MatcherFailure => ({
  ok: false,
  message,
  offset,
  length: Math.max(1, length),
});
