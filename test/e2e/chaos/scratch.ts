// A folder of its own for a test that kills what lives in it: configuration, storage, and the command to run there.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunningProcess } from '../../support/e2e/child.ts';

const mainFile = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
export const LISTENING = /Listening on"? address=(127\.0\.0\.1:\d+)/;

export class Scratch implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(config: string): Promise<Scratch> {
    const scratch = new Scratch(await mkdtemp(join(tmpdir(), 'belfry-chaos-')));
    await scratch.configure(config);
    return scratch;
  }

  get configFile(): string {
    return join(this.folder, 'config.yml');
  }

  get storage(): string {
    return join(this.folder, 'data');
  }

  configure(config: string): Promise<void> {
    return writeFile(this.configFile, config);
  }

  /** The arguments of node. */
  args(port = 0, storage = this.storage): readonly string[] {
    return [
      mainFile,
      `--config.file=${this.configFile}`,
      `--storage.path=${storage}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ];
  }

  spawn(port = 0, extra: readonly string[] = []): RunningProcess {
    return new RunningProcess(process.execPath, [...this.args(port), ...extra]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits for the address; http://127.0.0.1:PORT. */
export async function urlOf(child: RunningProcess): Promise<string> {
  const [, address] = await child.says(LISTENING);
  return `http://${address}`;
}
