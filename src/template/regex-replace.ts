// Replaces every match, within the budget of a rendering.
import type { SearchRegex } from '../model/regex.ts';
import { expand, parseReplacement } from '../model/replacement.ts';
import type { Run } from './run.ts';

export function replaceAll(regex: SearchRegex, text: string, replacement: string, run: Run): string {
  const pieces = parseReplacement(replacement);
  let out = '';
  let from = 0;
  let lastEnd = -1;
  for (const match of regex.matches(text)) {
    run.spend(1);
    // An empty match right behind the one before is not a match of its own.
    if (match.end === match.start && match.start === lastEnd) continue;
    out += text.slice(from, match.start) + expand(pieces, match);
    run.room(out.length);
    from = match.end;
    lastEnd = match.end;
  }
  return run.made(out + text.slice(from));
}
