// prometheus: where rules ask their questions, a mapping, or a list of them with names. Ours; its keys are spelled as
// Prometheus spells those of remote_read, with the keys of http_config inline.
import { readInt } from '../input/scalar.ts';
import { goQuote } from '../model/go-quote.ts';
import type { DurationMs } from '../model/time.ts';
import { compileHttpConfig } from '../outbound/compile.ts';
import { refuseBadHeaderValue } from '../outbound/header-rules.ts';
import { httpConfigKeys } from '../outbound/schema.ts';
import { Section } from '../outbound/section.ts';
import { httpUrlFault } from '../outbound/url.ts';
import type { DataSourceConfig } from './config.ts';
import type { Node } from '../input/node.ts';

const text = { type: ['string', 'null'] };
const openUrl = { ...text, format: 'open-url' };

const dataSource = {
  properties: {
    name: text,
    url: openUrl,
    external_url: openUrl,
    timeout: { ...text, format: 'duration' },
    tenant: text,
    params: {
      type: ['object', 'null'],
      additionalProperties: { type: ['array', 'string', 'null'], items: { type: 'string' } },
    },
    concurrency: { ...text, format: 'uint' },
    max_bytes: text,
    max_series: { ...text, format: 'uint' },
    partial_answers: { type: ['string', 'null'], enum: ['keep', 'fail', 'accept'] },
    hold_vanished: { ...text, format: 'duration' },
    read_after_write: { type: ['string', 'null'], enum: ['prove', 'trust'] },
    /** Refused below, with the place where its keys belong. */
    http_config: {},
    ...httpConfigKeys,
  },
  additionalProperties: false,
} as const;

export const dataSourcesSchema = {
  // A text is refused below, with what was meant.
  type: ['object', 'array', 'string', 'null'],
  format: 'open-url',
  ...dataSource,
  items: { type: 'object', ...dataSource },
} as const;

export interface DataSourceContext {
  /** What relative file names are relative to. */
  readonly baseDir: string;
}

const DEFAULT_NAME = 'prometheus';
const DEFAULT_TIMEOUT: DurationMs = 30_000; // timeout
const DEFAULT_HOLD: DurationMs = 5 * 60_000; // hold_vanished
const DEFAULT_CONCURRENCY = 32; // concurrency
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024; // max_bytes
const DEFAULT_MAX_SERIES = 100_000; // max_series

/** Those that are right; what is wrong is reported. */
export function compileDataSources(node: Node, context: DataSourceContext): readonly DataSourceConfig[] {
  if (node.text !== '') {
    const hint = `write {url: ${goQuote(node.text)}}`;
    node.error('config/wrong-kind', 'prometheus: expected a mapping or a list, found a text', hint);
  }
  const entries = node.isMapping ? [node] : node.items().filter((entry) => entry.isMapping);
  const sources: DataSourceConfig[] = [];
  const names = new Set<string>();
  for (const entry of entries) {
    const name = entry.at('name').text;
    if (name === '' && entries.length > 1) {
      const hint = 'rule groups refer to it by name: datasource: NAME';
      entry.error('config/required', 'missing name: there are several data sources', hint);
    } else if (names.has(name)) {
      const message = `found multiple data sources with name ${goQuote(name)}`;
      entry.at('name').error('config/not-unique', message, 'give each a name of its own');
    }
    names.add(name);
    const source = compileDataSource(entry, context);
    if (source !== null) sources.push(source);
  }
  return sources;
}

function compileDataSource(entry: Node, { baseDir }: DataSourceContext): DataSourceConfig | null {
  const section = Section.open(entry.value, entry.path, entry.report, baseDir);
  if ((section.raw('http_config') ?? null) !== null) {
    const message = 'unknown field "http_config" in a data source';
    section.refuse('http_config', 'config/unknown-field', message, 'its keys stand here without it');
  }
  const http = compileHttpConfig(entry.value, entry.path, entry.report, baseDir);
  const url = compileUrl(section);
  const source = {
    name: section.text('name') || DEFAULT_NAME,
    url,
    externalUrl: compileExternalUrl(section) || url,
    timeout: compileTimeout(section),
    holdVanished: section.duration('hold_vanished', DEFAULT_HOLD),
    params: compileParams(section.section('params')),
    tenant: compileTenant(section),
    concurrency: positive(section, 'concurrency', DEFAULT_CONCURRENCY),
    maxBytes: compileBytes(section, 'max_bytes', DEFAULT_MAX_BYTES),
    maxSeries: positive(section, 'max_series', DEFAULT_MAX_SERIES),
    partialAnswers: compilePartialAnswers(section),
    readAfterWrite: section.text('read_after_write') === 'trust' ? ('trust' as const) : ('prove' as const),
  };
  return section.refused || http === null ? null : { ...source, http };
}

