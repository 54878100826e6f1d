// The experiments that other routers lose, on ours: what kill -9, a receiver that asks for patience and a receiver
// that says nothing do to everybody else's pages.
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { startWebhookSink, type Received, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { ended, firing, idOf, postAlerts, postSilence, silence, until, untilAnswersKept } from './ask.ts';
import { urlsOf } from './receivers.ts';

interface Body {
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

const bodyOf = ({ body }: Received): Body => JSON.parse(body) as Body;
const statuses = (sink: WebhookSink, path = '/'): readonly string[] =>
  sink.received(path).map((one) => bodyOf(one).status);
const came = (sink: WebhookSink, count: number, path = '/', ms = 10_000): Promise<number> =>
  until(`${count} messages at ${path}`, ms, () => sink.received(path).length >= count);

const timers = { group_wait: '200ms', group_interval: '1s' };

describe('kill -9 and a new start', () => {
  it('keeps a silence that was answered with 200, and it goes on muting', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
    const id = await idOf(await postSilence(belfry.url, silence({ alertname: 'Quiet' })));
    await belfry.restart('SIGKILL');
    const kept = (await (await fetch(`${belfry.url}/api/v2/silence/${id}`)).json()) as { readonly status: object };
    expect(kept.status).toEqual({ state: 'active' });
    await postAlerts(belfry.url, firing({ alertname: 'Quiet' }), firing({ alertname: 'Loud' }));
    await came(sink, 1);
    await pause(1500);
    expect(sink.received().map((one) => bodyOf(one).alerts[0]!.labels['alertname'])).toEqual(['Loud']);
  });

  it('keeps an expired silence expired', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
    const id = await idOf(await postSilence(belfry.url, silence({ alertname: 'Back' })));
    const answer = await fetch(`${belfry.url}/api/v2/silence/${id}`, { method: 'DELETE' });
    expect(answer.status).toBe(200);
    await belfry.restart('SIGKILL');
    await postAlerts(belfry.url, firing({ alertname: 'Back' }));
    await came(sink, 1);
  });

  it('tells the end of what it told before: once, and what still fires not again', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
    await postAlerts(belfry.url, firing({ alertname: 'Ends' }), firing({ alertname: 'Stays' }));
    await came(sink, 2);
    await untilAnswersKept(belfry.url);
    await belfry.restart('SIGKILL');
    await postAlerts(belfry.url, firing({ alertname: 'Stays' }));
    await postAlerts(belfry.url, ended({ alertname: 'Ends' }));
    await came(sink, 3);
    await pause(2500);
    expect(statuses(sink)).toEqual(['firing', 'firing', 'resolved']);
    expect(bodyOf(sink.received()[2]!).alerts.map(({ labels }) => labels['alertname'])).toEqual(['Ends']);
  });

  it('goes on with a message that waits for its next attempt, under the same key and not sooner', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
    sink.answer('/', [{ status: 429, headers: { 'retry-after': '4' } }]);
    await postAlerts(belfry.url, firing({ alertname: 'Patience' }));
    await came(sink, 1);
    await pause(300);
    await belfry.restart('SIGKILL');
    await came(sink, 2);
    const [first, second] = sink.received();
    expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
    expect(second!.body).toBe(first!.body);
    expect(second!.at - first!.at).toBeGreaterThan(3950);
    await pause(1500);
    expect(sink.received()).toHaveLength(2);
  });
});

it('after a kill in a send, a newer message takes its place and nothing of the group goes out beside it', async () => {
  await using sink = await startWebhookSink();
  await using belfry = await startBelfry({
    config: urlsOf({ '/': sink.url }, { group_wait: '100ms', group_interval: '2s' }),
  });
  sink.answer('/', [], { status: 200, afterMs: 8000 });
  await postAlerts(belfry.url, firing({ alertname: 'G', id: 'a' }));
  await came(sink, 1);
  await postAlerts(belfry.url, firing({ alertname: 'G', id: 'b' }));
  await belfry.stop('SIGKILL');
  // The tick passes meanwhile: the new life has both a message to resume and one to make.
  await pause(2200);
  await belfry.restart();
  await came(sink, 2);
  await postAlerts(belfry.url, firing({ alertname: 'G', id: 'c' }));
  await pause(5000);
  const keys = sink.received().map(({ headers }) => headers['idempotency-key']);
  expect(keys, 'one request is open, the first was cut by the kill').toHaveLength(2);
  await came(sink, 3);
  const ids = sink.received().map((one) => bodyOf(one).alerts.map(({ labels }) => labels['id']));
  expect(ids).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']]);
});

