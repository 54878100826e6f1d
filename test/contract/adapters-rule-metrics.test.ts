import { describe, expect, it } from 'vitest';
import { RecentQuantiles } from '../../src/adapters/recent-quantiles.ts';
import { MetricsRegistry } from '../../src/adapters/metrics-registry.ts';
import { printFamilies } from '../../src/adapters/metric-text.ts';
import type { Transition } from '../../src/evaluate/alerting.ts';
import { readExposition } from '../support/exposition.ts';
import { evaluation, instance, NOON, viewOf } from '../support/fake-rules.ts';
import { cost, RuleMetricsScene, target } from '../support/rule-metrics-scene.ts';
import { labels } from '../support/builders.ts';

const A = '{rule_group="rules.yml;a \\"b\\""}';
const OTHER = '{rule_group="rules.yml;other"}';

const change = (from: Transition['from'], to: Transition['to']): Transition => ({
  ...{ from, to, labels: labels({ alertname: 'Down' }) },
  reason: 'matches',
});

describe('`RuleMetrics`', () => {
  it('can be read before there is an engine', async () => {
    const scene = new RuleMetricsScene();
    const families = readExposition(await scene.registry.render());
    expect(families.size).toBeGreaterThan(60);
    expect(families.get('prometheus_rule_group_rules')!.samples.size).toBe(0);
  });

  it('has every group from the start, at 0', async () => {
    const scene = new RuleMetricsScene();
    scene.watch();
    const values = await scene.values();
    for (const name of [
      'evaluations_total',
      'evaluation_failures_total',
      'group_iterations_total',
      'group_iterations_missed_total',
    ]) {
      expect(values.get(`prometheus_rule_${name}${A}`)).toBe(0);
      expect(values.get(`prometheus_rule_${name}${OTHER}`)).toBe(0);
    }
    expect(await scene.under('prometheus_rule_group_interval_seconds')).toEqual({ [A]: 30, [OTHER]: 60 });
    expect(await scene.under('prometheus_rule_group_rules')).toEqual({ [A]: 2, [OTHER]: 1 });
    expect(await scene.under('prometheus_rule_group_last_evaluation_timestamp_seconds')).toEqual({
      [A]: 0,
      [OTHER]: 0,
    });
  });

  it('counts evaluations and failures, and observes the time of both', async () => {
    const scene = new RuleMetricsScene();
    scene.watch();
    scene.metrics.ruleEvaluated(scene.group, scene.recording, 0.05, 3);
    scene.metrics.ruleEvaluated(scene.group, scene.alerting, 0.05, 3);
    scene.metrics.ruleFailed(scene.group, scene.alerting, 'timeout', 8);
    const values = await scene.values();
    expect(values.get(`prometheus_rule_evaluations_total${A}`)).toBe(3);
    expect(values.get(`prometheus_rule_evaluation_failures_total${A}`)).toBe(1);
    expect(values.get('prometheus_rule_evaluation_duration_seconds_count')).toBe(3);
    expect(values.get('prometheus_rule_evaluation_duration_seconds_sum')).toBeCloseTo(8.1);
    expect(values.get('prometheus_rule_evaluation_duration_seconds{quantile="0.5"}')).toBeCloseTo(0.05, 2);
    expect(values.get('prometheus_rule_evaluation_duration_seconds{quantile="0.99"}')! / 8).toBeCloseTo(1, 1);
    expect(values.get('prometheus_rule_evaluation_duration_histogram_seconds_bucket{le="0.1"}')).toBe(2);
    expect(values.get('prometheus_rule_evaluation_duration_histogram_seconds_bucket{le="10"}')).toBe(3);
    expect(values.get('vmalert_execution_total')).toBe(3);
    expect(values.get('vmalert_execution_errors_total')).toBe(1);
    expect(values.get('belfry_rule_failures_total{reason="timeout"}')).toBe(1);
    expect(values.get('belfry_rule_failures_total{reason="unavailable"}')).toBe(0);
  });

  it('counts a reason it does not know among the others', async () => {
    const scene = new RuleMetricsScene();
    scene.metrics.ruleFailed(scene.group, scene.alerting, 'x"', 1);
    expect((await scene.under('belfry_rule_failures_total'))['{reason="other"}']).toBe(1);
  });

  it('counts missed slots one by one, among all slots and by themselves', async () => {
    const scene = new RuleMetricsScene();
    scene.watch();
    scene.metrics.slotsMissed(scene.group, 4);
    scene.metrics.groupEvaluated(scene.group, { seconds: 0.2, samples: 7, late: 30 });
    const values = await scene.values();
    expect(values.get(`prometheus_rule_group_iterations_total${A}`)).toBe(5);
    expect(values.get(`prometheus_rule_group_iterations_missed_total${A}`)).toBe(4);
    expect(values.get(`prometheus_rule_group_last_evaluation_samples${A}`)).toBe(7);
    const group = '{group="a \\"b\\"",file="rules.yml"}';
    expect(values.get(`vmalert_iteration_total${group}`)).toBe(1);
    expect(values.get(`vmalert_iteration_missed_total${group}`)).toBe(4);
    expect(values.get(`vmalert_group_rule_results_limit${group}`)).toBe(5);
    expect(values.get(`vmalert_iteration_duration_seconds_sum${group}`)).toBe(0.2);
    expect(values.get('belfry_rule_group_lag_seconds_bucket{le="0.05"}')).toBe(1);
    expect(values.get('belfry_rule_group_lag_seconds_bucket{le="0.01"}')).toBe(0);
  });

  it('reads what is loaded when it is asked', async () => {
    const scene = new RuleMetricsScene();
    scene.watched = [
      viewOf(
        scene.group,
        ({ kind }) =>
          kind === 'recording'
            ? { past: [evaluation({ seconds: 0.25, samples: 9 }), evaluation({ samples: 1 })] }
            : {
                past: [evaluation({ seconds: 0.5, samples: 2, seriesFetched: null })],
                instances: (['pending', 'firing', 'firing', 'kept', 'resolved'] as const).map((state) =>
                  instance(state, { labels: {} }),
                ),
              },
        { evaluatedAt: NOON, seconds: 0.6, outdatedBy: 'line 3' },
      ),
    ];
    scene.problems = ['a.yml:1:1: error: no', 'b.yml:1:1: error: no'];
    scene.watch();
    const values = await scene.values();
    expect(values.get('belfry_rule_groups_outdated')).toBe(1);
    expect(values.get('belfry_rule_file_problems')).toBe(2);
    const id = (sample: string): string => /id="(\d+)"/.exec(sample)![1]!;
    const [pendingName] = [...values.keys()].filter((name) => name.startsWith('vmalert_alerts_pending'));
    const rule = `{alertname="Down",group="a \\"b\\"",file="rules.yml",id="${id(pendingName!)}"}`;
    expect(values.get(`vmalert_alerts_pending${rule}`)).toBe(1);
    expect(values.get(`vmalert_alerts_firing${rule}`)).toBe(3);
    expect(values.get(`vmalert_alerting_rules_last_evaluation_samples${rule}`)).toBe(2);
    expect(values.get(`vmalert_alerting_rules_last_evaluation_series_fetched${rule}`)).toBe(-1);
    expect(Object.values(await scene.under('vmalert_recording_rules_last_evaluation_samples'))).toEqual([9]);
    expect(values.get(`prometheus_rule_group_last_evaluation_timestamp_seconds${A}`)).toBe(NOON / 1000);
    expect(values.get(`prometheus_rule_group_last_duration_seconds${A}`)).toBe(0.6);
    expect(values.get(`prometheus_rule_group_last_rule_duration_sum_seconds${A}`)).toBe(0.75);
    expect(values.get('belfry_rule_groups_outdated')).toBe(1);
  });

  it('counts what fires, but not what goes on firing', async () => {
    const scene = new RuleMetricsScene();
    scene.metrics.transitions([change('none', 'pending'), change('pending', 'firing'), change('none', 'firing')]);
    scene.metrics.transitions([change('firing', 'kept'), change('kept', 'firing'), change('firing', 'resolved')]);
    expect((await scene.values()).get('vmalert_alerts_fired_total')).toBe(2);
    expect(await scene.under('belfry_rule_alert_transitions_total')).toEqual({
      '{to="pending"}': 1,
      '{to="firing"}': 3,
      '{to="kept"}': 1,
      '{to="resolved"}': 1,
      '{to="none"}': 0,
    });
  });

  it('counts expansions of templates: each label and annotation of each element of an answer', async () => {
    const scene = new RuleMetricsScene();
    scene.metrics.ruleEvaluated(scene.group, scene.alerting, 0.1, 3);
    scene.metrics.ruleEvaluated(scene.group, scene.recording, 0.1, 3);
    scene.metrics.templateFailed();
    const values = await scene.values();
    expect(values.get('prometheus_template_text_expansions_total')).toBe(6);
    expect(values.get('prometheus_template_text_expansion_failures_total')).toBe(1);
  });

  it('adds up what questions cost', async () => {
    const scene = new RuleMetricsScene();
    scene.metrics.queryDone(cost);
    scene.metrics.queryDone(cost);
    scene.metrics.writeRejected(5);
    scene.metrics.said(3);
    const values = await scene.values();
    expect(values.get('belfry_rule_query_duration_seconds_sum')).toBeCloseTo(0.04);
    expect(values.get('belfry_rule_query_received_bytes_total')).toBe(600);
    expect(values.get('belfry_rule_query_attempts_total')).toBe(4);
    expect(values.get('belfry_rule_samples_rejected_total')).toBe(5);
    expect(values.get('belfry_rule_alerts_told_total')).toBe(3);
  });

  it('forgets the groups and rules that a reload leaves out, and begins anew when they come back', async () => {
    const scene = new RuleMetricsScene();
    const both = scene.watched;
    scene.watch();
    scene.metrics.ruleFailed(scene.group, scene.alerting, 'rule', 1);
    scene.metrics.ruleFailed(scene.other, scene.other.rules[0]!, 'rule', 1);
    const withoutAlert = { ...scene.group, rules: [scene.recording] };
    scene.watched = [viewOf(withoutAlert)];
    const text = await scene.registry.render();
    expect(text).not.toContain('rules.yml;other');
    expect(text).not.toContain('alertname');
    scene.watched = both;
    const values = await scene.values();
    expect(values.get(`prometheus_rule_evaluation_failures_total${OTHER}`)).toBe(0);
    expect(values.get(`prometheus_rule_evaluation_failures_total${A}`)).toBe(1);
    expect(Object.values(await scene.under('vmalert_alerting_rules_errors_total'))).toEqual([0, 0]);
    expect(values.get('vmalert_execution_errors_total')).toBe(2);
  });

  it('says how each data source is', async () => {
    const scene = new RuleMetricsScene();
    const well = { breaker: 'closed', failures: 0, running: 2, waiting: 0 } as const;
    scene.outside = {
      ...scene.outside,
      dataSources: [
        { name: 'well', state: well },
        { name: 'failing', state: { ...well, failures: 1 } },
        { name: 'away', state: { ...well, breaker: 'open', waiting: 7 } },
      ],
    };
    scene.watch();
    expect(await scene.under('belfry_data_source_up')).toEqual({
      '{data_source="well"}': 1,
      '{data_source="failing"}': 0,
      '{data_source="away"}': 0,
    });
    const values = await scene.values();
    expect(values.get('belfry_data_source_breaker{data_source="away",state="open"}')).toBe(1);
    expect(values.get('belfry_data_source_breaker{data_source="away",state="closed"}')).toBe(0);
    expect(values.get('belfry_data_source_breaker{data_source="well",state="closed"}')).toBe(1);
    expect(values.get('belfry_data_source_questions_waiting{data_source="away"}')).toBe(7);
    expect(values.get('belfry_data_source_questions_running{data_source="well"}')).toBe(2);
  });
});

