// Go's replacement syntax for what a regular expression found: $1, $name, ${name}, $$. The name is the longest run of
// letters, digits and underscores, and a group that does not exist is empty.
import type { Match } from './regex.ts';

export type Replacement = readonly ({ readonly literal: string } | { readonly group: number | string })[];

export function parseReplacement(replacement: string): Replacement {
  const pieces: Replacement[number][] = [];
  let from = 0;
  for (const found of replacement.matchAll(/\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu)) {
    pieces.push({ literal: replacement.slice(from, found.index) });
    from = found.index + found[0].length;
    const name = found[1] ?? found[2];
    if (name === undefined) pieces.push({ literal: '$' });
    else pieces.push({ group: /^[0-9]{1,8}$/.test(name) && !/^0./.test(name) ? Number(name) : name });
  }
  pieces.push({ literal: replacement.slice(from) });
  return pieces;
}

export function expand(replacement: Replacement, match: Match): string {
  let out = '';
  for (const piece of replacement) out += 'literal' in piece ? piece.literal : (match.group(piece.group) ?? '');
  return out;
}
