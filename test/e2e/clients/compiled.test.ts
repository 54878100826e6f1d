// What a start compiles is kept for the next one, where that is possible.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';

const CONFIG = 'route: {receiver: a}\nreceivers: [{name: a}]';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'belfry-compiled-'))));
afterEach(() => rm(folder, { recursive: true }));

it('in the folder that NODE_COMPILE_CACHE names', async () => {
  const cache = join(folder, 'cache');
  await using belfry = await startBelfry({ config: CONFIG, env: { NODE_COMPILE_CACHE: cache } });
  expect(await belfry.stop()).toBe('exit code 0');
  const kept = await readdir(cache, { recursive: true });
  expect(kept.length).toBeGreaterThan(300);
});

it('nowhere, when that cannot be written, and it starts all the same', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'not a folder');
  await using belfry = await startBelfry({ config: CONFIG, env: { NODE_COMPILE_CACHE: join(file, 'cache') } });
  expect((await fetch(`${belfry.url}/-/ready`)).status).toBe(200);
  expect(await belfry.stop()).toBe('exit code 0');
});
