// remote_write: where rules write what they find, with Prometheus' keys. A key is accepted when what it asks for is
// what happens here: one sender per target sends in order and at once. What asks for something else is an error;
// nothing is read and then ignored.
import { hash } from 'node:crypto';
import { readBool, readInt } from '../input/scalar.ts';
import { goQuote } from '../model/go-quote.ts';
import type { LabelNameMode } from '../model/label-name.ts';
import type { DurationMs } from '../model/time.ts';
import { compileHttpConfig } from '../outbound/compile.ts';
import { compileRelabel, relabelSchema } from '../outbound/compile-relabel.ts';
import { refuseBadHeaderName, refuseBadHeaderValue, refuseReservedHeader } from '../outbound/header-rules.ts';
import type { HttpConfig } from '../outbound/http-config.ts';
import { httpConfigKeys } from '../outbound/schema.ts';
import { Section } from '../outbound/section.ts';
import { httpUrlFault } from '../outbound/url.ts';
import type { RemoteWriteConfig } from './config.ts';
import type { Node } from '../input/node.ts';

const text = { type: ['string', 'null'] };
const bool = { ...text, format: 'bool' };
const int = { ...text, format: 'int' };
const duration = { ...text, format: 'duration' };
/** Judged below, whatever it holds. */
const anything = {};

export const remoteWriteSchema = {
  type: ['array', 'null'],
  items: {
    type: ['object', 'null'],
    properties: {
      ...httpConfigKeys,
      url: { ...text, format: 'open-url' },
      name: text,
      remote_timeout: duration,
      headers: { type: ['object', 'null'], additionalProperties: { ...text, format: 'secret' } },
      write_relabel_configs: relabelSchema,
      protobuf_message: text,
      queue_config: {
        type: ['object', 'null'],
        properties: {
          capacity: int,
          max_shards: int,
          min_shards: int,
          max_samples_per_send: int,
          batch_send_deadline: duration,
          min_backoff: duration,
          max_backoff: duration,
          retry_on_http_429: bool,
          sample_age_limit: duration,
        },
        additionalProperties: false,
      },
      send_exemplars: bool,
      send_native_histograms: bool,
      round_robin_dns: bool,
      failed_request_logging: bool,
      metadata_config: {
        type: ['object', 'null'],
        properties: { send: bool, send_interval: duration, max_samples_per_send: int, max_retries: int },
        additionalProperties: false,
      },
      sigv4: anything,
      azuread: anything,
      google_iam: anything,
    },
    additionalProperties: false,
  },
} as const;

export interface RemoteWriteContext {
  /** What relative file names are relative to. */
  readonly baseDir: string;
  readonly names: LabelNameMode;
}

const DEFAULT_TIMEOUT: DurationMs = 30_000; // remote_timeout
const DEFAULTS: RemoteWriteConfig['queue'] = {
  maxSamplesPerSend: 2000, // max_samples_per_send
  // Samples wait in memory, some 40 bytes each; upstream's smaller figure is per shard and in front of a log on disk.
  capacity: 1_000_000,
  minBackoff: 30, // min_backoff
  maxBackoff: 5000, // max_backoff
  // sample_age_limit: longer than a Prometheus takes samples beside newer ones of other series, which is an hour.
  sampleAgeLimit: 7_200_000,
};

export function compileRemoteWrite(list: Node, context: RemoteWriteContext): readonly RemoteWriteConfig[] {
  const targets: RemoteWriteConfig[] = [];
  for (const entry of list.entries('remote_write target')) {
    if (!entry.isMapping) continue;
    const target = compileTarget(entry, context);
    if (target === null) continue;
    if (targets.some(({ name }) => name === target.name)) refuseTwin(entry, target.name);
    else targets.push(target);
  }
  return targets;
}

function refuseTwin(entry: Node, name: string): void {
  const message = `found multiple remote write configs with job name ${goQuote(name)}`;
  const hint = 'give each a name of its own';
  if (entry.at('name').isSet) entry.at('name').error('config/not-unique', message, hint);
  else entry.error('config/not-unique', message, hint);
}

function compileTarget(entry: Node, context: RemoteWriteContext): RemoteWriteConfig | null {
  const section = Section.open(entry.value, entry.path, entry.report, context.baseDir);
  const url = section.text('url');
  const fault = url === '' ? null : httpUrlFault(url);
  if (url === '') section.refuse('url', 'config/required', 'url for remote_write is empty');
  if (fault !== null)
    section.refuseValue('url', 'config/bad-url', fault, 'write it in full, as http://host/api/v1/write');
  refuseForeign(section);
  const headers = compileHeaders(section.section('headers'));
  const writeRelabel = compileRelabel(section.raw('write_relabel_configs'), [...entry.path, 'write_relabel_configs'], {
    report: entry.report,
    names: context.names,
    what: 'relabeling rule in remote write config',
  });
  const protocol = compileProtocol(section);
  const queue = compileQueue(section.section('queue_config'));
  const http = compileHttpConfig(entry.value, entry.path, entry.report, context.baseDir);
  if (section.refused || http === null) return null;
  return {
    name: section.text('name') || unnamed(entry),
    url,
    http: withHeaders(section, http, headers),
    timeout: section.duration('remote_timeout', DEFAULT_TIMEOUT) || DEFAULT_TIMEOUT,
    protocol,
    // Unlike upstream, where series are in the storage whether they are sent or not: here this is their way to it.
    sendsHistograms: section.bool('send_native_histograms', true),
    writeRelabel,
    queue,
  };
}

