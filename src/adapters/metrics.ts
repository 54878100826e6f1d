// What /metrics says. Names, types and labels that exist upstream are upstream's, so that dashboards and alerts
// made for it keep working; what is ours alone begins with belfry_. The only importer of prom-client, and a
// registry of its own: nothing is global. Gauges are read when somebody asks.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FailureReason } from '../notify/outcome.ts';
import type { Instant } from '../model/time.ts';
import type { HttpMetrics } from '../ports/metrics.ts';
import type { IntegrationRef, MuteReason } from '../ports/recorder.ts';
import { clusterOfOne, FAILURE_REASONS, INTEGRATIONS, MUTE_REASONS } from './metric-values.ts';

/** What the engine counts only when it is asked. */
export interface GaugeSource {
  alerts(): { readonly active: number; readonly suppressed: number };
  silences(): Readonly<Record<'active' | 'pending' | 'expired', number>>;
  aggregationGroups(): number;
  config(): { readonly receivers: number; readonly integrations: number; readonly inhibitionRules: number };
  outbox(): number;
  storeIsAway(): boolean;
}

export interface MetricsOptions {
  readonly version: string;
  /** --alerts.per-alertname-limit */
  readonly perAlertnameLimit: number;
  /** --enable-feature=receiver-name-in-metrics */
  readonly receiverNames: boolean;
  /** The name of the one member; null when there is no cluster. */
  readonly peer: string | null;
  readonly logLinesDropped: () => number;
}

