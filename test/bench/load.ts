// What it takes to load many rules, beside what others take to check the same files (see README.md in this folder):
//   node test/bench/load.ts [--rules=10000] [--files=50] [--runs=3]
// One JSON line per piece of work.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBelfry } from '../support/e2e/belfry.ts';
import type { RouterProcess } from '../support/e2e/router-process.ts';
import { rulePack } from '../support/rule-pack.ts';
import { cpuSeconds, peakMegabytes, residentMegabytes } from './process-cost.ts';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '10000' },
    files: { type: 'string', default: '50' },
    runs: { type: 'string', default: '3' },
  },
});

const CONFIG = `
route: {receiver: all}
receivers: [{name: all}]
prometheus: {url: 'http://127.0.0.1:9'}
rule_files: ['*.rules.yml']
`;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
type Figures = Readonly<Record<string, number>>;
const measured = new Map<string, Figures[]>();

const print = (what: string, figures: Figures): void =>
  console.log(JSON.stringify({ what, ...figures }, (_, value: unknown) => rounded(value)));
const tell = (what: string, figures: Figures): void => {
  measured.getOrInsertComputed(what, () => []).push(figures);
  print(what, figures);
};
const rounded = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(3)) : value);

/** Groups of the pack dealt out to files. Every summary is another text; nothing is evaluated while it is measured. */
function ruleFiles(): Readonly<Record<string, string>> {
  let turn = 0;
  const groups = rulePack(Number(values.rules)).flatMap(({ text }) =>
    text
      .replace(/^ {2}interval: .*\n/gm, '')
      .replace(/summary: "/g, () => `summary: "[${turn++}] `)
      .split(/^(?=- name: )/m)
      .slice(1)
      .map((group) => group.replace('\n', '\n  interval: 1d\n')),
  );
  const perFile = Math.ceil(groups.length / Number(values.files));
  const files: Record<string, string> = {};
  for (let from = 0; from < groups.length; from += perFile) {
    files[`${from}.rules.yml`] = `groups:\n${groups.slice(from, from + perFile).join('')}`;
  }
  return files;
}

type Readings = Readonly<Record<'p99' | 'longest' | 'cpu', number>>;

/** A Belfry that tells of its main thread when it is asked. */
class Probed implements AsyncDisposable {
  readonly belfry: RouterProcess;
  readonly #file: string;
  #count = 0;

  private constructor(belfry: RouterProcess, file: string) {
    this.belfry = belfry;
    this.#file = file;
  }

  static async start(folder: string, files: Readonly<Record<string, string>>): Promise<Probed> {
    const file = join(folder, `probe-${performance.now()}.json`);
    const probe = fileURLToPath(new URL('load-probe.ts', import.meta.url));
    const env = { NODE_OPTIONS: `--import=${probe}`, BELFRY_PROBE: file };
    return new Probed(await startBelfry({ config: CONFIG, files, env }), file);
  }

  async readings(): Promise<Readings> {
    const wanted = ++this.#count;
    this.belfry.signal('SIGUSR2');
    for (;;) {
      const text = await readFile(this.#file, 'utf8').catch(() => '');
      if (text.endsWith('}')) {
        const { count, ...readings } = JSON.parse(text) as Readings & { readonly count: number };
        if (count === wanted) return readings;
      }
      await sleep(5);
    }
  }

  /** Of a reload, until it is answered. */
  async reload(what: string): Promise<void> {
    await this.readings();
    const { pid } = this.belfry;
    const cpu = cpuSeconds(pid);
    const began = performance.now();
    const answer = await this.belfry.reload();
    const ms = performance.now() - began;
    if (!answer.ok) throw new Error(await answer.text());
    const { p99, longest, cpu: mainCpuMs } = await this.readings();
    const cpuMs = (cpuSeconds(pid) - cpu) * 1000;
    const memory = { rssMb: residentMegabytes(pid), rssPeakMb: peakMegabytes(pid) };
    tell(what, { ms, cpuMs, mainCpuMs, loopP99Ms: p99, loopLongestMs: longest, ...memory });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.belfry[Symbol.asyncDispose]();
  }
}

async function start(folder: string, what: string, files: Readonly<Record<string, string>>): Promise<void> {
  const began = performance.now();
  await using probed = await Probed.start(folder, files);
  const ms = performance.now() - began;
  const { pid } = probed.belfry;
  tell(what, { ms, cpuMs: cpuSeconds(pid) * 1000, rssMb: residentMegabytes(pid), rssPeakMb: peakMegabytes(pid) });
}

async function reloads(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await using probed = await Probed.start(folder, {});
  const write = (name: string, text: string): Promise<void> => writeFile(join(probed.belfry.folder, name), text);
  // Its start is over, and a change of files is asked for before it is noticed.
  await sleep(1000);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  await probed.reload('reload: all is new');
  await sleep(1000);
  const [name, text] = Object.entries(files).at(-1)!;
  await write(name, text.replace('interval: 1d', 'interval: 2d'));
  await probed.reload('reload: one file is new');
  await sleep(1000);
  await probed.reload('reload: nothing is new');
}

/** The shell tells what its children have cost. */
const TIMED = '"$@" >/dev/null 2>&1; code=$?; times; exit $code';

async function command(what: string, ...args: readonly string[]): Promise<void> {
  const began = performance.now();
  const child = spawn('bash', ['-c', TIMED, 'bash', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [exit, output] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
  const [code] = exit as [number | null];
  const ms = performance.now() - began;
  // Ours tells of lints with 3.
  if (code !== 0 && code !== 3) throw new Error(`${what} ended with ${code}`);
  const [user = 0, system = 0] = Array.from(
    output.split('\n')[1]!.matchAll(/(\d+)m([\d.]+)s/g),
    ([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1000,
  );
  tell(what, { ms, cpuMs: user + system });
}

/** Of all runs; and how many times a peer's CPU it takes us to do the same. */
function printMedians(): void {
  const medians = new Map(
    Array.from(measured, ([what, runs]) => [
      what,
      Object.fromEntries(Object.keys(runs[0]!).map((name) => [name, median(runs.map((figures) => figures[name]!))])),
    ]),
  );
  console.log();
  for (const [what, figures] of medians) print(what, figures);
  for (const peer of PEERS) print(`CPU of belfry check / ${peer}`, { ratio: ratio(medians, peer) });
}

const PEERS = ['promtool check rules', 'vmalert -dryRun'];
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
const ratio = (medians: ReadonlyMap<string, Figures>, peer: string): number =>
  medians.get('belfry check')!['cpuMs']! / medians.get(peer)!['cpuMs']!;

const folder = await mkdtemp(join(tmpdir(), 'belfry-bench-'));
try {
  const files = ruleFiles();
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  for (let run = 0; run < Number(values.runs); run++) {
    await start(folder, 'start: no rules', {});
    await start(folder, 'start: all rules', files);
    await reloads(folder, files);
    await command('belfry check', process.execPath, main, 'check', '--lint=none', ...paths);
    await command('promtool check rules', 'promtool', 'check', 'rules', '--lint=none', ...paths);
    await command('vmalert -dryRun', 'vmalert', '-dryRun', `-rule=${folder}/*.rules.yml`);
  }
  printMedians();
} finally {
  await rm(folder, { recursive: true });
}
