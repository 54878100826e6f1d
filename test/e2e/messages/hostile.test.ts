// Receivers that misbehave delay no other: a silent one, one whose answer never ends, one that resets, a slow one, and
// one that is not there.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';
import { firing, postAlerts, until } from '../chaos/ask.ts';

const GROUPS = 50;

interface Trap extends AsyncDisposable {
  readonly url: string;
  readonly caught: number;
}

async function trap(treat: (socket: Socket) => void): Promise<Trap> {
  const sockets = new Set<Socket>();
  let caught = 0;
  const server = createServer((socket) => {
    caught++;
    sockets.add(socket);
    socket.on('error', () => {});
    treat(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get caught() {
      return caught;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function endless(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
  const more = (): void => {
    if (!socket.destroyed && socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`)) setImmediate(more);
  };
  socket.on('drain', more);
  more();
}

it('receivers that misbehave delay no other', async () => {
  await using good = await startWebhookSink();
  await using silent = await trap(() => {});
  await using babbling = await trap(endless);
  await using resetting = await trap((socket) => void socket.once('data', () => socket.resetAndDestroy()));
  await using slow = await startWebhookSink();
  slow.answer('/', [], { status: 200, afterMs: 8000 });
  const dead = await freePort();
  const urls = [silent.url, babbling.url, resetting.url, `${slow.url}/`, `http://127.0.0.1:${dead}/`, `${good.url}/`];
  const config = [
    'route: {receiver: all, group_by: [alertname], group_wait: 0s, group_interval: 1m}',
    'receivers:',
    '- name: all',
    `  webhook_configs: [${urls.map((url) => `{url: '${url}'}`).join(', ')}]`,
  ].join('\n');
  await using belfry = await startBelfry({ config });
  const postedAt = performance.now();
  await postAlerts(belfry.url, ...Array.from({ length: GROUPS }, (_, i) => firing({ alertname: `A${i}` })));
  await until('the good one is told all', 10_000, () => good.received().length === GROUPS);
  const latest = Math.max(...good.received().map(({ at }) => at));
  process.stderr.write(
    `the good receiver had all ${GROUPS} messages ${Math.round(latest - postedAt)} ms after they were posted\n`,
  );
  // Behind any of the others it would wait for eight seconds or ten; a busy machine takes its time, too.
  expect(latest - postedAt).toBeLessThan(5000);
  expect([silent.caught, babbling.caught, resetting.caught].every((count) => count > 0)).toBe(true);
  expect((await fetch(`${belfry.url}/-/healthy`)).status).toBe(200);
}, 30_000);
