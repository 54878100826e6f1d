import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from './source-text.ts';

// The formatter, compiler, linter and dead-code finder of `npm run ok`, with our own settings, over a small
// tree in which each thing they must refuse stands once.

const run = promisify(execFile);

const planted: Readonly<Record<string, string>> = {
  'src/main.ts': "import { used } from './model/used.ts';\n\nused();\n",
  'src/model/used.ts':
    'export const used = (): number => 1;\nexport const forgotten = 2;\nexport type Forgotten = string;\n',
  'src/model/orphan.ts': 'export const orphan = 1;\n',
  'src/model/erasable.ts': 'export enum Colour {\n  Red,\n}\n',
  'src/model/spacing.ts': 'export   const spacing = "double"\n',
  'src/model/floating.ts':
    'const later = async (): Promise<void> => {};\nexport const start = (): void => {\n  later();\n};\n',
  'src/model/switch.ts':
    "export function name(kind: 'a' | 'b'): string {\n  switch (kind) {\n    case 'a':\n      return 'A';\n  }\n  return '';\n}\n",
  'src/model/any.ts': 'export const loose = (value: any): number => value.length;\n',
  'src/model/cycle-a.ts': "import { b } from './cycle-b.ts';\nexport const a = (): number => b();\n",
  'src/model/cycle-b.ts': "import { a } from './cycle-a.ts';\nexport const b = (): number => a();\n",
  'src/model/default.ts': 'export default 1;\n',
  'src/model/type-import.ts':
    "import { Forgotten } from './used.ts';\nexport const text = (value: Forgotten): string => value;\n",
  'src/model/clock.ts':
    'export const clock = (): unknown => [Date, Math.random, process, setTimeout, performance, fetch, crypto];\n',
  'src/integrations/slack/render.ts': 'export const clock = (): unknown => Date;\n',
  'src/integrations/slack/send.ts': 'export const clock = (): unknown => Date;\n',
  'src/engine/print.ts': "export const print = (): void => console.log('x');\n",
  'src/cli/print.ts': "export const print = (): void => console.log('x');\n",
  'test/core/only.test.ts': "import { it } from 'vitest';\nit.only('x', () => {});\n",
};

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belfry-tools-'));
  for (const name of ['package.json', 'tsconfig.json', '.oxlintrc.json', '.oxfmtrc.json', '.knip.json']) {
    await cp(join(repository, name), join(folder, name));
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(planted)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function tool(
  name: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> {
  try {
    const { stdout, stderr } = await run(join(repository, 'node_modules/.bin', name), [...args], {
      cwd: folder,
      timeout: 15_000,
      env: { ...process.env, PATH: `${join(repository, 'node_modules/.bin')}:${process.env['PATH']}`, NO_COLOR: '1' },
    });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    };
    return { code, said: stdout + stderr };
  }
}

describe('the tools, over the planted tree', () => {
  it('oxfmt refuses an unformatted file', async () => {
    const { code, said } = await tool('oxfmt', '--check', 'src', 'test');
    expect(code).not.toBe(0);
    expect(said).toContain('src/model/spacing.ts');
    expect(said).not.toContain('src/model/used.ts');
  });

  it('tsc refuses what Node cannot erase and what the types forbid', async () => {
    const { code, said } = await tool('tsc', '--noEmit');
    expect(code).not.toBe(0);
    expect(said).toMatch(/erasable\.ts.*TS1294/);
    expect(said).toMatch(/type-import\.ts.*TS1484/);
  });

  it('oxlint refuses each planted mistake, and only where it is one', async () => {
    const { code, said } = await tool('oxlint', '--type-aware', '--format=unix', 'src', 'test');
    expect(code).not.toBe(0);
    const found = said.split('\n').flatMap((line) => {
      const parts = /^(.+?):\d+:\d+: (.*) \[\w+\/(.+)\]$/.exec(line);
      return parts === null ? [] : [`${parts[1]} ${parts[3]}`];
    });
    expect([...new Set(found)].toSorted()).toMatchInlineSnapshot(`
      [
        "src/engine/print.ts eslint(no-console)",
        "src/integrations/slack/render.ts eslint(no-restricted-globals)",
        "src/model/any.ts typescript(no-explicit-any)",
        "src/model/any.ts typescript(no-unsafe-member-access)",
        "src/model/any.ts typescript(no-unsafe-return)",
        "src/model/clock.ts eslint(no-restricted-globals)",
        "src/model/clock.ts eslint(no-restricted-properties)",
        "src/model/cycle-a.ts import(no-cycle)",
        "src/model/cycle-b.ts import(no-cycle)",
        "src/model/default.ts import(no-default-export)",
        "src/model/floating.ts typescript(no-floating-promises)",
        "src/model/switch.ts typescript(switch-exhaustiveness-check)",
        "src/model/type-import.ts typescript(consistent-type-imports)",
        "test/core/only.test.ts vitest(expect-expect)",
        "test/core/only.test.ts vitest(no-focused-tests)",
      ]
    `);
  });

  it('oxlint refuses each thing that is ambient', async () => {
    const { said } = await tool('oxlint', '--format=unix', 'src/model/clock.ts');
    const names = ['Date', 'Math.random', 'process', 'setTimeout', 'performance', 'fetch', 'crypto'];
    expect(names.filter((name) => !said.includes(`'${name}'`))).toEqual([]);
  });

  it('knip refuses an unused file, export and type', async () => {
    const { code, said } = await tool('knip', '--no-progress');
    expect(code).not.toBe(0);
    expect(said).toContain('src/model/orphan.ts');
    expect(said).toMatch(/^forgotten .*used\.ts/m);
    expect(said).toMatch(/^Forgotten .*used\.ts/m);
  });
});
