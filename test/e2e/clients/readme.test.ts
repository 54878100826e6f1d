// README.md, followed to the letter: its commands are taken from it and typed, in their order, in a copy of what one
// clones. Only ports, folders and `npm ci`, which has been done, are others.
import { cp, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RunningProcess } from '../../support/e2e/child.ts';
import { commandsIn, readmeBlocks, type Block } from '../../support/e2e/readme.ts';
import { run, type Ran } from '../../support/e2e/run-program.ts';
import { describeBeside } from '../peers.ts';

const PATIENCE = { timeout: 15_000, interval: 200 };
const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Clone extends AsyncDisposable {
  readonly path: string;
}

async function clone(): Promise<Clone> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'belfry-e2e-'));
  for (const name of ['package.json', 'src', 'templates']) {
    await cp(join(root, name), join(folder.path, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'));
  return folder;
}

/** `npm start` in a terminal of its own: what ends it is Ctrl-C, which everything in there hears. */
class Terminal implements AsyncDisposable {
  readonly #leader: RunningProcess;

  constructor(command: string, cwd: string) {
    const env = { npm_config_update_notifier: 'false' };
    this.#leader = new RunningProcess('setsid', ['bash', '-c', `exec ${command}`], { cwd, env });
  }

  get output(): string {
    return this.#leader.output;
  }

  async address(): Promise<string> {
    const [, address = ''] = await this.#leader.says(/Listening on" address=(127\.0\.0\.1:\d+)/);
    return address;
  }

  async ctrlC(): Promise<void> {
    this.#tellAll('SIGINT');
    await this.#leader.ended();
  }

  /** As a supervisor does it: told is the one process it started. */
  async terminate(): Promise<void> {
    await this.#leader.stop('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tellAll('SIGKILL');
    await this.#leader.ended();
  }

  #tellAll(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#leader.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** The one block of that language that has these words. */
function blockWith(blocks: readonly Block[], language: string, words: string): string {
  const found = blocks.filter((block) => block.language === language && block.text.includes(words));
  expect(found.map(({ text }) => text)).toHaveLength(1);
  return found[0]?.text ?? '';
}

describeBeside('README.md', ['curl', 'amtool'], ({ amtool }) => {
  it('starts the example as it says, and every command in it works', async () => {
    const blocks = await readmeBlocks();
    const [first = ''] = commandsIn(blockWith(blocks, 'sh', 'npm ci && npm start'));
    expect(first).toMatch(/^npm ci && npm start\s+#/);
    await using folder = await clone();
    await using belfry = new Terminal('npm start -- --web.listen-address=127.0.0.1:0', folder.path);
    const address = await belfry.address();
    expect(belfry.output).toContain('serving the example');
    const type = (command: string): Promise<Ran> =>
      run('bash', ['-c', command.replaceAll('localhost:9093', address).replace(/^amtool/, amtool)], {
        cwd: folder.path,
        env: { HOME: folder.path },
      });
    const says = async (command: string | undefined): Promise<string> => {
      expect(command).toBeDefined();
      const ran = await type(command ?? '');
      expect({ command, code: ran.code, stderr: ran.code === 0 ? '' : ran.stderr }).toEqual({
        command,
        code: 0,
        stderr: '',
      });
      return ran.stdout;
    };

    const [alert, cat, ...others] = commandsIn(blockWith(blocks, 'sh', '/api/v2/alerts'));
    expect(others).toEqual([]);
    expect(await says(alert)).toBe('');
    await expect.poll(async () => (await type(cat ?? '')).stdout, PATIENCE).toContain('Hello');
    expect(JSON.parse(await says(cat))).toHaveLength(1);

    const asked = commandsIn(blockWith(blocks, 'sh', '/api/v2/silences'));
    expect(asked).toHaveLength(8);
    const [silence, byAmtool, preview, told, tested, rendered, notifications, alerts] = asked;
    expect(await says(silence)).toMatch(/^\{"silenceID":"[0-9a-f-]{36}"\}\n$/);
    expect(await says(byAmtool)).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(JSON.parse(await says(preview))).toMatchObject({ total: 1, items: [{ labels: { alertname: 'Hello' } }] });
    expect(JSON.parse(await says(told))).toMatchObject({ items: [{ integration: 'file/0', draft: { kind: 'file' } }] });
    expect(JSON.parse(await says(tested))).toMatchObject({ items: [{ outcome: 'delivered' }] });
    expect(JSON.parse(await says(rendered))).toEqual({ text: 'BelfryTest: 1' });
    expect(JSON.parse(await says(notifications))).toMatchObject({ items: [{ receiver: 'outbox', state: 'sent' }] });
    const { items } = JSON.parse(await says(alerts)) as {
      items: { status: { state: string; silencedBy: string[] } }[];
    };
    expect(items.map(({ status }) => [status.state, status.silencedBy.length])).toEqual([['suppressed', 2]]);

    for (const path of ['/-/healthy', '/-/ready', '/metrics', '/api/v2/openapi.json', '/api/belfry/v1/openapi.json']) {
      expect([path, (await fetch(`http://${address}${path}`)).status]).toEqual([path, 200]);
    }
    expect((await fetch(`http://${address}/-/reload`, { method: 'POST' })).status).toBe(200);
    await belfry.ctrlC();
    expect(belfry.output).toContain('Belfry stops');
    await expect(fetch(`http://${address}/-/healthy`)).rejects.toThrow('fetch failed');
  });

  it('and real use, with the configuration it shows', async () => {
    const blocks = await readmeBlocks();
    const [command = ''] = commandsIn(blockWith(blocks, 'sh', '--web.external-url'));
    await using folder = await clone();
    const place = (text: string): string =>
      text.replaceAll('/etc/belfry', `${folder.path}/etc`).replaceAll('/var/lib/belfry', `${folder.path}/var`);
    await mkdir(join(folder.path, 'etc'));
    const shown = place(blockWith(blocks, 'yaml', 'alertmanager.yml:'));
    await writeFile(join(folder.path, 'etc/alertmanager.yml'), shown);
    await using belfry = new Terminal(place(command).replace('0.0.0.0:9093', '127.0.0.1:0'), folder.path);
    const address = await belfry.address();
    const status = (await (await fetch(`http://${address}/api/v2/status`)).json()) as { config: { original: string } };
    expect(status.config.original).toContain('receiver: team');
    expect((await fetch(`http://${address}/-/ready`)).status).toBe(200);

    const receivers = blocks.filter(({ text }) => text.startsWith('receivers:')).map(({ text }) => place(text));
    expect(receivers.length).toBeGreaterThanOrEqual(4);
    for (const shownReceivers of receivers) {
      const [, name = ''] = /- name: (\S+)/.exec(shownReceivers) ?? [];
      // The fallback that one of them names.
      const config = `route: {receiver: ${name}}\n${shownReceivers}\n  - name: pager\n`;
      await writeFile(join(folder.path, 'etc/alertmanager.yml'), config);
      const reloaded = await fetch(`http://${address}/-/reload`, { method: 'POST' });
      expect([config, reloaded.status, await reloaded.text()]).toEqual([config, 200, '']);
    }
  });

  it('and `npm start` passes SIGTERM on, as a supervisor sends it', async () => {
    await using folder = await clone();
    await using npm = new Terminal('npm start -- --web.listen-address=127.0.0.1:0', folder.path);
    const address = await npm.address();
    await npm.terminate();
    expect(npm.output).toContain('Belfry stops');
    await expect(fetch(`http://${address}/-/healthy`)).rejects.toThrow('fetch failed');
  });

  it('and lists the flags there are', async () => {
    const { stdout, code } = await run('npm', ['start', '--silent', '--', '--help'], { cwd: root });
    expect(code).toBe(0);
    const text = (await readmeBlocks()).map((block) => block.text).join('');
    const flags = new Set([...text.matchAll(/(?<=\s)--(?:config|storage|web)\.[\w.-]+/g)].map(([flag]) => flag));
    expect(flags.size).toBeGreaterThanOrEqual(4);
    for (const flag of flags) expect(stdout).toContain(flag);
  });
});
