import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quotedIn, tablesOf } from './markdown-tables.ts';
import { literalsOf, place, readTree, repository, sourceFile, type SourceFile } from './source-text.ts';

const CODE = /^[a-z]+(?:-[a-z]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MEDIA_TYPE = /^(?:application|text|multipart|image|audio|video|font)\//;

/** Problem codes in the source, each with its first place: any literal of that shape that is not an import or a media type. */
function codesIn(files: readonly SourceFile[]): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  for (const file of files) {
    for (const { value, offset } of literalsOf(file)) {
      if (!CODE.test(value) || MEDIA_TYPE.test(value)) continue;
      if (/(?:from|import|import\()\s*$/.test(file.code.slice(0, offset - 1))) continue;
      if (!codes.has(value)) codes.set(value, place(file, offset));
    }
  }
  return codes;
}

/** Codes listed in a document: the first column of every table headed `Code`. */
function codesListed(markdown: string): readonly string[] {
  return tablesOf(markdown)
    .filter(({ header }) => header[0] === 'Code')
    .flatMap(({ rows }) => rows.flatMap((row) => quotedIn(row[0] ?? '')));
}

function disagreements(files: readonly SourceFile[], markdown: string): readonly string[] {
  const used = codesIn(files);
  const listed = codesListed(markdown);
  return [
    ...[...used].filter(([code]) => !listed.includes(code)).map(([code, at]) => `${at}: ${code} is not in README.md`),
    ...listed.filter((code) => !used.has(code)).map((code) => `README.md lists ${code}, which nothing reports`),
    ...listed.filter((code, index) => listed.indexOf(code) !== index).map((code) => `README.md lists ${code} twice`),
  ];
}

describe('the problem codes of src', () => {
  const readme = (): string => readFileSync(join(repository, 'README.md'), 'utf8');

  it('are exactly those README.md lists', () => {
    expect(disagreements(readTree('src'), readme())).toEqual([]);
  });

  it('were found: there are many', () => {
    expect(codesIn(readTree('src')).size).toBeGreaterThanOrEqual(10);
  });
});

describe('`disagreements()`', () => {
  const source = sourceFile('src/config/x.ts', "report({ code: 'config/unknown-field', type: 'application/json' });");
  const table = (...codes: readonly string[]): string =>
    ['| Code | Meaning |', '|---|---|', ...codes.map((code) => `| \`${code}\` | … |`)].join('\n');

  it('is silent when both say the same', () => {
    expect(disagreements([source], table('config/unknown-field'))).toEqual([]);
  });

  it('names a code that README.md forgot, with its place', () => {
    expect(disagreements([source], table())).toEqual(['src/config/x.ts:1: config/unknown-field is not in README.md']);
  });

  it('names a code that nothing reports any more', () => {
    expect(disagreements([source], table('config/unknown-field', 'config/gone'))).toEqual([
      'README.md lists config/gone, which nothing reports',
    ]);
  });

  it('names a code that is listed twice', () => {
    expect(disagreements([source], table('config/unknown-field', 'config/unknown-field'))).toEqual([
      'README.md lists config/unknown-field twice',
    ]);
  });

  it('takes no package for a code', () => {
    expect([...codesIn([sourceFile('src/x.ts', "import a from 'ajv/dist';\n// 'config/old'\n")]).keys()]).toEqual([]);
  });
});
