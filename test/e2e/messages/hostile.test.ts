// Receivers that misbehave delay no other: a silent one, one whose answer never ends, one that resets, a slow one, and
// one that is not there; a mail server and a Slack that say nothing.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
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

const configOf = (receiver: readonly string[]): string =>
  [
    'route: {receiver: all, group_by: [alertname], group_wait: 0s, group_interval: 1m}',
    'receivers:',
    '- name: all',
    ...receiver,
  ].join('\n');

/** How long after they were posted the last of so many alerts is told. */
async function toldAfter(good: WebhookSink, belfry: RouterProcess, name: string): Promise<number> {
  const before = good.received().length;
  const postedAt = performance.now();
  await postAlerts(belfry.url, ...Array.from({ length: GROUPS }, (_, i) => firing({ alertname: `${name}${i}` })));
  await until('the good one is told all', 15_000, () => good.received().length === before + GROUPS);
  return Math.max(...good.received().map(({ at }) => at)) - postedAt;
}

it('receivers that misbehave delay no other by a second', async () => {
  await using good = await startWebhookSink();
  await using silent = await trap(() => {});
  await using babbling = await trap(endless);
  await using resetting = await trap((socket) => void socket.once('data', () => socket.resetAndDestroy()));
  await using silentMail = await trap(() => {});
  await using silentSlack = await trap(() => {});
  await using slow = await startWebhookSink();
  slow.answer('/', [], { status: 200, afterMs: 8000 });
  const dead = await freePort();
  const hook = (url: string): string => `{url: '${url}'}`;
  const bad = [silent.url, babbling.url, resetting.url, `${slow.url}/`, `http://127.0.0.1:${dead}/`];

  const alone = await (async () => {
    await using belfry = await startBelfry({ config: configOf([`  webhook_configs: [${hook(`${good.url}/`)}]`]) });
    return await toldAfter(good, belfry, 'A');
  })();
  await using belfry = await startBelfry({
    config: configOf([
      `  webhook_configs: [${[...bad, `${good.url}/`].map(hook).join(', ')}]`,
      `  email_configs: [{to: a@example.org, from: b@example.org, require_tls: false, smarthost: '${new URL(silentMail.url).host}'}]`,
      `  slack_configs: [{api_url: '${silentSlack.url}', send_resolved: true}]`,
    ]),
  });
  const beside = await toldAfter(good, belfry, 'B');
  process.stderr.write(
    `the good receiver had all ${GROUPS} messages after ${Math.round(alone)} ms alone, ${Math.round(beside)} ms beside bad ones\n`,
  );
  // There is eight times as much to do, and messages for people are more work than a webhook's; a busy machine takes its
  // time for that as well. Behind any of the others it would wait for eight seconds or more.
  expect(beside).toBeLessThan(1000 + 20 * alone);
  const traps = [silent, babbling, resetting, silentMail, silentSlack];
  await until('all are tried', 10_000, () => traps.every(({ caught }) => caught > 0));
  expect((await fetch(`${belfry.url}/-/healthy`)).status).toBe(200);
}, 60_000);
