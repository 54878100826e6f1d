// The flags of `serve`: Alertmanager's names, defaults and meaning. This table is what the parser accepts and what
// the help says; serve-options.ts gives the values their types.

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** What the help calls the value; null for a switch, which has a --no- form too. */
  readonly value: string | null;
  /** As it would be written; null when there is none. */
  readonly default: string | null;
  /** '' leaves it out of the help: accepted, nothing to say. */
  readonly help: string;
  readonly repeatable?: true;
}

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

const flag = (name: string, value: string | null, standard: string | null, help: string): Flag => ({
  name,
  value,
  default: standard,
  help,
});

export const FEATURES = [
  'alert-names-in-metrics',
  'receiver-name-in-metrics',
  'group-key-in-metrics',
  'classic-mode',
  'utf8-strict-mode',
  'auto-gomemlimit',
  'event-recorder',
] as const;

export const flagGroups: readonly FlagGroup[] = [
  {
    title: 'Configuration and storage:',
    flags: [
      flag(
        'config.file',
        'file',
        null,
        'Configuration file. Without it alertmanager.yml in this directory is used, or the example that is shipped',
      ),
      flag('storage.path', 'dir', 'data/', 'Directory for what must survive a restart'),
      flag('data.retention', 'duration', '120h', 'How long history is kept'),
      flag('data.maintenance-interval', 'duration', '15m', 'How often old history and ended silences are cleared away'),
      flag('enable-feature', 'list', '', `Comma-separated: ${FEATURES.join(', ')}`),
    ],
  },
  {
    title: 'Web:',
    flags: [
      {
        ...flag('web.listen-address', 'host:port', '127.0.0.1:9093', 'Address to listen on; :9093 is every interface'),
        repeatable: true,
      },
      flag('web.config.file', 'file', '', 'File that turns on TLS and basic authentication'),
      flag(
        'web.external-url',
        'url',
        null,
        'Where people reach this, for links in messages. Default: http://<this host>:<port>',
      ),
      {
        ...flag(
          'web.allowed-origin',
          'origin',
          null,
          'Pages of this site may write and read here, as http://karma:8080; * is every site',
        ),
        repeatable: true,
      },
      flag('web.route-prefix', 'path', null, "Prefix of all paths. Default: the external URL's path"),
      flag('web.get-concurrency', 'n', '0', 'GET requests answered at once; 0 is one per core, at least 8'),
      flag('web.timeout', 'duration', '0', 'Longest time for a request; 0 is no limit'),
      flag('web.systemd-socket', null, 'false', 'Listen on the sockets that systemd passes, instead of addresses'),
    ],
  },
  {
    title: 'Alerts, groups, silences:',
    flags: [
      flag('alerts.gc-interval', 'duration', '30m', 'How often ended alerts are forgotten'),
      flag('alerts.per-alertname-limit', 'n', '0', 'Most alerts with one alertname; 0 is no limit'),
      flag(
        'dispatch.start-delay',
        'duration',
        '0s',
        "Nothing is sent before; Prometheus' --rules.alert.resend-delay fits",
      ),
      flag('silences.max-silences', 'n', '0', 'Most silences, ended ones included; 0 is no limit'),
      flag('silences.max-silence-size-bytes', 'n', '0', 'Largest silence; 0 is no limit'),
    ],
  },
  {
    title: 'Rules:',
    flags: [
      flag(
        'rules.alert.resend-delay',
        'duration',
        '1m',
        'An alert that goes on firing is told again after that, to our own router and to external Alertmanagers',
      ),
      flag(
        'rules.alert.for-outage-tolerance',
        'duration',
        '1h',
        'How far back ALERTS_FOR_STATE is looked up for alerts that the storage here does not know',
      ),
      flag(
        'rules.alert.for-grace-period',
        'duration',
        '10m',
        'An alert looked up so stays pending at least that long; alerts with a shorter for are not looked up',
      ),
      flag(
        'rules.all-or-nothing',
        null,
        'false',
        'A reload with a mistake in any rule file changes no rule. Else only groups with mistakes stay as they were',
      ),
      flag('rules.allow-empty', null, 'false', 'A reload may leave no rule at all, where there were some'),
    ],
  },
  {
    title: 'Log:',
    flags: [
      flag('log.level', 'level', 'info', 'debug, info, warn or error'),
      flag('log.format', 'format', 'logfmt', 'logfmt or json'),
      flag('log.silences', null, 'false', 'Tell changes of silences at level info'),
    ],
  },
  {
    title: 'Cluster (one instance, no gossip; the other --cluster flags of Alertmanager are accepted too):',
    flags: [
      flag('cluster.listen-address', 'host:port', '0.0.0.0:9094', 'Shown in the status; empty is no cluster'),
      flag('cluster.advertise-address', 'host:port', '', 'Shown in the status instead'),
      { ...flag('cluster.peer', 'host:port', null, 'Checked, not contacted'), repeatable: true },
      flag('cluster.peer-name', 'name', '', 'Name in the status. Default: a random one'),
      flag('cluster.peer-timeout', 'duration', '15s', ''),
      flag('cluster.peers-resolve-timeout', 'duration', '15s', ''),
      flag('cluster.gossip-interval', 'duration', '200ms', ''),
      flag('cluster.pushpull-interval', 'duration', '1m', ''),
      flag('cluster.tcp-timeout', 'duration', '10s', ''),
      flag('cluster.probe-timeout', 'duration', '500ms', ''),
      flag('cluster.probe-interval', 'duration', '1s', ''),
      flag('cluster.settle-timeout', 'duration', '1m', ''),
      flag('cluster.reconnect-interval', 'duration', '10s', ''),
      flag('cluster.reconnect-timeout', 'duration', '6h', ''),
      flag('cluster.tls-config', 'file', '', ''),
      flag('cluster.label', 'text', '', ''),
      flag('cluster.allow-insecure-public-advertise-address-discovery', null, 'false', ''),
    ],
  },
  {
    title: 'Without effect:',
    flags: [
      flag('auto-gomemlimit.ratio', 'ratio', '0.9', ''),
      flag('dispatch.maintenance-interval', 'duration', '30s', ''),
    ],
  },
];

export const allFlags: readonly Flag[] = flagGroups.flatMap(({ flags }) => flags);
