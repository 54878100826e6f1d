// A pack of alert rules as people have them: the shapes of the public ones (thresholds, ratios, rates, predictions,
// joins, absences, burn rates over recording rules), spread over the systems that are usually watched, in plain
// Prometheus syntax and in the YAML styles that are seen in the wild.

export interface PackFile {
  readonly file: string;
  readonly text: string;
}

interface System {
  readonly name: string;
  readonly job: string;
  /** What one of its things is called in labels. */
  readonly by: string;
  readonly gauges: readonly string[];
  readonly counters: readonly string[];
  readonly histograms: readonly string[];
  /** Used and total. */
  readonly shares: readonly (readonly [used: string, total: string])[];
}

const SYSTEMS: readonly System[] = [
  {
    name: 'Node',
    job: 'node',
    by: 'instance',
    gauges: ['node_load15', 'node_filesystem_files_free', 'node_hwmon_temp_celsius', 'node_timex_offset_seconds'],
    counters: ['node_vmstat_oom_kill', 'node_network_receive_errs_total', 'node_disk_io_time_seconds_total'],
    histograms: [],
    shares: [
      ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
      ['node_memory_MemAvailable_bytes', 'node_memory_MemTotal_bytes'],
      ['node_nf_conntrack_entries', 'node_nf_conntrack_entries_limit'],
    ],
  },
  {
    name: 'Kube',
    job: 'kube-state-metrics',
    by: 'namespace, pod',
    gauges: ['kube_pod_status_unschedulable', 'kube_deployment_status_replicas_unavailable', 'kube_job_status_failed'],
    counters: ['kube_pod_container_status_restarts_total', 'container_cpu_cfs_throttled_periods_total'],
    histograms: ['apiserver_request_duration_seconds', 'kubelet_pod_worker_duration_seconds'],
    shares: [
      ['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'],
      ['container_memory_working_set_bytes', 'container_spec_memory_limit_bytes'],
    ],
  },
  {
    name: 'Postgres',
    job: 'postgres',
    by: 'instance, datname',
    gauges: ['pg_replication_lag_seconds', 'pg_stat_activity_max_tx_duration', 'pg_locks_count'],
    counters: ['pg_stat_database_deadlocks', 'pg_stat_database_conflicts', 'pg_stat_database_xact_rollback'],
    histograms: [],
    shares: [
      ['pg_stat_activity_count', 'pg_settings_max_connections'],
      ['pg_stat_user_tables_n_dead_tup', 'pg_stat_user_tables_n_live_tup'],
    ],
  },
  {
    name: 'Redis',
    job: 'redis',
    by: 'instance',
    gauges: ['redis_connected_slaves', 'redis_blocked_clients', 'redis_rdb_last_bgsave_duration_sec'],
    counters: ['redis_rejected_connections_total', 'redis_evicted_keys_total', 'redis_keyspace_misses_total'],
    histograms: [],
    shares: [
      ['redis_memory_used_bytes', 'redis_memory_max_bytes'],
      ['redis_connected_clients', 'redis_config_maxclients'],
    ],
  },
  {
    name: 'Kafka',
    job: 'kafka',
    by: 'topic, consumergroup',
    gauges: ['kafka_consumergroup_lag', 'kafka_topic_partition_under_replicated_partition', 'kafka_brokers'],
    counters: ['kafka_topic_partition_current_offset', 'kafka_server_isrshrinks_total'],
    histograms: ['kafka_network_request_seconds'],
    shares: [['kafka_log_size_bytes', 'kafka_log_limit_bytes']],
  },
  {
    name: 'Blackbox',
    job: 'blackbox',
    by: 'instance, target',
    gauges: ['probe_duration_seconds', 'probe_ssl_earliest_cert_expiry', 'probe_dns_lookup_time_seconds'],
    counters: ['prober_probe_total'],
    histograms: [],
    shares: [['probe_http_content_length', 'probe_http_uncompressed_body_length']],
  },
  {
    name: 'Nginx',
    job: 'ingress-nginx',
    by: 'ingress, host',
    gauges: ['nginx_ingress_controller_nginx_process_connections', 'nginx_up'],
    counters: ['nginx_ingress_controller_requests', 'nginx_connections_dropped_total'],
    histograms: ['nginx_ingress_controller_request_duration_seconds'],
    shares: [['nginx_connections_active', 'nginx_connections_accepted']],
  },
  {
    name: 'RabbitMq',
    job: 'rabbitmq',
    by: 'vhost, queue',
    gauges: ['rabbitmq_queue_messages_ready', 'rabbitmq_queue_consumers', 'rabbitmq_partitions'],
    counters: ['rabbitmq_channel_messages_unroutable_dropped_total', 'rabbitmq_connections_closed_total'],
    histograms: [],
    shares: [
      ['rabbitmq_process_open_fds', 'rabbitmq_process_max_fds'],
      ['rabbitmq_process_resident_memory_bytes', 'rabbitmq_resident_memory_limit_bytes'],
    ],
  },
  {
    name: 'Elastic',
    job: 'elasticsearch',
    by: 'cluster, name',
    gauges: ['elasticsearch_cluster_health_unassigned_shards', 'elasticsearch_cluster_health_relocating_shards'],
    counters: ['elasticsearch_indices_indexing_index_total', 'elasticsearch_jvm_gc_collection_seconds_count'],
    histograms: [],
    shares: [
      ['elasticsearch_jvm_memory_used_bytes', 'elasticsearch_jvm_memory_max_bytes'],
      ['elasticsearch_filesystem_data_available_bytes', 'elasticsearch_filesystem_data_size_bytes'],
    ],
  },
  {
    name: 'Etcd',
    job: 'etcd',
    by: 'job, instance',
    gauges: ['etcd_server_has_leader', 'etcd_server_quota_backend_bytes'],
    counters: ['etcd_server_leader_changes_seen_total', 'etcd_http_failed_total', 'etcd_server_proposals_failed_total'],
    histograms: ['etcd_disk_wal_fsync_duration_seconds', 'etcd_network_peer_round_trip_time_seconds'],
    shares: [['etcd_mvcc_db_total_size_in_use_in_bytes', 'etcd_mvcc_db_total_size_in_bytes']],
  },
  {
    name: 'Shop',
    job: 'shop-api',
    by: 'service, region',
    gauges: ['shop_orders_waiting', 'shop_last_import_timestamp_seconds', 'shop_queue_depth'],
    counters: ['shop_orders_total', 'shop_payments_refused_total', 'http_requests_total'],
    histograms: ['http_request_duration_seconds', 'shop_checkout_seconds'],
    shares: [['shop_stock_reserved', 'shop_stock_total']],
  },
];

