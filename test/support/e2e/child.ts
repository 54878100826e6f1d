// A process of ours and its end: whatever happens to the test, nothing that was started outlives it. Ended by the
// process itself, never by a name.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { onTestFailed, TestRunner } from 'vitest';

/** Of what it wrote, when a test fails: the end is what tells. */
const MOST_SHOWN = 6000;
const LONGEST_START_MS = 30_000;
/** Belfry lets messages underway finish for ten seconds. */
const LONGEST_STOP_MS = 15_000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

const alive = new Set<Child>();
const endAll = (): void => {
  for (const child of alive) child.kill('SIGKILL');
};
process.on('exit', endAll);
// So ends a test process that hangs; it exits without saying so.
process.once('SIGTERM', () => {
  endAll();
  process.kill(process.pid, 'SIGTERM');
});

export class RunningProcess implements AsyncDisposable {
  readonly #child: Child;
  readonly #title: string;
  readonly #ended: Promise<string>;
  #output = '';
  #onOutput: () => void = () => {};

  constructor(
    command: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly files?: readonly number[] } = {},
  ) {
    this.#title = command;
    this.#child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      // Files that are open here are its files 3, 4 and so on.
      stdio: ['ignore', 'pipe', 'pipe', ...(options.files ?? [])],
    }) as Child;
    const child = this.#child;
    alive.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        this.#output += text;
        this.#onOutput();
      });
    }
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    void this.#ended.then(() => alive.delete(child));
    this.#showIfFailed();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it wrote so far, to stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /** The first match of `pattern` in what it writes; fails when the process ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const said = new Promise<RegExpExecArray>((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.#output);
        if (match !== null) resolve(match);
      };
      this.#onOutput = look;
      look();
    });
    const ended = this.#ended.then((how) => this.#fails(`ended (${how}) before it said ${pattern}`));
    return within(LONGEST_START_MS, Promise.race([said, ended]), () => this.#fails(`did not say ${pattern} in time`));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal and waits for the end; says how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<string> {
    this.signal(signal);
    return within(LONGEST_STOP_MS, this.#ended, () => {
      this.signal('SIGKILL');
      this.#fails(`did not end on ${signal}`);
    });
  }

  /** Resolves when it ends by itself; says how. */
  ended(): Promise<string> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }

  /** A failure that nobody can repeat is explained by what the processes said. */
  #showIfFailed(): void {
    if (TestRunner.getCurrentTest() === undefined) return;
    onTestFailed(() => {
      process.stderr.write(`── ${this.#title} (pid ${this.pid}) wrote at last:\n${this.#output.slice(-MOST_SHOWN)}\n`);
    });
  }

  #fails(what: string): never {
    throw new Error(`${this.#title} (pid ${this.pid}) ${what}; it wrote:\n${this.#output}`);
  }
}

async function within<T>(ms: number, work: Promise<T>, late: () => never): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const lateness = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      try {
        late();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }, ms);
  });
  try {
    return await Promise.race([work, lateness]);
  } finally {
    clearTimeout(timer);
  }
}
