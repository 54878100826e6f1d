import { expect, test } from 'vitest';
import { ReloadScene } from '../../support/reload-scene.ts';

const config = (relabel: string, more = ''): string => `
global: {external_labels: {replica: one, cluster: eu}}
route: {receiver: default, group_wait: 20s, group_interval: 1m}
receivers:
- {name: default, webhook_configs: [{url: http://default.example/}]}
prometheus: {url: http://prometheus.example}
rule_files: [rules/*.yml]
alerting:
  alert_relabel_configs: [${relabel}]
${more}`;

const WITHOUT_REPLICA = '{action: labeldrop, regex: replica}';
const RULES = `groups:
- name: g
  interval: 10s
  eval_offset: 0s
  rules: [{alert: A, expr: a}, {alert: B, expr: b}]
`;

async function started(relabel: string, more = ''): Promise<ReloadScene> {
  const scene = new ReloadScene(config(relabel, more), { 'rules/g.yml': RULES });
  await scene.start();
  return scene;
}

test('alert_relabel_configs hold for our own router, after external labels', async () => {
  const scene = await started(WITHOUT_REPLICA);
  await scene.until('31s');
  expect(scene.firing().toSorted()).toEqual(['{alertname="A", cluster="eu"}', '{alertname="B", cluster="eu"}']);
  // The rules themselves know nothing of it.
  const [group] = scene.engine.rules.groups();
  expect(group!.rules.map(({ instances }) => instances.map(({ labels }) => labels.toString()))).toEqual([
    ['{alertname="A"}'],
    ['{alertname="B"}'],
  ]);
});

test('what they drop nobody hears of', async () => {
  const scene = await started('{action: drop, source_labels: [alertname], regex: A}');
  await scene.until('2m');
  expect(scene.messages).toEqual(['30s default: B firing']);
});

test('what they leave without a label nobody hears of, either', async () => {
  const scene = await started('{action: labelkeep, regex: nothing}');
  await scene.until('2m');
  expect([scene.messages, scene.firing(), scene.defects]).toEqual([[], [], []]);
});

test('an end is relabelled as what it ends', async () => {
  const scene = await started(WITHOUT_REPLICA);
  await scene.until('31s');
  scene.answer = () => [];
  await scene.until('5m');
  expect(scene.messages).toEqual(['30s default: A firing, B firing', '90s default: A resolved, B resolved']);
  expect(scene.firing()).toEqual([]);
});

test('alerts that become one are one', async () => {
  const scene = await started('{action: replace, target_label: alertname, replacement: Both}');
  await scene.until('2m');
  expect(scene.firing()).toEqual(['{alertname="Both", cluster="eu", replica="one"}']);
  expect(scene.messages).toEqual(['30s default: Both firing']);
});

test('the ends of rules that a reload takes away are relabelled as before it', async () => {
  const scene = await started(WITHOUT_REPLICA);
  await scene.until('31s');
  scene.write('rules/g.yml', RULES.replace('{alert: A, expr: a}, ', ''));
  scene.configure(config(''));
  await scene.reload();
  expect(scene.firing().filter((labels) => labels.includes('"A"'))).toEqual([]);
});

test('what one Alertmanager alone is told is not for our own router', async () => {
  const one = '  alertmanagers: [{static_configs: [{targets: [am:9093]}], alert_relabel_configs: [{action: drop}]}]\n';
  const scene = await started('', one);
  await scene.until('31s');
  expect(scene.messages).toEqual(['30s default: A firing, B firing']);
});
