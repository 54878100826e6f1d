// A program that runs to its end: what it was told, what it said, and how it ended. Nobody waits for ever.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ran {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
}

const LONGEST_RUN_MS = 20_000;

export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {}).end(options.stdin ?? '');
  const [code] = (await once(child, 'close')) as [code: number | null];
  return { code, stdout, stderr };
}
