import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemFiles } from '../../src/adapters/files.ts';
import type { Problem } from '../../src/model/problem.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belfry-files-'));
  await mkdir(join(folder, 'sub/deep'), { recursive: true });
  await mkdir(join(folder, 'x.tmpl'));
  const files = [
    'b.tmpl',
    'a.tmpl',
    'a[1].tmpl',
    '.hidden.tmpl',
    'notes.txt',
    'é.tmpl',
    'sub/c.tmpl',
    'sub/deep/d.tmpl',
  ];
  for (const file of files) await writeFile(join(folder, file), file);
  await symlink(join(folder, 'sub'), join(folder, 'sub/deep/loop'));
  await symlink(join(folder, 'gone'), join(folder, 'broken.tmpl'));
});

afterAll(() => rm(folder, { recursive: true }));

async function problemOf(name: string, content?: Uint8Array): Promise<Problem> {
  const path = join(folder, name);
  if (content !== undefined) await writeFile(path, content);
  const read = await systemFiles.read(path);
  if (read.ok) throw new Error(`${name} was read`);
  return read.problem;
}

describe('`systemFiles.read()`', () => {
  it('gives the text as it is, a byte order mark included', async () => {
    await writeFile(join(folder, 'text.yml'), '\ufeffa: ü\r\n');
    expect(await systemFiles.read(join(folder, 'text.yml'))).toEqual({ ok: true, value: '\ufeffa: ü\r\n' });
  });

  it('gives an empty file as empty text', async () => {
    await writeFile(join(folder, 'empty.yml'), '');
    expect(await systemFiles.read(join(folder, 'empty.yml'))).toEqual({ ok: true, value: '' });
  });

  it.each([
    ['a file that is not there', 'no.yml', 'file/missing', 'does not exist'],
    ['a file below a file', 'notes.txt/x.yml', 'file/missing', 'does not exist'],
    ['a directory', 'sub', 'file/directory', 'is a directory'],
    ['a link to nowhere', 'broken.tmpl', 'file/missing', 'does not exist'],
  ])('names %s', async (_title, name, code, says) => {
    const problem = await problemOf(name);
    expect(problem).toMatchObject({ severity: 'error', code, at: null });
    expect(problem.message).toBe(`${join(folder, name)} ${says}${code === 'file/directory' ? ', not a file' : ''}`);
  });

  it('says what the shell did not do with ~', async () => {
    const read = await systemFiles.read('~/nowhere.yml');
    expect(read).toMatchObject({ ok: false, problem: { hint: 'the shell did not expand ~: write the whole path' } });
  });

  it.each([
    ['the first byte', [0xff, 0x41], 1, 1],
    ['a byte in the second line', [0x41, 0x0a, 0xc3, 0xbc, 0xe9, 0x0a, 0x42], 2, 2],
    ['a character that is cut off at the end', [0x41, 0x42, 0xc3], 1, 3],
    ['a byte after a replacement character that is meant', [0xef, 0xbf, 0xbd, 0x80], 1, 2],
  ])('points at %s that is not UTF-8', async (_title, bytes, line, column) => {
    const problem = await problemOf('latin.yml', Uint8Array.from(bytes));
    expect(problem).toMatchObject({ code: 'file/not-text', at: { file: join(folder, 'latin.yml'), line, column } });
  });

  it('suspects the wrong file when it is binary', async () => {
    expect((await problemOf('a.bin', Uint8Array.of(0x7f, 0x45, 0, 0xff))).hint).toContain('binary');
  });

  it('stops reading at a bound', async () => {
    expect((await problemOf('big.yml', new Uint8Array(16 * 1024 * 1024 + 1))).code).toBe('file/too-large');
  });
});

describe('`systemFiles.glob()`', () => {
  it.each([
    ['*.tmpl', ['.hidden.tmpl', 'a.tmpl', 'a[1].tmpl', 'b.tmpl', 'é.tmpl']],
    ['?.tmpl', ['a.tmpl', 'b.tmpl', 'é.tmpl']],
    ['[a-b].tmpl', ['a.tmpl', 'b.tmpl']],
    ['[^a].tmpl', ['b.tmpl', 'é.tmpl']],
    ['a\\[1].tmpl', ['a[1].tmpl']],
    ['a.tmpl', ['a.tmpl']],
    ['*/*.tmpl', ['sub/c.tmpl']],
    ['s*/deep/d.*', ['sub/deep/d.tmpl']],
    ['./sub/../a.tmpl', ['a.tmpl']],
    ['**/*.tmpl', ['.hidden.tmpl', 'a.tmpl', 'a[1].tmpl', 'b.tmpl', 'sub/c.tmpl', 'sub/deep/d.tmpl', 'é.tmpl']],
    ['sub/**', ['sub/c.tmpl', 'sub/deep/d.tmpl']],
    ['nothing*', []],
    ['no/such/folder/*', []],
    ['notes.txt/*', []],
  ])('%s', async (pattern, expected) => {
    const found = await systemFiles.glob(`${folder}/${pattern}`);
    expect(found).toEqual(expected.map((name) => join(folder, name)));
  });
});
