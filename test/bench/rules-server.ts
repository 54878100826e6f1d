// Everything that rules speak to, in one process of its own: a data source whose answers are ready-made (the same
// series for every question, other values every second), a remote write target, an Alertmanager and a webhook that
// take whatever comes. Told what to do over the channel to its parent (rules-server-channel.ts).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Counted, Delay, Order } from './rules-server-channel.ts';

let series = 0;
let answer = { second: 0, series: -1, body: Buffer.alloc(0) };
let lags: number[] = [];
let writes = 0;
let writtenBytes = 0;
/** By alert name. */
const answeredAt = new Map<string, number>();
const alertedAt = new Map<string, number>();
const toldAt = new Map<string, number>();

process.on('message', (message) => {
  const { id, order } = message as { readonly id: number; readonly order: Order };
  void perform(order).then((result) => process.send?.({ id, result }));
});
process.on('disconnect', () => process.exit());

async function perform(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'start':
      return start();
    case 'series':
      series = order.count;
      return null;
    case 'begin':
      lags = [];
      writes = 0;
      writtenBytes = 0;
      return null;
    case 'counted':
      return counted();
    case 'heard':
      return { alerts: delay(alertedAt), webhooks: delay(toldAt) };
  }
}

async function start(): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => take(request, response, chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function take(request: IncomingMessage, response: ServerResponse, chunks: readonly Buffer[]): void {
  const [path, query = ''] = request.url!.split('?', 2) as [string, string?];
  if (path.endsWith('/query')) {
    respond(response, query === '' ? chunks.join('') : query);
    return;
  }
  if (path.endsWith('/write')) {
    writes++;
    writtenBytes += chunks.reduce((sum, { length }) => sum + length, 0);
  } else if (path.endsWith('/webhook')) hear(toldAt, (JSON.parse(chunks.join('')) as { alerts: Told[] }).alerts);
  else if (path.endsWith('/alerts') && alertedAt.size < answeredAt.size)
    hear(alertedAt, JSON.parse(chunks.join('')) as Told[]);
  response.writeHead(path.endsWith('/write') ? 204 : 200).end();
}

/** vmalert cuts its times off to the second: their lag says nothing. */
function respond(response: ServerResponse, form: string): void {
  const time = Number(/(?:^|&)time=([0-9.]+)/.exec(form)?.[1]) * 1000;
  lags.push(Date.now() - Math.floor(time));
  const body = currentAnswer();
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
  const rule = series > 0 ? /rule_(\d+)/.exec(form)?.[1] : undefined;
  if (rule !== undefined && !answeredAt.has(`Bench${rule}`)) answeredAt.set(`Bench${rule}`, performance.now());
}

interface Told {
  readonly labels: { readonly alertname: string };
}

function hear(heard: Map<string, number>, alerts: readonly Told[]): void {
  const now = performance.now();
  for (const { labels } of alerts) if (!heard.has(labels.alertname)) heard.set(labels.alertname, now);
}

function currentAnswer(): Buffer {
  const second = Math.floor(Date.now() / 1000);
  if (answer.second === second && answer.series === series) return answer.body;
  const result = Array.from({ length: series }, (_, i) => ({
    metric: {
      cluster: 'prod-eu-1',
      code: '500',
      env: 'production',
      handler: `/api/v1/items/${i % 50}`,
      instance: `10.0.${i >> 8}.${i & 255}:9100`,
      job: 'api-server',
      method: 'GET',
      namespace: `team-${i % 100}`,
      pod: `api-server-5d4f8b7c9-${i}`,
      region: 'eu-west-1',
    },
    value: [second, String(((i + 1) * 7919 + second * 104_729) / 1009)],
  }));
  const body = Buffer.from(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  answer = { second, series, body };
  return body;
}

function counted(): Counted {
  const sorted = Float64Array.from(lags).sort();
  const evaluations = lags.length;
  const samples = evaluations * series;
  return { evaluations, samples, lagP50: at(sorted, 0.5), lagP99: at(sorted, 0.99), writes, writtenBytes };
}

function delay(heard: ReadonlyMap<string, number>): Delay {
  const delays = [...heard].map(([name, time]) => time - (answeredAt.get(name) ?? Number.NaN));
  const sorted = Float64Array.from(delays).sort();
  return { count: sorted.length, p50: at(sorted, 0.5), p99: at(sorted, 0.99) };
}

const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
