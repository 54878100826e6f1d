// /metrics beside what Alertmanager 0.34 has there: every name with its type and its labels, recorded from one with a
// cluster of its own, after an alert, a notification that failed, a silence, a list of silences and two maintenances.
import { expect, it } from 'vitest';
import { Metrics } from '../../src/adapters/metrics.ts';
import { createRecorder } from '../../src/adapters/recorder.ts';
import { labelNames, readExposition, valuesOf, type Family } from '../support/exposition.ts';

const UPSTREAM: readonly string[] = [
  'alertmanager_alerts gauge state',
  'alertmanager_alerts_invalid_total counter version',
  'alertmanager_alerts_per_alert_limit gauge',
  'alertmanager_alerts_received_total counter status,version',
  'alertmanager_alerts_subscriber_channel_writes_total counter subscriber',
  'alertmanager_build_info gauge branch,goarch,goos,goversion,revision,tags,version',
  'alertmanager_cluster_alive_messages_total counter peer',
  'alertmanager_cluster_enabled gauge',
  'alertmanager_cluster_failed_peers gauge',
  'alertmanager_cluster_health_score gauge',
  'alertmanager_cluster_members gauge',
  'alertmanager_cluster_messages_pruned_total counter',
  'alertmanager_cluster_messages_queued gauge',
  'alertmanager_cluster_messages_received_size_total counter msg_type',
  'alertmanager_cluster_messages_received_total counter msg_type',
  'alertmanager_cluster_messages_sent_size_total counter msg_type',
  'alertmanager_cluster_messages_sent_total counter msg_type',
  'alertmanager_cluster_peer_info gauge peer',
  'alertmanager_cluster_peer_name_conflicts_total counter',
  'alertmanager_cluster_peers_joined_total counter',
  'alertmanager_cluster_peers_left_total counter',
  'alertmanager_cluster_peers_update_total counter',
  'alertmanager_cluster_reconnections_failed_total counter',
  'alertmanager_cluster_reconnections_total counter',
  'alertmanager_cluster_refresh_join_failed_total counter',
  'alertmanager_cluster_refresh_join_total counter',
  'alertmanager_config_hash gauge',
  'alertmanager_config_last_reload_success_timestamp_seconds gauge',
  'alertmanager_config_last_reload_successful gauge',
  'alertmanager_dispatcher_aggregation_group_creation_given_up_total counter',
  'alertmanager_dispatcher_aggregation_group_creation_retries_total counter',
  'alertmanager_dispatcher_aggregation_group_limit_reached_total counter',
  'alertmanager_dispatcher_aggregation_groups gauge',
  'alertmanager_dispatcher_alert_processing_duration_seconds summary',
  'alertmanager_http_concurrency_limit_exceeded_total counter method',
  'alertmanager_http_request_duration_seconds histogram code,handler,method',
  'alertmanager_http_requests_in_flight gauge method',
  'alertmanager_http_response_size_bytes histogram handler,method',
  'alertmanager_inhibition_rules gauge',
  'alertmanager_integrations gauge',
  'alertmanager_nflog_gc_duration_seconds summary',
  'alertmanager_nflog_gossip_messages_propagated_total counter',
  'alertmanager_nflog_maintenance_errors_total counter',
  'alertmanager_nflog_maintenance_total counter',
  'alertmanager_nflog_queries_total counter',
  'alertmanager_nflog_query_duration_seconds histogram',
  'alertmanager_nflog_query_errors_total counter',
  'alertmanager_nflog_snapshot_duration_seconds summary',
  'alertmanager_nflog_snapshot_size_bytes gauge',
  'alertmanager_notification_latency_seconds histogram integration',
  'alertmanager_notification_requests_failed_total counter integration',
  'alertmanager_notification_requests_total counter integration',
  'alertmanager_notifications_failed_total counter integration,reason',
  'alertmanager_notifications_total counter integration',
  'alertmanager_oversize_gossip_message_duration_seconds histogram key',
  'alertmanager_oversized_gossip_message_dropped_total counter key',
  'alertmanager_oversized_gossip_message_failure_total counter key',
  'alertmanager_oversized_gossip_message_sent_total counter key',
  'alertmanager_peer_position gauge',
  'alertmanager_receivers gauge',
  'alertmanager_silences gauge state',
  'alertmanager_silences_gc_duration_seconds summary',
  'alertmanager_silences_gc_errors_total counter',
  'alertmanager_silences_gossip_messages_propagated_total counter',
  'alertmanager_silences_maintenance_errors_total counter',
  'alertmanager_silences_maintenance_total counter',
  'alertmanager_silences_matcher_compile_errors_total counter stage',
  'alertmanager_silences_matcher_index_size gauge',
  'alertmanager_silences_queries_total counter',
  'alertmanager_silences_query_duration_seconds histogram',
  'alertmanager_silences_query_errors_total counter',
  'alertmanager_silences_query_silences_scanned_total counter',
  'alertmanager_silences_query_silences_skipped_total counter',
  'alertmanager_silences_snapshot_duration_seconds summary',
  'alertmanager_silences_snapshot_size_bytes gauge',
  'alertmanager_silences_state_size gauge',
  'alertmanager_silences_version_index_size gauge',
  // When an alert was kept quiet, and with --alerts.per-alertname-limit.
  'alertmanager_notifications_suppressed_total counter reason',
  'alertmanager_alerts_limited_total counter',
];