describe('`RuleMetrics` of remote write', () => {
  const west = '{remote_name="west",url="http://west.example/api/v1/write"}';

  it('tells each target by name and URL, without credentials', async () => {
    const scene = new RuleMetricsScene();
    scene.outside = { ...scene.outside, remoteWrite: [target('west', 'http://me:secret@west.example/api/v1/write')] };
    scene.watch();
    const { remoteWrite } = scene.metrics;
    remoteWrite.samplesIn('west', 10, NOON);
    remoteWrite.pending('west', 4);
    remoteWrite.requestDone('west', 0.03, 500, true);
    remoteWrite.requestDone('west', 3, 500, false);
    remoteWrite.samplesSent('west', 6, NOON - 5000);
    remoteWrite.samplesRetried('west', 3);
    remoteWrite.samplesFailed('west', 2);
    remoteWrite.samplesDropped('west', 1, 'too old');
    remoteWrite.samplesDropped('west', 5, 'relabelled');
    const values = await scene.values();
    const of = (name: string): number | undefined => values.get(`prometheus_remote_storage_${name}${west}`);
    expect(of('samples_total')).toBe(6);
    expect(of('samples_pending')).toBe(4);
    expect(of('samples_retried_total')).toBe(3);
    expect(of('samples_failed_total')).toBe(2);
    expect(of('bytes_total')).toBe(500);
    expect(of('sent_batch_duration_seconds_count')).toBe(2);
    expect(of('queue_highest_timestamp_seconds')).toBe(NOON / 1000);
    expect(of('queue_highest_sent_timestamp_seconds')).toBe(NOON / 1000 - 5);
    expect(of('max_samples_per_send')).toBe(2000);
    expect(of('shards_max')).toBe(1);
    expect(values.get('prometheus_remote_storage_highest_timestamp_in_seconds')).toBe(NOON / 1000);
    const dropped = `prometheus_remote_storage_samples_dropped_total${west.slice(0, -1)}`;
    expect(values.get(`${dropped},reason="too_old"}`)).toBe(1);
    expect(values.get(`${dropped},reason="dropped_series"}`)).toBe(5);
    expect(values.get(`${dropped},reason="queue_full"}`)).toBe(0);
    expect(await scene.registry.render()).not.toContain('secret');
  });

  it('adds all targets up for vmalert, and does not count back when one goes', async () => {
    const scene = new RuleMetricsScene();
    scene.outside = { ...scene.outside, remoteWrite: [target('west'), target('east')] };
    scene.watch();
    const { remoteWrite } = scene.metrics;
    for (const name of ['west', 'east']) {
      remoteWrite.samplesIn(name, 10, NOON);
      remoteWrite.pending(name, 3);
      remoteWrite.samplesSent(name, 7, NOON);
      remoteWrite.requestDone(name, 0.5, 100, true);
    }
    remoteWrite.samplesFailed('west', 2);
    remoteWrite.samplesDropped('west', 1, 'queue full');
    remoteWrite.samplesDropped('west', 9, 'relabelled');
    const expected = { total: 20, errors_total: 2, sent_rows_total: 14, sent_bytes_total: 200, dropped_rows_total: 3 };
    const durations = {
      send_duration_seconds_total: 1,
      flush_duration_seconds_sum: 1,
      flush_duration_seconds_count: 2,
    };
    expect(await scene.under('vmalert_remotewrite_')).toMatchObject({
      ...expected,
      ...durations,
      queue_size: 6,
      queue_capacity: 20_000,
      concurrency: 2,
    });
    scene.outside = { ...scene.outside, remoteWrite: [target('east')] };
    expect(await scene.under('vmalert_remotewrite_')).toMatchObject({
      ...expected,
      ...durations,
      queue_size: 3,
      concurrency: 1,
    });
    expect(await scene.registry.render()).not.toContain('west.example');
  });
});

