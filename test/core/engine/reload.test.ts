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
  `groups:\n- {name: ${name}, interval: 10s, eval_offset: 0s, rules: [{alert: ${name}, expr: '${expr}'}]}\n`;

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

describe('rules that a reload takes away', () => {
  const withTeam = (more = ''): string =>
    CONFIG.replace('prometheus:', `- {name: team, webhook_configs: [{url: http://team.example/}]}\n${more}prometheus:`);
  const toTeam = (...names: readonly string[]): string =>
    `groups:\n- name: team\n  interval: 10s\n  eval_offset: 0s\n  notify: team\n  rules: [${names.map((name) => `{alert: ${name}, expr: m}`).join()}]\n`;

  test('together with their receiver: it is told the end, and nobody else hears of them', async () => {
    const scene = await started({ 'rules/t.yml': toTeam('T') }, withTeam());
    await scene.until('45s');
    expect(scene.messages).toEqual(['30s team: T firing']);
    scene.write('rules/t.yml', group('A', 'm'));
    scene.configure(CONFIG);
    expect(await scene.reload()).toBe(null);
    await scene.until('5m');
    expect(scene.messages).toEqual(['30s team: T firing', '45s team: T resolved', '70s default: A firing']);
    expect(scene.defects).toEqual([]);
  });

  test('together with their route: its receiver is told the end', async () => {
    const routed = withTeam().replace('1m}', "1m, routes: [{receiver: team, matchers: ['alertname=T']}]}");
    const scene = await started({ 'rules/t.yml': group('T', 'm'), 'rules/a.yml': group('A', 'm') }, routed);
    await scene.until('45s');
    expect(scene.messages.toSorted()).toEqual(['30s default: A firing', '30s team: T firing']);
    scene.write('rules/t.yml', null);
    scene.configure(withTeam());
    await scene.reload();
    await scene.until('5m');
    expect(scene.messages.slice(2)).toEqual(['45s team: T resolved']);
  });

  test('alone: their receiver is told the end when its group speaks next', async () => {
    const scene = await started({ 'rules/t.yml': toTeam('T'), 'rules/a.yml': group('A', 'm') }, withTeam());
    await scene.until('45s');
    scene.write('rules/t.yml', null);
    await scene.reload();
    await scene.until('5m');
    expect(scene.messages.toSorted()).toEqual(['30s default: A firing', '30s team: T firing', '90s team: T resolved']);
  });

  test('before anybody was told of them: nobody hears of them', async () => {
    const scene = await started({ 'rules/t.yml': toTeam('T'), 'rules/a.yml': group('A', 'm') }, withTeam());
    await scene.until('25s');
    scene.write('rules/t.yml', null);
    scene.configure(CONFIG);
    await scene.reload();
    await scene.until('5m');
    expect(scene.messages).toEqual(['30s default: A firing']);
  });

  test('while others of their group stay: those go to whom the next configuration says', async () => {
    const scene = await started({ 'rules/t.yml': toTeam('S', 'T'), 'rules/a.yml': group('A', 'm') }, withTeam());
    await scene.until('45s');
    scene.write('rules/t.yml', toTeam('S').replace('  notify: team\n', ''));
    scene.configure(CONFIG);
    await scene.reload();
    await scene.until('5m');
    expect(scene.messages.slice(2)).toEqual(['45s team: S firing, T resolved', '90s default: A firing, S firing']);
  });

  test('together with external labels: their end is that of the alert that was told', async () => {
    const labelled = withTeam().replace('route:', 'global: {external_labels: {cluster: eu}}\nroute:');
    const scene = await started({ 'rules/t.yml': toTeam('T'), 'rules/a.yml': group('A', 'm') }, labelled);
    await scene.until('45s');
    scene.write('rules/t.yml', null);
    scene.configure(withTeam());
    await scene.reload();
    await scene.until('100s');
    expect(scene.messages.filter((text) => text.includes('T'))).toEqual(['30s team: T firing', '90s team: T resolved']);
  });
});

