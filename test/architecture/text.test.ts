import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listTree, readTree, repository, sourceFile, type SourceFile } from './source-text.ts';
import { leftovers, machinePaths, mocks, switchedTests, waiting, type Finder } from './text-rules.ts';

// This folder is made of such words: its plants.
const gates = 'test/architecture/';

/** Where a real peer may be missing, and the suite says so instead of failing. */
const maySkip: readonly string[] = ['test/e2e/peers.ts'];

/** Where real sockets and processes take real time. */
const mayWait: readonly string[] = [
  'test/e2e/',
  'test/bench/',
  'test/core/adapters/',
  'test/support/',
  'test/api/server.test.ts',
];

const src = readTree('src');
const tests = readTree('test').filter((file) => !file.path.startsWith(gates));
const within = (places: readonly string[], { path }: SourceFile): boolean =>
  places.some((start) => path.startsWith(start));
const shipped = ['src', 'rules', 'templates', '.ci']
  .filter((folder) => existsSync(join(repository, folder)))
  .flatMap((folder) => textsIn(folder));

function textsIn(folder: string): readonly SourceFile[] {
  return listTree(folder).map((path) => sourceFile(path, readFileSync(join(repository, path), 'utf8')));
}

describe('the texts of the repository', () => {
  it('were read', () => {
    expect(src.length).toBeGreaterThan(40);
    expect(tests.length).toBeGreaterThan(20);
  });

  it('name no path of somebody’s machine', () => {
    expect([...shipped, ...tests].flatMap(machinePaths)).toEqual([]);
  });

  it('leave no work for later', () => {
    expect([...shipped, ...tests].flatMap(leftovers)).toEqual([]);
  });

  it('switch no test off', () => {
    expect(tests.filter((file) => !within(maySkip, file)).flatMap(switchedTests)).toEqual([]);
  });

  it('wait for no real time in tests of pure things', () => {
    expect(tests.filter((file) => !within(mayWait, file)).flatMap(waiting)).toEqual([]);
  });

  it('mock nothing', () => {
    expect(tests.flatMap(mocks)).toEqual([]);
  });
});

describe('the planted texts', () => {
  const planted: readonly (readonly [finder: Finder, text: string])[] = [
    [machinePaths, "const path = '/root/belfry.yml';"],
    [machinePaths, '// see /home/somebody/notes'],
    [machinePaths, "mkdtemp('/tmp/x')"],
    [machinePaths, "const folder = '/tmp';"],
    [machinePaths, "readFile('/work/belfry/x')"],
    [leftovers, '// TODO: later'],
    [leftovers, '// FIXME'],
    [switchedTests, "it.only('x', () => {});"],
    [switchedTests, "describe.skip('x', () => {});"],
    [switchedTests, "it.concurrent.skip('x', () => {});"],
    [switchedTests, "it.skipIf(!present)('x', () => {});"],
    [switchedTests, "it.todo('x');"],
    [switchedTests, "xit('x', () => {});"],
    [waiting, 'await new Promise((done) => setTimeout(done, 10));'],
    [waiting, "import { setTimeout as later } from 'node:timers/promises';"],
    [waiting, 'await sleep(10);'],
    [waiting, 'vi.useFakeTimers();'],
    [waiting, 'await vi.waitFor(() => ready);'],
    [mocks, "vi.mock('../x.ts');"],
    [mocks, "vi.spyOn(console, 'log');"],
  ];

  it.each(planted.map(([finder, text]) => [finder.name, text, finder] as const))(
    '`%s()` finds %s',
    (_name, text, finder) => {
      expect(finder(sourceFile('x.ts', text))).toHaveLength(1);
    },
  );

  const innocent: readonly (readonly [finder: Finder, text: string])[] = [
    [machinePaths, "request.url === '/-/reload' || '/api/v2/home'"],
    [machinePaths, 'fetch(`${base}/root/x`)'],
    [switchedTests, "reader.skip(2); // it.only('x')"],
    [switchedTests, "const title = 'it.skip(';"],
    [waiting, 'expect(sleepUntil).toBe(at);'],
    [leftovers, 'const method = "todo";'],
  ];

  it.each(innocent.map(([finder, text]) => [finder.name, text, finder] as const))(
    '`%s()` lets pass %s',
    (_name, text, finder) => {
      expect(finder(sourceFile('x.ts', text))).toEqual([]);
    },
  );
});
