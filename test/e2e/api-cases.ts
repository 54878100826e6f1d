// Replays test/api/cases.json against a real Alertmanager binary, one fresh process per story:
//   node test/e2e/api-cases.ts --binary=/usr/bin/prometheus-alertmanager
//   node test/e2e/api-cases.ts --binary=… --record      writes what it answered into the file (format it then)
//   node test/e2e/api-cases.ts --binary='node src/main.ts' --ours      Belfry itself, deviations as listed
// Releases that do not know receiver labels need --config=FILE, another config than the one in the file.
// With --url=http://host:port the stories run, one after the other, against a server that is already there.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { difference, recordingOf, readCases, send, type Step, type Story } from '../support/api-cases.ts';
import { freePort } from '../support/e2e/free-port.ts';

const { values } = parseArgs({
  options: {
    binary: { type: 'string' },
    config: { type: 'string' },
    ours: { type: 'boolean', default: false },
    url: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const file = new URL('../api/cases.json', import.meta.url);
const cases = readCases(await readFile(file, 'utf8'));
let failed = 0;
let seen = 0;
const stories: Story[] = [];
for (const story of cases.stories) stories.push(await underServer(story));
if (values.record) await writeFile(file, `${JSON.stringify({ ...cases, stories }, null, 2)}\n`);
say(`${seen} steps, ${failed} different`);
process.exitCode = failed === 0 ? 0 : 1;

async function underServer(story: Story): Promise<Story> {
  if (values.url !== undefined) return play(story, values.url);
  const folder = await mkdtemp(join(tmpdir(), 'api-cases-'));
  const config = join(folder, 'alertmanager.yml');
  await writeFile(config, values.config === undefined ? cases.config : await readFile(values.config));
  const port = await freePort();
  const flags = [
    `--config.file=${config}`,
    `--storage.path=${folder}`,
    '--cluster.listen-address=',
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const [command = 'alertmanager', ...before] = (values.binary ?? 'alertmanager').split(' ');
  const child = spawn(command, [...before, ...flags], { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}`;
    await ready(url);
    return await play(story, url);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(story: Story, url: string): Promise<Story> {
  const captured = new Map<string, string>();
  const steps: Step[] = [];
  for (const step of story.steps) {
    if (step.pauseMs !== undefined) await sleep(step.pauseMs);
    const got = await send(url, step, captured);
    seen++;
    const problem = values.record
      ? null
      : difference(values.ours ? (step.ours ?? step.recorded) : step.recorded, got, captured);
    if (problem !== null) {
      failed++;
      say(`${story.title} / ${step.title}: ${problem}`);
    }
    steps.push(values.record ? { ...step, recorded: recordingOf(got, captured) } : step);
  }
  return { ...story, steps };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      if ((await fetch(`${url}/-/ready`)).ok) return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`${url} did not become ready`);
}