describe('a file that is noticed to lack what it had', () => {
  const BOTH = `${group('S1', 'm')}${group('S2', 'm').replace('groups:\n', '')}`;
  const HALF = group('S1', 'm');
  const OTHER = { 'rules/a.yml': group('A', 'm') };
  const names = (scene: ReloadScene): string =>
    scene.engine.rules
      .groups()
      .map(({ group: { name } }) => name)
      .join();
  const notice = async (scene: ReloadScene, text: string | null): Promise<void> => {
    scene.write('rules/s.yml', text);
    scene.noticed();
    await scene.clock.advanceTo(scene.clock.now());
  };

  test('is believed when it has stood so for some seconds, and named at once', async () => {
    const scene = await started({ ...OTHER, 'rules/s.yml': BOTH });
    await scene.until('31s');
    await notice(scene, HALF.replace("'m'", "'m > 1'"));
    expect(names(scene)).toBe('A,S1,S2');
    expect(scene.engine.rules.groups()[1]!.group.rules[0]!.query).toBe('m > 1');
    expect(scene.loads.at(-1)!.detail).toMatch(/^warning: .*rules\/s\.yml lacks rules that it had, of "S2": .* 5s/);
    await scene.until('35s');
    expect(names(scene)).toBe('A,S1,S2');
    await scene.until('36s');
    expect(names(scene)).toBe('A,S1');
  });

  test('and that is written on loses nothing, nor does anybody hear of it', async () => {
    const scene = await started({ 'rules/s.yml': BOTH });
    await scene.until('31s');
    expect(scene.messages).toEqual(['30s default: S1 firing, S2 firing']);
    await notice(scene, HALF);
    await scene.until('33s');
    await notice(scene, `${HALF}# more of it\n`);
    await scene.until('37s');
    expect(names(scene)).toBe('S1,S2');
    await notice(scene, BOTH);
    await scene.until('5m');
    expect(names(scene)).toBe('S1,S2');
    expect(scene.messages).toEqual(['30s default: S1 firing, S2 firing']);
  });

  test.each([
    ['emptied', ''],
    ['removed', null],
  ])('because it is %s: its groups are named twice, and go', async (_what, text) => {
    const scene = await started({ ...OTHER, 'rules/s.yml': BOTH });
    await notice(scene, text);
    expect(names(scene)).toBe('A,S1,S2');
    await scene.until('5s');
    expect(names(scene)).toBe('A');
    expect(scene.loads.slice(1).map(({ outcome, detail }) => [outcome, detail.split('\n')[0]])).toEqual([
      ['taken', expect.stringContaining('lacks rules that it had, of "S1", "S2"')],
      ['taken', 'warning: /etc/rules/s.yml has no groups any more: "S1", "S2" ended'],
    ]);
  });

  test('with everything there is, is refused when it has stood so', async () => {
    const scene = await started({ 'rules/s.yml': BOTH });
    await notice(scene, '');
    expect(scene.loads.at(-1)).toMatchObject({ outcome: 'taken' });
    await scene.until('6s');
    expect(scene.loads.at(-1)).toMatchObject({ outcome: 'refused' });
    expect(names(scene)).toBe('S1,S2');
  });

  test('is believed at once by a reload that is asked for, and not looked at again', async () => {
    const scene = await started({ ...OTHER, 'rules/s.yml': BOTH });
    await notice(scene, HALF);
    await scene.until('1s');
    await scene.reload();
    expect(names(scene)).toBe('A,S1');
    const loads = scene.loads.length;
    await scene.until('20s');
    expect(scene.loads.length).toBe(loads);
    // What was believed once is not believed for ever.
    await notice(scene, BOTH);
    await scene.reload();
    await scene.until('30s');
    await notice(scene, HALF);
    expect(names(scene)).toBe('A,S1,S2');
  });

  test('does not keep the process from ending', async () => {
    const scene = await started({ ...OTHER, 'rules/s.yml': BOTH });
    await notice(scene, HALF);
    const { length } = scene.loads;
    await scene.stop();
    await scene.until('1m');
    expect(scene.loads.length).toBe(length);
  });
});
