import { describe, expect, it } from 'vitest';
import { Metrics, type GaugeSource, type MetricsOptions } from '../../src/adapters/metrics.ts';
import { readExposition, type Family } from '../support/exposition.ts';

const options: MetricsOptions = {
  version: '1.2.3',
  perAlertnameLimit: 7,
  receiverNames: false,
  peer: 'me',
  logLinesDropped: () => 3,
};

const gauges: GaugeSource = {
  alerts: () => ({ active: 2, suppressed: 1 }),
  silences: () => ({ active: 1, pending: 2, expired: 3 }),
  aggregationGroups: () => 4,
  config: () => ({ receivers: 5, integrations: 6, inhibitionRules: 8 }),
  outbox: () => 9,
  storeIsAway: () => true,
};

interface Scrape {
  readonly families: ReadonlyMap<string, Family>;
  readonly value: (sample: string) => number | undefined;
}

async function scrape(metrics: Metrics): Promise<Scrape> {
  const families = readExposition(await metrics.render());
  const samples = new Map([...families.values()].flatMap((family) => [...family.samples]));
  return { families, value: (sample) => samples.get(sample) };
}

describe('`Metrics`', () => {
  it('can be read before there is an engine', async () => {
    const { families } = await scrape(new Metrics(options));
    expect(families.size).toBeGreaterThan(60);
  });

  it('reads gauges when they are asked for', async () => {
    const metrics = new Metrics(options);
    metrics.watch(gauges);
    const { value } = await scrape(metrics);
    const expected: Readonly<Record<string, number>> = {
      'alertmanager_alerts{state="active"}': 2,
      'alertmanager_alerts{state="suppressed"}': 1,
      'alertmanager_alerts{state="unprocessed"}': 0,
      'alertmanager_silences{state="pending"}': 2,
      alertmanager_silences_state_size: 6,
      alertmanager_dispatcher_aggregation_groups: 4,
      alertmanager_receivers: 5,
      alertmanager_integrations: 6,
      alertmanager_inhibition_rules: 8,
      alertmanager_alerts_per_alert_limit: 7,
      belfry_outbox_messages: 9,
      belfry_store_away: 1,
      belfry_log_lines_dropped_total: 3,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, value(name)]))).toEqual(expected);
  });

  it('has every integration and every reason from the start, at 0', async () => {
    const { families } = await scrape(new Metrics(options));
    const failed = families.get('alertmanager_notifications_failed_total')!.samples;
    expect(failed.size).toBe(19 * 7);
    expect(families.get('alertmanager_notifications_total')!.samples.size).toBe(19);
    expect(families.get('alertmanager_notification_latency_seconds')!.samples.size).toBe(19 * 8);
    expect([...failed.values()].every((count) => count === 0)).toBe(true);
    expect(failed.has('alertmanager_notifications_failed_total{integration="pagerduty",reason="rateLimited"}')).toBe(
      true,
    );
    expect(families.get('alertmanager_notifications_suppressed_total')!.samples.size).toBe(4);
  });

  it('names the receiver when it is asked to, and has then no series before there is one', async () => {
    const metrics = new Metrics({ ...options, receiverNames: true });
    expect((await scrape(metrics)).families.get('alertmanager_notifications_total')!.samples.size).toBe(0);
    metrics.notification({ receiver: 'a "b"\\', kind: 'webhook', name: 'webhook[0]' });
    const { value } = await scrape(metrics);
    expect(value('alertmanager_notifications_total{integration="webhook",receiver_name="a \\"b\\"\\\\"}')).toBe(1);
  });

  it('says what a cluster of one says, and nothing of one when there is none', async () => {
    const { value } = await scrape(new Metrics(options));
    expect(value('alertmanager_cluster_enabled')).toBe(1);
    expect(value('alertmanager_cluster_members')).toBe(1);
    expect(value('alertmanager_cluster_peer_info{peer="me"}')).toBe(1);
    expect(value('alertmanager_cluster_messages_sent_total{msg_type="update"}')).toBe(0);
    const alone = await scrape(new Metrics({ ...options, peer: null }));
    expect(alone.value('alertmanager_cluster_enabled')).toBe(0);
    expect(alone.families.has('alertmanager_cluster_members')).toBe(false);
  });

  it('counts requests by handler, method and code, in upstream buckets', async () => {
    const metrics = new Metrics(options);
    metrics.observeRequest('/api/v2/alerts', 'POST', 200, 0.02, 150);
    metrics.getsInFlight(1);
    metrics.getRefused();
    const { value } = await scrape(metrics);
    const labels = 'handler="/api/v2/alerts",method="post"';
    expect(value(`alertmanager_http_request_duration_seconds_bucket{le="0.01",${labels},code="200"}`)).toBe(0);
    expect(value(`alertmanager_http_request_duration_seconds_bucket{le="0.025",${labels},code="200"}`)).toBe(1);
    expect(value(`alertmanager_http_response_size_bytes_sum{${labels}}`)).toBe(150);
    expect(value('alertmanager_http_requests_in_flight{method="get"}')).toBe(1);
    expect(value('alertmanager_http_concurrency_limit_exceeded_total{method="get"}')).toBe(1);
  });

  it('counts alerts', async () => {
    const metrics = new Metrics(options);
    metrics.alertsReceived(3, 2, 1);
    metrics.alertsInvalid(4);
    const { value } = await scrape(metrics);
    expect(value('alertmanager_alerts_received_total{status="firing",version="v2"}')).toBe(3);
    expect(value('alertmanager_alerts_received_total{status="resolved",version="v2"}')).toBe(2);
    expect(value('alertmanager_alerts_limited_total')).toBe(1);
    expect(value('alertmanager_alerts_invalid_total{version="v2"}')).toBe(4);
  });

  it('shares nothing with another', async () => {
    const one = new Metrics(options);
    const two = new Metrics(options);
    one.alertsInvalid(1);
    expect((await scrape(two)).value('alertmanager_alerts_invalid_total{version="v2"}')).toBe(0);
  });

  it('keeps the names and types that dashboards look for', async () => {
    const { families } = await scrape(new Metrics(options));
    const types = Object.fromEntries([...families].map(([name, { type }]) => [name, type]));
    expect(types).toMatchObject({
      alertmanager_alerts_received_total: 'counter',
      alertmanager_build_info: 'gauge',
      alertmanager_config_hash: 'gauge',
      alertmanager_notification_latency_seconds: 'histogram',
      alertmanager_notification_requests_failed_total: 'counter',
      alertmanager_http_request_duration_seconds: 'histogram',
      process_start_time_seconds: 'gauge',
      process_resident_memory_bytes: 'gauge',
      process_cpu_seconds_total: 'counter',
      process_open_fds: 'gauge',
    });
  });
});
