import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readTree, repository, sourceFile, type SourceFile } from './source-text.ts';

// The test runner compiles TypeScript with its own tools and takes an enum without a word; the Node that
// runs the product does not. So here the product's Node is asked.

const run = promisify(execFile);
const src = readTree('src');

function notErasable(file: SourceFile): readonly string[] {
  try {
    stripTypeScriptTypes(file.text, { mode: 'strip' });
    return [];
  } catch (error) {
    return [`${file.path}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Loads every file in one fresh process; answers what that process said. Silence is what we want. */
async function load(paths: readonly string[]): Promise<string> {
  const program = 'for (const path of JSON.parse(process.argv[1])) await import(path);';
  try {
    const said = await run(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(paths)], {
      timeout: 15_000,
    });
    return said.stdout + said.stderr;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return stdout + stderr || String(error);
  }
}

async function loadPlanted(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-planted-'));
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'types.ts'), 'export interface Shape { readonly a: number }\n');
    await writeFile(join(folder, name), text);
    return await load([join(folder, name)]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the Node that runs the product', () => {
  it('is one that package.json allows', () => {
    const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node)!;
    const [ourMajor, ourMinor] = process.versions.node.split('.');
    expect(Number(ourMajor) * 1000 + Number(ourMinor)).toBeGreaterThanOrEqual(Number(major) * 1000 + Number(minor));
  });

  it('can erase the types of every file', () => {
    expect(src.length).toBeGreaterThan(40);
    expect(src.flatMap(notErasable)).toEqual([]);
  });

  it('loads every file that is no start of a process or thread, without a word and without staying alive', async () => {
    const paths = src.map((file) => file.path).filter((path) => !/\/(?:main|worker|[\w-]+-worker)\.ts$/.test(path));
    expect(await load(paths.map((path) => join(repository, path)))).toBe('');
  });

  it('starts main.ts', async () => {
    const { stdout, stderr } = await run(process.execPath, [join(repository, 'src/main.ts'), '--help'], {
      timeout: 15_000,
    });
    expect(stdout).toContain('--config.file');
    expect(stderr).toBe('');
  });
});

describe('the planted files', () => {
  it.each([
    ['an enum', 'export enum Colour { Red }'],
    ['a parameter property', 'export class A { constructor(private readonly a: number) {} }'],
    ['a namespace', 'export namespace A { export const a = 1; }'],
    ['an import alias', 'import a = require("node:fs"); export { a };'],
  ])('`stripTypeScriptTypes()` refuses %s', (_title, text) => {
    expect(notErasable(sourceFile('src/model/x.ts', text))).toHaveLength(1);
  });

  it.each([
    ['an enum', 'export enum Colour { Red }', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'],
    [
      'a type imported as a value',
      "import { Shape } from './types.ts';\nexport const a: Shape = { a: 1 };",
      'does not provide an export',
    ],
    ['an import without its ending', "import type {} from './types.ts';\nimport './types';", 'ERR_MODULE_NOT_FOUND'],
    ['a file that prints', "console.log('hello');", 'hello'],
  ])('Node names %s', async (_title, text, says) => {
    expect(await loadPlanted('planted.ts', text)).toContain(says);
  });
});
