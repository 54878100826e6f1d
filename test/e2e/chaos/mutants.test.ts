// Valid requests with a few bytes changed, one after the other on connections that are kept: never a crash, never a
// 5xx, and an answer in time.
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { firing, postAlerts } from './ask.ts';
import { residentMiB } from './process-memory.ts';
import { seeded, type Random } from './random.ts';
import { peerOf, postHead, statusesIn, type Peer } from './raw-http.ts';
import { urlsOf } from './receivers.ts';

const MUTANTS = Number(process.env['BELFRY_CHAOS_MUTANTS'] ?? 20_000);
const AT_ONCE = 8;
/** A mutant may have made itself longer than it is: then there is no answer to wait for. */
const PATIENCE_MS = 150;

const SILENCE = {
  matchers: [{ name: 'alertname', value: 'a.*(b|c)', isRegex: true, isEqual: true }],
  ...{ startsAt: '2030-01-01T00:00:00Z', endsAt: '2031-01-01T00:00:00Z', createdBy: 'm', comment: 'mutant' },
};
const ALERTS = [
  {
    labels: { alertname: 'M', severity: 'page', ünicode: 'ß' },
    annotations: { summary: 'a "quoted" \\ text' },
    generatorURL: 'http://x/y?z=1',
  },
  { labels: { alertname: 'N' }, startsAt: '2026-01-01T00:00:00.5+02:00', endsAt: '2036-01-01T00:00:00Z' },
];

const get = (path: string): readonly [string, string] => [
  `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n`,
  '',
];
const TEMPLATES: readonly (readonly [head: string, body: string])[] = [
  ['/api/v2/alerts', JSON.stringify(ALERTS)],
  ['/api/v2/alerts', JSON.stringify(ALERTS)],
  ['/api/v2/silences', JSON.stringify(SILENCE)],
  ['/api/belfry/v1/silences/preview', JSON.stringify({ matchers: SILENCE.matchers })],
  get('/api/v2/alerts?filter=alertname%3D~%22M.*%22&active=true&receiver=al.'),
  get('/api/v2/alerts/groups?filter=a%3D%22b%22&muted=false'),
  get('/api/v2/silences?filter=alertname%3D%22x%22'),
  get('/api/v2/silence/00000000-0000-4000-8000-000000000000'),
  get('/api/belfry/v1/alerts?limit=10&sort=-startsAt&cursor=abc'),
  get('/api/belfry/v1/notifications?limit=5&from=2026-01-01T00%3A00%3A00Z'),
  get('/api/belfry/v1/events?limit=5'),
];

function mutant(random: Random): Buffer {
  const [first, body] = random.pick(TEMPLATES);
  if (body === '') return mutate(Buffer.from(first), random);
  // Mostly the body is changed and its length told right; else the request goes as it comes.
  if (random.chance(0.8)) {
    const changed = mutate(Buffer.from(body), random);
    return Buffer.concat([Buffer.from(postHead(first, changed.length)), changed]);
  }
  return mutate(Buffer.from(postHead(first, Buffer.byteLength(body)) + body), random);
}

function mutate(bytes: Buffer, random: Random): Buffer {
  let changed = bytes;
  for (let count = random.integer(1, 4); count > 0; count--) {
    const at = random.integer(0, changed.length - 1);
    const end = Math.min(changed.length, at + random.integer(1, 12));
    const [before, middle, after] = [changed.subarray(0, at), changed.subarray(at, end), changed.subarray(end)];
    switch (random.integer(0, 4)) {
      case 0:
        changed = Buffer.from(changed);
        changed[at] = random.integer(0, 255);
        break;
      case 1:
        changed = Buffer.concat([before, after]);
        break;
      case 2:
        changed = Buffer.concat([before, middle, middle, middle, after]);
        break;
      case 3:
        changed = Buffer.concat([
          before,
          Buffer.from(
            random.pick([
              '"',
              '{',
              ']',
              '\\',
              '\u0000',
              '%',
              '\r\n',
              '-1',
              '1e999',
              '\\ud800',
              'null',
              '&',
              '[[[[',
              'é',
            ]),
          ),
          after,
        ]);
        break;
      default:
        changed = Buffer.concat([before, after.subarray(0, 30), middle, after]);
    }
    if (changed.length === 0) return Buffer.from('x');
  }
  return changed;
}

/** One connection after the other, each kept as long as it lasts. */
class Line {
  readonly #peer: Peer;
  #socket: Socket | null = null;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** The statuses of what came back; none within the time is an empty list. */
  send(bytes: Buffer): Promise<readonly number[]> {
    const socket = (this.#socket ??= connect({ ...this.#peer }));
    return new Promise((resolve) => {
      let text = '';
      const end = (): void => {
        clearTimeout(timer);
        socket.removeAllListeners();
        socket.on('error', () => {});
        if (socket.destroyed || !isWhole(text)) this.close();
        resolve(statusesIn(text));
      };
      const timer = setTimeout(end, PATIENCE_MS);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (isWhole(text)) end();
      });
      socket.on('error', () => {});
      socket.on('close', end);
      socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1 || /^connection: close/im.test(text)) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, head));
  return length !== null && text.length === head + 4 + Number(length[1]);
}

it(`${MUTANTS} mutants: no crash, no 5xx`, async () => {
  const random = seeded();
  await using belfry = await startBelfry({
    config: urlsOf({ '/': 'http://127.0.0.1:9/' }, { group_wait: '1h', group_interval: '1h' }),
  });
  await postAlerts(belfry.url, firing({ alertname: 'M' }));
  const before = residentMiB(belfry.pid);
  const seen = new Map<number, number>();
  const bad: string[] = [];
  let left = MUTANTS;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    const line = new Line(peerOf(belfry.url));
    while (left-- > 0) {
      const bytes = mutant(random);
      const statuses = await line.send(bytes);
      for (const status of statuses.length === 0 ? [0] : statuses) seen.set(status, (seen.get(status) ?? 0) + 1);
      if (statuses.some((status) => status >= 500))
        bad.push(`${statuses.join()}: ${JSON.stringify(bytes.toString('latin1'))}`);
    }
    line.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const after = residentMiB(belfry.pid);
  const perSecond = Math.round(MUTANTS / ((performance.now() - startedAt) / 1000));
  process.stderr.write(
    `mutants: ${JSON.stringify(Object.fromEntries([...seen].sort(([a], [b]) => a - b)))} (0 is no answer), ${perSecond}/s, ${Math.round(before)} -> ${Math.round(after)} MiB (seed ${random.seed})\n`,
  );
  expect(bad.slice(0, 20), `seed ${random.seed}`).toEqual([]);
  expect(seen.get(200) ?? 0).toBeGreaterThan(MUTANTS / 50);
  expect(seen.get(400) ?? 0).toBeGreaterThan(MUTANTS / 10);
  expect((await fetch(`${belfry.url}/-/healthy`)).status).toBe(200);
  expect((await (await fetch(`${belfry.url}/api/v2/alerts`)).json()) as object[]).not.toEqual([]);
  expect(belfry.output).not.toMatch(/a request failed|mistake in the program|^ {4}at /m);
  expect(after - before).toBeLessThan(250);
}, 300_000);