describe('`RuleMetrics` of external Alertmanagers', () => {
  const url = 'http://am.example/api/v2/alerts';

  it('tells each by its URL, in both name sets', async () => {
    const scene = new RuleMetricsScene();
    scene.outside = { ...scene.outside, alertmanagers: [{ url }] };
    scene.watch();
    const { alertSink } = scene.metrics;
    alertSink.queued(url, 3);
    alertSink.sent(url, 10, 0.05);
    alertSink.failed(url, 4);
    alertSink.dropped(url, 4);
    const of = await scene.under('prometheus_notifications_');
    const labelled = `{alertmanager="${url}"}`;
    expect(of).toMatchObject({
      [`sent_total${labelled}`]: 10,
      [`errors_total${labelled}`]: 4,
      [`dropped_total${labelled}`]: 4,
      [`queue_length${labelled}`]: 3,
      queue_capacity: 10_000,
      alertmanagers_discovered: 1,
      [`latency_seconds_count${labelled}`]: 1,
      [`latency_histogram_seconds_bucket{alertmanager="${url}",le="0.1"}`]: 1,
    });
    expect(of[`latency_seconds{alertmanager="${url}",quantile="0.9"}`]).toBeCloseTo(0.05, 2);
    expect(await scene.under('vmalert_alerts_se')).toMatchObject({
      [`nt_total{addr="${url}"}`]: 14,
      [`nd_errors_total{addr="${url}"}`]: 4,
      [`nd_duration_seconds_count{addr="${url}"}`]: 1,
    });
  });

  it('says nothing about connections to Alertmanagers when none is configured', async () => {
    const scene = new RuleMetricsScene();
    scene.watch();
    expect(await scene.under('prometheus_notifications_')).toEqual({ queue_capacity: 10_000 });
  });
});

