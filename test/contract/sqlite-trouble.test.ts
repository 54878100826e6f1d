// The disk is full, the file breaks, a batch is impossible: what the SQLite store says and how it recovers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Core, type BatchAnswer } from '../../src/adapters/sqlite/core.ts';
import { openDatabase, reopenDatabase, type OpenedDatabase } from '../../src/adapters/sqlite/database.ts';
import { atPort, troubleOf } from '../../src/adapters/sqlite/trouble.ts';
import { encodeWrites } from '../../src/adapters/sqlite/wire.ts';
import { StoreUnavailable, type StoredGroup, type Write } from '../../src/ports/store.ts';
import * as make from './store.builders.ts';
import { T0 } from './store.builders.ts';

let directory: string;
let opened: OpenedDatabase;
let core: Core;
let elapsed = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'belfry-sqlite-'));
  opened = openDatabase(directory);
  elapsed = 0;
  core = new Core({ opened, reopen: () => reopenDatabase(directory), elapsed: () => elapsed });
});
afterEach(() => {
  core.close();
  rmSync(directory, { recursive: true });
});

const batch = (...writes: Write[]) => ({ writes: encodeWrites(writes), now: T0 });
const groups = (...given: StoredGroup[]): Write => ({ kind: 'groups.put', groups: given });
const commit = (...writes: Write[]): BatchAnswer => core.commit([batch(...writes)])[0]!;
const alerts = (from: number, count: number): Write => ({
  kind: 'alerts.put',
  alerts: Array.from({ length: count }, (_, i) => make.alert(from + i)),
});

function reasonOf(answer: BatchAnswer): string {
  if (answer.ok) return 'stored';
  return answer.error instanceof StoreUnavailable ? answer.error.reason : 'defect';
}

function keys(): string[] {
  const found: string[] = [];
  core.load((chunk) => {
    if (chunk.kind === 'groups') found.push(...chunk.rows.map((row) => row.key));
  });
  return found;
}

test('a full disk refuses as `full`, keeps what is there, and takes writes again when there is room', () => {
  commit(groups(make.group('before')));
  const pages = Number(opened.db.prepare('PRAGMA page_count').get()!['page_count']);
  opened.db.exec(`PRAGMA max_page_count = ${pages + 5}`);
  expect(reasonOf(commit(alerts(1, 1000)))).toBe('full');
  expect(keys()).toEqual(['before']);
  expect(reasonOf(commit(groups(make.group('small'))))).toBe('stored');
  opened.db.exec('PRAGMA max_page_count = 100000');
  expect(reasonOf(commit(alerts(1, 1000)))).toBe('stored');
});

test('of batches that share a transaction, only the one that does not fit is refused', () => {
  const pages = Number(opened.db.prepare('PRAGMA page_count').get()!['page_count']);
  opened.db.exec(`PRAGMA max_page_count = ${pages + 5}`);
  const answers = core.commit([batch(groups(make.group('a'))), batch(alerts(1, 1000)), batch(groups(make.group('b')))]);
  expect(answers.map(reasonOf)).toEqual(['stored', 'full', 'stored']);
  expect(keys()).toEqual(['a', 'b']);
});

test('of batches that share a transaction, an impossible one fails alone and as a defect', () => {
  const impossible = make.group('x', { nextFlushAt: Number.NaN });
  const answers = core.commit([
    batch(groups(make.group('a'))),
    batch(groups(make.group('half')), groups(impossible)),
    batch(groups(make.group('b'))),
  ]);
  expect(answers.map(reasonOf)).toEqual(['stored', 'defect', 'stored']);
  expect(keys()).toEqual(['a', 'b']);
});

test('batches that share a transaction see each other’s claims in order', () => {
  const name = make.entryName('g');
  const answers = core.commit([batch(make.claim(name, 0)), batch(make.claim(name, 0)), batch(make.claim(name, 1))]);
  expect(answers.map((answer) => answer.ok && answer.results[0])).toEqual([
    { granted: true, fence: 1 },
    { granted: false, generation: 1 },
    { granted: true, fence: 2 },
  ]);
});

test('a file that breaks while in use refuses as `io`, and is used again once it is whole', () => {
  commit(alerts(1, 2000));
  opened.db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory');
  const file = join(directory, 'belfry.db');
  const whole = readFileSync(file);
  writeFileSync(file, Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(whole.length - 4096, 0xa5)]));
  const load = (): void => core.load(() => {});
  expect(load).toThrow(new StoreUnavailable('io'));
  expect(reasonOf(commit(groups(make.group('reopened, found damaged'))))).toBe('io');
  rmSync(`${file}-wal`, { force: true });
  writeFileSync(file, whole);
  expect(reasonOf(commit(groups(make.group('too soon'))))).toBe('io');
  elapsed += 1000;
  expect(reasonOf(commit(groups(make.group('again'))))).toBe('stored');
  expect(keys()).toEqual(['again']);
});

test.for<[code: number, name: string, reason: string | null]>([
  [13, 'FULL', 'full'],
  [5, 'BUSY', 'busy'],
  [261, 'BUSY_RECOVERY', 'busy'],
  [10, 'IOERR', 'io'],
  [1034, 'IOERR_FSYNC', 'io'],
  [778, 'IOERR_WRITE', 'io'],
  [11, 'CORRUPT', 'io'],
  [779, 'CORRUPT_INDEX', 'io'],
  [26, 'NOTADB', 'io'],
  [1032, 'READONLY_DBMOVED', 'io'],
  [14, 'CANTOPEN', 'io'],
  [1, 'ERROR', null],
  [19, 'CONSTRAINT', null],
  [21, 'MISUSE', null],
])('`atPort()` makes of SQLite’s %i (%s): %s', ([errcode, , reason]) => {
  const error = Object.assign(new Error('as SQLite says'), { errcode });
  const seen = atPort(error);
  if (reason === null) expect(seen).toBe(error);
  else expect(seen).toMatchObject({ name: 'StoreUnavailable', reason, cause: error });
});

test('`troubleOf()` knows a full disk from the file system too', () => {
  expect(troubleOf(Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'mkdir' }))).toBe('full');
  expect(troubleOf(Object.assign(new Error('x'), { code: 'EACCES', syscall: 'open' }))).toBe('io');
  expect(troubleOf(new TypeError('ours'))).toBeNull();
  expect(troubleOf('not even an error')).toBeNull();
});
