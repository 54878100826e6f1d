// kill -9 at random instants, again and again over one storage folder, under load and with a receiver on a bad day.
// BELFRY_CHAOS_ROUNDS sets how often (200 is the full length), BELFRY_CHAOS_SEED what exactly.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { RunningProcess } from '../../support/e2e/child.ts';
import { FlakySink } from './flaky-sink.ts';
import type { History, Life } from './history.ts';
import { accepted, doubles, judge } from './oracle.ts';
import { seeded, type Random } from './random.ts';
import { metric, readFinal } from './router-views.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { LISTENING, Scratch, urlOf } from './scratch.ts';
import { Workload } from './workload.ts';

const ROUNDS = Number(process.env['BELFRY_CHAOS_ROUNDS'] ?? 60);
const TERMS = { groupWaitMs: 1000, groupIntervalMs: 2000 };
const QUIET_MS = 20_000;

const config = (url: string, life: number): string => `
route:
  receiver: flaky
  group_by: [group]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 1h
receivers:
  - name: flaky
    webhook_configs: [{ url: '${url}', http_config: { http_headers: { X-Life: { values: ['${life}'] } } } }]
`;

it(
  `${ROUNDS} kills lose no silence, no alert and no message, and double none without reason`,
  async () => {
    const random = seeded();
    await using sink = await FlakySink.start(random);
    await using scratch = await Scratch.make('');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const workload = new Workload(url, random);
    const working = workload.run();
    const lives: Life[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await scratch.configure(config(sink.url, round));
      lives.push(await liveAndDie(scratch.spawn(port), random));
    }

    sink.healthy = true;
    await scratch.configure(config(sink.url, ROUNDS));
    await using last = scratch.spawn(port);
    const startedAt = Date.now();
    await urlOf(last);
    const listeningAt = Date.now();
    await Promise.all([workload.finish(), working]);
    await settled(url);
    const final = await readFinal(url);
    lives.push({ startedAt, listeningAt, killedAt: final.at });

    const history: History = { alerts: workload.alerts, silences: workload.silences, lives, arrivals: sink.arrivals };
    report(random, history);
    expect(judge(history, final, TERMS), `seed ${random.seed}`).toEqual({});
    expect(workload.unexpected).toEqual([]);
    expect(await metric(url, 'belfry_outbox_messages')).toBe(0);
    expect(await metric(url, 'belfry_defects_total')).toBe(0);
    expect(await metric(url, 'belfry_store_failures_total')).toBe(0);
    expect(await last.stop()).toBe('exit code 0');
  },
  ROUNDS * 5000 + 120_000,
);

/** Mostly until shortly after it listens; now and then not even so long. */
async function liveAndDie(child: RunningProcess, random: Random): Promise<Life> {
  await using life = child;
  const startedAt = Date.now();
  let listeningAt: number | null = null;
  if (random.chance(0.15)) await pause(random.between(50, 900));
  else {
    await life.says(LISTENING);
    listeningAt = Date.now();
    await pause(random.between(100, 400));
  }
  expect(life.output).not.toMatch(/mistake in the program|damaged|store is away/);
  life.signal('SIGKILL');
  expect(await life.ended()).toBe('SIGKILL');
  return { startedAt, listeningAt, killedAt: Date.now() };
}

/** Nothing is on its way, and every group had its say. */
async function settled(url: string): Promise<void> {
  await pause(4 * TERMS.groupIntervalMs);
  for (const until = Date.now() + QUIET_MS; Date.now() < until;) {
    if ((await metric(url, 'belfry_outbox_messages')) === 0) return;
    await pause(200);
  }
}

function report(random: Random, history: History): void {
  const { lives, alerts, silences, arrivals } = history;
  const starts = lives
    .flatMap(({ startedAt, listeningAt }) => (listeningAt === null ? [] : [listeningAt - startedAt]))
    .sort((a, b) => a - b);
  const at = (share: number): number => starts[Math.floor(share * (starts.length - 1))] ?? 0;
  const counts = {
    seed: random.seed,
    lives: lives.length,
    neverListened: lives.filter(({ listeningAt }) => listeningAt === null).length,
    msToListening: { median: at(0.5), p90: at(0.9), most: at(1) },
    alerts: alerts.filter(({ firingAckedAt }) => firingAckedAt !== null).length,
    resolved: alerts.filter(({ resolveAckedAt }) => resolveAckedAt !== null).length,
    silences: silences.filter(({ createAckedAt }) => createAckedAt !== null).length,
    arrivals: arrivals.length,
    accepted: accepted(history).length,
    doubles: doubles(history).length,
  };
  process.stderr.write(`${JSON.stringify(counts)}\n`);
}