describe('`RecentQuantiles`', () => {
  const observed = (values: readonly number[]): RecentQuantiles => {
    const recent = new RecentQuantiles(1000);
    for (const value of values) recent.observe(value, 0);
    return recent;
  };

  it('is never off by more than one percent', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1e-6 * 1.02 ** i);
    const wanted = [0.01, 0.5, 0.9, 0.99, 1];
    const found = observed(values).quantiles(wanted, 0);
    wanted.forEach((quantile, i) => {
      const exact = values[Math.ceil(quantile * 1000) - 1]!;
      expect(Math.abs(found[i]! / exact - 1)).toBeLessThan(0.0101);
    });
  });

  it('knows nothing and 0', () => {
    expect(observed([]).quantiles([0.5], 0)).toEqual([NaN]);
    expect(observed([0, 0, 1]).quantiles([0.5], 0)).toEqual([0]);
  });

  it('forgets what is older than two generations, and begins anew when the clock is set back', () => {
    const recent = observed([1]);
    recent.observe(100, 1500);
    expect(recent.quantiles([0.5], 1900)[0]).toBeCloseTo(1, 1);
    expect(recent.quantiles([0.5], 2600)[0]! / 100).toBeCloseTo(1, 1);
    expect(recent.quantiles([0.5], 9000)).toEqual([NaN]);
    recent.observe(5, 9000);
    recent.observe(7, 100);
    expect(recent.quantiles([0.01], 100)[0]).toBeCloseTo(7, 0);
  });
});

describe('the text format', () => {
  it('escapes values of labels and spells what is no number', () => {
    const lines = [NaN, Infinity, -Infinity].map((value, i) => [`{a="${i}"}`, value] as const);
    expect(printFamilies([{ name: 'n', help: 'h', type: 'gauge', lines }])).toBe(
      '# HELP n h\n# TYPE n gauge\nn{a="0"} NaN\nn{a="1"} +Inf\nn{a="2"} -Inf\n',
    );
  });

  it('has counts and collected values one after the other', async () => {
    const registry = new MetricsRegistry();
    registry.counter('c_total', 'Counted').inc();
    registry.add(() => [{ name: 'g', help: 'Read', type: 'gauge', lines: [['', 2]] }]);
    expect([...readExposition(await registry.render()).keys()]).toEqual(['c_total', 'g']);
  });
});
