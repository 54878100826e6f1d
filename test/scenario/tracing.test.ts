import { expect, test } from 'vitest';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { parseStory } from '../../src/scenario/format.ts';
import { play } from '../../src/scenario/run.ts';
import type { ReadSpan } from '../support/otlp-read.ts';
import { silentRecorder, silentRuleRecorder } from '../support/silent-recorder.ts';
import { TraceScene, treeOf } from '../support/trace-scene.ts';
import { compareSpans } from '../support/upstream-spans.ts';

// A story, and the traces it leaves.

const TRACING = 'tracing: {endpoint: collector, client_type: http, insecure: true, sampling_fraction: 1}';

async function traced(story: string): Promise<readonly ReadSpan[]> {
  const parsed = parseStory('traced.story.yml', story);
  if (!parsed.ok) return expect.fail(parsed.problems.map(({ message }) => message).join('\n'));
  let scene: TraceScene | null = null;
  const store = new SqliteStore();
  const { problems } = await play(parsed.value, {
    ...{ store, record: silentRecorder([]), ruleRecord: silentRuleRecorder },
    // One collector for all lives of the process.
    tracing: (clock) => (scene ??= new TraceScene(clock, null)).tracing,
  });
  expect(problems).toEqual([]);
  return scene!.spans();
}

const config = (more = ''): string => `
config:
  route: {receiver: team, group_wait: 10s, group_interval: 1m, repeat_interval: 4h, group_by: [alertname]}
  receivers: [{name: team, webhook_configs: [{url: http://team.example/}]}${more}]
  ${TRACING}
`;

const line = ({ name, attributes, status, links }: ReadSpan): string =>
  [
    name,
    ...(links.length > 0 ? [`linked to ${links.length}`] : []),
    ...['belfry.decision', 'belfry.reason', 'alerting.suppressed.reason', 'belfry.attempt', 'belfry.outcome'].flatMap(
      (key) => (key in attributes ? [String(attributes[key])] : []),
    ),
    ...(status.code === 2 ? [`failed: ${status.message}`] : []),
  ].join(', ');

test('an alert from its arrival until it is delivered: the flush is a trace of its own, and each attempt is in it', async () => {
  const spans = await traced(`name: traced
${config()}
steps:
  - {at: 0s, answers: {team: [{kind: retry, times: 1}]}, alerts: [{labels: {alertname: A}, ends: 1h}, {labels: {alertname: A, b: c}, ends: 1h}]}
end: 75s
expect:
  - {at: 10s, receiver: team, reason: first notification, firing: [A, A]}
  - {at: 10s, within: 1s, receiver: team, reason: first notification, firing: [A, A]}
`);
  expect(treeOf(spans, line)).toEqual([
    'provider.mem.Put',
    'dispatch.AggregationGroup.flush, linked to 1',
    '  notify.MuteStage.Exec',
    '  notify.DedupStage.Exec, send, first notification',
    '  notify.Integration.Notify, 1, retry, failed: as the story says',
    '  notify.Integration.Notify, 2, delivered',
    'dispatch.AggregationGroup.flush',
    '  notify.MuteStage.Exec',
    '  notify.DedupStage.Exec, nothing, told already',
  ]);
  const [put, ...others] = spans.filter(({ parentId }) => parentId === '');
  expect(put!.events.map(({ name }) => name)).toEqual(['new AggregationGroup created']);
  expect(put!.attributes).toEqual({ 'alerting.alerts.count': 2 });
  expect(others[0]!.links).toEqual([{ traceId: put!.traceId, spanId: put!.spanId, flags: 1 }]);
  expect(others[0]!.attributes).toEqual({
    'alerting.aggregation_group.key': '{}:{alertname="A"}',
    'alerting.alerts.count': 2,
    'alerting.notify.receiver.name': 'team',
  });
  const attempt = spans.find(({ name }) => name === 'notify.Integration.Notify');
  expect(attempt!.attributes).toEqual({
    'alerting.notify.integration.name': 'webhook',
    'alerting.notify.receiver.name': 'team',
    'alerting.aggregation_group.key': '{}:{alertname="A"}',
    'alerting.alerts.count': 2,
    'belfry.integration': 'webhook/0',
    'belfry.notification.reason': 'first notification',
    'belfry.attempt': 1,
    'belfry.outcome': 'retry',
    'alerting.notify.error.recoverable': true,
    'error.type': 'serverError',
  });
  expect(compareSpans(spans.filter(({ name }) => name !== 'provider.mem.Put')).differences).toEqual([
    // Nothing was muted.
    'notify.MuteStage.Exec: no alerting.alerts.filtered.count',
    'notify.MuteStage.Exec: no alerting.alerts.muted.count',
    'notify.MuteStage.Exec: no alerting.suppressed.reason',
  ]);
});

