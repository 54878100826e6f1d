// What somebody reads who starts Belfry the wrong way: on stderr, in plain words, with status 1, and soon.
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { run, type Ran } from '../../support/e2e/run-program.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const GOOD = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';

const files: Readonly<Record<string, string>> = {
  'good.yml': GOOD,
  'typo.yml': `route:
  receiver: nobody
  group_wiat: 5s
receivers:
- name: team
  webhook_configs: [{url: "ftp://x"}]
`,
  'open.yml': 'route: {receiver: team\nreceivers: []\n',
};

/** Flags, then what is said; every line of it, and the start of the log aside. */
const starts: readonly (readonly [what: string, flags: readonly string[], said: readonly string[]])[] = [
  [
    'an unknown flag',
    ['--web.listen-adress=:9093'],
    ['belfry: unknown flag --web.listen-adress; did you mean "--web.listen-address"?', 'Try belfry --help'],
  ],
  [
    'two flags with bad values',
    ['--data.retention=soon', '--log.level=loud'],
    [
      'belfry: --data.retention is "soon": it must be a duration, as 90s, 15m, 120h or 5d',
      'belfry: --log.level is "loud": it must be debug, info, warn or error',
      'Try belfry --help',
    ],
  ],
  ['a configuration that is not there', ['--config.file=nope.yml'], ['error: nope.yml does not exist']],
  [
    'a configuration with mistakes',
    ['--config.file=typo.yml'],
    [
      'typo.yml:2:13: error: undefined receiver "nobody" used in route',
      '    2 |   receiver: nobody',
      '      |             ^^^^^^ known receivers: "team"',
      'typo.yml:3:3: error: unknown field "group_wiat" in route',
      '    3 |   group_wiat: 5s',
      '      |   ^^^^^^^^^^ did you mean "group_wait"?',
      'typo.yml:6:27: error: invalid URL: unsupported scheme "ftp" for URL',
      '    6 |   webhook_configs: [{url: "ftp://x"}]',
      '      |                           ^^^^^^^^^',
    ],
  ],
  [
    'a configuration that is not YAML',
    ['--config.file=open.yml'],
    ['open.yml:2:1: error: the closing } is missing, or not indented', '    2 | receivers: []', '      | ^'],
  ],
  [
    'a storage below a file',
    ['--config.file=good.yml', '--storage.path=good.yml/data'],
    ["good.yml/data/belfry.db cannot be opened: ENOTDIR: not a directory, mkdir 'good.yml/data'"],
  ],
  [
    'a storage where nothing can be made',
    ['--config.file=good.yml', '--storage.path=/proc/belfry'],
    ["/proc/belfry/belfry.db cannot be opened: ENOENT: no such file or directory, mkdir '/proc/belfry'"],
  ],
];

const start = (cwd: string, flags: readonly string[]): Promise<Ran> =>
  run(process.execPath, [main, '--web.listen-address=127.0.0.1:0', ...flags], { cwd });

const withoutLog = (stderr: string): readonly string[] =>
  stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('time='));

it.each(starts)('%s is told, and nothing is started', async (_what, flags, said) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'belfry-e2e-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const ran = await start(folder.path, flags);
  expect({ ...ran, stderr: withoutLog(ran.stderr) }).toEqual({ code: 1, stdout: '', stderr: said });
});

it('a port that is taken and a storage that is in use are told, and who has them goes on', async () => {
  await using belfry = await startBelfry({ config: GOOD });
  const address = belfry.url.replace('http://', '');
  const configured = `--config.file=${join(belfry.folder, 'config.yml')}`;
  const [port, storage] = await Promise.all([
    start(belfry.folder, [configured, '--storage.path=other', `--web.listen-address=${address}`]),
    start(belfry.folder, [configured, '--storage.path=data']),
  ]);
  expect([port.code, withoutLog(port.stderr)]).toEqual([
    1,
    [`belfry: cannot listen on ${address}: another process does (choose another --web.listen-address)`],
  ]);
  expect([storage.code, withoutLog(storage.stderr)]).toEqual([1, ['data/belfry.db is in use by another process']]);
  expect((await fetch(`${belfry.url}/-/ready`)).status).toBe(200);
});
