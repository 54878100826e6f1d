// Reloads and orderly restarts under load: bad configurations of every kind change nothing, good ones move no timer,
// and no page is doubled, lost or early because somebody edits a file.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { RunningProcess } from '../../support/e2e/child.ts';
import { FlakySink } from './flaky-sink.ts';
import type { Life } from './history.ts';
import { accepted, doubles, judge } from './oracle.ts';
import { seeded } from './random.ts';
import { metric, readFinal } from './router-views.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { Scratch, urlOf } from './scratch.ts';
import { Workload } from './workload.ts';

const RELOADS = Number(process.env['BELFRY_CHAOS_RELOADS'] ?? 100);
const TERMS = { groupWaitMs: 1000, groupIntervalMs: 2000 };

const good = (url: string, more = ''): string => `
route:
  receiver: all
  group_by: [group]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 1h
receivers:
  - name: all
    webhook_configs: [{ url: '${url}' }]
${more}`;

const laughs = (levels: number): string =>
  Array.from(
    { length: levels },
    (_, i) =>
      `l${i}: &l${i} [${
        i === 0
          ? 'ha'
          : Array(10)
              .fill(`*l${i - 1}`)
              .join(', ')
      }]`,
  ).join('\n');

/** What stands in the file; a function puts something else in its place. */
const bad: Readonly<Record<string, string | Buffer | ((file: string) => Promise<void>)>> = {
  empty: '',
  'only a comment': '# nothing\n',
  null: 'null\n',
  'a list': '- route\n',
  'a word': 'route',
  'no route': 'receivers: [{ name: a }]\n',
  'no receivers': 'route: { receiver: a }\n',
  'unknown receiver': good('http://127.0.0.1:9/').replace('receiver: all', 'receiver: nobody'),
  'unknown key': good('http://127.0.0.1:9/', 'rout: {}\n'),
  'a key twice': good('http://127.0.0.1:9/', 'route: { receiver: all }\n'),
  'a receiver twice': good('http://127.0.0.1:9/').replace('receivers:', 'receivers:\n  - name: all'),
  'wrong type': good('http://127.0.0.1:9/').replace('group_by: [group]', 'group_by: { a: 1 }'),
  'bad duration': good('http://127.0.0.1:9/').replace('2s', '2 seconds'),
  'interval of zero': good('http://127.0.0.1:9/').replace('group_interval: 2s', 'group_interval: 0s'),
  'bad regex': good(
    'http://127.0.0.1:9/',
    "inhibit_rules: [{ source_matchers: ['a=~\"(\"'], target_matchers: ['b=c'] }]\n",
  ),
  'huge regex': good(
    'http://127.0.0.1:9/',
    "inhibit_rules: [{ source_matchers: ['a=~\"((a{1,1000}){1,1000}){1,1000}\"'], target_matchers: ['b=c'] }]\n",
  ),
  'bad url': good('ftp://127.0.0.1/'),
  'a broken template file': async (file) => {
    const template = `${file}.tmpl`;
    await writeFile(template, '{{ define "x" }}{{ .Nope');
    await writeFile(file, good('http://127.0.0.1:9/', `templates: ['${template}']\n`));
  },
  'unknown time interval': good('http://127.0.0.1:9/').replace(
    'group_wait',
    'mute_time_intervals: [never]\n  group_wait',
  ),
  'broken flow': 'route: { receiver: all\n',
  tabs: 'route:\n\treceiver: all\n',
  'unknown alias': 'route: *nothing\n',
  'a billion laughs': `${laughs(12)}\n`,
  'deep nesting': `route: ${'['.repeat(20_000)}\n`,
  'deep routes': `route:\n  receiver: all\n${Array.from({ length: 500 }, (_, i) => `${'  '.repeat(2 * i + 1)}routes:\n${'  '.repeat(2 * i + 2)}- receiver: all\n`).join('')}`,
  'six megabytes': `# ${'x'.repeat(6 * 1024 * 1024)}\nroute: {}\n`,
  'NUL bytes': Buffer.alloc(500),
  noise: Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256)),
  'UTF-16': Buffer.from(`\ufeff${good('http://127.0.0.1:9/')}`, 'utf16le').subarray(0, 101),
  __proto__: good('http://127.0.0.1:9/', '__proto__: { polluted: true }\n'),
  missing: (file) => rm(file),
  'a folder': async (file) => {
    await rm(file);
    await mkdir(file);
  },
  'a link to itself': async (file) => {
    await rm(file);
    await symlink(file, file);
  },
};

