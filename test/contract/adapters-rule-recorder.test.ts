import { describe, expect, it } from 'vitest';
import { createRuleRecorder } from '../../src/adapters/rule-recorder.ts';
import { createSendingRecorder } from '../../src/adapters/sending-recorder.ts';
import type { Transition } from '../../src/evaluate/alerting.ts';
import { labels } from '../support/builders.ts';
import { LogLines } from '../support/log-lines.ts';
import { cost, RuleMetricsScene, target } from '../support/rule-metrics-scene.ts';

const well = { seconds: 0.1, samples: 2, cost };
const ill = { seconds: 1, cost };

function world() {
  const scene = new RuleMetricsScene();
  const lines = new LogLines();
  const clock = { now: () => scene.now };
  const record = createRuleRecorder({ log: lines.log, metrics: scene.metrics, clock });
  const { remoteWrite, alertSink } = createSendingRecorder({ log: lines.log, metrics: scene.metrics, clock });
  return { scene, lines, record, remoteWrite, alertSink };
}

describe('`createRuleRecorder()`', () => {
  it('says once that a rule cannot be evaluated, while the reason stays the same, and how often when it can again', () => {
    const { scene, lines, record } = world();
    for (let i = 0; i < 5; i++) record.ruleFailed(scene.group, scene.alerting, 'bad query', 'parse error', ill);
    expect(lines.above('debug')).toEqual(['warn A rule could not be evaluated: its alerts stay as they are']);
    expect(lines.last('warn')).toMatchObject({
      file: 'rules.yml',
      group: 'a "b"',
      rule: 'Down',
      reason: 'bad query',
      detail: 'parse error',
    });
    scene.now += 60_000;
    record.ruleFailed(scene.group, scene.alerting, 'bad query', 'parse error', ill);
    expect(lines.last('warn')).toMatchObject({ unsaid: 4 });
    record.ruleEvaluated(scene.group, scene.alerting, well);
    expect(lines.last('info')).toMatchObject({ rule: 'Down', failed: 6 });
    record.ruleEvaluated(scene.group, scene.alerting, well);
    expect(lines.above('debug')).toHaveLength(3);
  });

  it('speaks of the data source, once, when it fails every rule', async () => {
    const { scene, lines, record } = world();
    for (const rule of [...scene.group.rules, ...scene.group.rules]) {
      record.ruleFailed(scene.group, rule, 'unavailable', `refused at ${Math.random()}`, ill);
    }
    record.ruleFailed(scene.other, scene.other.rules[0]!, 'unavailable', 'refused', ill);
    expect(lines.above('debug')).toEqual(['warn A data source cannot be asked: alerts stay as they are']);
    record.ruleEvaluated(scene.other, scene.other.rules[0]!, well);
    expect(lines.last('info')).toMatchObject({ failedEvaluations: 5 });
    scene.watch();
    const values = await scene.values();
    expect(values.get('belfry_rule_failures_total{reason="unavailable"}')).toBe(5);
    expect(values.get('belfry_rule_query_attempts_total')).toBe(12);
  });

  it('says more loudly nothing of what was given up on purpose, and counts no failure', async () => {
    const { scene, lines, record } = world();
    record.ruleFailed(scene.group, scene.alerting, 'aborted', 'the question was given up', ill);
    expect(lines.above('debug')).toEqual([]);
    expect((await scene.values()).get('vmalert_execution_errors_total')).toBe(0);
  });

  it('tells each evaluation of a rule that is to be debugged', () => {
    const { scene, lines, record } = world();
    record.ruleEvaluated(scene.group, scene.alerting, well);
    expect(lines.above('debug')).toEqual([]);
    record.ruleEvaluated(scene.other, scene.other.rules[0]!, well);
    expect(lines.last('info')).toMatchObject({ group: 'other', rule: 'Down', samples: 2, seconds: 0.1 });
  });

  it('sums up what changed, with the first one it befell', () => {
    const { scene, lines, record } = world();
    const change = (instance: string, to: Transition['to'], reason: Transition['reason']): Transition => ({
      ...{ from: 'pending', to, reason },
      labels: labels({ alertname: 'Down', instance }),
    });
    record.transitions(scene.group, scene.alerting, [
      change('a"b', 'firing', 'matched for long enough'),
      change('c', 'none', 'stopped matching before `for`'),
      change('d', 'firing', 'matched for long enough'),
    ]);
    expect(lines.last('debug')).toMatchObject({
      rule: 'Down',
      changes: 'pending => firing: matched for long enough (2), pending => none: stopped matching before `for` (1)',
      first: '{alertname="Down", instance="a\\"b"}',
    });
    record.transitions(scene.other, scene.other.rules[0]!, [change('x', 'firing', 'matched for long enough')]);
    expect(lines.above('debug')).toEqual(['info Alerts of a rule changed']);
  });

  it('says once that what a rule has written cannot be read back, and when it can again', async () => {
    const { scene, lines, record } = world();
    const unseen = { sighting: 'unseen', seconds: 8, reason: 'out of time' } as const;
    for (let i = 0; i < 3; i++) record.readBack(scene.group, scene.recording, unseen);
    for (let i = 0; i < 2; i++) {
      record.readBack(scene.group, scene.recording, { sighting: 'later', seconds: 1, reason: 'seen' });
    }
    expect(lines.above('debug')).toEqual([
      'warn What a rule has written cannot be read back: rules that read it may see the slot before',
      'info What a rule writes can be read back again',
    ]);
    expect(lines.last('warn')).toMatchObject({ rule: 'job:up:sum', reason: 'out of time', seconds: 8 });
    expect(lines.last('info')).toMatchObject({ rule: 'job:up:sum', failed: 3 });
    expect(await scene.under('belfry_rule_read_backs_total')).toEqual({
      '{seen="at once"}': 0,
      '{seen="later"}': 2,
      '{seen="never"}': 3,
    });
  });

  it('says once that rules find nothing any more and it is not believed, and when it is', async () => {
    const { scene, lines, record } = world();
    for (const rule of scene.group.rules)
      record.foundNothing(scene.group, rule, { kind: 'hold', reason: 'most is gone' });
    for (const rule of scene.group.rules) {
      record.foundNothing(scene.group, rule, { kind: 'believe', reason: 'held for long enough' });
    }
    expect(lines.above('debug')).toEqual([
      'warn Most of what rules found in a data source is gone at once: for a while nothing ends for that',
      'info Rules believe again that they find nothing',
    ]);
    expect(lines.last('warn')).toMatchObject({ rule: 'job:up:sum', reason: 'most is gone' });
    expect(lines.last('info')).toMatchObject({ reason: 'held for long enough', held: 2 });
    expect(await scene.under('belfry_rule_found_nothing_total')).toEqual({
      '{verdict="believe"}': 2,
      '{verdict="hold"}': 2,
    });
  });

  it('warns of missed slots, failed templates and rejected samples, once a minute', () => {
    const { scene, lines, record } = world();
    for (let i = 0; i < 3; i++) {
      record.slotsMissed(scene.group, 2);
      record.templateFailed(scene.group, scene.alerting, 'no such function');
      record.writeRejected(scene.group, 4, 'out of order');
      record.groupEvaluated(scene.group, { seconds: 40, samples: 2, late: 3 });
      record.said(3);
      scene.now += 10_000;
    }
    expect(lines.above('debug')).toEqual([
      'warn Slots of a rule group were missed: evaluating it takes too long',
      'warn A template of a rule failed: the error stands in its place',
      'warn Samples of a rule group were not written',
    ]);
    scene.now += 60_000;
    record.slotsMissed(scene.group, 2);
    expect(lines.last('warn')).toMatchObject({ group: 'a "b"', missed: 2, interval: 30, unsaid: 2 });
  });
});

