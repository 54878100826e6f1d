// tracing: where spans of requests and notifications go, with Alertmanager's keys.
import { readFloat } from '../input/scalar.ts';
import { Secret } from '../input/secret.ts';
import type { Printable } from '../input/print-yaml.ts';
import type { Node } from '../input/node.ts';
import { printDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import type { DurationMs } from '../model/time.ts';
import { compileTls } from '../outbound/compile-tls.ts';
import { refuseBadHeaderName, refuseBadHeaderValue } from '../outbound/header-rules.ts';
import { printHeaderLists, printTls } from '../outbound/print.ts';
import { headerListsSchema, tlsConfigSchema } from '../outbound/schema.ts';
import { Section } from '../outbound/section.ts';
import type { TracingConfig } from './config.ts';

const text = { type: ['string', 'null'] };

export const tracingSchema = {
  type: ['object', 'null'],
  properties: {
    client_type: text,
    endpoint: text,
    sampling_fraction: { ...text, format: 'float' },
    insecure: { ...text, format: 'bool' },
    tls_config: tlsConfigSchema,
    headers: headerListsSchema,
    compression: text,
    timeout: { ...text, format: 'duration' },
  },
  additionalProperties: false,
} as const;

const DEFAULT_TIMEOUT: DurationMs = 10_000;

/** null: nothing is traced. */
export function compileTracing(block: Node, baseDir: string): TracingConfig | null {
  if (!block.isMapping) return null;
  const section = Section.open(block.value, block.path, block.report, baseDir);
  const config: TracingConfig = {
    clientType: clientType(section),
    endpoint: endpoint(section),
    samplingFraction: fraction(readFloat(section.text('sampling_fraction'))),
    insecure: section.bool('insecure', false),
    tls: compileTls(section.section('tls_config')),
    headers: compileHeaders(section.section('headers')),
    compression: compression(section),
    timeout: section.duration('timeout', 0) || DEFAULT_TIMEOUT,
  };
  return section.refused ? null : config;
}

/** More than all is all; what is no number is none. */
const fraction = (given: number | null): number => Math.min(Math.max(given || 0, 0), 1);

function clientType(section: Section): TracingConfig['clientType'] {
  const type = section.has('client_type') ? section.text('client_type') : 'grpc';
  if (type === 'grpc' || type === 'http') return type;
  const message = `expected tracing client type to be http or grpc, but got ${goQuote(type)}`;
  section.refuseValue('client_type', 'config/bad-value', message);
  return 'grpc';
}

function endpoint(section: Section): string {
  const given = section.text('endpoint');
  if (given === '')
    section.refuse('endpoint', 'config/required', 'tracing endpoint must be set', 'as "collector:4317"');
  else if (!HOST_PORT.test(given) || !URL.canParse(`http://${given}`)) {
    const message = 'the tracing endpoint is a host and a port, without a scheme and a path';
    const bare = /^[a-z]+:\/\/([^/]+)/i.exec(given)?.[1];
    const hint = bare === undefined ? 'as "collector:4317"' : `did you mean "${bare}"?`;
    section.refuseValue('endpoint', 'config/bad-value', message, hint);
  }
  return given;
}

const HOST_PORT = /^[^\s/?#@]+$/;

function compression(section: Section): TracingConfig['compression'] {
  const given = section.text('compression');
  if (given === '' || given === 'gzip') return given === '' ? null : 'gzip';
  const message = `invalid compression type ${given} provided, valid options: gzip`;
  section.refuseValue('compression', 'config/bad-value', message, 'leave it out for none');
  return null;
}

/** Authorization may be among them: there is no other place for it here. */
function compileHeaders(section: Section | null): TracingConfig['headers'] {
  if (section === null) return [];
  const headers: TracingConfig['headers'][number][] = [];
  for (const name of section.keys()) {
    refuseBadHeaderName(section, name);
    const header = section.section(name);
    if (header === null) continue;
    const [values, secrets] = [header.list('values'), header.list('secrets')];
    for (const value of [...values, ...secrets]) refuseBadHeaderValue(section, name, value);
    if (header.list('files').length > 0) {
      const message = 'header files are not supported for tracing configuration';
      header.refuse('files', 'config/unsupported', message, 'use values or secrets');
    }
    headers.push({ name, values, secrets: secrets.map((secret) => new Secret(secret)), files: [] });
  }
  return headers;
}

export function printTracing(tracing: TracingConfig | null): readonly (readonly [key: string, value: Printable])[] {
  if (tracing === null) return [];
  const { clientType: type, endpoint: where, samplingFraction, insecure, tls, headers, compression: packed } = tracing;
  const isPlainTls = Object.values(tls).every((value) => value === null || value === false);
  const block = new Map<string, Printable>([
    ['client_type', type],
    ['endpoint', where],
    ['sampling_fraction', samplingFraction],
    ['insecure', insecure],
    ...(isPlainTls ? [] : [['tls_config', printTls(tls)] as const]),
    ...(headers.length === 0 ? [] : [['headers', printHeaderLists(headers)] as const]),
    ...(packed === null ? [] : [['compression', packed] as const]),
    ['timeout', printDuration(tracing.timeout)],
  ]);
  return [['tracing', block]];
}
