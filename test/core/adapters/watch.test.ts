// Real files and real time: what is watched here is the system.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemFiles } from '../../../src/adapters/files.ts';
import { createWatch } from '../../../src/adapters/watch.ts';
import { contentDigest } from '../../../src/model/content-digest.ts';
import type { ReadFiles, Watching } from '../../../src/ports/watch.ts';

let folder = '';
const open: Watching[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belfry-watch-'));
});

afterEach(async () => {
  for (const watching of open.splice(0)) watching.stop();
  await rm(folder, { recursive: true });
});

/** What is there now, as a loader would have read it. */
async function read(...globs: readonly string[]): Promise<ReadFiles> {
  const patterns = globs.map((glob) => join(folder, glob));
  const contents = new Map<string, string>();
  for (const pattern of patterns) {
    for (const path of await systemFiles.glob(pattern)) contents.set(path, contentDigest(await systemFiles.read(path)));
  }
  return { patterns, contents };
}

/** Changes as they come; `next` waits for one. */
class Changes {
  readonly watching: Watching;
  count = 0;
  #waiting: (() => void) | null = null;

  constructor(before: ReadFiles, pollMs: number) {
    const changed = (): void => {
      this.count++;
      this.#waiting?.();
    };
    this.watching = createWatch({ files: systemFiles, quietMs: 20, pollMs }).start(before, changed);
    open.push(this.watching);
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => (this.#waiting = resolve));
  }
}

const NEVER = 1_000_000;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Until the first look is over. */
async function watchFor(pattern: string, pollMs = NEVER): Promise<Changes> {
  const changes = new Changes(await read(pattern), pollMs);
  await sleep(60);
  return changes;
}

/** What a kubelet does: a new folder, a new link to it, and that renamed over the old one. */
async function swapConfigMap(version: number, texts: Readonly<Record<string, string>>): Promise<void> {
  const data = `..2026_${version}`;
  await mkdir(join(folder, data));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, data, name), text);
  await symlink(data, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  if (version > 1) await rm(join(folder, `..2026_${version - 1}`), { recursive: true });
}

describe('a watch tells', () => {
  it('every swap of a ConfigMap, not only the first', async () => {
    await swapConfigMap(1, { 'rules.yml': 'one' });
    await symlink('..data/rules.yml', join(folder, 'rules.yml'));
    const changes = await watchFor('*.yml');
    for (const version of [2, 3, 4]) {
      const told = changes.next();
      await swapConfigMap(version, { 'rules.yml': `text ${version}` });
      await told;
    }
    expect(changes.count).toBeGreaterThanOrEqual(3);
  });

  it('a file that is written, one that comes, one that goes', async () => {
    await writeFile(join(folder, 'a.yml'), 'a');
    const changes = await watchFor('*.yml');
    for (const act of [
      () => writeFile(join(folder, 'a.yml'), 'b'),
      () => writeFile(join(folder, 'new.yml'), 'c'),
      () => rm(join(folder, 'a.yml')),
    ]) {
      const told = changes.next();
      await act();
      await told;
    }
    expect(changes.count).toBeGreaterThanOrEqual(3);
  });

  it('a file in a folder that came later', async () => {
    const changes = await watchFor('**/*.yml');
    const told = changes.next();
    await mkdir(join(folder, 'team', 'web'), { recursive: true });
    await sleep(60);
    await writeFile(join(folder, 'team', 'web', 'a.yml'), 'a');
    await told;
    expect(changes.count).toBe(1);
  });

  it('a file in a folder that was not there, nor the one above it', async () => {
    const changes = await watchFor('team/web/*.yml');
    const told = changes.next();
    await mkdir(join(folder, 'team'));
    await sleep(60);
    await mkdir(join(folder, 'team', 'web'));
    await sleep(60);
    await writeFile(join(folder, 'team', 'web', 'a.yml'), 'a');
    await told;
    expect(changes.count).toBe(1);
  });

  it('by looking when there are no events', async () => {
    const changes = new Changes(await read('no-such-folder/*.yml'), 30);
    await sleep(60);
    const told = changes.next();
    await mkdir(join(folder, 'no-such-folder'));
    await writeFile(join(folder, 'no-such-folder', 'a.yml'), 'a');
    await told;
    expect(changes.count).toBeGreaterThanOrEqual(1);
  });
});

describe('a watch tells what has happened between the reading of the files and', () => {
  it.each([
    ['a change', () => writeFile(join(folder, 'a.yml'), 'b')],
    ['a new file', () => writeFile(join(folder, 'b.yml'), 'a')],
    ['a lost file', () => rm(join(folder, 'a.yml'))],
  ])('its start: %s', async (_what, act) => {
    await writeFile(join(folder, 'a.yml'), 'a');
    const before = await read('*.yml');
    await act();
    const changes = new Changes(before, NEVER);
    await changes.next();
    expect(changes.count).toBe(1);
  });

  it('its look elsewhere', async () => {
    await writeFile(join(folder, 'a.yml'), 'a');
    const changes = await watchFor('*.txt');
    const before = await read('*.yml');
    await writeFile(join(folder, 'a.yml'), 'b');
    const told = changes.next();
    changes.watching.retarget(before);
    await told;
    expect(changes.count).toBe(1);
  });
});

describe('a watch does not tell', () => {
  it('that a file was written with the same text, nor what does not fit the pattern', async () => {
    await writeFile(join(folder, 'a.yml'), 'a');
    const changes = await watchFor('*.yml');
    await writeFile(join(folder, 'a.yml'), 'a');
    await writeFile(join(folder, 'b.txt'), 'b');
    await sleep(100);
    expect(changes.count).toBe(0);
  });

  it('that it looks elsewhere from now on', async () => {
    await writeFile(join(folder, 'a.yml'), 'a');
    const changes = await watchFor('*.txt');
    changes.watching.retarget(await read('*.yml'));
    await sleep(60);
    expect(changes.count).toBe(0);
    const told = changes.next();
    await writeFile(join(folder, 'a.yml'), 'b');
    await told;
    expect(changes.count).toBe(1);
  });

  it('anything once it is stopped', async () => {
    const changes = await watchFor('*.yml', 20);
    changes.watching.stop();
    await writeFile(join(folder, 'a.yml'), 'a');
    await sleep(80);
    expect(changes.count).toBe(0);
  });
});
