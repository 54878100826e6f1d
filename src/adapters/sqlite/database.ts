// Opens the one database file of a storage directory: exclusively (a second process is told so), durably (WAL,
// every commit synced) and only when it can be trusted. A damaged file is set aside under another name and a new
// one begun: forgetting is better than not paging. The caller must say so aloud, hence `quarantined`.
import { existsSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDirectory, syncDirectory } from '../directories.ts';
import { planMigrations, readMigrations, type AppliedMigration } from '../migrate.ts';
import { troubleOf } from './trouble.ts';
import { messageOf } from '../../model/error-message.ts';

/** The place that is no place: gone on close. */
export const IN_MEMORY = ':memory:';

export interface Quarantined {
  /** Where the damaged file is now. */
  readonly path: string;
  readonly reason: string;
}

export interface OpenedDatabase {
  readonly db: DatabaseSync;
  readonly quarantined: Quarantined | null;
}

/** The directory cannot be used; the message says which and why, for the person who started us. */
export class StoreNotOpened extends Error {
  override readonly name = 'StoreNotOpened';
}

// The first release without the WAL-reset defect; Node 24.15 brings it.
const OLDEST_SQLITE = [3, 51, 3] as const;
// quick_check reads 1.5 GB/s from memory; a file below this is checked at every start, a larger one only when
// it was not closed.
const ALWAYS_CHECKED_BYTES = 256 * 1024 * 1024;
// integrity_check looks into indexes too and takes about twice as long; what it finds there would fail at the first
// write that comes near it.
const THOROUGHLY_CHECKED_BYTES = 64 * 1024 * 1024;
const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** `place`: a directory, made when absent, or IN_MEMORY. */
export function openDatabase(place: string, busyTimeoutMs = 5000): OpenedDatabase {
  requireSqliteVersion();
  if (place === IN_MEMORY) return { db: openTrusted(IN_MEMORY, { check: false, busyTimeoutMs }), quarantined: null };
  const path = join(place, 'belfry.db');
  try {
    makeDirectory(place);
    const damage = damageBeforeOpening(path);
    if (damage !== null) return afresh(path, damage, busyTimeoutMs);
    try {
      return { db: openTrusted(path, { check: needsCheck(path), busyTimeoutMs }), quarantined: null };
    } catch (error) {
      if (troubleOf(error) !== 'corrupt') throw error;
      return afresh(path, messageOf(error), busyTimeoutMs);
    }
  } catch (error) {
    throw explained(path, error);
  }
}

/** After trouble at run time: nothing is set aside, a damaged file throws. */
export function reopenDatabase(place: string): DatabaseSync {
  return openTrusted(join(place, 'belfry.db'), { check: true, busyTimeoutMs: 0 });
}

/** What SQLite itself would not notice, or would answer with an error that says nothing. */
function damageBeforeOpening(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile()) throw new StoreNotOpened(`${path} is not a file: move it away or choose another storage.path`);
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false });
  // SQLite takes an empty file for a new database and throws its log away.
  return found.size === 0 && wal !== undefined && wal.size > 0 ? 'the file is empty, but its log is not' : null;
}

function needsCheck(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  // A clean close removes the log.
  return found !== undefined && (found.size <= ALWAYS_CHECKED_BYTES || existsSync(`${path}-wal`));
}

function afresh(path: string, reason: string, busyTimeoutMs: number): OpenedDatabase {
  const aside = `${path}.corrupt-${new Date().toISOString().replace(/[-:.]/g, '')}`;
  // The database first: a log without its database does no harm, a database without its log is an older one.
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  syncDirectory(dirname(path));
  return { db: openTrusted(path, { check: false, busyTimeoutMs }), quarantined: { path: aside, reason } };
}

function openTrusted(path: string, how: { readonly check: boolean; readonly busyTimeoutMs: number }): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: how.busyTimeoutMs });
  try {
    // Exclusive before the log is first touched: then no shared memory file is used, and the lock is held until close.
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA mmap_size = 0;
      PRAGMA cell_size_check = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA cache_size = -16000;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA journal_size_limit = 67108864;
    `);
    if (how.check) requireSound(db, statSync(path).size);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

class Damaged extends Error {
  override readonly name = 'Damaged';
  readonly errcode = 11; // SQLITE_CORRUPT: what the same damage is called when a statement meets it
}

function requireSound(db: DatabaseSync, bytes: number): void {
  const finding = firstFinding(db, 'quick_check');
  if (finding !== null) throw new Damaged(finding);
  if (bytes > THOROUGHLY_CHECKED_BYTES || firstFinding(db, 'integrity_check') === null) return;
  // The tables are whole: what is wrong with an index can be made anew from them, and nothing is lost.
  try {
    db.exec('REINDEX');
  } catch (error) {
    throw new Damaged(messageOf(error));
  }
  const left = firstFinding(db, 'integrity_check');
  if (left !== null) throw new Damaged(left);
}

function firstFinding(db: DatabaseSync, check: 'quick_check' | 'integrity_check'): string | null {
  const finding = db.prepare(`PRAGMA ${check}(1)`).get()?.[check];
  return finding === 'ok' ? null : String(finding);
}

function migrate(db: DatabaseSync): void {
  db.exec(`CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, breaking INTEGER NOT NULL, hash TEXT NOT NULL
  ) STRICT`);
  const rows = db.prepare('SELECT number, name, breaking, hash FROM migration ORDER BY number').all();
  const applied = rows.map((row): AppliedMigration => ({
    number: Number(row['number']),
    name: String(row['name']),
    breaking: row['breaking'] === 1,
    hash: String(row['hash']),
  }));
  const plan = planMigrations(readMigrations(MIGRATIONS), applied);
  if (plan.kind === 'refused') throw new StoreNotOpened(plan.message);
  for (const { number, name, breaking, hash, sql } of plan.pending) {
    db.exec('BEGIN IMMEDIATE');
    db.exec(sql);
    db.prepare('INSERT INTO migration (number, name, breaking, hash) VALUES (?, ?, ?, ?)').run(
      number,
      name,
      breaking ? 1 : 0,
      hash,
    );
    db.exec('COMMIT');
  }
}

function explained(path: string, error: unknown): unknown {
  if (error instanceof StoreNotOpened) {
    return error.message.startsWith(path) ? error : new StoreNotOpened(`${path}: ${error.message}`);
  }
  switch (troubleOf(error)) {
    case 'busy':
      return new StoreNotOpened(`${path} is in use by another process`, { cause: error });
    case 'full':
      return new StoreNotOpened(`${path} cannot be opened: the disk is full`, { cause: error });
    case 'io':
    case 'corrupt': {
      const detail = messageOf(error);
      return new StoreNotOpened(`${path} cannot be opened: ${detail}`, { cause: error });
    }
    case null:
      return error;
  }
}

function requireSqliteVersion(): void {
  const found = process.versions.sqlite ?? '0';
  const parts = found.split('.').map(Number);
  const difference = OLDEST_SQLITE.map((least, i) => (parts[i] ?? 0) - least).find((d) => d !== 0) ?? 0;
  if (difference < 0) {
    throw new StoreNotOpened(`SQLite ${OLDEST_SQLITE.join('.')} or newer is needed; this Node.js has ${found}`);
  }
}