test('what keeps alerts quiet is told with its reason', async () => {
  const spans = await traced(`name: traced
${config()}
steps:
  - {at: 0s, silence: {as: s, matchers: [alertname=A], lasts: 1h}}
  - {at: 1s, alerts: [{labels: {alertname: A}, ends: 1h}]}
end: 20s
expect: []
`);
  expect(treeOf(spans, line)).toEqual([
    'silences.Set',
    'provider.mem.Put',
    'dispatch.AggregationGroup.flush, linked to 1',
    '  notify.MuteStage.Exec, silence',
    '  notify.DedupStage.Exec, nothing, nothing to tell',
  ]);
  expect(spans.find(({ name }) => name === 'notify.MuteStage.Exec')!.events).toMatchObject([
    { name: 'muted', attributes: { 'alerting.suppressed.reason': 'silence', 'alerting.alerts.muted.count': 1 } },
  ]);
});

test('what a fallback is told belongs to the flush that was refused', async () => {
  const spans = await traced(`name: traced
config:
  route: {receiver: team, group_wait: 10s, group_interval: 1m, repeat_interval: 4h}
  receivers:
    - {name: team, fallback: pager, webhook_configs: [{url: http://team.example/}]}
    - {name: pager, webhook_configs: [{url: http://pager.example/}]}
  ${TRACING}
steps:
  - {at: 0s, answers: {team: [{kind: rejected, times: 1}]}, alerts: [{labels: {alertname: A}, ends: 1h}]}
end: 20s
expect:
  - {at: 10s, receiver: team, reason: first notification, firing: [A]}
  - {at: 10s, receiver: pager, reason: first notification, firing: [A]}
`);
  const attempts = spans.filter(({ name }) => name === 'notify.Integration.Notify');
  expect(attempts.map((span) => span.attributes['alerting.notify.receiver.name'])).toEqual(['team', 'pager']);
  expect(new Set(attempts.map(({ parentId }) => parentId)).size).toBe(1);
});

test('after a restart an attempt begins a new trace: nobody knows of the old one any more', async () => {
  const spans = await traced(`name: traced
${config()}
steps:
  - {at: 0s, answers: {team: [{kind: retry, times: 1, after: 30s}]}, alerts: [{labels: {alertname: A}, ends: 1h}]}
  - {at: 20s, restart: stop, down: 2s}
end: 60s
expect:
  - {at: 10s, receiver: team, reason: first notification, firing: [A]}
  - {at: 40s, within: 10s, receiver: team, reason: first notification, firing: [A]}
`);
  expect(treeOf(spans, line).filter((each) => each.includes('Notify'))).toEqual([
    '  notify.Integration.Notify, 1, retry, failed: as the story says',
    'notify.Integration.Notify, 2, delivered',
  ]);
});

test('a reload begins and ends tracing', async () => {
  const route = 'route: {receiver: team, group_wait: 10s, group_interval: 1m, repeat_interval: 4h}';
  const receivers = 'receivers: [{name: team, webhook_configs: [{url: http://team.example/}]}]';
  const spans = await traced(`name: traced
config:
  ${route}
  ${receivers}
steps:
  - {at: 0s, alerts: [{labels: {alertname: A}, ends: 1h}]}
  - at: 30s
    reload:
      ${route}
      ${receivers}
      ${TRACING}
  - at: 100s
    reload:
      ${route}
      ${receivers}
end: 4m
expect:
  - {at: 10s, receiver: team, reason: first notification, firing: [A]}
`);
  expect(treeOf(spans)).toEqual([
    'dispatch.AggregationGroup.flush',
    '  notify.MuteStage.Exec',
    '  notify.DedupStage.Exec',
  ]);
});
