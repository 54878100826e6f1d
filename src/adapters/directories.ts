// Directories that are there and stay there, over a power cut too.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** With its parents. Whoever may have to wait for the disk in a thread that others need calls it when it must. */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  const parent = dirname(resolve(directory));
  // Node's own recursion never returns where an existing parent says there is no such place, as /proc does.
  makeDirectory(parent);
  mkdirSync(directory);
  // The new entry must be durable too, or a power cut takes the whole directory away.
  syncDirectory(parent);
}

export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return; // directories cannot be opened there
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
