// Opening the SQLite file: whose it is, what is wrong with it, and what is done about that.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, StoreNotOpened } from '../../src/adapters/sqlite/database.ts';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { openWorkerStore } from '../../src/adapters/sqlite/worker-store.ts';
import * as make from './store.builders.ts';
import { T0 } from './store.builders.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'belfry-sqlite-'));
  file = join(directory, 'belfry.db');
});
afterEach(() => rmSync(directory, { recursive: true }));

async function filled(): Promise<void> {
  const store = new SqliteStore(directory);
  const alerts = Array.from({ length: 500 }, (_, i) => make.alert(i + 1));
  await store.commit([{ kind: 'alerts.put', alerts }], T0);
  await store.close();
}

function overwrite(from: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, from);
  writeFileSync(file, content);
}

const pragma = (db: DatabaseSync, name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0];

test('`openDatabase()` makes the directory, and syncs every commit', () => {
  const deep = join(directory, 'a', 'b');
  const { db, quarantined } = openDatabase(deep);
  expect(quarantined).toBeNull();
  expect(pragma(db, 'journal_mode')).toBe('wal');
  expect(pragma(db, 'synchronous')).toBe(2);
  expect(pragma(db, 'locking_mode')).toBe('exclusive');
  const lax = db.prepare(
    `SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND NOT strict`,
  );
  expect(lax.all()).toEqual([]);
  db.close();
  expect(readdirSync(deep)).toEqual(['belfry.db']);
});

test('a second process is told whose file it is', async () => {
  const first = new SqliteStore(directory);
  expect(() => openDatabase(directory, 10)).toThrow(new StoreNotOpened(`${file} is in use by another process`));
  await first.close();
  openDatabase(directory, 10).db.close();
});

test('a directory in place of the file is refused, by the worker too', async () => {
  mkdirSync(file);
  const message = `${file} is not a file: move it away or choose another storage.path`;
  expect(() => openDatabase(directory)).toThrow(new StoreNotOpened(message));
  await expect(openWorkerStore(directory)).rejects.toThrow(new StoreNotOpened(message));
});

test('a file in place of the directory is refused', () => {
  writeFileSync(file, '');
  expect(() => openDatabase(file)).toThrow(/belfry\.db\/belfry\.db cannot be opened: /);
  expect(() => openDatabase(file)).toThrow(StoreNotOpened);
});

const PAGE = 4096;
test.for<[title: string, damage: () => void, reason: RegExp]>([
  ['garbage', () => writeFileSync(file, Buffer.alloc(20_000, 'not a database')), /not a database/],
  ['a few bytes', () => writeFileSync(file, 'hello'), /not a database/],
  ['a damaged header', () => overwrite(0, Buffer.from('X')), /not a database/],
  ['a file cut in the middle', () => truncateSync(file, Math.floor(statSync(file).size / 2)), /malformed|Tree|Page/],
  ['a file cut inside a page', () => truncateSync(file, PAGE * 5 + 100), /malformed|Tree|Page/],
  ['pages of noise', () => overwrite(PAGE * 3, Buffer.alloc(PAGE * 9, 0xa5)), /malformed|Tree|Page/],
  ['a flipped byte in a page header', () => overwrite(PAGE * 20, Buffer.from([0xff])), /malformed|Tree|Page/],
])('%s is set aside and a new database begun', async ([, damage, reason]) => {
  await filled();
  damage();
  const damaged = readFileSync(file);
  const store = new SqliteStore(directory);
  expect(store.quarantined?.reason).toMatch(reason);
  expect(store.quarantined?.path).toMatch(/belfry\.db\.corrupt-\d{8}T\d{9}Z$/);
  expect(readFileSync(store.quarantined!.path)).toEqual(damaged);
  expect((await store.load()).alerts).toEqual([]);
  await store.commit([{ kind: 'groups.put', groups: [make.group('g')] }], T0);
  await store.close();
  const again = new SqliteStore(directory);
  expect(again.quarantined).toBeNull();
  expect((await again.load()).groups).toHaveLength(1);
  await again.close();
});

test('a log without its database is set aside with it, not thrown away', async () => {
  writeFileSync(file, '');
  writeFileSync(`${file}-wal`, 'what was committed last');
  const { store, quarantined } = await openWorkerStore(directory);
  expect(quarantined?.reason).toBe('the file is empty, but its log is not');
  expect(readFileSync(`${quarantined!.path}-wal`, 'utf8')).toBe('what was committed last');
  await store.close();
});

test('a torn end of the log costs only what was not acknowledged', async () => {
  const { db } = openDatabase(directory);
  db.exec(`INSERT INTO counter VALUES ('kept', 1)`);
  const whole = readFileSync(`${file}-wal`);
  const base = readFileSync(file);
  db.close();
  writeFileSync(file, base);
  writeFileSync(`${file}-wal`, Buffer.concat([whole, Buffer.alloc(5000, 7)]));
  const again = openDatabase(directory);
  expect(again.quarantined).toBeNull();
  expect(again.db.prepare(`SELECT value FROM counter WHERE name = 'kept'`).get()).toEqual({ value: 1 });
  again.db.close();
});

const alter = (sql: string): void => {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
};

test('a newer schema that breaks this program is refused, one that does not is used', async () => {
  await filled();
  alter(`INSERT INTO migration VALUES (9999, '9999_next.sql', 0, 'x')`);
  const store = new SqliteStore(directory);
  expect((await store.load()).alerts).toHaveLength(500);
  await store.close();
  alter(`UPDATE migration SET breaking = 1 WHERE number = 9999`);
  expect(() => openDatabase(directory)).toThrow(
    `${file}: its schema is newer than this program and cannot be used by it (9999_next.sql): run the newer version`,
  );
  expect(readdirSync(directory)).toEqual(['belfry.db']);
});

test('a row that no longer makes sense is reported, and costs only itself', async () => {
  const store = new SqliteStore(directory);
  const silences = [make.silence('good'), make.silence('bad')];
  await store.commit(
    [
      ...silences.map((silence) => ({ kind: 'silence.put', silence }) as const),
      { kind: 'alerts.put', alerts: [make.alert(1), make.alert(2)] },
    ],
    T0,
  );
  await store.close();
  alter(`
    UPDATE silence SET matchers = '[["a","=~","(?<!x)y"]]' WHERE id = 'bad';
    UPDATE alert SET body = substr(body, 1, 30) WHERE id = 2;
  `);
  const { store: reopened } = await openWorkerStore(directory);
  const stored = await reopened.load();
  expect(stored.silences.map((s) => s.id)).toEqual(['good']);
  expect(stored.alerts.map((a) => a.id)).toEqual([1]);
  expect(stored.unreadable.map((u) => [u.kind, u.id])).toEqual([
    ['alert', '2'],
    ['silence', 'bad'],
  ]);
  expect(stored.unreadable[1]!.reason).not.toBe('');
  await reopened.close();
});