/** What is upstream's way of doing it and nothing of ours. */
const NOT_OURS: readonly string[] = [
  'alertmanager_cluster_alive_messages_total',
  'alertmanager_dispatcher_aggregation_group_creation_given_up_total',
  'alertmanager_dispatcher_aggregation_group_creation_retries_total',
  'alertmanager_oversize_gossip_message_duration_seconds',
  'alertmanager_silences_matcher_index_size',
  'alertmanager_silences_query_silences_scanned_total',
  'alertmanager_silences_query_silences_skipped_total',
  'alertmanager_silences_version_index_size',
];

const webhook = { receiver: 'a', kind: 'webhook', name: 'webhook[0]' };

function scene() {
  const metrics = new Metrics({
    ...{ version: '1', perAlertnameLimit: 0, receiverNames: false, peer: 'me' },
    logLinesDropped: () => 0,
  });
  metrics.watch({
    alerts: () => ({ active: 1, suppressed: 0 }),
    silences: () => ({ active: 1, pending: 0, expired: 0 }),
    aggregationGroups: () => 1,
    config: () => ({ receivers: 1, integrations: 1, inhibitionRules: 0 }),
    ...{ outbox: () => 0, storeIsAway: () => false },
  });
  const clock = { now: () => 0, sleepUntil: () => Promise.resolve() };
  return { metrics, record: createRecorder({ log: () => {}, metrics, clock, tellSilences: false }) };
}

it('has every name of Alertmanager 0.34, of the same type and with the same labels', async () => {
  const { metrics, record } = scene();
  metrics.observeRequest('/api/v2/alerts', 'POST', 200, 0.001, 10);
  record.notification(webhook, '{}', 'first notification');
  const families = readExposition(await metrics.render());
  const told = [...families].map(([name, family]) => lineOf(name, family));
  const wanted = UPSTREAM.filter((line) => !NOT_OURS.includes(line.split(' ')[0]!));
  expect(wanted.filter((line) => !told.includes(line))).toEqual([]);
  expect(NOT_OURS.filter((name) => families.has(name))).toEqual([]);
});

const lineOf = (name: string, family: Family): string =>
  [name, family.type, labelNames(family).join(',')].join(' ').trim();

it('counts and times what is looked up, handed on and cleared away', async () => {
  const { metrics, record } = scene();
  expect(record.timed('silences.query', 1, () => 'found')).toBe('found');
  record.timed('nflog.query', 1, () => null);
  record.timed('nflog.query', 1, () => null);
  const broken = (): never => {
    throw new Error('broken');
  };
  expect(() => record.timed('nflog.query', 1, broken)).toThrow('broken');
  record.timed('alerts', 3, () => null);
  record.alertsReceived({ firing: 2, resolved: 1, limited: 1 });
  record.timed('silences.gc', 1, () => null);
  record.maintained('silences', true);
  record.timed('nflog.gc', 1, () => null);
  record.maintained('nflog', true);
  record.maintained('nflog', false);
  record.unreadable('silence', 'id', 'why');
  record.unreadable('alert', 'id', 'why');
  const values = valuesOf(await metrics.render());
  const expected = {
    alertmanager_silences_queries_total: 1,
    alertmanager_silences_query_errors_total: 0,
    alertmanager_silences_query_duration_seconds_count: 1,
    'alertmanager_silences_query_duration_seconds_bucket{le="+Inf"}': 1,
    alertmanager_silences_gc_duration_seconds_count: 1,
    alertmanager_silences_maintenance_total: 1,
    alertmanager_silences_maintenance_errors_total: 0,
    'alertmanager_silences_matcher_compile_errors_total{stage="load_snapshot"}': 1,
    alertmanager_nflog_queries_total: 3,
    alertmanager_nflog_query_errors_total: 1,
    alertmanager_nflog_query_duration_seconds_count: 3,
    alertmanager_nflog_gc_duration_seconds_count: 1,
    alertmanager_nflog_maintenance_total: 2,
    alertmanager_nflog_maintenance_errors_total: 1,
    alertmanager_dispatcher_alert_processing_duration_seconds_count: 3,
    'alertmanager_alerts_subscriber_channel_writes_total{subscriber="dispatcher"}': 2,
    'alertmanager_alerts_subscriber_channel_writes_total{subscriber="inhibitor"}': 2,
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, values.get(name)]))).toEqual(expected);
  expect(values.get('alertmanager_nflog_query_duration_seconds_sum')).toBeGreaterThan(0);
});

it('has what a configured kind counts before its first failure, and keeps what it counted through a reload', async () => {
  const { metrics, record } = scene();
  const loaded = { outcome: 'taken', at: 0, hash: 1, detail: '' } as const;
  const ntfy = { receiver: 'a', kind: 'ntfy', name: 'ntfy[0]' };
  const failed = 'alertmanager_notifications_failed_total{integration="ntfy",reason="other"}';
  const latency = 'alertmanager_notification_latency_seconds_count{integration="ntfy"}';
  expect(valuesOf(await metrics.render()).get(failed)).toBeUndefined();
  record.configLoaded({ ...loaded, integrations: [ntfy] });
  expect(valuesOf(await metrics.render()).get(failed)).toBe(0);
  expect(valuesOf(await metrics.render()).get(latency)).toBe(0);
  metrics.notificationFailed(ntfy, 'other');
  metrics.attempt(ntfy, 'rejected', 0.1);
  record.configLoaded({ ...loaded, integrations: [ntfy, ntfy] });
  expect(valuesOf(await metrics.render()).get(failed)).toBe(1);
  expect(valuesOf(await metrics.render()).get(latency)).toBe(1);
});
