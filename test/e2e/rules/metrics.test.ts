// /metrics of rules beside the real ones: every name Prometheus and vmalert have for what we do, with its type and its
// labels, but for what is listed here with the reason.
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { Metrics } from '../../../src/adapters/metrics.ts';
import { RuleMetrics } from '../../../src/adapters/rule-metrics.ts';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import { startVmalert } from '../../support/e2e/vmalert.ts';
import { labelNames, readExposition, type Family } from '../../support/exposition.ts';
import { compiled, evaluation, instance, NOON, viewOf } from '../../support/fake-rules.ts';
import { target } from '../../support/rule-metrics-scene.ts';
import { describeBeside } from '../peers.ts';

/** Nobody listens there: what is sent fails. */
const NOWHERE = 'http://127.0.0.1:9';
const RULES = `
groups:
- name: g
  interval: 1s
  limit: 50
  rules:
  - record: one
    expr: vector(1)
  - alert: Fires
    expr: vector(1)
    annotations: {summary: "{{ $value }}"}
`;
const CONFIG = `
global: {evaluation_interval: 1s}
alerting: {alertmanagers: [{static_configs: [{targets: ['${NOWHERE.slice(7)}']}]}]}
remote_write: [{url: '${NOWHERE}/api/v1/write', name: west}]
`;

/** Of the real Prometheus. */
const NOT_OURS: readonly RegExp[] = [
  // Nothing of the kind is written.
  /^prometheus_remote_storage_(exemplars|histograms|metadata)_/,
  // It counts what enters its own log, once for all targets; we have no log.
  /^prometheus_remote_storage_samples_in_total$/,
  // A queue in memory that drops its oldest: nothing is put in again, no strings are shared.
  /^prometheus_remote_storage_(enqueue_retries_total|string_interner_.*)$/,
];

/** Labels that newer versions have, and Debian's not yet. */
const NEWER_LABELS: Readonly<Record<string, readonly string[]>> = {
  prometheus_notifications_dropped_total: ['alertmanager'],
  prometheus_notifications_queue_length: ['alertmanager'],
  prometheus_remote_storage_samples_dropped_total: ['remote_name', 'url', 'reason'].toSorted(),
};

/** Debian's vmalert has gauges where newer ones count, and leaves the file out of the labels of rules. */
const OLD_VMALERT: readonly RegExp[] = [/^vmalert_(alerting|recording)_rules_error$/];
/** Not in rows: it counts bytes of protobuf before they are compressed. */
const NOT_OURS_OF_VMALERT: readonly RegExp[] = [/^vmalert_remotewrite_dropped_bytes_total$/];

async function ours(): Promise<string> {
  const options = { version: '1', perAlertnameLimit: 0, receiverNames: false, peer: null, logLinesDropped: () => 0 };
  const metrics = new Metrics(options);
  metrics.configLoaded(7, NOON);
  const rules = new RuleMetrics(metrics.registry, { now: () => NOON });
  const past = [evaluation()];
  const instances = [instance('firing', { labels: { alertname: 'Fires' } })];
  const groups = compiled('rules.yml', RULES).map((group) => viewOf(group, () => ({ past, instances })));
  const state = { breaker: 'closed', failures: 0, running: 0, waiting: 0 } as const;
  const alertmanagers = [{ url: `${NOWHERE}/api/v2/alerts` }];
  rules.watch({
    groups: () => groups,
    problems: () => [],
    outside: () => ({ dataSources: [{ name: 'main', state }], remoteWrite: [target('west')], alertmanagers }),
  });
  return metrics.registry.render();
}

async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** Until they have everything that only events bring about. */
async function settled(url: string, signs: readonly RegExp[]): Promise<string> {
  for (;;) {
    const text = await metricsOf(url);
    if (signs.every((sign) => sign.test(text))) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const isAny = (name: string, patterns: readonly RegExp[]): boolean => patterns.some((pattern) => pattern.test(name));
const shapeOf = (name: string, family: Family | undefined): string =>
  family === undefined ? `${name}: missing` : `${name}: ${family.type} {${labelNames(family).join(',')}}`;

describeBeside('metrics of rules', ['prometheus', 'promtool', 'vmalert'], ({ prometheus, promtool, vmalert }) => {
  it('are those of Prometheus, with its types and labels', async () => {
    await using real = await startPrometheusStore(prometheus, {
      ...{ config: CONFIG, rules: RULES },
      args: ['--storage.remote.flush-deadline=100ms', '--rules.alert.resend-delay=1s'],
    });
    const text = await settled(real.url, [
      /^prometheus_rule_group_last_evaluation_samples\{.*\} [1-9]/m,
      /^prometheus_notifications_errors_total\{.*\} [1-9]/m,
      /^prometheus_remote_storage_samples_retried_total\{.*\} [1-9]/m,
    ]);
    const ofTheRules = /^prometheus_(rule|notifications|template|remote_storage|config)_/;
    const theirs = [...readExposition(text)].filter(([name]) => ofTheRules.test(name) && !isAny(name, NOT_OURS));
    const families = readExposition(await ours());
    expect(theirs.length).toBeGreaterThan(35);
    const expected = theirs.map(([name, family]) => {
      const labels = NEWER_LABELS[name] ?? labelNames(family);
      return `${name}: ${family.type} {${labels.join(',')}}`;
    });
    expect(theirs.map(([name]) => shapeOf(name, families.get(name)))).toEqual(expected);
  });

  it('are those of vmalert, with its labels', async () => {
    await using store = await startPrometheusStore(prometheus, { remoteWriteReceiver: true });
    await using real = await startVmalert(vmalert, { rules: RULES, store: store.url, notifier: NOWHERE });
    const text = await settled(real.url, [
      /^vmalert_alerts_send_errors_total\{.*\} [1-9]/m,
      /^vmalert_iteration_total\{.*\} [1-9]/m,
    ]);
    // It gives no types: by the line, then.
    const theirs = new Map<string, Set<string>>();
    for (const [, sample, labels = ''] of text.matchAll(/^(vmalert_\w+?)(?:_sum|_count|_bucket)?(\{.*\})? \S+$/gm)) {
      if (isAny(sample!, [...OLD_VMALERT, ...NOT_OURS_OF_VMALERT])) continue;
      const names = theirs.getOrInsertComputed(sample!, () => new Set());
      for (const [, name] of labels.matchAll(/[{,] ?([a-z_]+)="/g)) names.add(name!);
      names.delete('quantile');
      names.delete('vmrange');
      if (names.has('id')) names.add('file');
    }
    const families = readExposition(await ours());
    expect(theirs.size).toBeGreaterThan(20);
    const labelsOf = (name: string): readonly string[] | null => {
      const family = families.get(name);
      return family === undefined ? null : labelNames(family);
    };
    const found = [...theirs.keys()].map((name) => [name, labelsOf(name)]);
    expect(found).toEqual([...theirs].map(([name, names]) => [name, [...names].toSorted()]));
  });

  it("give promtool nothing to say, but what it says of names that are Prometheus' own", async () => {
    const { stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: await ours(), encoding: 'utf8' });
    const said = (stdout + stderr).split('\n').filter((line) => line !== '');
    const histograms = [
      'prometheus_notifications_latency_histogram_seconds',
      'prometheus_rule_evaluation_duration_histogram_seconds',
      'prometheus_rule_group_duration_histogram_seconds',
    ];
    expect(said.toSorted()).toEqual(
      histograms.map((name) => `${name} metric name should not include type 'histogram'`),
    );
  });
});
