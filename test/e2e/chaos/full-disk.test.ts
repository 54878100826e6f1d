// A disk that is full while the process runs: the storage folder is a file system of two megabytes. Promises that
// cannot be kept are not given (507), what is known is notified all the same, and room is noticed.
import { execFileSync } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { RunningProcess } from '../../support/e2e/child.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { firing, idOf, postAlerts, postSilence, silence, until } from './ask.ts';
import { urlsOf } from './receivers.ts';
import { metric } from './router-views.ts';
import { Scratch, urlOf } from './scratch.ts';

const FULL = 507;

/** A file system of its own, small; null where nobody may mount. */
async function smallDisk(folder: string): Promise<AsyncDisposable | null> {
  await mkdir(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    return null;
  }
  return { [Symbol.asyncDispose]: async () => void execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' }) };
}

/** Until a write is refused, and stays so: what still fits into the pages of the log is written first. */
async function fillForGood(folder: string, url: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (let i = 0; i < 10; i++) {
    files.push(await fill(folder, `ballast${i}`));
    let status = 200;
    for (let tries = 0; tries < 2000 && status === 200; tries++)
      ({ status } = await postSilence(url, silence({ alertname: 'Ballast' })));
    await pause(1500);
    if (status === FULL && (await metric(url, 'belfry_store_away')) === 1) return files;
  }
  throw new Error('the disk does not stay full');
}

/** To the last byte. */
async function fill(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  const { bavail, bsize } = await statfs(folder);
  await writeFile(file, Buffer.alloc(bavail * bsize));
  expect((await statfs(folder)).bavail).toBe(0);
  return file;
}

const names = (sink: WebhookSink): readonly string[] =>
  sink
    .received()
    .flatMap(({ body }) =>
      (JSON.parse(body) as { alerts: { labels: { alertname: string } }[] }).alerts.map(
        ({ labels }) => labels.alertname,
      ),
    );

it('a full disk: 507 and nothing half done, pages go on, and room is noticed within 10 s', async () => {
  await using sink = await startWebhookSink();
  await using scratch = await Scratch.make(urlsOf({ '/': sink.url }, { group_wait: '200ms', group_interval: '1s' }));
  await using disk = await smallDisk(scratch.storage);
  if (disk === null) return void process.stderr.write('a full disk: not looked at, mounting is not allowed here\n');
  await using belfry = scratch.spawn();
  const url = await urlOf(belfry);
  const before = await idOf(await postSilence(url, silence({ alertname: 'SilencedBefore' })));

  // Nothing happens but one request that is refused: it is not called back before there is room, and then soon.
  const ballasts = await fillForGood(scratch.storage, url);
  const lines = linesOfStore(belfry).length;
  await pause(3500);
  expect(linesOfStore(belfry)).toHaveLength(lines);
  expect(linesOfStore(belfry).at(-1)).toMatch(/store is away.*full/);
  for (const file of ballasts) await rm(file);
  const idle = await until(
    'an idle process sees that the store is back',
    10_000,
    async () => (await metric(url, 'belfry_store_away')) === 0,
  );

  const more = await fillForGood(scratch.storage, url);
  const refused = await postSilence(url, silence({ alertname: 'Refused' }));
  expect([refused.status, await refused.json()]).toEqual([FULL, 'the store cannot take writes: full']);
  expect((await fetch(`${url}/api/v2/silence/${before}`, { method: 'DELETE' })).status).toBe(FULL);
  const listed = (await (await fetch(`${url}/api/v2/silences`)).json()) as readonly {
    id: string;
    status: { state: string };
  }[];
  const stand = listed.filter(({ status }) => status.state === 'active').map(({ id }) => id);
  expect(stand).toContain(before);
  expect(
    (
      await postAlerts(
        url,
        firing({ alertname: 'WhileFull' }),
        firing({ alertname: 'Refused' }),
        firing({ alertname: 'SilencedBefore' }),
      )
    ).status,
  ).toBe(FULL);
  await until(
    'the alerts that came while the disk was full are told',
    10_000,
    () => names(sink).includes('WhileFull') && names(sink).includes('Refused'),
  );
  expect(names(sink)).not.toContain('SilencedBefore');
  expect(await metric(url, 'belfry_store_away')).toBe(1);
  await pause(3500);
  expect(linesOfStore(belfry).at(-1)).toMatch(/store is away.*full/);

  for (const file of more) await rm(file);
  const back = await until('the store is back', 10_000, async () => (await metric(url, 'belfry_store_away')) === 0);
  process.stderr.write(
    `room on the disk was noticed after ${Math.round(back)} ms, when idle after ${Math.round(idle)} ms\n`,
  );
  expect(linesOfStore(belfry).at(-1)).toMatch(/store is back/);
  const after = await idOf(await postSilence(url, silence({ alertname: 'SilencedAfter' })));
  expect((await postAlerts(url, firing({ alertname: 'After' }))).status).toBe(200);
  await until('After is told', 10_000, () => names(sink).includes('After'));
  await pause(300);

  await belfry.stop('SIGKILL');
  await using again = scratch.spawn();
  const url2 = await urlOf(again);
  const silences = (await (await fetch(`${url2}/api/v2/silences`)).json()) as readonly { readonly id: string }[];
  expect(silences.map(({ id }) => id).sort()).toEqual([...stand, after].sort());
  const alerts = (await (await fetch(`${url2}/api/v2/alerts`)).json()) as readonly {
    readonly labels: { readonly alertname: string };
  }[];
  const known = alerts.map(({ labels }) => labels.alertname);
  expect(known).toEqual(expect.arrayContaining(['WhileFull', 'Refused', 'SilencedBefore', 'After']));
  await pause(2500);
  const told = names(sink);
  expect(
    told.filter((name, i) => told.indexOf(name) !== i),
    'told twice',
  ).toEqual([]);
  expect(again.output).not.toMatch(/mistake in the program/);
});

const linesOfStore = ({ output }: RunningProcess): readonly string[] =>
  output.split('\n').filter((line) => /store is (?:away|back)/.test(line));
