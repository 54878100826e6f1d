// Where Belfry listens when it is not told a port: at a free one, which its messages know, or at the sockets that systemd
// has opened for it, which nobody has to wait for.
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { RunningProcess } from '../../support/e2e/child.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const QUIET = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';

it('names the free port it has found in its messages', async () => {
  await using sink = await startWebhookSink();
  const config = `route: {receiver: a, group_wait: 0s}\nreceivers: [{name: a, webhook_configs: [{url: '${sink.url}'}]}]\n`;
  await using belfry = await startBelfry({ config });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${belfry.url}/api/v2/alerts`, { method: 'POST', headers, body: '[{"labels":{"alertname":"x"}}]' });
  await expect.poll(() => sink.received().length, { timeout: 15_000 }).toBe(1);
  const port = new URL(belfry.url).port;
  expect(JSON.parse(sink.received()[0]!.body)).toMatchObject({ externalURL: `http://${hostname()}:${port}` });
});

it('listens on the sockets that systemd passes, and answers who came before it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'belfry-e2e-'));
  await writeFile(join(folder.path, 'config.yml'), QUIET);
  const [first, second] = [await opened(), await opened()];
  await using belfry = systemd(folder.path, [first.fd, second.fd]);
  await Promise.all([first.leave(), second.leave()]);
  const early = fetch(`http://127.0.0.1:${first.port}/-/ready`);
  await belfry.says(new RegExp(`Listening on" address=127\\.0\\.0\\.1:${second.port}`));
  expect((await early).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${second.port}/-/healthy`)).status).toBe(200);
  expect(belfry.output).not.toContain('127.0.0.1:9');
  expect(await belfry.stop()).toBe('exit code 0');
});

it('says so when what was passed is no socket', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'belfry-e2e-'));
  await writeFile(join(folder.path, 'config.yml'), QUIET);
  await using belfry = systemd(folder.path, [0]);
  await belfry.says(/cannot listen on file 3, which was passed for --web\.systemd-socket: .+\n/);
  expect(await belfry.ended()).toBe('exit code 1');
  expect(belfry.output).not.toContain('    at ');
});

/** What systemd does: LISTEN_PID is of the process that gets the files. */
function systemd(folder: string, files: readonly number[]): RunningProcess {
  const flags = [
    `--config.file=${folder}/config.yml`,
    `--storage.path=${folder}/data`,
    '--web.listen-address=127.0.0.1:9',
  ];
  const script = 'LISTEN_PID=$$ exec "$@"';
  const args = ['-c', script, 'sh', process.execPath, main, ...flags, '--web.systemd-socket'];
  return new RunningProcess('sh', args, { env: { LISTEN_FDS: String(files.length) }, files });
}

interface Opened {
  readonly port: number;
  readonly fd: number;
  /** To the process it was passed to: nobody is answered here. */
  leave(): Promise<unknown>;
}

async function opened(): Promise<Opened> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const handle: unknown = Reflect.get(server, '_handle');
  return { port, fd: Number(Reflect.get(handle as object, 'fd')), leave: () => once(server.close(), 'close') };
}