describe('a receiver that asks for patience', () => {
  it('gets it: not before Retry-After, and soon after', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, { ...timers, group_interval: '5m' }) });
    sink.answer('/', [
      { status: 429, headers: { 'retry-after': '2' } },
      { status: 503, headers: { 'retry-after': '1' } },
      { status: 500 },
    ]);
    await postAlerts(belfry.url, firing({ alertname: 'Patience' }));
    await came(sink, 4);
    const at = sink.received().map((one) => one.at);
    expect(at[1]! - at[0]!).toBeGreaterThan(1990);
    expect(at[1]! - at[0]!).toBeLessThan(4000);
    expect(at[2]! - at[1]!).toBeGreaterThan(990);
    expect(at[2]! - at[1]!).toBeLessThan(3000);
    expect(at[3]! - at[2]!).toBeLessThan(3500);
    expect(new Set(sink.received().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('is told of a page that it refused and that resolved before it could be told again', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
    sink.answer('/', [{ status: 429, headers: { 'retry-after': '4' } }]);
    await postAlerts(belfry.url, firing({ alertname: 'Missed' }));
    await came(sink, 1);
    await postAlerts(belfry.url, ended({ alertname: 'Missed' }));
    await came(sink, 2);
    await pause(2500);
    expect(statuses(sink)).toEqual(['firing', 'resolved']);
    const { items } = (await (await fetch(`${belfry.url}/api/belfry/v1/notifications`)).json()) as {
      readonly items: readonly { readonly reason: string; readonly state: string }[];
    };
    expect(items.map(({ reason, state }) => [reason, state])).toEqual([
      ['fired and resolved while undeliverable', 'sent'],
      ['first notification', 'superseded'],
    ]);
  });

  it('holds up nobody else when it refuses for good', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({
      config: urlsOf({ '/bad': `${sink.url}/bad`, '/good': `${sink.url}/good` }, timers),
    });
    sink.answer('/bad', [], { status: 400 });
    await postAlerts(belfry.url, firing({ alertname: 'One' }));
    await came(sink, 1, '/good');
    await postAlerts(belfry.url, ended({ alertname: 'One' }));
    await came(sink, 2, '/good');
    await pause(1500);
    expect(statuses(sink, '/good')).toEqual(['firing', 'resolved']);
  });
});

it('a receiver that says nothing delays no other: not its neighbour, not the next message to it', async () => {
  await using silent = await SilentServer.start();
  await using sink = await startWebhookSink();
  const config = urlsOf({ '/silent': silent.url, '/neighbour': `${sink.url}/neighbour` }, timers);
  await using belfry = await startBelfry({ config });
  const delays: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const postedAt = performance.now();
    // A group of its own each time, and one more alert for the first group, which the silent one blocks.
    await postAlerts(belfry.url, firing({ alertname: `Group${turn}` }), firing({ alertname: 'Group0', id: `${turn}` }));
    const of = (): readonly Received[] => sink.received().filter(({ body }) => body.includes(`"Group${turn}"`));
    await until(`Group${turn} at the neighbour`, 5000, () => of().length > 0);
    delays.push(of()[0]!.at - postedAt - 200);
    await until(`alert ${turn} of Group0 at the neighbour`, 5000, () =>
      sink.received().some(({ body }) => body.includes(`"id":"${turn}"`)),
    );
  }
  expect(silent.connections).toBeGreaterThan(0);
  expect(Math.max(...delays), `${delays.map(Math.round).join(' ')} ms beyond group_wait`).toBeLessThan(1000);
  process.stderr.write(`beside a silent receiver: ${delays.map(Math.round).join(' ')} ms beyond group_wait\n`);
});

class SilentServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.resume();
    });
  }

  static async start(): Promise<SilentServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SilentServer(server);
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
