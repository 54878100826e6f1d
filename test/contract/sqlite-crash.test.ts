// kill -9 in the middle of commits: what was acknowledged is there, and no commit is there by half.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';

const WRITER = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url));
const ROUNDS = 20;

/** The numbers it acknowledged before it was killed, right after the `dies`-th. */
async function writeUntilKilled(directory: string, first: number, dies: number): Promise<number[]> {
  const child = spawn(process.execPath, [WRITER, directory, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === dies) child.kill('SIGKILL');
  }
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  return acknowledged;
}

test('after kill -9 every acknowledged commit is there, whole', { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'belfry-crash-'));
  const acknowledged = new Set<number>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const first = round * 1_000_000;
      const dies = 1 + ((round * 37) % 101);
      for (const n of await writeUntilKilled(directory, first, dies)) acknowledged.add(n);
    }
    const store = new SqliteStore(directory);
    expect(store.quarantined).toBeNull();
    const groups = new Set((await store.load()).groups.map((group) => group.flushes));
    const { items } = await store.events({ limit: 1_000_000 });
    await store.close();
    expect([...acknowledged].filter((n) => !groups.has(n))).toEqual([]);
    expect(new Set(items.map((event) => event.at))).toEqual(groups);
    expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
