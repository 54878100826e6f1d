// The compiled configuration: defaults applied, inheritance flattened, references resolved, legacy spellings
// gone. compile.ts makes it; nothing else does. Field names are upstream's YAML keys in camelCase.
import type { Matcher } from '../model/matcher.ts';
import type { Labels } from '../model/labels.ts';
import type { Problem } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import type { Secret } from '../input/secret.ts';
import type { HttpConfig, TlsConfig } from '../outbound/http-config.ts';
import type { Integration } from '../integrations/integration.ts';
import type { Locale } from '../notify/locale.ts';
import type { Mode } from '../template/template-set.ts';

export interface Config {
  /** resolve_timeout: the guessed length of an alert posted without `endsAt`. */
  readonly resolveTimeout: DurationMs;
  readonly route: Route;
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly inhibitRules: readonly InhibitRule[];
  /** time_intervals and mute_time_intervals share one namespace. */
  readonly timeIntervals: ReadonlyMap<string, TimeInterval>;
  readonly templates: readonly FilesPattern[];
  /** Templates that stand in the file itself. */
  readonly templateTexts: readonly TemplateText[];
  /** Every tls_config of the file. */
  readonly tlsUses: readonly TlsUse[];
  /** The whole configuration with its defaults filled in, secrets as `<secret>`: what /api/v2/status shows. */
  readonly original: string;
  /** The Prometheus half of the file: rules, where they ask, where they write, whom they tell. */
  readonly rules: RulesConfig;
  /** event_recorder */
  readonly eventRecorder: EventRecorderConfig;
  /** null: nothing is traced. */
  readonly tracing: TracingConfig | null;
  /** First 48 bits of the MD5 of the file, as a number: alertmanager_config_hash. */
  readonly hash: number;
}

export interface TracingConfig {
  readonly clientType: 'grpc' | 'http';
  /** `host:port` */
  readonly endpoint: string;
  /** Of the traces that begin here; others are kept if whoever began them keeps them. */
  readonly samplingFraction: number;
  /** Without TLS. */
  readonly insecure: boolean;
  readonly tls: TlsConfig;
  readonly headers: HttpConfig['headers'];
  readonly compression: 'gzip' | null;
  /** Of one request. */
  readonly timeout: DurationMs;
}

export interface TemplateText {
  readonly text: string;
  readonly mode: Mode;
  /** Without an address nothing can be sent, not even plainly. */
  readonly use: 'text' | 'address';
  readonly place: Pick<Problem, 'at' | 'excerpt'>;
}

export type TlsPart = 'ca' | 'cert' | 'key';

export interface TlsUse {
  readonly tls: TlsConfig;
  readonly places: Readonly<Record<TlsPart, Pick<Problem, 'at' | 'excerpt'>>>;
  /** Not by a receiver that no route leads to. */
  readonly isReached: boolean;
}

export interface EventRecorderConfig {
  /** file_outputs: their paths. */
  readonly files: readonly string[];
  /** stdout_outputs: how many. */
  readonly stdouts: number;
  /** webhook_outputs */
  readonly webhooks: readonly EventWebhookConfig[];
  /** What is to be said where --enable-feature=event-recorder is missing; null without an output. */
  readonly switchedOff: Problem | null;
}

export interface EventWebhookConfig {
  readonly url: Secret;
  readonly http: HttpConfig;
  /** Of one request. */
  readonly timeout: DurationMs;
  /** Requests at once. */
  readonly workers: number;
  /** max_retries: attempts altogether. */
  readonly maxRetries: number;
  /** retry_backoff: doubles with each attempt. */
  readonly retryBackoff: DurationMs;
  /** null: each event is a request. */
  readonly batch: EventBatchConfig | null;
}

export interface EventBatchConfig {
  /** batch_max_events */
  readonly maxEvents: number;
  /** batch_max_bytes */
  readonly maxBytes: number;
  /** batch_flush_interval */
  readonly flushInterval: DurationMs;
}

export interface RulesConfig {
  readonly ruleFiles: readonly FilesPattern[];
  /** global.evaluation_interval */
  readonly evaluationInterval: DurationMs;
  /** global.rule_query_offset */
  readonly ruleQueryOffset: DurationMs;
  /** global.external_labels */
  readonly externalLabels: Labels;
  /** global.metric_name_validation_scheme */
  readonly nameScheme: 'utf8' | 'legacy';
  /** prometheus: one, or several with names. The first is the default. */
  readonly dataSources: readonly DataSourceConfig[];
  /** remote_write */
  readonly remoteWrite: readonly RemoteWriteConfig[];
  /** alerting */
  readonly alerting: AlertingConfig;
}

export interface FilesPattern {
  /** Resolved against the config file's folder. */
  readonly pattern: string;
  /** What is to be said when no file fits. */
  readonly unmatched: Problem;
}

