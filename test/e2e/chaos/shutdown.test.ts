// The end of a process that was asked to end: what is on its way arrives, nothing hangs, and nobody is told twice
// because of it.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RunningProcess } from '../../support/e2e/child.ts';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { startWebhookSink } from '../../support/e2e/webhook-sink.ts';
import { firing, postAlerts, until } from './ask.ts';
import { urlsOf } from './receivers.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { Scratch, urlOf } from './scratch.ts';

const timers = { group_wait: '100ms', group_interval: '1s' };

const took = async <T>(work: Promise<T>): Promise<readonly [T, number]> => {
  const startedAt = performance.now();
  return [await work, performance.now() - startedAt];
};

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/-/healthy`).then(
    ({ ok }) => ok,
    () => false,
  );

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('lets a message on its way arrive, ends with 0, and the next life does not say it again', async () => {
    await using sink = await startWebhookSink();
    await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
    sink.answer('/', [{ status: 200, afterMs: 2000 }]);
    await postAlerts(belfry.url, firing({ alertname: 'OnItsWay' }));
    await until('the message is on its way', 5000, () => sink.received().length === 1);
    const [how, ms] = await took(belfry.stop(signal));
    expect(how).toBe('exit code 0');
    expect(ms).toBeGreaterThan(1000);
    expect(ms).toBeLessThan(6000);
    await belfry.restart();
    await pause(2500);
    expect(sink.received()).toHaveLength(1);
  });
});

it('a receiver that never answers is given up within 15 s, exit code 0, and tried again by the next life', async () => {
  await using sink = await startWebhookSink();
  await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
  sink.answer('/', [{ status: 200, afterMs: 60_000 }]);
  await postAlerts(belfry.url, firing({ alertname: 'Stuck' }));
  await until('the message is on its way', 5000, () => sink.received().length === 1);
  const [how, ms] = await took(belfry.stop('SIGTERM'));
  expect(how).toBe('exit code 0');
  expect(ms).toBeLessThan(15_000);
  await belfry.restart();
  await until('the message is tried again', 5000, () => sink.received().length === 2);
  const [first, second] = sink.received();
  expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
  await pause(1500);
  expect(sink.received()).toHaveLength(2);
});

it('a second signal ends it at once', async () => {
  await using sink = await startWebhookSink();
  await using belfry = await startBelfry({ config: urlsOf({ '/': sink.url }, timers) });
  sink.answer('/', [{ status: 200, afterMs: 60_000 }]);
  await postAlerts(belfry.url, firing({ alertname: 'Stuck' }));
  await until('the message is on its way', 5000, () => sink.received().length === 1);
  belfry.signal('SIGTERM');
  await pause(700);
  const [how, ms] = await took(belfry.stop('SIGTERM'));
  expect(how).toBe('exit code 1');
  expect(ms).toBeLessThan(1000);
  expect(belfry.output).toMatch(/SIGTERM again: ending at once/);
});

it.each([0, 100, 300, 600])('a signal %i ms after the start, whatever it is doing, ends it', async (ms) => {
  await using scratch = await Scratch.make(urlsOf({ '/': 'http://127.0.0.1:9/' }, timers));
  await using belfry = scratch.spawn();
  await pause(ms);
  const [how, took_] = await took(belfry.stop('SIGTERM'));
  // Node itself dies of it until our handler stands.
  expect(['exit code 0', 'SIGTERM']).toContain(how);
  expect(took_).toBeLessThan(5000);
  expect(belfry.output).not.toMatch(/^ {4}at /m);
});

it('requests being answered get their answers', async () => {
  await using sink = await startWebhookSink();
  await using scratch = await Scratch.make(urlsOf({ '/': sink.url }, timers));
  await using belfry = scratch.spawn();
  const url = await urlOf(belfry);
  const posts = Array.from({ length: 50 }, (_, i) => postAlerts(url, firing({ alertname: `P${i}` })));
  await Promise.race(posts);
  const stopping = belfry.stop('SIGTERM');
  const statuses = await Promise.all(
    posts.map((post) =>
      post.then(
        ({ status }) => status,
        () => 'cut off',
      ),
    ),
  );
  expect(await stopping).toBe('exit code 0');
  const taken = statuses.filter((status) => status === 200).length;
  expect(statuses.every((status) => status === 200 || status === 503 || status === 'cut off')).toBe(true);
  await using again = scratch.spawn();
  const alerts = (await (await fetch(`${await urlOf(again)}/api/v2/alerts`)).json()) as readonly object[];
  expect(alerts.length).toBeGreaterThanOrEqual(taken);
});

it('a closed stderr keeps it neither from starting nor from ending', async () => {
  await using sink = await startWebhookSink();
  await using scratch = await Scratch.make(urlsOf({ '/': sink.url }, timers));
  const port = await freePort();
  const command = ['-c', 'exec "$0" "$@" 2>&-', process.execPath, ...scratch.args(port)];
  await using belfry = new RunningProcess('/bin/sh', command);
  await until('it answers', 15_000, () => answers(port));
  await postAlerts(`http://127.0.0.1:${port}`, firing({ alertname: 'Unheard' }));
  await until('the message', 5000, () => sink.received().length === 1);
  const [how, ms] = await took(belfry.stop('SIGTERM'));
  expect(how).toBe('exit code 0');
  expect(ms).toBeLessThan(5000);
});

it('a stderr that nobody reads, full to the brim, delays neither answers nor messages nor the end', async () => {
  await using sink = await startWebhookSink();
  await using scratch = await Scratch.make(urlsOf({ '/': sink.url }, timers));
  const port = await freePort();
  // A socket, as systemd gives its services, and nobody at its other end.
  const belfry = spawn(process.execPath, [...scratch.args(port), '--log.level=debug'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    belfry.stderr.pause();
    const ended = new Promise<number | null>((resolve) => belfry.once('exit', resolve));
    await until('it answers', 15_000, () => answers(port));
    const url = `http://127.0.0.1:${port}`;
    const slowest: number[] = [];
    for (let i = 0; i < 1500; i++) {
      const [answer, ms] = await took(postAlerts(url, firing({ alertname: 'Chatty', id: `${i % 100}` })));
      expect(answer.status).toBe(200);
      slowest.push(ms);
    }
    expect(Math.max(...slowest)).toBeLessThan(2000);
    await until('the message', 5000, () => sink.received().length >= 1);
    belfry.kill('SIGTERM');
    const [code, ms] = await took(ended);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(15_000);
  } finally {
    belfry.kill('SIGKILL');
  }
});
