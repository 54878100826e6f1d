// The load generator, a process of its own so that making requests does not slow down who answers them. Told what
// to do over the channel to its parent (router-load-channel.ts). Bodies are made before the clock starts.
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { alertOf, groupedAlertOf, groupName, silenceOf, type AlertTimes } from './router-alerts.ts';
import type { Arrivals, Got, Order, Orders, Posted } from './router-load-channel.ts';

/** Alert name -> when the request that carried its group was begun. */
const sentAt = new Map<string, number>();
const arrivals: { readonly name: string; readonly at: number }[] = [];

process.on('message', (message) => {
  const { id, order } = message as { readonly id: number; readonly order: Order };
  perform(order).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
  );
});

function perform(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'alerts':
      return postAlerts(order);
    case 'groups':
      return postGroups(order);
    case 'silences':
      return postSilences(order);
    case 'mixed':
      return postMixed(order);
    case 'get':
      return get(order.url);
    case 'sink':
      return startSink();
    case 'arrivals':
      return arrivalsOf(order);
  }
}

function bodies(count: number, batch: number, make: (i: number) => object): string[] {
  const made: string[] = [];
  for (let from = 0; from < count; from += batch) {
    const size = Math.min(batch, count - from);
    made.push(JSON.stringify(Array.from({ length: size }, (_, i) => make(from + i))));
  }
  return made;
}

/** Who sends an alert again says the same start. */
const STARTS_AT = new Date().toISOString();

const timesFor = (endsInMs: number): AlertTimes => ({
  startsAt: STARTS_AT,
  endsAt: new Date(Date.now() + endsInMs).toISOString(),
});

function postAlerts({ url, count, batch, connections, endsInMs }: Orders['alerts']): Promise<Posted> {
  const times = timesFor(endsInMs);
  const made = bodies(count, batch, (i) => alertOf(i, times));
  return postAll(`${url}/api/v2/alerts`, made, connections);
}

async function postGroups({ url, groups, size }: Orders['groups']): Promise<Posted> {
  // Younger than group_wait, else the groups would not wait.
  const times: AlertTimes = {
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 600_000).toISOString(),
  };
  const perBody = Math.max(1, Math.floor(1000 / size));
  const made = bodies(groups * size, perBody * size, (i) => groupedAlertOf(Math.floor(i / size), i % size, times));
  return postAll(`${url}/api/v2/alerts`, made, 1, (body) => {
    const now = performance.now();
    for (let group = body * perBody; group < Math.min(groups, (body + 1) * perBody); group++) {
      sentAt.set(groupName(group), now);
    }
  });
}

function postSilences({ url, silences, from, count, connections }: Orders['silences']): Promise<Posted> {
  const now = Date.now();
  const made = Array.from({ length: count }, (_, i) => JSON.stringify(silenceOf(silences, from + i, now)));
  return postAll(`${url}/api/v2/silences`, made, connections);
}

/** Alerts as fast as they are taken, and meanwhile a silence now and then; the answer is about the silences. */
async function postMixed({ url, count, batch, everyMs }: Orders['mixed']): Promise<Posted> {
  const times = timesFor(600_000);
  const made = bodies(count, batch, (i) => alertOf(i, times));
  const progress = { done: false };
  const posting = postAll(`${url}/api/v2/alerts`, made, 2).finally(() => (progress.done = true));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const start = performance.now();
  for (let i = 0; !progress.done || arrivals.length === 0; i++) {
    const at = performance.now();
    const status = await send(agent, `${url}/api/v2/silences`, JSON.stringify(silenceOf('idle', i, Date.now())));
    latencies.push(performance.now() - at);
    if (status !== 200) failed++;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    if (performance.now() - start > 60_000) break;
  }
  agent.destroy();
  const alerts = await posting;
  return { ...summary(latencies, performance.now() - start), failed: failed + alerts.failed };
}

async function postAll(
  url: string,
  made: readonly string[],
  connections: number,
  onSend: (body: number) => void = () => {},
): Promise<Posted> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let next = 0;
  let failed = 0;
  const lane = async (): Promise<void> => {
    while (next < made.length) {
      const body = next++;
      onSend(body);
      const at = performance.now();
      const status = await send(agent, url, made[body]!);
      latencies.push(performance.now() - at);
      if (status !== 200) failed++;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, lane));
  const ms = performance.now() - start;
  agent.destroy();
  return { ...summary(latencies, ms), failed };
}

function summary(latencies: number[], ms: number): Omit<Posted, 'failed'> {
  latencies.sort((a, b) => a - b);
  return { ms, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** Of a sorted list; the slowest of a short one. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function send(agent: Agent, url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });
}

function get(url: string): Promise<Got> {
  const at = performance.now();
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const sent = request(url, (response) => {
      response.on('data', (part: Buffer) => (bytes += part.length));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - at, bytes }));
    });
    sent.on('error', reject).end();
  });
}

const GROUP = /"groupLabels":\{"alertname":"([^"]+)"/;

async function startSink(): Promise<string> {
  const server = createServer((incoming, response) => {
    const at = performance.now();
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      response.end();
      arrivals.push({ name: GROUP.exec(Buffer.concat(parts).toString('latin1'))?.[1] ?? '', at });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/`;
}

/** Waits for so many, and forgets them. */
async function arrivalsOf({ count, waitMs, withinMs }: Orders['arrivals']): Promise<Arrivals> {
  const start = performance.now();
  while (arrivals.length < count && performance.now() - start < withinMs) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const all = arrivals.splice(0);
  const delays = all.map(({ name, at }) => at - (sentAt.get(name) ?? NaN) - waitMs).sort((a, b) => a - b);
  return { count: all.length, p50: percentile(delays, 0.5), p99: percentile(delays, 0.99) };
}
