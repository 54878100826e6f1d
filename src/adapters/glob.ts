// The files that a pattern names, in the words of model/file-pattern.ts. Ours besides: a segment that is `**` stands
// for any number of folders, none included.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasWildcards, matchesName } from '../model/file-pattern.ts';
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
  const names = hasWildcards(segment)
    ? (await entries(folder)).map(({ name }) => name).filter((name) => matchesName(segment, name))
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
