// Storage that somebody or something has damaged: the process starts and says what it set aside, or says in one
// line why it cannot. It never dies with a stack trace and never serves nonsense.
import { cp, mkdir, mkdtemp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningProcess } from '../../support/e2e/child.ts';
import { ended, firing, idOf, postAlerts, postSilence, silence } from './ask.ts';
import { seeded } from './random.ts';
import { urlsOf } from './receivers.ts';
import { Scratch, urlOf } from './scratch.ts';

const FLIPS = Number(process.env['BELFRY_CHAOS_FLIPS'] ?? 8);
const SET_ASIDE = /msg="The database was damaged: it is set aside and a new one begun" path=(\S+) detail=/;

let origin = '';
let scratch: Scratch;

/** A storage folder with something in it, not closed in order: its log is beside it. */
beforeAll(async () => {
  scratch = await Scratch.make(urlsOf({ '/': 'http://127.0.0.1:9/' }, { group_wait: '10ms', group_interval: '1s' }));
  origin = await mkdtemp(join(tmpdir(), 'belfry-origin-'));
  await using belfry = scratch.spawn();
  const url = await urlOf(belfry);
  for (let i = 0; i < 60; i++) {
    const labels = { alertname: `A${i}`, text: 'x'.repeat(200) };
    await postAlerts(url, firing(labels));
    if (i % 3 === 0) await idOf(await postSilence(url, silence(labels)));
    if (i % 5 === 0) await postAlerts(url, ended(labels));
  }
  await belfry.stop('SIGTERM');
  await cp(scratch.storage, origin, { recursive: true });
});

afterAll(async () => {
  await scratch[Symbol.asyncDispose]();
  await rm(origin, { recursive: true, force: true });
});

interface Started {
  readonly url: string | null;
  readonly output: string;
  readonly files: readonly string[];
}

