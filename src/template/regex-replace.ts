// Replaces every match, with Go's replacement syntax: $1, $name, ${name}, $$. The name is the longest run of
// letters, digits and underscores, and a group that does not exist is empty.
import type { Match, SearchRegex } from '../model/regex.ts';
import type { Run } from './run.ts';

export function replaceAll(regex: SearchRegex, text: string, replacement: string, run: Run): string {
  const pieces = replacementPieces(replacement);
  let out = '';
  let from = 0;
  let lastEnd = -1;
  for (const match of regex.matches(text)) {
    run.spend(1);
    // An empty match right behind the one before is not a match of its own.
    if (match.end === match.start && match.start === lastEnd) continue;
    out += text.slice(from, match.start) + expanded(pieces, match);
    run.room(out.length);
    from = match.end;
    lastEnd = match.end;
  }
  return run.made(out + text.slice(from));
}

type Piece = { readonly literal: string } | { readonly group: number | string };

function expanded(pieces: readonly Piece[], match: Match): string {
  let out = '';
  for (const piece of pieces) out += 'literal' in piece ? piece.literal : (match.group(piece.group) ?? '');
  return out;
}

function replacementPieces(replacement: string): readonly Piece[] {
  const pieces: Piece[] = [];
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
