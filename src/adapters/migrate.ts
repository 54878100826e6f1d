// Numbered .sql files and which of them a database still needs. Only the plan: each adapter runs it in its own
// dialect, one transaction per file, and keeps what it applied in a table of its own.
// A file whose first line is `-- breaking` may not be run on by a program that does not know it; any other newer
// one may, so that going back one release works.
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

export interface Migration extends AppliedMigration {
  readonly sql: string;
}

export interface AppliedMigration {
  /** From 1, without gaps. */
  readonly number: number;
  /** The file's name. */
  readonly name: string;
  readonly breaking: boolean;
  readonly hash: string;
}

export type MigrationPlan =
  | { readonly kind: 'run'; readonly pending: readonly Migration[] }
  | { readonly kind: 'refused'; readonly message: string };

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** Throws when the folder is not a sequence 0001, 0002 …: that is our own mistake. */
export function readMigrations(folder: URL): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name, index) => {
    const number = Number(FILE_NAME.exec(name)?.[1]);
    if (number !== index + 1) throw new Error(`migration ${index + 1} is missing: found ${name}`);
    // A checkout may turn the line ends; the file is the same.
    const sql = readFileSync(new URL(name, folder), 'utf8').replaceAll('\r\n', '\n');
    const breaking = /^-- breaking\b/.test(sql);
    return { number, name, breaking, hash: hash('sha256', sql, 'hex'), sql };
  });
}

export function planMigrations(known: readonly Migration[], applied: readonly AppliedMigration[]): MigrationPlan {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  for (const there of applied) {
    const here = byNumber.get(there.number);
    if (here !== undefined && here.hash !== there.hash) {
      const message = `its schema was made by another version of ${there.name}: this program does not know that schema`;
      return { kind: 'refused', message };
    }
    if (here === undefined && there.breaking) {
      const message = `its schema is newer than this program and cannot be used by it (${there.name}): run the newer version`;
      return { kind: 'refused', message };
    }
  }
  const done = new Set(applied.map((migration) => migration.number));
  return { kind: 'run', pending: known.filter((migration) => !done.has(migration.number)) };
}
