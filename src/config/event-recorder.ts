// event_recorder: where events are written out as they happen, with upstream's keys and defaults. Where `kafka_outputs`
// asks for Kafka it is refused: nothing here speaks it.
import { isAbsolute, join } from 'node:path';
import { readBool, readInt } from '../input/scalar.ts';
import { Secret } from '../input/secret.ts';
import { printDuration } from '../model/duration.ts';
import { compileHttpConfig, DEFAULT_HTTP_CONFIG } from '../outbound/compile.ts';
import { printHttpConfig } from '../outbound/print.ts';
import { httpConfigSchema } from '../outbound/schema.ts';
import { Section } from '../outbound/section.ts';
import { httpUrlFault } from '../outbound/url.ts';
import type { Node } from '../input/node.ts';
import type { Printable } from '../input/print-yaml.ts';
import type { EventBatchConfig, EventRecorderConfig, EventWebhookConfig } from './config.ts';
import type { FilesContext } from './files-pattern.ts';

const text = { type: ['string', 'null'] };
const int = { ...text, format: 'int' };
const duration = { ...text, format: 'duration' };

const listOf = (properties: object) => ({
  type: ['array', 'null'],
  items: { type: ['object', 'null'], properties, additionalProperties: false },
});

export const eventRecorderSchema = {
  type: ['object', 'null'],
  properties: {
    file_outputs: listOf({ path: text }),
    stdout_outputs: listOf({}),
    webhook_outputs: listOf({
      url: { ...text, format: 'secret-url' },
      http_config: httpConfigSchema,
      timeout: duration,
      workers: int,
      max_retries: int,
      retry_backoff: duration,
      batch: { ...text, format: 'bool' },
      batch_max_events: int,
      batch_max_bytes: int,
      batch_flush_interval: duration,
    }),
    // Refused below, whatever it holds.
    kafka_outputs: {},
  },
  additionalProperties: false,
};

const DEFAULTS = {
  timeout: 10_000,
  workers: 4,
  maxRetries: 3,
  retryBackoff: 500,
};
const BATCH_DEFAULTS: EventBatchConfig = { maxEvents: 100, maxBytes: 1_048_576, flushInterval: 100 };
const BATCH_KEYS = ['batch_max_events', 'batch_max_bytes', 'batch_flush_interval'] as const;

export function compileEventRecorder(block: Node, { baseDir, problem }: FilesContext): EventRecorderConfig {
  refuseKafka(block.at('kafka_outputs'));
  const files = block
    .at('file_outputs')
    .entries('file output')
    .flatMap((entry) => compileFile(entry, baseDir));
  const webhooks = block
    .at('webhook_outputs')
    .entries('webhook output')
    .flatMap((entry) => {
      return compileWebhook(entry, baseDir) ?? [];
    });
  // An empty entry is one, too: it has no keys.
  const stdouts = block.at('stdout_outputs').items().length;
  const hasOutputs = files.length + webhooks.length + stdouts > 0;
  const switchedOff = hasOutputs
    ? problem(block.path, 'key', {
        severity: 'warning',
        code: 'config/switched-off',
        message: 'event_recorder does nothing without --enable-feature=event-recorder',
        hint: 'start with that flag, or remove it',
      })
    : null;
  return { files, stdouts, webhooks, switchedOff };
}

function refuseKafka(outputs: Node): void {
  if (!outputs.isSet || (Array.isArray(outputs.value) && outputs.value.length === 0)) return;
  const message = 'kafka_outputs is not supported: nothing here speaks Kafka';
  outputs.error('config/unsupported', message, 'use webhook_outputs, to a bridge such as a Kafka REST proxy', 'key');
}

function compileFile(entry: Node, baseDir: string): readonly string[] {
  const path = entry.at('path').text;
  if (path !== '') return [isAbsolute(path) ? path : join(baseDir, path)];
  if (entry.isMapping) entry.error('config/required', 'event_recorder file output requires a path', 'add path: …');
  return [];
}

