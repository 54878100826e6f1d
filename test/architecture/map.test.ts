import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quotedIn, tablesOf } from './markdown-tables.ts';
import { listTree, repository } from './source-text.ts';

/** The map: tables with `Looking for` and `File` side by side (once or more), paths from src or from the root. */
function mapRows(markdown: string): readonly (readonly [lookingFor: string, file: string])[] {
  return tablesOf(markdown).flatMap(({ header, rows }) =>
    header.flatMap((title, column) =>
      title === 'Looking for' && header[column + 1] === 'File'
        ? rows.map((row) => [row[column] ?? '', row[column + 1] ?? ''] as const).filter(([words]) => words !== '')
        : [],
    ),
  );
}

/** What the map promises and the tree does not keep. */
function brokenPromises(markdown: string): readonly string[] {
  return mapRows(markdown).flatMap(([lookingFor, file]) => {
    const words = quotedIn(lookingFor);
    const paths = quotedIn(file);
    if (words.length === 0) return [`"${lookingFor}": no word in backticks to look for`];
    if (paths.length === 0) return [`"${lookingFor}": no path in backticks`];
    return paths.flatMap((path) => {
      const text = textAt(path);
      if (text === null) return [`"${lookingFor}": ${path} does not exist`];
      return words.filter((word) => !holdsWord(text, word)).map((word) => `${path} does not contain "${word}"`);
    });
  });
}

function textAt(path: string): string | null {
  const found = [`src/${path}`, path].find((candidate) => existsSync(join(repository, candidate)));
  if (found === undefined) return null;
  const files = statSync(join(repository, found)).isDirectory() ? listTree(found) : [found];
  return files.map((file) => readFileSync(join(repository, file), 'utf8')).join('\n');
}

function holdsWord(text: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w])${escaped}(?![\\w])`).test(text);
}

describe('the map in src/README.md', () => {
  const read = (): string => readFileSync(join(repository, 'src/README.md'), 'utf8');

  it('leads to files that exist and contain the word', () => {
    expect(brokenPromises(read())).toEqual([]);
  });

  it('has enough rows to be a map', () => {
    expect(mapRows(read()).length).toBeGreaterThanOrEqual(10);
  });
});

describe('`brokenPromises()`', () => {
  const map = (...rows: readonly string[]): string =>
    ['# Map', '', '| Looking for | File |', '|---|---|', ...rows, ''].join('\n');

  it.each([
    ['a path that is gone', '| `Labels` | `model/gone.ts` |', 'model/gone.ts does not exist'],
    ['a word that moved', '| `no_such_word` | `model/labels.ts` |', 'does not contain "no_such_word"'],
    ['part of a word', '| `Label` | `model/order.ts` |', 'does not contain "Label"'],
    ['a row without a word', '| the labels | `model/labels.ts` |', 'no word in backticks'],
    ['a row without a path', '| `Labels` | somewhere |', 'no path in backticks'],
  ])('names %s', (_title, row, says) => {
    expect(brokenPromises(map(row)).join()).toContain(says);
  });

  it('reads tables that hold two pairs of columns', () => {
    const wide =
      '| Looking for | File | | Looking for | File |\n|---|---|---|---|---|\n| `Labels` | `model/labels.ts` | | `x` | `gone.ts` |\n';
    expect(brokenPromises(wide)).toEqual(['"`x`": gone.ts does not exist']);
  });

  it('accepts files and folders that contain the word', () => {
    expect(brokenPromises(map('| `Labels` | `model/labels.ts` |', '| `Labels`, `Pairs` | `model/` |'))).toEqual([]);
  });
});
