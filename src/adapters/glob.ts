// File name patterns as Go's filepath.Match reads them: `*`, `?`, `[a-z]`, `[^a]`, `\` before a special character;
// a pattern never crosses a slash and leading dots are nothing special. Ours besides: a segment that is `**`
// stands for any number of folders, none included.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareUtf8 } from '../model/order.ts';

/** Files that match, sorted, no directories. What cannot be looked into holds nothing, as upstream. */
export async function globFiles(pattern: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const segments = pattern.split('/').filter((segment, i) => segment !== '' || i === 0);
  const isAbsolute = segments[0] === '' && pattern.startsWith('/');
  await walk(isAbsolute ? '/' : '', isAbsolute ? segments.slice(1) : segments, found);
  return [...found].sort(compareUtf8);
}

async function walk(folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '**') return walkAnyDepth(folder, rest, found);
  const wildcards = /[*?[\\]/.test(segment);
  const names = wildcards
    ? (await entries(folder)).map(({ name }) => name).filter((name) => matches(segment, name))
    : [segment];
  for (const name of names) {
    const path = join(folder, name);
    if (rest.length > 0) await walk(path, rest, found);
    else if (await isFile(path)) found.add(path);
  }
}

async function walkAnyDepth(folder: string, rest: readonly string[], found: Set<string>): Promise<void> {
  await walk(folder, rest.length === 0 ? ['*'] : rest, found);
  for (const entry of await entries(folder)) {
    // Not through links: they may lead back to here. Nor into what ConfigMaps are swapped by: their files are linked.
    if (entry.isDirectory() && !entry.name.startsWith('..')) await walkAnyDepth(join(folder, entry.name), rest, found);
  }
}

async function entries(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => []);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );

type Part = { readonly kind: 'star' } | { readonly kind: 'one'; readonly accepts: (char: string) => boolean };

/** In steps of pattern times name: after a mismatch only the last star is stretched. */
export function matches(pattern: string, name: string): boolean {
  const parts = partsOf(pattern);
  const chars = [...name];
  let part = 0;
  let at = 0;
  let star: { part: number; at: number } | null = null;
  while (at < chars.length) {
    const current = parts[part];
    if (current?.kind === 'star') star = { part: part++, at };
    else if (current?.accepts(chars[at]!) === true) {
      part++;
      at++;
    } else if (star !== null) {
      star.at++;
      part = star.part + 1;
      at = star.at;
    } else return false;
  }
  while (parts[part]?.kind === 'star') part++;
  return part === parts.length;
}

function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    const set = char === '[' ? setAt(chars, i) : null;
    if (char === '*') parts.push({ kind: 'star' });
    else if (char === '?') parts.push({ kind: 'one', accepts: () => true });
    else if (set !== null) {
      parts.push({ kind: 'one', accepts: set.accepts });
      i = set.end;
    } else {
      const literal = char === '\\' ? (chars[++i] ?? char) : char;
      parts.push({ kind: 'one', accepts: (other) => other === literal });
    }
  }
  return parts;
}

/** `[a-z_]`, `[^0-9]`; null when the bracket is never closed: then it is a character like any other. */
function setAt(
  chars: readonly string[],
  open: number,
): { readonly accepts: (char: string) => boolean; readonly end: number } | null {
  let i = open + 1;
  const negated = chars[i] === '^';
  if (negated) i++;
  const ranges: (readonly [from: string, to: string])[] = [];
  const next = (): string => (chars[i] === '\\' ? (chars[(i += 2) - 1] ?? '') : (chars[i++] ?? ''));
  while (i < chars.length && (chars[i] !== ']' || ranges.length === 0)) {
    const from = next();
    let to = from;
    if (chars[i] === '-' && chars[i + 1] !== ']') {
      i++;
      to = next();
    }
    ranges.push([from, to]);
  }
  if (chars[i] !== ']') return null;
  const isIn = (char: string): boolean =>
    ranges.some(
      ([from, to]) =>
        char.codePointAt(0)! >= (from.codePointAt(0) ?? 0) && char.codePointAt(0)! <= (to.codePointAt(0) ?? 0),
    );
  return { accepts: (char) => isIn(char) !== negated, end: i };
}
