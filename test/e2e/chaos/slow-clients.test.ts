// Five hundred clients that take their time, from five addresses. All are shown the door, and a client in a hurry
// does not notice them.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { firing, postAlerts } from './ask.ts';
import { residentMiB } from './process-memory.ts';
import { dripping, peerOf, postHead } from './raw-http.ts';
import { urlsOf } from './receivers.ts';

const HEADERS_MS = 15_000;
const BODY_MS = 33_000;

it('slow headers are closed within 15 s, slow bodies within 33 s, and a POST takes less than 250 ms meanwhile', async () => {
  await using belfry = await startBelfry({
    config: urlsOf({ '/': 'http://127.0.0.1:9/' }, { group_wait: '1h', group_interval: '1h' }),
  });
  const peer = peerOf(belfry.url);
  const before = residentMiB(belfry.pid);
  const from = (i: number): typeof peer => ({ ...peer, localAddress: `127.0.0.${2 + Math.floor(i / 100)}` });
  const headers = Array.from({ length: 300 }, (_, i) =>
    dripping(from(i), i % 2 === 0 ? 'POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nX: ' : 'GET /'),
  );
  const bodies = Array.from({ length: 200 }, (_, i) => dripping(from(300 + i), `${postHead('/api/v2/alerts', 5000)}[`));
  await pause(500);
  const took: number[] = [];
  let most = before;
  const all = Promise.all([Promise.all(headers), Promise.all(bodies)]);
  const done = new AbortController();
  void all.then(() => done.abort());
  while (!done.signal.aborted) {
    const startedAt = performance.now();
    expect((await postAlerts(belfry.url, firing({ alertname: 'Hurry', id: `${took.length % 50}` }))).status).toBe(200);
    took.push(performance.now() - startedAt);
    most = Math.max(most, residentMiB(belfry.pid));
    await pause(50);
  }
  const [slowHeaders, slowBodies] = await all;
  took.sort((a, b) => a - b);
  const p99 = took[Math.floor(took.length * 0.99)]!;
  process.stderr.write(
    `slow headers closed after ${Math.round(Math.max(...slowHeaders))} ms at most, slow bodies after ${Math.round(Math.max(...slowBodies))} ms; ` +
      `${took.length} posts, p99 ${Math.round(p99)} ms, longest ${Math.round(took.at(-1)!)} ms; ${Math.round(before)} MiB before, ${Math.round(most)} at most\n`,
  );
  expect(Math.max(...slowHeaders)).toBeLessThan(HEADERS_MS);
  expect(Math.max(...slowBodies)).toBeLessThan(BODY_MS);
  // None of them was turned away at the door.
  expect(Math.min(...slowHeaders, ...slowBodies)).toBeGreaterThan(5000);
  expect(p99).toBeLessThan(250);
  expect(most - before).toBeLessThan(150);
});
