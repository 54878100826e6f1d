import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { planMigrations, readMigrations, type Migration } from '../../src/adapters/migrate.ts';

function folder(files: Record<string, string>): readonly Migration[] {
  const path = mkdtempSync(join(tmpdir(), 'belfry-migrations-'));
  try {
    for (const [name, sql] of Object.entries(files)) writeFileSync(join(path, name), sql);
    return readMigrations(pathToFileURL(`${path}/`));
  } finally {
    rmSync(path, { recursive: true });
  }
}

const three = folder({ '0002_b.sql': '-- breaking\nb', '0001_a.sql': 'a', '0003_c.sql': 'c', 'note.md': '' });
const pending = (applied: readonly Migration[], known = three) => {
  const plan = planMigrations(known, applied);
  return plan.kind === 'run' ? plan.pending.map((m) => m.name) : plan.message;
};

test('`readMigrations()` reads the .sql files by number, and the flag of their first line', () => {
  expect(three.map((m) => [m.number, m.name, m.breaking])).toEqual([
    [1, '0001_a.sql', false],
    [2, '0002_b.sql', true],
    [3, '0003_c.sql', false],
  ]);
});

test('`readMigrations()` takes a file with other line ends for the same file', () => {
  const [lf] = folder({ '0001_a.sql': '-- x\ny\n' });
  const [crlf] = folder({ '0001_a.sql': '-- x\r\ny\r\n' });
  expect(crlf).toEqual(lf);
});

test.for([['0001_a.sql', '0003_c.sql'], ['0000_a.sql'], ['0001_a.sql', '0001_b.sql'], ['a.sql']])(
  '`readMigrations()` throws at a gap: %j',
  (names) => {
    expect(() => folder(Object.fromEntries(names.map((name) => [name, ''])))).toThrow(/migration \d is missing/);
  },
);

test('`planMigrations()` runs what is not applied yet', () => {
  expect(pending([])).toEqual(['0001_a.sql', '0002_b.sql', '0003_c.sql']);
  expect(pending(three.slice(0, 2))).toEqual(['0003_c.sql']);
  expect(pending(three)).toEqual([]);
});

test('`planMigrations()` runs on a newer schema unless it is breaking', () => {
  expect(pending(three, three.slice(0, 2))).toEqual([]);
  expect(pending(three, three.slice(0, 1))).toMatch(/newer than this program .*0002_b\.sql/);
});

test('`planMigrations()` refuses a schema made by another text under the same number', () => {
  const [other] = folder({ '0001_a.sql': 'something else' });
  expect(pending([other!])).toMatch(/another version of 0001_a\.sql/);
});
