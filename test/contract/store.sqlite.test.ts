// The SQLite adapter against the store's contract: in the caller's thread and in a thread of its own.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { openWorkerStore } from '../../src/adapters/sqlite/worker-store.ts';
import type { Store } from '../../src/ports/store.ts';
import type { StoreHarness } from './store.builders.ts';
import { claimsContract } from './store.claims.contract.ts';
import { storeContract } from './store.contract.ts';
import { historyContract } from './store.history.contract.ts';
import { modelContract } from './store.model.contract.ts';

// Memory where there is some: what a sync of a disk promises is not what is asked here.
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const inDirectory = (open: (directory: string) => Promise<Store>) => async (): Promise<StoreHarness> => {
  const directory = mkdtempSync(join(base, 'belfry-store-'));
  let store = await open(directory);
  return {
    store,
    reopen: async () => {
      await store.close();
      return (store = await open(directory));
    },
    dispose: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
};

const inline = inDirectory(async (directory) => new SqliteStore(directory));
const worker = inDirectory(async (directory) => (await openWorkerStore(directory)).store);

/** Nothing to restart from: for the many short lives of the model's property. */
async function inMemory(): Promise<StoreHarness> {
  const store = new SqliteStore();
  return { store, reopen: async () => store, dispose: () => store.close() };
}

storeContract('SqliteStore', inline);
claimsContract('SqliteStore', inline);
historyContract('SqliteStore', inline);
// The same core behind messages: what passes through them is asked, not every rule of claims and pages again.
storeContract('openWorkerStore()', worker);
modelContract('SqliteStore in memory', inMemory, 2000);
modelContract('SqliteStore with restarts', inline, 100);
modelContract('openWorkerStore() with restarts', worker, 10);