function compileWebhook(entry: Node, baseDir: string): EventWebhookConfig | null {
  if (!entry.isMapping) return null;
  const section = Section.open(entry.value, entry.path, entry.report, baseDir);
  const url = section.text('url');
  const fault = url === '' ? null : httpUrlFault(url);
  if (url === '') section.refuse('url', 'config/required', 'event_recorder webhook output requires a url');
  if (fault !== null) section.refuseValue('url', 'config/bad-url', fault, 'write it in full, as https://host/path');
  const batch = compileBatch(section);
  const httpNode = entry.at('http_config');
  const http = httpNode.isMapping
    ? compileHttpConfig(httpNode.value, httpNode.path, httpNode.report, baseDir)
    : DEFAULT_HTTP_CONFIG;
  if (section.refused || http === null) return null;
  return {
    url: new Secret(url),
    http,
    timeout: section.duration('timeout', 0) || DEFAULTS.timeout,
    workers: countOf(section, 'workers', DEFAULTS.workers),
    maxRetries: countOf(section, 'max_retries', DEFAULTS.maxRetries),
    retryBackoff: section.duration('retry_backoff', 0) || DEFAULTS.retryBackoff,
    batch,
  };
}

function compileBatch(section: Section): EventBatchConfig | null {
  const isBatch = readBool(section.text('batch')) === true;
  for (const key of BATCH_KEYS) {
    if ((readInt(section.text(key)) ?? 0) < 0) {
      section.refuseValue(key, 'config/bad-value', 'event_recorder webhook batch settings cannot be negative');
    } else if (!isBatch && isGiven(section, key)) {
      const message = 'event_recorder webhook batch settings require batch: true';
      section.refuse(key, 'config/incomplete', message, 'add batch: true, or remove it');
    }
  }
  if (!isBatch) return null;
  return {
    maxEvents: countOf(section, 'batch_max_events', BATCH_DEFAULTS.maxEvents),
    maxBytes: countOf(section, 'batch_max_bytes', BATCH_DEFAULTS.maxBytes),
    flushInterval: section.duration('batch_flush_interval', 0) || BATCH_DEFAULTS.flushInterval,
  };
}

/** 0 is the default, as it is upstream. */
const isGiven = (section: Section, key: string): boolean =>
  countOf(section, key, 0) > 0 || section.duration(key, 0) > 0;

/** Nothing below 1 means anything. */
function countOf(section: Section, key: string, otherwise: number): number {
  const value = readInt(section.text(key)) ?? 0;
  return value > 0 ? value : otherwise;
}

/** A key of the top level. */
export function printEventRecorder({ files, stdouts, webhooks }: EventRecorderConfig): readonly Field[] {
  const lists: readonly (readonly [string, readonly Printable[]])[] = [
    ['file_outputs', files.map((path) => new Map([['path', path]]))],
    ['webhook_outputs', webhooks.map(printWebhook)],
    ['stdout_outputs', Array.from({ length: stdouts }, () => new Map())],
  ];
  const given = lists.filter(([, list]) => list.length > 0);
  return given.length === 0 ? [] : [['event_recorder', new Map<string, Printable>(given)]];
}

type Field = readonly [key: string, value: Printable];

function printWebhook({ http, timeout, workers, maxRetries, retryBackoff, batch }: EventWebhookConfig): Printable {
  return new Map<string, Printable>([
    // Not the bare word: amtool reads the key as a URL, and would refuse the whole file.
    ['url', 'http://<secret>'],
    ['http_config', printHttpConfig(http)],
    ['timeout', printDuration(timeout)],
    ['workers', workers],
    ['max_retries', maxRetries],
    ['retry_backoff', printDuration(retryBackoff)],
    ...(batch === null ? [] : printBatch(batch)),
  ]);
}

const printBatch = ({ maxEvents, maxBytes, flushInterval }: EventBatchConfig): readonly Field[] => [
  ['batch', true],
  ['batch_max_events', maxEvents],
  ['batch_max_bytes', maxBytes],
  ['batch_flush_interval', printDuration(flushInterval)],
];
