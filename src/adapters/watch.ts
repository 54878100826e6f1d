// Watching files by their folders: a ConfigMap is changed by renaming a link beside the files, which watching a file
// misses from the second time on. An event only says that it is time to look; what counts is whether what is there is
// what was read. File systems of the network send no events, so there is a look every half minute besides.
import { watch, type FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentDigest } from '../model/content-digest.ts';
import type { Files } from '../ports/files.ts';
import type { ReadFiles, Watch, Watching } from '../ports/watch.ts';

export interface WatchParts {
  readonly files: Files;
  /** How long it must be quiet after an event. */
  readonly quietMs?: number;
  readonly pollMs?: number;
}

export function createWatch({ files, quietMs = 250, pollMs = 30_000 }: WatchParts): Watch {
  return { start: (read, changed) => new FileWatch({ files, quietMs, pollMs }, read, changed) };
}

/** More folders than anybody keeps rules in; a pattern at the root of a disk does not use up the system's watches. */
const MOST_FOLDERS = 1000;

class FileWatch implements Watching {
  readonly #parts: Required<WatchParts>;
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #poll: NodeJS.Timeout;
  #quiet: NodeJS.Timeout | null = null;
  #read: ReadFiles;
  #looking: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(parts: Required<WatchParts>, read: ReadFiles, changed: () => void) {
    this.#parts = parts;
    this.#read = read;
    this.#changed = changed;
    this.#poll = setInterval(() => this.#look(), parts.pollMs);
    this.#poll.unref();
    this.#look();
  }

  retarget(read: ReadFiles): void {
    this.#read = read;
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#poll);
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #noticed(): void {
    if (this.#stopped) return;
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#look(), this.#parts.quietMs);
    this.#quiet.unref();
  }

  /** One look at a time; asked for meanwhile, there is another one after it. */
  #look(): void {
    if (this.#stopped) return;
    if (this.#looking !== null) {
      this.#again = true;
      return;
    }
    this.#looking = this.#compare().finally(() => {
      this.#looking = null;
      if (!this.#again) return;
      this.#again = false;
      this.#look();
    });
  }

  async #compare(): Promise<void> {
    const before = this.#read;
    const { patterns } = before;
    this.#follow(await foldersOf(patterns));
    const contents = await this.#contentsOf(patterns);
    if (this.#stopped || before !== this.#read) return;
    this.#read = { patterns, contents };
    if (!areEqual(before.contents, contents)) this.#changed();
  }

  async #contentsOf(patterns: readonly string[]): Promise<ReadFiles['contents']> {
    const { files } = this.#parts;
    const contents = new Map<string, string>();
    for (const pattern of patterns) {
      for (const path of await files.glob(pattern)) contents.set(path, contentDigest(await files.read(path)));
    }
    return contents;
  }

  #follow(folders: ReadonlySet<string>): void {
    if (this.#stopped) return;
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#open(folder);
  }

  /** What cannot be watched is looked at every half minute all the same. */
  #open(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#noticed());
      this.#watchers.set(folder, watcher);
      watcher.on('error', () => this.#close(folder));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  /** The folder is gone, say; the next look opens it again when it is back. */
  #close(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#noticed();
  }
}

const areEqual = (a: ReadFiles['contents'], b: ReadFiles['contents']): boolean =>
  a.size === b.size && [...a].every(([path, digest]) => b.get(path) === digest);

/**
 * The folders files can appear in, and as far as there are wildcards the ones above: that a folder comes is seen
 * in the one above it.
 */
async function foldersOf(patterns: readonly string[]): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for (const pattern of patterns) {
    const segments = pattern.split('/');
    const wild = segments.findIndex((segment) => /[*?[\\]/.test(segment));
    const fixed = segments.slice(0, wild === -1 ? -1 : wild).join('/');
    const base = fixed || (pattern.startsWith('/') ? '/' : '.');
    folders.add(await nearest(base));
    if (wild !== -1) await addBelow(base, segments.slice(wild), folders);
  }
  return folders;
}

/** A folder that is not there yet is seen coming in the nearest one above it that is. */
async function nearest(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

async function addBelow(folder: string, wild: readonly string[], folders: Set<string>): Promise<void> {
  if (folders.size >= MOST_FOLDERS) return;
  folders.add(folder);
  const isDeep = wild.includes('**');
  if (!isDeep && wild.length < 2) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory() || (entry.isSymbolicLink() && !isDeep)) {
      await addBelow(join(folder, entry.name), isDeep ? wild : wild.slice(1), folders);
    }
  }
}