/** Runs on a damaged copy; url is null when it ended by itself. */
async function startOn(
  damage: (folder: string) => Promise<void>,
  use: (url: string) => Promise<void> = async () => {},
): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-damaged-'));
  try {
    await cp(origin, folder, { recursive: true });
    await damage(folder);
    await using belfry = new RunningProcess(process.execPath, scratch.args(0, folder));
    const url = await Promise.race([urlOf(belfry), belfry.ended().then(() => null)]);
    if (url !== null) await use(url);
    const { output } = belfry;
    if (url === null) expect(await belfry.ended()).toBe('exit code 1');
    else expect(await belfry.stop()).toBe('exit code 0');
    return { url, output, files: (await readdir(folder)).sort() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function works(url: string): Promise<void> {
  const id = await idOf(await postSilence(url, silence({ alertname: 'New' })));
  expect((await postAlerts(url, firing({ alertname: 'New' }))).status).toBe(200);
  for (const path of [
    '/api/v2/alerts',
    '/api/v2/silences',
    '/api/v2/alerts/groups',
    '/api/belfry/v1/notifications',
    '/api/belfry/v1/events',
  ]) {
    expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
  }
  expect((await fetch(`${url}/api/v2/silence/${id}`)).status).toBe(200);
}

function expectSetAside({ url, output, files }: Started): void {
  if (url === null) throw new Error(`it did not start:\n${output}`);
  expect(output).toMatch(SET_ASIDE);
  expect(files.filter((name) => name.startsWith('belfry.db.corrupt-')).length).toBeGreaterThan(0);
  expect(SET_ASIDE.exec(output)![1]).toContain('belfry.db.corrupt-');
}

const database = (folder: string): string => join(folder, 'belfry.db');

describe('a database that is no database is set aside, with a line in the log', () => {
  it.each<readonly [string, (file: string) => Promise<void>]>([
    ['garbage', (file) => writeFile(file, Buffer.alloc(50_000, 'not a database '))],
    ['one line of text', (file) => writeFile(file, 'hello\n')],
    ['cut in the middle of a page', async (file) => truncate(file, Math.trunc((await stat(file)).size / 2) + 100)],
    ['its first page zeroed', (file) => overwrite(file, 0, Buffer.alloc(4096))],
    [
      'all pages but the first zeroed',
      async (file) => overwrite(file, 4096, Buffer.alloc((await stat(file)).size - 4096)),
    ],
  ])('%s', async (_what, damage) => {
    expectSetAside(await startOn((folder) => damage(database(folder)), works));
  });

  it('an empty file beside its log', async () => {
    const started = await startOn(async (folder) => {
      await writeFile(database(folder), '');
      await writeFile(`${database(folder)}-wal`, Buffer.alloc(10_000, 1));
    }, works);
    expectSetAside(started);
  });
});

it('an empty database file is a new one', async () => {
  const { url, output } = await startOn((folder) => writeFile(database(folder), ''), works);
  expect(url === null ? output : '').toBe('');
});

it('a log of garbage beside a good database costs nothing that the database holds', async () => {
  const { output } = await startOn(
    (folder) => writeFile(`${database(folder)}-wal`, Buffer.alloc(30_000, 7)),
    async (url) => {
      expect(await (await fetch(`${url}/api/v2/silences`)).json()).toHaveLength(20);
    },
  );
  expect(output).not.toMatch(SET_ASIDE);
});

it(
  'byte flips anywhere: it starts, answers and takes new things, or says why not',
  async () => {
    const random = seeded();
    const seen = { setAside: 0, unnoticed: 0, notStarted: 0 };
    for (let i = 0; i < FLIPS; i++) {
      const flips = random.integer(1, 40);
      const { url, output, files } = await startOn(async (folder) => {
        const { size } = await stat(database(folder));
        for (let flip = 0; flip < flips; flip++) {
          await overwrite(database(folder), random.integer(0, size - 1), Buffer.from([random.integer(0, 255)]));
        }
      }, works);
      expect(output, `seed ${random.seed}, turn ${i}`).not.toMatch(/^ {4}at |a request failed/m);
      if (url === null) {
        expect(output.trim().split('\n').at(-1)).toContain('belfry.db');
        seen.notStarted++;
      } else if (SET_ASIDE.test(output)) {
        expect(files.some((name) => name.startsWith('belfry.db.corrupt-'))).toBe(true);
        seen.setAside++;
      } else seen.unnoticed++;
    }
    process.stderr.write(`byte flips: ${JSON.stringify(seen)} (seed ${random.seed})\n`);
    // Damage that spares every page but not the words of the schema: rare, and told.
    expect(seen.notStarted).toBeLessThan(FLIPS / 2);
  },
  20_000 + FLIPS * 10_000,
);

describe('a start that cannot be is told in one line, exit code 1', () => {
  it('a folder in place of the database', async () => {
    const { url, output } = await startOn(async (folder) => {
      await rm(database(folder));
      await mkdir(database(folder));
    });
    expect(url).toBeNull();
    expect(lastLines(output)).toEqual([expect.stringMatching(/belfry\.db is not a file/)]);
  });

  it('a file in place of the storage folder', async () => {
    await using place = await Scratch.make(
      urlsOf({ '/': 'http://127.0.0.1:9/' }, { group_wait: '1s', group_interval: '1s' }),
    );
    await writeFile(place.storage, 'a file');
    await using belfry = place.spawn();
    expect(await belfry.ended()).toBe('exit code 1');
    expect(lastLines(belfry.output)).toEqual([expect.stringContaining('data')]);
  });

  it('a second process on the same storage folder, and the first goes on', async () => {
    await using place = await Scratch.make(
      urlsOf({ '/': 'http://127.0.0.1:9/' }, { group_wait: '1s', group_interval: '1s' }),
    );
    await using first = place.spawn();
    const url = await urlOf(first);
    await using second = place.spawn();
    expect(await second.ended()).toBe('exit code 1');
    expect(lastLines(second.output)).toEqual([expect.stringMatching(/belfry\.db is in use by another process/)]);
    expect((await postAlerts(url, firing({ alertname: 'A' }))).status).toBe(200);
  });
});

/** What it wrote besides its log. */
const lastLines = (output: string): readonly string[] =>
  output.split('\n').filter((line) => line !== '' && !line.startsWith('time='));

async function overwrite(file: string, at: number, bytes: Buffer): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
}
