// What /metrics says of the router. Names, types and labels that exist upstream are upstream's, so that dashboards
// and alerts made for it keep working; what is ours alone begins with belfry_. Gauges are read when somebody asks.
// Rules and what they send are told by rule-metrics.ts and sending-metrics.ts, in the same registry.
import type { FailureReason } from '../notify/outcome.ts';
import type { Instant } from '../model/time.ts';
import type { HttpMetrics } from '../ports/metrics.ts';
import type { IntegrationRef, MuteReason } from '../ports/recorder.ts';
import { ConfigMetrics } from './config-metrics.ts';
import { counter, gauge, labelText, single, type Family, type MetricLine } from './metric-text.ts';
import { clusterOfOne, DURATIONS, FAILURE_REASONS, INTEGRATIONS, MUTE_REASONS } from './metric-values.ts';
import { MetricsRegistry, type Counter, type Histogram } from './metrics-registry.ts';
import { WorkMetrics } from './work-metrics.ts';

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

const SIZES = [100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
const LATENCIES = [1, 5, 10, 15, 20];

export class Metrics implements HttpMetrics {
  /** Where others who have something to tell put it. */
  readonly registry = new MetricsRegistry();
  readonly work = new WorkMetrics();
  readonly #receiverNames: boolean;
  readonly #zeroed = new Set<string>();
  #gauges: GaugeSource | null = null;

  readonly #alertsReceived = this.registry.counter('alertmanager_alerts_received_total', 'Alerts received', [
    'status',
    'version',
  ]);
  readonly #alertsInvalid = this.registry.counter('alertmanager_alerts_invalid_total', 'Alerts received and refused', [
    'version',
  ]);
  readonly #alertsLimited = this.registry.counter(
    'alertmanager_alerts_limited_total',
    'Alerts refused by the limit per alertname',
  );
  readonly #config = new ConfigMetrics(this.registry);
  readonly #suppressed = this.registry.counter(
    'alertmanager_notifications_suppressed_total',
    'Alerts kept out of notifications',
    ['reason'],
  );
  readonly #requestSeconds = this.registry.histogram(
    'alertmanager_http_request_duration_seconds',
    'Time taken to answer',
    ['handler', 'method', 'code'],
    DURATIONS,
  );
  readonly #responseBytes = this.registry.histogram(
    'alertmanager_http_response_size_bytes',
    'Size of answers',
    ['handler', 'method'],
    SIZES,
  );
  readonly #inFlight = this.registry.gauge('alertmanager_http_requests_in_flight', 'Limited requests being answered', [
    'method',
  ]);
  readonly #overLimit = this.registry.counter(
    'alertmanager_http_concurrency_limit_exceeded_total',
    'Requests refused because too many were being answered',
    ['method'],
  );
  readonly #notifications: Counter;
  readonly #notificationsFailed: Counter;
  readonly #requests: Counter;
  readonly #requestsFailed: Counter;
  readonly #latency: Histogram;

  readonly #templateFailures = this.registry.counter(
    'belfry_template_failures_total',
    'Messages whose template failed and that went out as plain text',
    ['integration'],
  );
  readonly #attempts = this.registry.counter('belfry_delivery_attempts_total', 'Attempts to deliver', [
    'integration',
    'outcome',
  ]);
  readonly #ingestRefused = this.registry.counter(
    'belfry_ingest_refused_total',
    'Posts of alerts refused because too many were waiting',
  );
  readonly #storeFailures = this.registry.counter('belfry_store_failures_total', 'Times the store went away');
  readonly #quarantined = this.registry.counter('belfry_store_quarantined_total', 'Damaged databases set aside');
  readonly #defects = this.registry.counter('belfry_defects_total', 'Mistakes in the program that were survived', [
    'where',
  ]);

  constructor(options: MetricsOptions) {
    this.#receiverNames = options.receiverNames;
    const labels = options.receiverNames ? ['integration', 'receiver_name'] : ['integration'];
    this.#notifications = this.registry.counter('alertmanager_notifications_total', 'Notifications begun', labels);
    this.#notificationsFailed = this.registry.counter(
      'alertmanager_notifications_failed_total',
      'Notifications that failed',
      [...labels, 'reason'],
    );
    this.#requests = this.registry.counter(
      'alertmanager_notification_requests_total',
      'Requests to the other side',
      labels,
    );
    this.#requestsFailed = this.registry.counter(
      'alertmanager_notification_requests_failed_total',
      'Requests to the other side that failed',
      labels,
    );
    this.#latency = this.registry.histogram(
      'alertmanager_notification_latency_seconds',
      'Time a request to the other side took',
      labels,
      LATENCIES,
    );
    this.#fixed(options);
    this.#fromZero();
    this.registry.addProcess();
    this.registry.add(() => [...this.#observed(), ...this.work.families(), logLinesLost(options)]);
  }

  /** From now on gauges can be read. */
  watch(gauges: GaugeSource): void {
    this.#gauges = gauges;
  }

  render(): Promise<string> {
    return this.registry.render();
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
    this.work.alertsHandedOn(firing + resolved - limited);
  }

  alertsInvalid(count: number): void {
    this.#alertsInvalid.inc({ version: 'v2' }, count);
  }

  ingestRefused(): void {
    this.#ingestRefused.inc();
  }

  configLoaded(hash: number, at: Instant): void {
    this.#config.loaded(hash, at);
  }

  configTakenInPart(hash: number): void {
    this.#config.takenInPart(hash);
  }

  configRefused(): void {
    this.#config.refused();
  }

  suppressed(reason: MuteReason, count: number): void {
    this.#suppressed.inc({ reason }, count);
  }

  /** Its counts are there before its first notification. */
  integrationConfigured(integration: Omit<IntegrationRef, 'name'>): void {
    this.#zero(integration.kind, this.#labels(integration));
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

  #labels({ kind, receiver }: Omit<IntegrationRef, 'name'>): Record<string, string> {
    return this.#receiverNames ? { integration: kind, receiver_name: receiver } : { integration: kind };
  }

  /** Without samples until there is an engine. */
  #observed(): readonly Family[] {
    const source = this.#gauges;
    const one = (read: (source: GaugeSource) => number): readonly MetricLine[] =>
      source === null ? [] : single(read(source));
    const byState = (read: (source: GaugeSource) => Readonly<Record<string, number>>): readonly MetricLine[] =>
      source === null ? [] : Object.entries(read(source)).map(([state, n]) => [labelText([['state', state]]), n]);
    const silences = source?.silences();
    const known = Object.values(silences ?? {}).reduce((sum, count) => sum + count, 0);
    return [
      gauge(
        'alertmanager_alerts',
        'Alerts that fire, by state',
        byState((s) => ({ ...s.alerts(), unprocessed: 0 })),
      ),
      gauge(
        'alertmanager_silences',
        'Silences, by state',
        byState(() => ({ ...silences })),
      ),
      gauge(
        'alertmanager_silences_state_size',
        'Silences that are known',
        one(() => known),
      ),
      gauge(
        'alertmanager_dispatcher_aggregation_groups',
        'Groups that hold alerts',
        one((s) => s.aggregationGroups()),
      ),
      gauge(
        'alertmanager_receivers',
        'Receivers in the configuration',
        one((s) => s.config().receivers),
      ),
      gauge(
        'alertmanager_integrations',
        'Integrations in the configuration',
        one((s) => s.config().integrations),
      ),
      gauge(
        'alertmanager_inhibition_rules',
        'Inhibition rules in the configuration',
        one((s) => s.config().inhibitionRules),
      ),
      gauge(
        'belfry_outbox_messages',
        'Messages on their way: due, being sent or waiting for another attempt',
        one((s) => s.outbox()),
      ),
      gauge(
        'belfry_store_away',
        '1 while the store cannot take writes',
        one((s) => Number(s.storeIsAway())),
      ),
    ];
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
    this.registry
      .gauge('alertmanager_build_info', 'Always 1; the version is in its labels', Object.keys(build))
      .set(build, 1);
    this.registry
      .gauge('belfry_build_info', 'Always 1; the versions are in its labels', ['version', 'node'])
      .set({ version, node: process.version }, 1);
    this.registry
      .gauge('alertmanager_alerts_per_alert_limit', 'The limit per alertname; 0 is none')
      .set(perAlertnameLimit);
    this.registry.counter(
      'alertmanager_dispatcher_aggregation_group_limit_reached_total',
      'Always 0: groups have no limit',
    );
    this.registry.gauge('alertmanager_cluster_enabled', 'Whether a cluster address is set').set(peer === null ? 0 : 1);
    if (peer === null) return;
    this.registry
      .gauge('alertmanager_cluster_peer_info', 'Always 1; the name is in its label', ['peer'])
      .set({ peer }, 1);
    const help = 'Always the same: there is one member';
    for (const [name, value] of clusterOfOne.gauges) this.registry.gauge(name, help).set(value);
    for (const [name, value] of clusterOfOne.counters) this.registry.counter(name, help).inc(value);
    for (const [name, label] of clusterOfOne.labelled) {
      const counter = this.registry.counter(name, help, [label]);
      for (const value of clusterOfOne.values[label]) counter.inc({ [label]: value }, 0);
    }
  }

  #fromZero(): void {
    for (const status of ['firing', 'resolved']) this.#alertsReceived.inc({ status, version: 'v2' }, 0);
    this.#alertsInvalid.inc({ version: 'v2' }, 0);
    this.#inFlight.set({ method: 'get' }, 0);
    this.#overLimit.inc({ method: 'get' }, 0);
    for (const reason of MUTE_REASONS) this.#suppressed.inc({ reason }, 0);
    // With names of receivers it takes a receiver to have a series.
    for (const integration of INTEGRATIONS) this.#zero(integration, this.#receiverNames ? null : { integration });
  }

  #zero(integration: string, labels: Record<string, string> | null): void {
    this.#templateFailures.inc({ integration }, 0);
    for (const outcome of ['delivered', 'retry', 'rejected']) this.#attempts.inc({ integration, outcome }, 0);
    if (labels === null) return;
    for (const counter of [this.#notifications, this.#requests, this.#requestsFailed]) counter.inc(labels, 0);
    // That would forget what was observed.
    const series = Object.values(labels).join('\n');
    if (!this.#zeroed.has(series)) this.#latency.zero(labels);
    this.#zeroed.add(series);
    for (const reason of FAILURE_REASONS) this.#notificationsFailed.inc({ ...labels, reason }, 0);
  }
}

const logLinesLost = ({ logLinesDropped }: MetricsOptions): Family =>
  counter(
    'belfry_log_lines_dropped_total',
    'Log lines that were lost because nobody read them',
    single(logLinesDropped()),
  );