const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZES = [100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
const LATENCIES = [1, 5, 10, 15, 20];

export class Metrics implements HttpMetrics {
  readonly #registry = new Registry();
  readonly #receiverNames: boolean;
  #gauges: GaugeSource | null = null;

  readonly #alertsReceived = this.#counter('alertmanager_alerts_received_total', 'Alerts received', [
    'status',
    'version',
  ]);
  readonly #alertsInvalid = this.#counter('alertmanager_alerts_invalid_total', 'Alerts received and refused', [
    'version',
  ]);
  readonly #alertsLimited = this.#counter(
    'alertmanager_alerts_limited_total',
    'Alerts refused by the limit per alertname',
  );
  readonly #configHash = this.#gauge('alertmanager_config_hash', 'A number that changes with the configuration');
  readonly #configOk = this.#gauge(
    'alertmanager_config_last_reload_successful',
    '1 when the last load of the configuration succeeded',
  );
  readonly #configAt = this.#gauge(
    'alertmanager_config_last_reload_success_timestamp_seconds',
    'When a configuration was last taken over',
  );
  readonly #suppressed = this.#counter(
    'alertmanager_notifications_suppressed_total',
    'Alerts kept out of notifications',
    ['reason'],
  );
  readonly #requestSeconds = this.#histogram(
    'alertmanager_http_request_duration_seconds',
    'Time taken to answer',
    ['handler', 'method', 'code'],
    DURATIONS,
  );
  readonly #responseBytes = this.#histogram(
    'alertmanager_http_response_size_bytes',
    'Size of answers',
    ['handler', 'method'],
    SIZES,
  );
  readonly #inFlight = this.#gauge('alertmanager_http_requests_in_flight', 'Limited requests being answered', [
    'method',
  ]);
  readonly #overLimit = this.#counter(
    'alertmanager_http_concurrency_limit_exceeded_total',
    'Requests refused because too many were being answered',
    ['method'],
  );
  readonly #notifications: Counter;
  readonly #notificationsFailed: Counter;
  readonly #requests: Counter;
  readonly #requestsFailed: Counter;
  readonly #latency: Histogram;

  readonly #templateFailures = this.#counter(
    'belfry_template_failures_total',
    'Messages whose template failed and that went out as plain text',
    ['integration'],
  );
  readonly #attempts = this.#counter('belfry_delivery_attempts_total', 'Attempts to deliver', [
    'integration',
    'outcome',
  ]);
  readonly #ingestRefused = this.#counter(
    'belfry_ingest_refused_total',
    'Posts of alerts refused because too many were waiting',
  );
  readonly #storeFailures = this.#counter('belfry_store_failures_total', 'Times the store went away');
  readonly #quarantined = this.#counter('belfry_store_quarantined_total', 'Damaged databases set aside');
  readonly #defects = this.#counter('belfry_defects_total', 'Mistakes in the program that were survived', ['where']);

  constructor(options: MetricsOptions) {
    this.#receiverNames = options.receiverNames;
    const labels = options.receiverNames ? ['integration', 'receiver_name'] : ['integration'];
    this.#notifications = this.#counter('alertmanager_notifications_total', 'Notifications begun', labels);
    this.#notificationsFailed = this.#counter('alertmanager_notifications_failed_total', 'Notifications that failed', [
      ...labels,
      'reason',
    ]);
    this.#requests = this.#counter('alertmanager_notification_requests_total', 'Requests to the other side', labels);
    this.#requestsFailed = this.#counter(
      'alertmanager_notification_requests_failed_total',
      'Requests to the other side that failed',
      labels,
    );
    this.#latency = this.#histogram(
      'alertmanager_notification_latency_seconds',
      'Time a request to the other side took',
      labels,
      LATENCIES,
    );
    this.#fixed(options);
    this.#observed(options);
    this.#fromZero();
    collectDefaultMetrics({ register: this.#registry });
    // Gauges whose names are a counter's.
    for (const kind of ['handles', 'requests', 'resources'])
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  }

  /** From now on gauges can be read. */
  watch(gauges: GaugeSource): void {
    this.#gauges = gauges;
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }

  observeRequest(handler: string, method: string, code: number, seconds: number, bytes: number): void {
    const labels = { handler, method: method.toLowerCase() };
    this.#requestSeconds.observe({ ...labels, code }, seconds);
    this.#responseBytes.observe(labels, bytes);
  }

  getsInFlight(change: 1 | -1): void {
    this.#inFlight.inc({ method: 'get' }, change);
  }

  getRefused(): void {
    this.#overLimit.inc({ method: 'get' });
  }

  alertsReceived(firing: number, resolved: number, limited: number): void {
    if (firing > 0) this.#alertsReceived.inc({ status: 'firing', version: 'v2' }, firing);
    if (resolved > 0) this.#alertsReceived.inc({ status: 'resolved', version: 'v2' }, resolved);
    if (limited > 0) this.#alertsLimited.inc(limited);
  }

  alertsInvalid(count: number): void {
    this.#alertsInvalid.inc({ version: 'v2' }, count);
  }

  ingestRefused(): void {
    this.#ingestRefused.inc();
  }

  configLoaded(hash: number, at: Instant): void {
    this.#configHash.set(hash);
    this.#configOk.set(1);
    this.#configAt.set(at / 1000);
  }

  configRefused(): void {
    this.#configOk.set(0);
  }

  suppressed(reason: MuteReason, count: number): void {
    this.#suppressed.inc({ reason }, count);
  }

  notification(integration: IntegrationRef): void {
    this.#notifications.inc(this.#labels(integration));
  }

  notificationFailed(integration: IntegrationRef, reason: FailureReason): void {
    this.#notificationsFailed.inc({ ...this.#labels(integration), reason });
  }

  attempt(integration: IntegrationRef, outcome: 'delivered' | 'retry' | 'rejected', seconds: number): void {
    const labels = this.#labels(integration);
    this.#requests.inc(labels);
    if (outcome !== 'delivered') this.#requestsFailed.inc(labels);
    this.#latency.observe(labels, seconds);
    this.#attempts.inc({ integration: integration.kind, outcome });
  }

  templateFailed(integration: IntegrationRef): void {
    this.#templateFailures.inc({ integration: integration.kind });
  }

  storeFailed(): void {
    this.#storeFailures.inc();
  }

  quarantined(): void {
    this.#quarantined.inc();
  }

  defect(where: string): void {
    this.#defects.inc({ where });
  }

  #labels({ kind, receiver }: IntegrationRef): Record<string, string> {
    return this.#receiverNames ? { integration: kind, receiver_name: receiver } : { integration: kind };
  }

  #counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, labelNames: readonly string[], buckets: readonly number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.#registry] });
  }

  /** A gauge, or several under one name, asked for at each scrape; without samples until there is an engine. */
  #read(name: string, help: string, read: (source: GaugeSource) => number | Readonly<Record<string, number>>): void {
    const gauges = (): GaugeSource | null => this.#gauges;
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers: [this.#registry],
      collect() {
        const source = gauges();
        if (source === null) return;
        const value = read(source);
        if (typeof value === 'number') this.set(value);
        else for (const [state, count] of Object.entries(value)) this.set({ state }, count);
      },
    });
  }

  #observed({ logLinesDropped }: MetricsOptions): void {
    this.#read('alertmanager_alerts', 'Alerts that fire, by state', (source) => ({
      ...source.alerts(),
      unprocessed: 0,
    }));
    this.#read('alertmanager_silences', 'Silences, by state', (source) => ({ ...source.silences() }));
    this.#read('alertmanager_silences_state_size', 'Silences that are known', (source) =>
      Object.values(source.silences()).reduce((sum, count) => sum + count, 0),
    );
    this.#read('alertmanager_dispatcher_aggregation_groups', 'Groups that hold alerts', (source) =>
      source.aggregationGroups(),
    );
    this.#read('alertmanager_receivers', 'Receivers in the configuration', (source) => source.config().receivers);
    this.#read(
      'alertmanager_integrations',
      'Integrations in the configuration',
      (source) => source.config().integrations,
    );
    this.#read(
      'alertmanager_inhibition_rules',
      'Inhibition rules in the configuration',
      (source) => source.config().inhibitionRules,
    );
    this.#read(
      'belfry_outbox_messages',
      'Messages on their way: due, being sent or waiting for another attempt',
      (source) => source.outbox(),
    );
    this.#read('belfry_store_away', '1 while the store cannot take writes', (source) => Number(source.storeIsAway()));
    new Counter({
      name: 'belfry_log_lines_dropped_total',
      help: 'Log lines that were lost because nobody read them',
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(logLinesDropped());
      },
    });
  }

  #fixed({ version, perAlertnameLimit, peer }: MetricsOptions): void {
    const build = {
      version,
      branch: '',
      revision: '',
      goversion: '',
      goos: process.platform,
      goarch: process.arch,
      tags: '',
    };
    this.#gauge('alertmanager_build_info', 'Always 1; the version is in its labels', Object.keys(build)).set(build, 1);
    this.#gauge('belfry_build_info', 'Always 1; the versions are in its labels', ['version', 'node']).set(
      { version, node: process.version },
      1,
    );
    this.#gauge('alertmanager_alerts_per_alert_limit', 'The limit per alertname; 0 is none').set(perAlertnameLimit);
    this.#counter('alertmanager_dispatcher_aggregation_group_limit_reached_total', 'Always 0: groups have no limit');
    this.#gauge('alertmanager_cluster_enabled', 'Whether a cluster address is set').set(peer === null ? 0 : 1);
    if (peer === null) return;
    this.#gauge('alertmanager_cluster_peer_info', 'Always 1; the name is in its label', ['peer']).set({ peer }, 1);
    const help = 'Always the same: there is one member';
    for (const [name, value] of clusterOfOne.gauges) this.#gauge(name, help).set(value);
    for (const [name, value] of clusterOfOne.counters) this.#counter(name, help).inc(value);
    for (const [name, label] of clusterOfOne.labelled) {
      const counter = this.#counter(name, help, [label]);
      for (const value of clusterOfOne.values[label]) counter.inc({ [label]: value }, 0);
    }
  }

  #fromZero(): void {
    for (const status of ['firing', 'resolved']) this.#alertsReceived.inc({ status, version: 'v2' }, 0);
    this.#alertsInvalid.inc({ version: 'v2' }, 0);
    this.#inFlight.set({ method: 'get' }, 0);
    this.#overLimit.inc({ method: 'get' }, 0);
    for (const reason of MUTE_REASONS) this.#suppressed.inc({ reason }, 0);
    for (const integration of INTEGRATIONS) {
      this.#templateFailures.inc({ integration }, 0);
      for (const outcome of ['delivered', 'retry', 'rejected']) this.#attempts.inc({ integration, outcome }, 0);
      // With names of receivers it takes a receiver to have a series.
      if (this.#receiverNames) continue;
      for (const counter of [this.#notifications, this.#requests, this.#requestsFailed])
        counter.inc({ integration }, 0);
      this.#latency.zero({ integration });
      for (const reason of FAILURE_REASONS) this.#notificationsFailed.inc({ integration, reason }, 0);
    }
  }
}
