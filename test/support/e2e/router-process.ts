// What Belfry and its peers have in common to a test: a process over a configuration file and a data folder, listening
// on a port of its own choice, that is spoken to over HTTP. Its folder goes when it goes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningProcess } from './child.ts';

export interface RouterOptions {
  /** The text of the configuration. */
  readonly config: string;
  /** Other files in its folder, before it starts. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface RouterProcess extends AsyncDisposable {
  /** http://127.0.0.1:PORT, without a slash at the end; another one after a restart. */
  readonly url: string;
  readonly pid: number;
  /** Holds config.yml and data/. */
  readonly folder: string;
  /** What this life of it wrote to stdout and stderr. */
  readonly output: string;
  /** Writes the configuration and asks for it to be loaded; the answer of POST /-/reload. */
  reload(config?: string): Promise<Response>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it and keeps its folder; says how it ended. */
  stop(signal?: NodeJS.Signals): Promise<string>;
  /** A new life over the same folder; ends the old one first when it still runs. */
  restart(signal?: NodeJS.Signals): Promise<void>;
}

/** What to run over a configuration file and a data folder. */
export interface Program {
  readonly command: string;
  readonly args: (configFile: string, dataFolder: string) => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** What it says when it listens, the address in a group. */
  readonly listening?: RegExp;
  /** A path that answers 200 once it is ready, if that is later. */
  readonly readyPath?: string;
}

const LISTENING = /Listening on"? address=(127\.0\.0\.1:\d+)/;

export async function startRouter(program: Program, options: RouterOptions): Promise<RouterProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-e2e-'));
  const router = new Router(program, options, folder);
  try {
    await router.start(options.config);
    return router;
  } catch (error) {
    await router[Symbol.asyncDispose]();
    throw error;
  }
}

class Router implements RouterProcess {
  readonly folder: string;
  readonly #program: Program;
  readonly #options: RouterOptions;
  #process: RunningProcess | null = null;
  #url = '';

  constructor(program: Program, options: RouterOptions, folder: string) {
    this.#program = program;
    this.#options = options;
    this.folder = folder;
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get output(): string {
    return this.#process?.output ?? '';
  }

  async start(config: string): Promise<void> {
    for (const [name, text] of Object.entries(this.#options.files ?? {}))
      await writeFile(join(this.folder, name), text);
    await writeFile(this.#configFile, config);
    await this.#run();
  }

  async reload(config?: string): Promise<Response> {
    if (config !== undefined) await writeFile(this.#configFile, config);
    return fetch(`${this.url}/-/reload`, { method: 'POST' });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.signal(signal);
  }

  async stop(signal?: NodeJS.Signals): Promise<string> {
    return (await this.#process?.stop(signal)) ?? 'never started';
  }

  async restart(signal?: NodeJS.Signals): Promise<void> {
    await this.stop(signal);
    await this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }

  get #configFile(): string {
    return join(this.folder, 'config.yml');
  }

  async #run(): Promise<void> {
    const { command, args, env, listening = LISTENING, readyPath } = this.#program;
    const all = [...args(this.#configFile, join(this.folder, 'data')), ...(this.#options.args ?? [])];
    this.#process = new RunningProcess(command, all, { env: { ...env, ...this.#options.env } });
    const [, address] = await this.#process.says(listening);
    this.#url = `http://${address}`;
    if (readyPath !== undefined) await untilReady(this.#url + readyPath, this.#process);
  }
}

/** It listens, or is about to, unless it has ended. */
async function untilReady(url: string, running: RunningProcess): Promise<void> {
  let isRunning = true;
  const ended = running.ended().then(() => (isRunning = false));
  for (;;) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20))]);
    if (!isRunning) throw new Error(`it ended before it was ready; it wrote:\n${running.output}`);
  }
}
