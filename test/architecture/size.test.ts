import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listTree, readTree, repository, sourceFile, type SourceFile } from './source-text.ts';

const LINES = 400;

/** Files that may be longer, each with the reason. */
const waivers: ReadonlyMap<string, string> = new Map();

const DRAWERS =
  /^(?:utils?|helpers?|common|misc|lib|shared|interfaces|middleware|manager|types?|index)\.\w+$|[-.](?:utils?|helpers?|manager|types)\.\w+$/;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*\.[a-z]+$/;

const lineCount = ({ text }: SourceFile): number => text.trimEnd().split('\n').length;

function tooLong(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => lineCount(file) > LINES && !waivers.has(file.path))
    .map((file) => `${file.path}: ${lineCount(file)} lines, ${LINES} at most`);
}

function badNames(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => DRAWERS.test(basename(path)) || !KEBAB.test(basename(path)));
}

describe('file sizes', () => {
  it(`stay within ${LINES} lines in src`, () => {
    expect(tooLong(readTree('src'))).toEqual([]);
  });

  it('are counted: one line more is refused', () => {
    const lines = (count: number): SourceFile => sourceFile('src/model/x.ts', 'a\n'.repeat(count));
    expect(tooLong([lines(LINES)])).toEqual([]);
    expect(tooLong([lines(LINES + 1)])).toEqual(['src/model/x.ts: 401 lines, 400 at most']);
  });

  it('have no waiver that is no longer needed', () => {
    const long = new Set(
      readTree('src')
        .filter((file) => lineCount(file) > LINES)
        .map((file) => file.path),
    );
    expect([...waivers.keys()].filter((path) => !long.has(path))).toEqual([]);
  });
});

describe('file names', () => {
  it('say what the file is about, in kebab-case', () => {
    const paths = [...listTree('src'), ...listTree('test')].filter((path) => path.endsWith('.ts'));
    expect(paths.length).toBeGreaterThan(60);
    expect(badNames(paths)).toEqual([]);
  });

  it.each([
    'utils.ts',
    'helpers.ts',
    'common.ts',
    'types.ts',
    'index.ts',
    'manager.ts',
    'string-utils.ts',
    'groupState.ts',
  ])('refuse %s', (name) => {
    expect(badNames([`src/model/${name}`])).toHaveLength(1);
  });

  it.each(['alert-order.ts', 'labels.test.ts', 'labels.prop.test.ts', 'store.sqlite.test.ts', 'alertmanager-v2.ts'])(
    'accept %s',
    (name) => {
      expect(badNames([`src/model/${name}`])).toEqual([]);
    },
  );
});

describe('the top level', () => {
  const allowed = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'src',
    'rules',
    'templates',
    'test',
    'README.md',
  ];
  const made = ['node_modules', 'data'];
  const strays = (names: readonly string[]): readonly string[] =>
    names.filter((name) => !name.startsWith('.') && !allowed.includes(name) && !made.includes(name));

  it('holds what it may hold and dot files', () => {
    expect(strays(readdirSync(repository))).toEqual([]);
  });

  it('takes nothing else', () => {
    expect(strays(['src', '.ci', 'docs', 'vitest.config.ts'])).toEqual(['docs', 'vitest.config.ts']);
  });
});
