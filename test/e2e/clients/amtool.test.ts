// amtool as it is installed, typed at Belfry and at a real Alertmanager: the same words over the same state, and the
// same said. What differs from run to run (ids, times of now) is named before the two are compared.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { startAlertmanager } from '../../support/e2e/alertmanager.ts';
import { startBelfry } from '../../support/e2e/belfry.ts';
import type { RouterProcess } from '../../support/e2e/router-process.ts';
import { run, type Ran } from '../../support/e2e/run-program.ts';
import { describeBeside } from '../peers.ts';
import { config, files, steps, type AmtoolStep } from './amtool-steps.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const thisYear = new Date().getUTCFullYear();
const NOW = new RegExp(
  `(?:${thisYear}|${thisYear + 1})-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z| UTC)`,
  'g',
);

/** amtool and the server it talks to. */
class Desk {
  readonly #amtool: string;
  readonly #router: RouterProcess;
  readonly #names = new Map<string, string>();

  constructor(amtool: string, router: RouterProcess) {
    this.#amtool = amtool;
    this.#router = router;
  }

  async prepare(): Promise<void> {
    const status: unknown = await (await fetch(`${this.#router.url}/api/v2/status`)).json();
    const original = (status as { config: { original: string } }).config.original;
    for (const [name, text] of Object.entries({ ...files, 'original.yml': original })) await this.#write(name, text);
  }

  async type({ args, keep, save, stdin }: AmtoolStep): Promise<Ran> {
    const all = [`--alertmanager.url=${this.#router.url}`, ...args.map((arg) => this.#fill(arg))];
    const { folder } = this.#router;
    const ran = await run(this.#amtool, all, {
      // No configuration of whoever runs the tests.
      env: { HOME: folder, TZ: 'UTC' },
      ...(stdin !== undefined && { stdin: await readFile(join(folder, stdin), 'utf8') }),
    });
    if (save !== undefined) await this.#write(save, ran.stdout);
    if (keep !== undefined) this.#remember(keep, ran.stdout);
    return { code: ran.code, stdout: this.#name(ran.stdout), stderr: this.#name(ran.stderr) };
  }

  #fill(text: string): string {
    return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) =>
      name === 'folder' ? this.#router.folder : (this.#names.get(name) ?? name),
    );
  }

  /** The first name stands: imports give old ids again. */
  #remember(name: string, stdout: string): void {
    for (const [index, [id]] of [...stdout.matchAll(UUID)].entries()) {
      if ([...this.#names.values()].includes(id)) continue;
      this.#names.set(index === 0 ? name : `${name}${index + 1}`, id);
    }
  }

  #name(text: string): string {
    let said = text;
    for (const [name, id] of this.#names) said = said.replaceAll(id, `{{${name}}}`);
    return (
      said
        .replaceAll(UUID, '<uuid>')
        .replaceAll(NOW, '<time>')
        .replaceAll(this.#router.folder, '<folder>')
        .replaceAll(this.#router.url.replace('http://', ''), '<address>')
        .replaceAll(/0x[0-9a-f]{6,}/g, '<pointer>')
        // A newer amtool than its server misses it.
        .replaceAll('"mutedBy":null', '"mutedBy":[]')
        .replaceAll(/^Warning: amtool version .*\n/gm, '')
    );
  }

  #write(name: string, text: string): Promise<void> {
    return writeFile(join(this.#router.folder, name), text);
  }
}

/** 25 is 0.25; a build that does not say its version is taken for the newest. */
function minorOf(amtool: string): number {
  const { stdout, stderr } = spawnSync(amtool, ['--version'], { encoding: 'utf8' });
  const minor = /version 0\.(\d+)/.exec(stdout + stderr)?.[1];
  return minor === undefined ? Infinity : Number(minor);
}

const comparable = (ran: Ran, { anyOrder }: AmtoolStep): Ran =>
  anyOrder === true ? { ...ran, stdout: ran.stdout.split('\n').toSorted().join('\n') } : ran;

const titleOf = ({ args }: AmtoolStep): string => `amtool ${args.join(' ')}`;

describeBeside('amtool', ['amtool', 'alertmanager'], ({ amtool, alertmanager }) => {
  it('is told the same by Belfry and by Alertmanager', async () => {
    await using ours = await startBelfry({ config });
    await using peer = await startAlertmanager(alertmanager.binary, { config });
    const desks = [new Desk(amtool, ours), new Desk(amtool, peer)] as const;
    await Promise.all(desks.map((desk) => desk.prepare()));
    const minor = minorOf(amtool);
    const known = steps.filter(
      ({ needs = 0, readsConfig }) =>
        Math.min(minor, alertmanager.minor) >= needs && (readsConfig !== true || minor >= alertmanager.minor),
    );
    const stale: string[] = [];
    const different: unknown[] = [];
    for (const step of known) {
      const [mine, theirs] = await Promise.all([desks[0].type(step), desks[1].type(step)]);
      const same = isDeepStrictEqual(comparable(mine, step), comparable(theirs, step));
      const expected = step.differs !== undefined && alertmanager.minor < step.differs.before;
      if (!same && !(expected && mine.code === theirs.code)) different.push({ step: titleOf(step), mine, theirs });
      if (same && expected) stale.push(titleOf(step));
    }
    expect(different).toEqual([]);
    expect(stale, 'differences that are none').toEqual([]);
    expect(known.length).toBeGreaterThan(90);
  });

  it('shows the configuration as Alertmanager prints it, secrets aside', async () => {
    await using ours = await startBelfry({ config });
    await using peer = await startAlertmanager(alertmanager.binary, { config });
    const [mine, theirs] = await Promise.all(
      [ours, peer].map(({ url, folder }) =>
        run(amtool, [`--alertmanager.url=${url}`, 'config', 'show'], { env: { HOME: folder } }),
      ),
    );
    expect(mine?.code).toBe(0);
    expect(routingOf(mine?.stdout ?? '')).toBe(routingOf(theirs?.stdout ?? ''));
    expect(mine?.stdout).not.toContain('hooks.example');
  });
});

/** Which keys stand in `global` and in a receiver, and how its URL is hidden, changes from release to release. */
function routingOf(shown: string): string {
  const sections = shown.split(/^(?=\w)/m);
  return sections.filter((section) => !/^(?:Warning|global|receivers)\b/.test(section)).join('');
}