it(`${RELOADS} bad configurations on a live process change nothing, by SIGHUP and by POST`, async () => {
  const random = seeded();
  await using sink = await FlakySink.start(random);
  sink.healthy = true;
  await using scratch = await Scratch.make(good(sink.url));
  await using belfry = scratch.spawn();
  const startedAt = Date.now();
  const url = await urlOf(belfry);
  const listeningAt = Date.now();
  const before = await statusConfig(url);
  const workload = new Workload(url, random);
  const working = workload.run();

  const kinds = Object.entries(bad);
  const taken: string[] = [];
  for (let i = 0; i < Math.max(RELOADS, kinds.length); i++) {
    const [name, what] = kinds[i % kinds.length]!;
    await rm(scratch.configFile, { recursive: true, force: true });
    await writeFile(scratch.configFile, typeof what === 'function' ? '' : what);
    if (typeof what === 'function') await what(scratch.configFile);
    const answer = await reload(belfry, url, i % 3 === 2);
    if (answer === 200) taken.push(name);
    await pause(random.between(0, 100));
  }
  expect(taken).toEqual([]);
  expect(await metric(url, 'alertmanager_config_last_reload_successful')).toBe(0);
  expect(await statusConfig(url)).toBe(before);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();

  await rm(scratch.configFile, { recursive: true, force: true });
  await scratch.configure(good(sink.url));
  expect(await reload(belfry, url, false)).toBe(200);
  expect(await metric(url, 'alertmanager_config_last_reload_successful')).toBe(1);
  await Promise.all([workload.finish(), working]);
  await pause(3 * TERMS.groupIntervalMs);
  const final = await readFinal(url);
  const lives = [{ startedAt, listeningAt, killedAt: final.at }];
  const history = { alerts: workload.alerts, silences: workload.silences, lives, arrivals: sink.arrivals };
  expect(judge(history, final, TERMS), `seed ${random.seed}`).toEqual({});
  expect(doubles(history)).toEqual([]);
  expect(workload.unexpected).toEqual([]);
  expect(belfry.output).not.toMatch(/mistake in the program/);
  process.stderr.write(`bad reloads: ${accepted(history).length} messages accepted, 0 doubles\n`);
  expect(await belfry.stop()).toBe('exit code 0');
});

it('50 reloads and 10 orderly restarts under load: nothing doubled, nothing early, nothing lost', async () => {
  const random = seeded();
  await using sink = await FlakySink.start(random);
  sink.healthy = true;
  await using scratch = await Scratch.make(good(sink.url));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const workload = new Workload(url, random);
  const working = workload.run();
  const lives: Life[] = [];
  for (let life = 0; life < 10; life++) {
    await using belfry = scratch.spawn(port);
    const startedAt = Date.now();
    await urlOf(belfry);
    const listeningAt = Date.now();
    for (let turn = 0; turn < 5; turn++) {
      await pause(random.between(50, 250));
      await scratch.configure(
        good(
          sink.url,
          `# edit ${life}.${turn}\n${turn % 2 === 0 ? '' : "time_intervals: [{ name: never, time_intervals: [{ years: ['1999'] }] }]\n"}`,
        ),
      );
      expect(await reload(belfry, url, turn % 2 === 0)).toBe(turn % 2 === 0 ? null : 200);
    }
    expect(await belfry.stop('SIGTERM')).toBe('exit code 0');
    expect(belfry.output).not.toMatch(/mistake in the program/);
    lives.push({ startedAt, listeningAt, killedAt: Date.now() });
  }
  await using last = scratch.spawn(port);
  const startedAt = Date.now();
  await urlOf(last);
  const listeningAt = Date.now();
  await Promise.all([workload.finish(), working]);
  await pause(3 * TERMS.groupIntervalMs);
  const final = await readFinal(url);
  lives.push({ startedAt, listeningAt, killedAt: final.at });
  const history = { alerts: workload.alerts, silences: workload.silences, lives, arrivals: sink.arrivals };
  expect(judge(history, final, TERMS), `seed ${random.seed}`).toEqual({});
  expect(doubles(history)).toEqual([]);
  expect(workload.unexpected).toEqual([]);
  process.stderr.write(`reloads and restarts: ${accepted(history).length} messages accepted, 0 doubles\n`);
});

/** The status of the answer; null by signal, which has none. */
async function reload(belfry: RunningProcess, url: string, bySignal: boolean): Promise<number | null> {
  if (bySignal) {
    belfry.signal('SIGHUP');
    await pause(30);
    return null;
  }
  const answer = await fetch(`${url}/-/reload`, { method: 'POST' });
  const text = await answer.text();
  if (answer.status !== 200) expect(text).toMatch(/^failed to reload config: ./);
  return answer.status;
}

async function statusConfig(url: string): Promise<string> {
  const status = (await (await fetch(`${url}/api/v2/status`)).json()) as {
    readonly config: { readonly original: string };
  };
  return status.config.original;
}