describe('`createSendingRecorder()`', () => {
  it('says once that a target fails, and when it takes samples again', () => {
    const { lines, remoteWrite } = world();
    for (let i = 0; i < 3; i++) remoteWrite.samplesRetried('west', 10, 'status 503');
    remoteWrite.samplesSent('west', 10, 1);
    remoteWrite.samplesSent('west', 10, 2);
    expect(lines.above('debug')).toEqual([
      'warn Remote write failed and will be tried again',
      'info Remote write takes samples again',
    ]);
    expect(lines.last('info')).toEqual({ target: 'west', failed: 3 });
  });

  it('tells samples that are lost, but not those that are not wanted', async () => {
    const { scene, lines, remoteWrite } = world();
    scene.outside = { ...scene.outside, remoteWrite: [target('west')] };
    scene.watch();
    remoteWrite.samplesDropped('west', 5, 'relabelled');
    expect(lines.above('debug')).toEqual([]);
    remoteWrite.samplesDropped('west', 6, 'queue full');
    remoteWrite.samplesFailed('west', 7, 'out of order');
    remoteWrite.protocol('west', '2.0');
    expect(lines.above('debug')).toEqual([
      'error Samples for remote write were given up',
      'error Remote write refused samples for good',
      'info Remote write is spoken',
    ]);
    expect((await scene.values()).get('vmalert_remotewrite_dropped_rows_total')).toBe(13);
  });

  it('says once that an Alertmanager takes no alerts, and when it does again, without credentials', async () => {
    const { scene, lines, alertSink } = world();
    const url = 'http://me:secret@am.example/api/v2/alerts';
    scene.outside = { ...scene.outside, alertmanagers: [{ url }] };
    scene.watch();
    for (let i = 0; i < 3; i++) {
      alertSink.failed(url, 2, 'refused');
      alertSink.dropped(url, 2);
    }
    alertSink.sent(url, 2, 0.1);
    expect(lines.above('debug')).toEqual([
      'warn An external Alertmanager did not take alerts',
      'warn Alerts for an external Alertmanager were given up',
      'info An external Alertmanager takes alerts again',
    ]);
    expect(JSON.stringify(lines.all)).not.toContain('secret');
    expect(await scene.registry.render()).not.toContain('secret');
  });
});
