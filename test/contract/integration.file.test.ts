// file_configs against a real disk: what integration.contract.ts asks of those that speak HTTP, in its own terms.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtempDisposable, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../src/adapters/directories.ts';
import { fileRequest, type FileRequest, type OutboxLine } from '../../src/integrations/file/request.ts';
import { createFileSender } from '../../src/integrations/file/send.ts';
import { Labels } from '../../src/model/labels.ts';
import { Pairs } from '../../src/model/pairs.ts';
import { compose } from '../../src/notify/compose.ts';
import type { Outcome } from '../../src/notify/outcome.ts';

const patient = AbortSignal.timeout(60_000);

describe('createFileSender()', () => {
  let top: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let folder: string;
  let sender = createFileSender({ makeDirectory });
  beforeEach(async () => {
    top = await mkdtempDisposable(join(tmpdir(), 'belfry-outbox-'));
    folder = join(top.path, 'deep/outbox');
    sender = createFileSender({ makeDirectory });
  });
  afterEach(() => top.remove());

  function request(key: string, over: { readonly receiver?: string; readonly folder?: string } = {}): FileRequest {
    const message = compose(
      {
        ...{ receiver: over.receiver ?? 'team', reason: 'first notification', groupKey: `{}:{key="${key}"}` },
        ...{ groupLabels: Labels.empty, routeLabels: Pairs.none, externalURL: '', at: 0 },
        idempotencyKey: key,
      },
      [],
    );
    return fileRequest(over.folder ?? folder, message);
  }
  const send = (asked: FileRequest, signal = patient): Promise<Outcome> =>
    sender.send(asked, { signal, mayHaveArrived: false });
  const list = async (): Promise<readonly OutboxLine[]> =>
    JSON.parse(await readFile(join(folder, 'outbox.json'), 'utf8')) as OutboxLine[];

  it('makes the folder, writes the message whole and lists it', async () => {
    const asked = request('abc');
    expect(await send(asked)).toEqual({ kind: 'delivered', detail: `written to ${asked.name}` });
    expect(await readdir(folder)).toEqual([asked.name, 'outbox.json']);
    expect(await readFile(join(folder, asked.name), 'utf8')).toBe(asked.body);
    expect(await list()).toEqual([asked.line]);
  });

  it('makes the folder again when somebody took it away', async () => {
    await send(request('a'));
    await top.remove();
    expect(await send(request('b'))).toMatchObject({ kind: 'delivered' });
    expect(await list()).toHaveLength(1);
  });

  it('lists the newest first and at most a hundred, however many are sent at once', async () => {
    const asked = Array.from({ length: 103 }, (_, i) => request(`k${i}`));
    await Promise.all(asked.map((each) => send(each)));
    expect((await list()).map(({ groupKey }) => groupKey)).toEqual(
      asked
        .slice(3)
        .map(({ line }) => line.groupKey)
        .toReversed(),
    );
    expect(await readdir(folder)).toHaveLength(104);
  });

  it('writes a message that is sent again in the place of itself', async () => {
    for (const key of ['same', 'other', 'same']) await send(request(key));
    expect((await list()).map(({ groupKey }) => groupKey)).toEqual(['{}:{key="same"}', '{}:{key="other"}']);
    expect(await readdir(folder)).toHaveLength(3);
  });

  it('puts a new file in the place of the old, and never writes into one that may be read', async () => {
    await send(request('a'));
    const before = await stat(join(folder, 'outbox.json'));
    await send(request('b'));
    expect((await stat(join(folder, 'outbox.json'))).ino).not.toBe(before.ino);
  });

  it.each([
    ['no JSON', 'outbox', []],
    ['no list', '{"file": "x"}', []],
    ['half a list', '[1, null, {"file": 7}, {"file": "kept.json"}]', ['kept.json']],
  ])('begins a broken list anew: %s', async (_, broken, kept) => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'outbox.json'), broken);
    const asked = request('a');
    expect(await send(asked)).toMatchObject({ kind: 'delivered' });
    expect((await list()).map(({ file }) => file)).toEqual([asked.name, ...kept]);
  });

  it('goes on over what a crash left unfinished', async () => {
    const asked = request('a');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `.${asked.name}.unfinished`), '{"half":');
    expect(await send(asked)).toMatchObject({ kind: 'delivered' });
    expect(await readdir(folder)).toEqual([asked.name, 'outbox.json']);
  });

  it('does not write through a link that somebody laid in the folder', async () => {
    const outside = join(top.path, 'outside');
    await writeFile(outside, 'mine');
    await mkdir(folder, { recursive: true });
    const asked = request('a');
    for (const name of ['.outbox.json.unfinished', 'outbox.json', `.${asked.name}.unfinished`, asked.name]) {
      await symlink(outside, join(folder, name));
    }
    expect(await send(asked)).toMatchObject({ kind: 'delivered' });
    expect(await readFile(outside, 'utf8')).toBe('mine');
    expect(await list()).toEqual([asked.line]);
  });

  it.each(['../../up', '/absolute', '..', 'a\u0000b', '__proto__', 'r'.repeat(300)])(
    'writes into its folder whatever the receiver is called: %j',
    async (receiver) => {
      const asked = request('a', { receiver });
      expect(await send(asked)).toMatchObject({ kind: 'delivered' });
      expect((await list())[0]?.receiver).toBe(receiver);
      expect(await readdir(top.path, { recursive: true })).toEqual([
        'deep',
        'deep/outbox',
        `deep/outbox/${asked.name}`,
        'deep/outbox/outbox.json',
      ]);
    },
  );

  it('is tried again where it may not write, and says where and why', async () => {
    await writeFile(join(top.path, 'file'), '');
    const place = join(top.path, 'file/outbox');
    const outcome = await send(request('a', { folder: place }));
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'other', after: null });
    expect(outcome.detail).toContain(`cannot write into ${place}: ENOTDIR: not a directory`);
  });

  it('is tried again below /proc, where no folder can be made', async () => {
    const outcome = await send(request('a', { folder: '/proc/nowhere/outbox' }), AbortSignal.timeout(5000));
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'other' });
    expect(outcome.detail).toMatch(/^cannot write into \/proc\/nowhere\/outbox: \w+: .* mkdir '\/proc/);
  });

  it('waits no longer than it may for a disk that does not answer', async () => {
    await mkdir(folder, { recursive: true });
    const list = join(folder, 'outbox.json');
    execFileSync('mkfifo', [list]);
    const late = await send(request('a'), AbortSignal.timeout(50));
    expect(late).toMatchObject({ kind: 'retry', reason: 'contextDeadlineExceeded' });
    const stop = new AbortController();
    const waiting = send(request('b'), stop.signal);
    stop.abort();
    expect(await waiting).toMatchObject({ kind: 'retry', reason: 'contextCanceled' });
    // Somebody writes: the reading ends, and the folder is free for the next.
    await writeFile(list, '');
    expect(await send(request('c'))).toMatchObject({ kind: 'delivered' });
  });
});
