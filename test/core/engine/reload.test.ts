import { describe, expect, test } from 'vitest';
import { t } from '../../support/builders.ts';
import { ReloadScene } from '../../support/reload-scene.ts';

const CONFIG = `
route: {receiver: default, group_wait: 20s, group_interval: 1m}
receivers:
- {name: default, webhook_configs: [{url: http://default.example/}]}
prometheus: {url: http://prometheus.example}
remote_write: [{url: http://prometheus.example/api/v1/write}]
rule_files: [rules/*.yml, more/*.yml]
`;
const group = (name: string, expr: string): string =>
  `groups:\n- {name: ${name}, interval: 10s, rules: [{alert: ${name}, expr: '${expr}'}]}\n`;

async function started(
  files: Readonly<Record<string, string>> = { 'rules/a.yml': group('A', 'm') },
  config = CONFIG,
): Promise<ReloadScene> {
  const scene = new ReloadScene(config, files);
  await scene.start();
  return scene;
}

/** Every way of loading rule files again, and what whoever asked is answered. */
const WAYS: readonly (readonly [way: string, reload: (scene: ReloadScene) => Promise<string | null>])[] = [
  ['a reload that is asked for', (scene) => scene.reload()],
  [
    'a change that was noticed',
    async (scene) => {
      scene.noticed();
      await scene.clock.advanceTo(scene.clock.now());
      return scene.engine.rules.problems().join('\n');
    },
  ],
];

const BROKEN = /more\/b\.yml:2:\d+: error: (?:.*\n)*.*\^/;

describe.each(WAYS)('%s', (_way, reload) => {
  test('says everywhere that a new group is not there because of a mistake in it', async () => {
    const scene = await started();
    await scene.until('5s');
    scene.write('more/b.yml', group('B', 'rate(foo)'));
    expect(await reload(scene)).toMatch(BROKEN);
    expect(scene.loads.at(-1)).toMatchObject({ outcome: 'taken in part', at: t('5s') });
    expect(scene.loads.at(-1)!.detail).toMatch(BROKEN);
    expect(scene.engine.rules.problems()).toEqual([expect.stringMatching(BROKEN)]);
    expect(scene.engine.rules.groups().map(({ group: { name }, outdatedBy }) => [name, outdatedBy])).toEqual([
      ['A', ''],
    ]);
    expect(scene.engine.reload.last).toEqual({ ok: false, takenAt: t('5s') });
    const { items } = await scene.engine.views.events({ limit: 1 });
    expect(items).toMatchObject([{ kind: 'reloaded', ok: false, at: t('5s') }]);
    expect(items[0]).toHaveProperty('detail', expect.stringMatching(BROKEN));
  });

  test('says so of a group that goes on in its old version', async () => {
    const scene = await started();
    scene.write('rules/a.yml', group('A', 'rate(foo)'));
    expect(await reload(scene)).toMatch(/rules\/a\.yml:2:/);
    expect(scene.loads.at(-1)).toMatchObject({ outcome: 'taken in part' });
    expect(scene.engine.rules.groups()[0]!.outdatedBy).toMatch(/rules\/a\.yml:2:/);
    expect(scene.engine.reload.last).toMatchObject({ ok: false });
  });

  test('says that all is well again', async () => {
    const scene = await started();
    scene.write('more/b.yml', group('B', 'rate(foo)'));
    await reload(scene);
    await scene.until('7s');
    scene.write('more/b.yml', group('B', 'foo'));
    expect((await reload(scene)) ?? '').toBe('');
    expect(scene.loads.at(-1)).toMatchObject({ outcome: 'taken', detail: '' });
    expect(scene.engine.rules.problems()).toEqual([]);
    expect(scene.engine.reload.last).toEqual({ ok: true, takenAt: t('7s') });
    const { items } = await scene.engine.views.events({ limit: 1 });
    expect(items).toMatchObject([{ kind: 'reloaded', ok: true, detail: '' }]);
  });
});

test('what is refused was not taken, and the time of the last load stays', async () => {
  const scene = await started();
  expect(scene.engine.reload.last).toEqual({ ok: true, takenAt: t('0s') });
  await scene.until('5s');
  scene.configure('route: {receiver: nobody}');
  expect(await scene.reload()).toMatch(/belfry\.yml:1:/);
  expect(scene.loads.at(-1)).toMatchObject({ outcome: 'refused' });
  expect(scene.engine.reload.last).toEqual({ ok: false, takenAt: t('0s') });
});