const WINDOWS = ['5m', '10m', '15m', '30m', '1h'];
const LEVELS = [
  { severity: 'warning', share: 0.8, factor: 1, wait: '15m' },
  { severity: 'critical', share: 0.95, factor: 5, wait: '5m' },
] as const;
type Level = (typeof LEVELS)[number];

interface PackRule {
  readonly name: string;
  readonly expr: string;
  readonly wait: string | null;
  readonly severity: string;
  readonly texts: readonly (readonly [name: string, text: string])[];
}

/** Some `count` alerts, in files by system; the same for the same count. */
export function rulePack(count: number): readonly PackFile[] {
  const perSystem = Math.ceil(count / SYSTEMS.length);
  return SYSTEMS.map((system) => {
    const rules: PackRule[] = [];
    for (let round = 0; rules.length < perSystem; round++) rules.push(...rulesOf(system, round));
    return { file: `${system.job}.rules.yml`, text: printFile(system, rules.slice(0, perSystem)) };
  });
}

const camel = (metric: string): string =>
  metric.replace(/(?:^|_)([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());

/** The first round has the metrics themselves; later ones ask for one shard each. */
function rulesOf(system: System, round: number): readonly PackRule[] {
  const selector = round === 0 ? `{job="${system.job}"}` : `{job="${system.job}", shard=~"s${round}|all"}`;
  const window = WINDOWS[round % WINDOWS.length]!;
  return LEVELS.flatMap((level) => [
    ...system.gauges.flatMap((metric) => gaugeRules(system, metric, selector, level, round)),
    ...system.counters.flatMap((metric) => counterRules(system, metric, selector, level, window, round)),
    ...system.histograms.flatMap((metric) => latencyRules(system, metric, selector, level, window, round)),
    ...system.shares.flatMap(([used, total]) => shareRules(system, used, total, selector, level, round)),
    ...aliveRules(system, selector, level, round),
  ]);
}

function nameOf(system: System, what: string, level: Level, round: number): string {
  return `${system.name}${what}${level.severity === 'critical' ? 'Critical' : ''}${round === 0 ? '' : `Shard${round}`}`;
}

const summary = (what: string): readonly (readonly [string, string])[] => [
  ['summary', `${what} ({{ $labels.instance }})`],
  ['description', `${what}\n  value = {{ $value }}\n  labels = {{ $labels }}`],
];

function gaugeRules(
  system: System,
  metric: string,
  selector: string,
  level: Level,
  round: number,
): readonly PackRule[] {
  const { severity, wait, factor } = level;
  const name = (what: string): string => nameOf(system, camel(metric) + what, level, round);
  return [
    {
      name: name('High'),
      expr: `max by (${system.by}) (${metric}${selector}) > ${20 * factor}`,
      wait,
      severity,
      texts: summary(`${metric} is {{ $value | humanize }} on {{ $labels.job }}`),
    },
    {
      name: name('Unlike'),
      expr: `abs(${metric}${selector} - avg_over_time(${metric}${selector}[1d])) > ${factor} * stddev_over_time(${metric}${selector}[1d])\nand\ncount_over_time(${metric}${selector}[1d]) > 1000`,
      wait: '1h',
      severity,
      texts: summary(`{{ printf "%.2f" $value }} is not what ${metric} was the day before`),
    },
    {
      name: name('Gone'),
      expr: `absent(${metric}${selector})`,
      wait,
      severity,
      texts: [['summary', `nothing tells ${metric} any more`]],
    },
  ];
}

function counterRules(
  system: System,
  metric: string,
  selector: string,
  level: Level,
  window: string,
  round: number,
): readonly PackRule[] {
  const { severity, wait, factor } = level;
  const name = (what: string): string => nameOf(system, camel(metric) + what, level, round);
  return [
    {
      name: name('Grows'),
      expr: `sum by (${system.by}) (rate(${metric}${selector}[${window}])) > ${0.1 * factor}`,
      wait,
      severity,
      texts: summary(`{{ with $labels.instance }}{{ . }}: {{ end }}{{ $value | humanize }} per second`),
    },
    {
      name: name('Jumped'),
      expr: `increase(${metric}${selector}[${window}]) > ${3 * factor} unless on (instance) changes(process_start_time_seconds[${window}]) > 0`,
      wait: null,
      severity,
      texts: summary(`${metric} grew by {{ $value }}`),
    },
    {
      name: name('Stopped'),
      expr: `rate(${metric}${selector}[${window}]) == 0\n  and on (${system.by}) rate(${metric}${selector}[${window}] offset 1d) > 0`,
      wait,
      severity,
      texts: summary(`${metric} stands still, and did not a day ago`),
    },
  ];
}

function latencyRules(
  system: System,
  metric: string,
  selector: string,
  level: Level,
  window: string,
  round: number,
): readonly PackRule[] {
  const { severity, wait, factor } = level;
  const name = (what: string): string => nameOf(system, camel(metric) + what, level, round);
  return [
    {
      name: name('Slow'),
      expr: `histogram_quantile(0.99, sum by (le, ${system.by}) (rate(${metric}_bucket${selector}[${window}]))) > ${0.5 * factor}`,
      wait,
      severity,
      texts: summary(`99 of 100 take less than {{ $value | humanizeDuration }}, no more`),
    },
    {
      name: name('BurnsBudget'),
      expr: `(
  ${system.job.replace(/\W/g, '_')}:${metric}:errors_ratio_rate1h > (14.4 * 0.001)
and
  ${system.job.replace(/\W/g, '_')}:${metric}:errors_ratio_rate5m > (14.4 * 0.001)
)`,
      wait: '2m',
      severity,
      texts: [['message', 'the budget burns at {{ $value | humanizePercentage }}']],
    },
  ];
}

function shareRules(
  system: System,
  used: string,
  total: string,
  selector: string,
  level: Level,
  round: number,
): readonly PackRule[] {
  const { severity, wait, share } = level;
  const name = (what: string): string => nameOf(system, camel(used) + what, level, round);
  return [
    {
      name: name('Full'),
      expr: `${used}${selector} / ${total}${selector} > ${share} and ${total}${selector} > 0`,
      wait,
      severity,
      texts: summary(`{{ $value | humanizePercentage }} of ${total}`),
    },
    {
      name: name('WillBeFull'),
      expr: `predict_linear(${used}${selector}[6h], 24 * 3600) < 0\n# and it has begun already\nand ${used}${selector} / ${total}${selector} < 0.4`,
      wait: '1h',
      severity,
      texts: summary(`full within a day, {{ $value | humanize1024 }}B are left`),
    },
    {
      name: name('Uneven'),
      expr: `max without (instance) (${used}${selector}) - min without (instance) (${used}${selector}) > 0.3 * on () group_left () scalar(sum(${total}${selector}))`,
      wait: '30m',
      severity,
      texts: summary(`instances of {{ if $labels.job }}{{ $labels.job | toUpper }}{{ else }}one job{{ end }} differ`),
    },
  ];
}

function aliveRules(system: System, selector: string, level: Level, round: number): readonly PackRule[] {
  const { severity, wait } = level;
  const name = (what: string): string => nameOf(system, what, level, round);
  return [
    {
      name: name('Down'),
      expr: `up${selector} == 0`,
      wait,
      severity,
      texts: [
        ['summary', `{{ $labels.instance | reReplaceAll ":[0-9]+$" "" | title }} does not answer`],
        ['runbook_url', `https://runbooks.example.org/${system.job}/down`],
      ],
    },
    {
      name: name('HalfDown'),
      expr: `100 * (count by (job) (up${selector} == 0) / count by (job) (up${selector})) >= ${level.share * 50}`,
      wait,
      severity,
      texts: [
        ['summary', `{{ range query "up == 0" | sortByLabel "instance" }}{{ .Labels.instance }} {{ end }}are down`],
      ],
    },
    {
      name: name('Flaps'),
      expr: `changes(up${selector}[1h]) > 5`,
      wait: null,
      severity,
      texts: [['summary', 'comes and goes: {{ $value }} times in {{ "1h" }}']],
    },
  ];
}

const PER_GROUP = 12;

function printFile(system: System, rules: readonly PackRule[]): string {
  const lines = [`# Alerts for ${system.name}`, 'groups:'];
  for (let at = 0; at < rules.length; at += PER_GROUP) {
    lines.push(`- name: ${system.job}.${at / PER_GROUP}`);
    if ((at / PER_GROUP) % 3 === 1) lines.push('  interval: 30s');
    lines.push('  rules:');
    rules.slice(at, at + PER_GROUP).forEach((rule, i) => lines.push(...printRule(rule, i)));
  }
  return `${lines.join('\n')}\n`;
}

/** By turns as people write them: plain, quoted, literal and folded. */
function printRule({ name, expr, wait, severity, texts }: PackRule, turn: number): readonly string[] {
  const inOneLine = expr.replace(/#.*\n/g, '').replace(/\s+/g, ' ');
  const isPlain = !/[#:]\s|^[{[(]/.test(inOneLine);
  return [
    `  - alert: ${name}`,
    ...(turn % 4 === 0 && isPlain
      ? [`    expr: ${inOneLine}`]
      : turn % 4 === 1
        ? [`    expr: '${inOneLine.replaceAll("'", "''")}'`]
        : turn % 4 === 2
          ? ['    expr: >-', ...inOneLine.split(' and ').map((part, i) => `      ${i === 0 ? '' : 'and '}${part}`)]
          : ['    expr: |', ...expr.split('\n').map((line) => `      ${line}`)]),
    ...(wait === null ? [] : [`    for: ${wait}`]),
    '    labels:',
    `      severity: ${severity}`,
    '    annotations:',
    ...texts.map(([key, text]) => `      ${key}: ${JSON.stringify(text)}`),
  ];
}