function compileUrl(section: Section): string {
  const url = section.text('url');
  const example = 'write it in full, as http://prometheus:9090';
  if (url === '') {
    section.refuse('url', 'config/required', 'missing url of the data source', example);
    return url;
  }
  const fault = httpUrlFault(url);
  if (fault !== null) {
    section.refuseValue('url', 'config/bad-url', fault, example);
    return url;
  }
  const { username, password, search, hash, pathname } = new URL(url);
  if (username !== '' || password !== '') {
    const message = 'a user or password cannot stand in the url: it is shown to people';
    section.refuseValue('url', 'config/bad-url', message, 'use basic_auth');
  } else if (search !== '' || hash !== '') {
    const message = `the url of a data source cannot have a ${search === '' ? 'fragment' : 'query'}`;
    section.refuseValue('url', 'config/bad-url', message, 'parameters belong under params');
  } else if (/\/api\/v1(?:\/query)?\/*$/.test(pathname)) {
    const message = 'the url of a data source ends before /api/v1';
    section.refuseValue('url', 'config/bad-url', message, 'leave /api/v1 out: it is added');
  }
  return url;
}

function compileExternalUrl(section: Section): string {
  const url = section.text('external_url');
  const fault = url === '' ? null : httpUrlFault(url);
  if (fault !== null) section.refuseValue('external_url', 'config/bad-url', fault, 'what a browser would open');
  return url;
}

function compileTimeout(section: Section): DurationMs {
  const timeout = section.duration('timeout', DEFAULT_TIMEOUT);
  if (timeout === 0) section.refuseValue('timeout', 'config/bad-value', 'timeout must be more than 0');
  return timeout;
}

/** What every question brings itself. */
const OWN_PARAMS: ReadonlyMap<string, string> = new Map([
  ['query', 'it is the expression of the rule'],
  ['time', 'it is the time of the evaluation'],
  ['timeout', 'the timeout of the data source is sent along'],
]);

function compileParams(params: Section | null): DataSourceConfig['params'] {
  if (params === null) return [];
  const compiled: DataSourceConfig['params'][number][] = [];
  for (const name of params.keys()) {
    const why = OWN_PARAMS.get(name);
    if (why !== undefined) params.refuse(name, 'config/not-allowed', `params cannot set ${goQuote(name)}: ${why}`);
    const values = params.list(name);
    compiled.push([name, values.length > 0 || params.text(name) === '' ? values : [params.text(name)]]);
  }
  return compiled;
}

const TENANT_HEADER = 'X-Scope-OrgID';

function compileTenant(section: Section): string | null {
  const tenant = section.text('tenant');
  if (tenant === '') return null;
  refuseBadHeaderValue(section, 'tenant', tenant);
  const headers = [...(section.section('http_headers')?.keys() ?? [])];
  if (headers.some((name) => name.toLowerCase() === TENANT_HEADER.toLowerCase())) {
    const message = `at most one of tenant & the header ${TENANT_HEADER} must be configured`;
    section.refuse('tenant', 'config/exclusive-keys', message);
  }
  return tenant;
}

function compilePartialAnswers(section: Section): DataSourceConfig['partialAnswers'] {
  const policy = section.text('partial_answers');
  return policy === 'fail' || policy === 'accept' ? policy : 'keep';
}

function positive(section: Section, key: string, otherwise: number): number {
  const value = readInt(section.text(key));
  if (value === null) return otherwise;
  if (value === 0) section.refuseValue(key, 'config/bad-value', `${key} must be more than 0`);
  return value;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];
/** An answer is held as one text, and twice as long none can be. */
const LARGEST_BYTES = 256 * 1024 * 1024;

/** `64MiB`, or a number of bytes. */
function compileBytes(section: Section, key: string, otherwise: number): number {
  const written = section.text(key);
  if (written === '') return otherwise;
  const [, digits = '', unit = 'B'] = /^([0-9]+)([KMG]?i?B)?$/.exec(written) ?? [];
  // As everywhere in Prometheus' files, MB is MiB.
  const power = UNITS.findIndex((name) => name === unit || name.replace('i', '') === unit);
  const bytes = Number(digits) * 1024 ** power;
  if (digits === '' || power === -1) {
    section.refuseValue(key, 'config/bad-value', `not a size: ${goQuote(written)}`, 'write it as 64MiB');
  } else if (bytes < 1 || bytes > LARGEST_BYTES) {
    section.refuseValue(key, 'config/bad-value', `${key} must be more than 0 and at most 256MiB`);
  }
  return bytes;
}
