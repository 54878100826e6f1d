// A real Prometheus that evaluates the rules it is given and tells alerts to whom its configuration says. It scrapes
// nothing. Which binary: BELFRY_PEER_PROMETHEUS, else the one in PATH.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningProcess } from './child.ts';

export interface PrometheusOptions {
  readonly binary: string;
  /** Rule groups, and the `alerting` section; both as JSON will do for YAML. */
  readonly groups: readonly object[];
  readonly alerting: object;
  readonly args?: readonly string[];
}

export class Prometheus implements AsyncDisposable {
  readonly url: string;
  readonly #process: RunningProcess;
  readonly #folder: string;

  constructor(running: RunningProcess, folder: string, url: string) {
    this.#process = running;
    this.#folder = folder;
    this.url = url;
  }

  get output(): string {
    return this.#process.output;
  }

  /** The `data` of an answer of its API. */
  async get(path: string): Promise<unknown> {
    const answer: unknown = await (await fetch(`${this.url}/api/v1${path}`)).json();
    return typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : null;
  }

  /** The sum of a metric of its own over all label sets; null when it has none. */
  async metric(name: string): Promise<number | null> {
    const lines = (await (await fetch(`${this.url}/metrics`)).text()).split('\n');
    const values = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return values.length === 0 ? null : values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function startPrometheus({ binary, groups, alerting, args = [] }: PrometheusOptions): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-e2e-'));
  await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups }));
  const config = { global: { evaluation_interval: '1s' }, rule_files: ['rules.yml'], alerting };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const running = new RunningProcess(binary, [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    '--rules.alert.resend-delay=1s',
    ...args,
  ]);
  try {
    const [, address] = await running.says(/Listening on" address=(127\.0\.0\.1:\d+)/);
    await running.says(/Server is ready/);
    return new Prometheus(running, folder, `http://${address}`);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