export interface DataSourceConfig {
  readonly name: string;
  readonly url: string;
  /** Where people look at it: external_url. */
  readonly externalUrl: string;
  readonly http: HttpConfig;
  /** Of one query, retries included; never longer than the group's interval. */
  readonly timeout: DurationMs;
  /** Added to every query. */
  readonly params: readonly (readonly [name: string, values: readonly string[]])[];
  /** X-Scope-OrgID */
  readonly tenant: string | null;
  /** Queries at once. */
  readonly concurrency: number;
  readonly maxBytes: number;
  readonly maxSeries: number;
  /** What a partial answer (warnings, isPartial) is worth: `keep` resolves nothing by it, `fail` is an error, `accept` believes it. */
  readonly partialAnswers: 'keep' | 'fail' | 'accept';
  /** hold_vanished: how long nothing ends because most of what rules found is gone at once; 0 believes it. */
  readonly holdVanished: DurationMs;
  /** read_after_write: whether an acknowledged sample is looked for before a rule of the same group reads it. */
  readonly readAfterWrite: 'prove' | 'trust';
}

export interface RemoteWriteConfig {
  readonly name: string;
  readonly url: string;
  readonly http: HttpConfig;
  readonly timeout: DurationMs;
  /** protobuf_message: the newest first; null finds out. */
  readonly protocol: '1.0' | '2.0' | null;
  /** send_native_histograms */
  readonly sendsHistograms: boolean;
  readonly writeRelabel: readonly RelabelRule[];
  readonly queue: {
    /** max_samples_per_send */
    readonly maxSamplesPerSend: number;
    /** capacity: samples that may wait; more and the oldest are dropped, counted. */
    readonly capacity: number;
    /** min_backoff, max_backoff */
    readonly minBackoff: DurationMs;
    readonly maxBackoff: DurationMs;
    /** sample_age_limit: older ones are given up. */
    readonly sampleAgeLimit: DurationMs;
  };
}

export interface AlertingConfig {
  readonly relabel: readonly RelabelRule[];
  readonly alertmanagers: readonly AlertmanagerTarget[];
}

export interface AlertmanagerTarget {
  /** Of the API's POST, path_prefix included. */
  readonly url: string;
  readonly http: HttpConfig;
  readonly timeout: DurationMs;
  readonly relabel: readonly RelabelRule[];
}

export type RelabelAction =
  | 'replace'
  | 'keep'
  | 'drop'
  | 'keepequal'
  | 'dropequal'
  | 'hashmod'
  | 'labelmap'
  | 'labeldrop'
  | 'labelkeep'
  | 'lowercase'
  | 'uppercase';

export interface RelabelRule {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  readonly regex: string;
  readonly modulus: number;
  readonly targetLabel: string;
  readonly replacement: string;
}

export interface Route {
  /** Unique: the parent's id, the matchers, the index among siblings with the same ones. Inner identity. */
  readonly id: string;
  /** Upstream's route key, not unique among equal siblings: `{}/{team="web"}`. Outward only. */
  readonly key: string;
  readonly receiver: string;
  /** 'all' is `group_by: ['...']`. */
  readonly groupBy: readonly string[] | 'all';
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly groupWait: DurationMs;
  readonly groupInterval: DurationMs;
  readonly repeatInterval: DurationMs;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Route labels, parents' merged in; the values are template text, rendered per group. */
  readonly labels: readonly (readonly [name: string, template: string])[];
  readonly routes: readonly Route[];
}

export interface Receiver {
  readonly name: string;
  /** With the automatic `name` label. */
  readonly labels: Labels;
  readonly integrations: readonly IntegrationEntry[];
  /** fallback: the receiver that gets what this one's integrations refuse for good. */
  readonly fallback: string | null;
}

/** One element of one `*_configs` list. `index` counts within its kind, as upstream's log key does. */
export interface IntegrationEntry {
  readonly index: number;
  readonly sendResolved: boolean;
  readonly config: Integration;
  /** The receiver's. */
  readonly locale: Locale;
  /** Of each of its texts that is a template: `title of slack/0 (belfry.yml:12:14)`. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface InhibitRule {
  readonly name: string;
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  readonly equal: readonly string[];
}

export interface TimeInterval {
  readonly name: string;
  /** OR-ed; an element with no field always matches. */
  readonly elements: readonly TimeIntervalElement[];
}

/** Every given field must match. Ranges are inclusive, but for the end of a time. */
export interface TimeIntervalElement {
  readonly times: readonly { readonly startMinute: number; readonly endMinute: number }[];
  /** 0 is Sunday. */
  readonly weekdays: readonly NumberRange[];
  /** 1..31, or -31..-1 from the month's end. */
  readonly daysOfMonth: readonly NumberRange[];
  readonly months: readonly NumberRange[];
  readonly years: readonly NumberRange[];
  /** An IANA name, `UTC` or `Local`. */
  readonly location: string;
}

export interface NumberRange {
  readonly begin: number;
  readonly end: number;
}