/** Unlike elsewhere HTTP/2 is off unless asked for, as upstream has it. */
function withHeaders(section: Section, http: HttpConfig, headers: HttpConfig['headers']): HttpConfig {
  const enableHttp2 = section.bool('enable_http2', false);
  return { ...http, enableHttp2, headers: [...http.headers, ...headers] };
}

/** Stable as long as the entry says the same. */
const unnamed = (entry: Node): string => hash('md5', JSON.stringify(entry.value), 'hex').slice(0, 6);

function compileHeaders(headers: Section | null): HttpConfig['headers'] {
  if (headers === null) return [];
  const compiled: HttpConfig['headers'][number][] = [];
  for (const name of headers.keys()) {
    refuseBadHeaderName(headers, name);
    refuseReservedHeader(headers, name);
    refuseBadHeaderValue(headers, name, headers.text(name));
    compiled.push({ name, values: [headers.text(name)], secrets: [], files: [] });
  }
  return compiled;
}

const PROTOCOLS: ReadonlyMap<string, '1.0' | '2.0'> = new Map([
  ['prometheus.WriteRequest', '1.0'],
  ['io.prometheus.write.v2.Request', '2.0'],
]);

function compileProtocol(section: Section): '1.0' | '2.0' | null {
  const message = section.text('protobuf_message');
  if (message === '') return DEFAULT_PROTOCOL;
  const protocol = PROTOCOLS.get(message);
  if (protocol === undefined) {
    const fault = `invalid protobuf_message value: unknown type for remote write protobuf message ${message}`;
    section.refuseValue('protobuf_message', 'config/bad-value', fault, `one of ${[...PROTOCOLS.keys()].join(', ')}`);
  }
  return protocol ?? DEFAULT_PROTOCOL;
}

/** Found out by asking. */
const DEFAULT_PROTOCOL = null;

function compileQueue(queue: Section | null): RemoteWriteConfig['queue'] {
  if (queue === null) return DEFAULTS;
  const compiled = {
    maxSamplesPerSend: positive(queue, 'max_samples_per_send', DEFAULTS.maxSamplesPerSend),
    capacity: positive(queue, 'capacity', DEFAULTS.capacity),
    minBackoff: queue.duration('min_backoff', DEFAULTS.minBackoff),
    maxBackoff: queue.duration('max_backoff', DEFAULTS.maxBackoff),
    sampleAgeLimit: queue.duration('sample_age_limit', DEFAULTS.sampleAgeLimit),
  };
  if (compiled.maxBackoff < compiled.minBackoff) {
    const message = 'remote write queue max_backoff must not be less than min_backoff';
    queue.refuse(queue.has('max_backoff') ? 'max_backoff' : 'min_backoff', 'config/bad-value', message);
  }
  refuseShards(queue);
  if (!queue.bool('retry_on_http_429', true)) {
    const message = 'retry_on_http_429 cannot be switched off: samples refused with 429 are sent again';
    queue.refuseValue('retry_on_http_429', 'config/unsupported', message, 'remove it');
  }
  return compiled;
}

/** One sender, so that samples of a series arrive in their order. Any maximum allows that. */
function refuseShards(queue: Section): void {
  const most = positive(queue, 'max_shards', 50);
  const least = positive(queue, 'min_shards', 1);
  if (least > most) {
    const message = 'remote write queue min_shards must not be greater than max_shards';
    queue.refuse('min_shards', 'config/bad-value', message);
  } else if (least > 1) {
    const message = 'min_shards cannot be more than 1: one sender per target keeps the samples of a series in order';
    queue.refuseValue('min_shards', 'config/unsupported', message, 'remove it');
  }
}

function positive(section: Section, key: string, otherwise: number): number {
  const value = readInt(section.text(key));
  if (value === null) return otherwise;
  if (value <= 0) section.refuseValue(key, 'config/bad-value', `remote write queue ${key} must be positive`);
  return value;
}

const NEVER_DONE: readonly (readonly [key: string, why: string])[] = [
  ['send_exemplars', 'rules have no exemplars to send'],
  ['round_robin_dns', 'every connection resolves the name as the system does'],
  ['failed_request_logging', 'what a target refuses is told by the log and by the metrics anyway'],
];
const OTHER_AUTH = ['sigv4', 'azuread', 'google_iam'];

function refuseForeign(section: Section): void {
  for (const [key, why] of NEVER_DONE) {
    if (readBool(section.text(key)) !== true) continue;
    section.refuse(key, 'config/unsupported', `${key} is not supported: ${why}`, 'remove it');
  }
  for (const key of OTHER_AUTH) {
    if ((section.raw(key) ?? null) === null) continue;
    const message = `${key} is not supported`;
    section.refuse(key, 'config/unsupported', message, 'basic_auth, authorization, oauth2 and tls_config are');
  }
  const metadata = section.section('metadata_config');
  if (metadata !== null && metadata.bool('send', true)) {
    const message = 'metadata_config is not supported: rules have no metadata to send';
    section.refuse('metadata_config', 'config/unsupported', message, 'remove it, or say send: false');
  }
}
