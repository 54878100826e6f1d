// The web config file (exporter-toolkit's format): TLS, basic auth users, answer headers, a rate limit. From text
// to a compiled value or positioned problems. Files it names are only named; tls.ts reads them.
import { dirname } from 'node:path';
import { Hiding, withHiddenExcerpts } from '../input/hidden-excerpt.ts';
import { SecretKeys } from '../input/secret-places.ts';
import { compileSchema, type Schema } from '../input/schema.ts';
import { Secret } from '../input/secret.ts';
import { parseYaml } from '../input/yaml.ts';
import { parseGoDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Checked, Problem } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import type { SecretSource, TextSource, TlsVersion } from '../outbound/http-config.ts';
import { Section } from '../outbound/section.ts';
import { CIPHERS, CURVES } from './tls-names.ts';

export interface WebConfig {
  readonly tls: ServerTls | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Names and bcrypt hashes. Empty: no login. */
  readonly users: ReadonlyMap<string, Secret>;
  readonly rateLimit: { readonly interval: DurationMs; readonly burst: number } | null;
}

export interface ServerTls {
  readonly cert: TextSource;
  readonly key: SecretSource;
  readonly clientCa: TextSource | null;
  readonly clientAuth: ClientAuth;
  /** null: any. */
  readonly allowedSans: readonly string[] | null;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** In OpenSSL's names; empty is the default. */
  readonly ciphers: readonly string[];
  readonly curves: readonly string[];
}

export type ClientAuth =
  | 'NoClientCert'
  | 'RequestClientCert'
  | 'RequireAnyClientCert'
  | 'VerifyClientCertIfGiven'
  | 'RequireAndVerifyClientCert';

export const NO_WEB_CONFIG: WebConfig = { tls: null, headers: {}, users: new Map(), rateLimit: null };

/** A higher cost makes every wrong password a way to keep us busy. */
const HIGHEST_BCRYPT_COST = 14;

export function compileWebConfig(file: string, text: string): Checked<WebConfig> {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return { ok: false, problems: withHiddenExcerpts(parsed.problems, text) };
  const doc = parsed.value;
  const problems: Problem[] = checkShape(doc);
  const hiding = new Hiding(secretKeys, doc);
  if (problems.length > 0) return { ok: false, problems: hiding.problems(problems) };
  const root = Section.open(
    doc.tree,
    [],
    (path, which, code, message, hint) => problems.push(doc.problem(path, which, { code, message, hint })),
    dirname(file),
  );
  const value: WebConfig = {
    tls: compileTls(root.section('tls_server_config')),
    headers: compileHeaders(root.section('http_server_config')?.section('headers') ?? null),
    users: compileUsers(root.section('basic_auth_users')),
    rateLimit: compileRateLimit(root.section('rate_limit')),
  };
  return problems.length > 0
    ? { ok: false, problems: hiding.problems(problems) }
    : { ok: true, value, warnings: parsed.warnings };
}

const text: Schema = { type: ['string', 'null'] };
const secret: Schema = { ...text, format: 'secret' };
const bool: Schema = { type: ['string', 'null'], format: 'bool' };
const texts: Schema = { type: ['array', 'null'], items: { type: 'string' } };
const mapping = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: ['object', 'null'],
  properties,
  additionalProperties: false,
});

export const webConfigSchema: Schema = mapping({
  tls_server_config: mapping({
    cert: text,
    key: secret,
    client_ca: text,
    cert_file: text,
    key_file: text,
    client_auth_type: text,
    client_ca_file: text,
    client_allowed_sans: texts,
    min_version: text,
    max_version: text,
    cipher_suites: texts,
    prefer_server_cipher_suites: bool,
    curve_preferences: texts,
  }),
  http_server_config: mapping({ http2: bool, headers: { type: ['object', 'null'], additionalProperties: text } }),
  basic_auth_users: { type: ['object', 'null'], additionalProperties: secret },
  rate_limit: mapping({
    interval: { type: ['string', 'null'], format: 'go-duration' },
    burst: { type: ['string', 'null'], format: 'uint' },
  }),
});
const checkShape = compileSchema(webConfigSchema);
const secretKeys = new SecretKeys(webConfigSchema);

const BAD_VALUE = 'web-config/bad-value';
const CLIENT_AUTH: ReadonlyMap<string, ClientAuth> = new Map([
  ['', 'NoClientCert'],
  ['NoClientCert', 'NoClientCert'],
  ['RequestClientCert', 'RequestClientCert'],
  ['RequireAnyClientCert', 'RequireAnyClientCert'],
  ['RequireClientCert', 'RequireAnyClientCert'],
  ['VerifyClientCertIfGiven', 'VerifyClientCertIfGiven'],
  ['RequireAndVerifyClientCert', 'RequireAndVerifyClientCert'],
]);
const VERSIONS: readonly TlsVersion[] = ['TLS10', 'TLS11', 'TLS12', 'TLS13'];
const TLS_KEYS = ['cert', 'cert_file', 'key', 'key_file', 'client_ca', 'client_ca_file', 'client_auth_type'];

function compileTls(tls: Section | null): ServerTls | null {
  if (tls === null || TLS_KEYS.every((key) => tls.text(key) === '')) return null;
  // Where both are given upstream reads the file.
  const cert = tls.textSource('', 'cert_file') ?? tls.textSource('cert', '');
  const key = tls.secret('', 'key_file') ?? tls.secret('key', '');
  const clientCa = tls.textSource('', 'client_ca_file') ?? tls.textSource('client_ca', '');
  const clientAuth = CLIENT_AUTH.get(tls.text('client_auth_type'));
  if (clientAuth === undefined) {
    const message = `unknown client_auth_type ${goQuote(tls.text('client_auth_type'))}`;
    tls.refuseValue('client_auth_type', BAD_VALUE, message, `one of ${[...CLIENT_AUTH.values()].slice(1).join(', ')}`);
  }
  if (clientCa !== null && clientAuth === 'NoClientCert') {
    const at = tls.text('client_ca') === '' ? 'client_ca_file' : 'client_ca';
    tls.refuse(at, 'web-config/incomplete', 'a client CA has no effect without a client_auth_type');
  }
  const named = {
    minVersion: version(tls, 'min_version', 'TLS12'),
    maxVersion: version(tls, 'max_version', 'TLS13'),
    ciphers: names(tls, 'cipher_suites', CIPHERS),
    curves: names(tls, 'curve_preferences', CURVES),
    allowedSans: tls.has('client_allowed_sans') ? tls.list('client_allowed_sans') : null,
  };
  if (VERSIONS.indexOf(named.maxVersion) < VERSIONS.indexOf(named.minVersion)) {
    tls.refuse('max_version', BAD_VALUE, 'max_version is older than min_version');
  }
  if (cert === null) tls.refuse('cert_file', 'web-config/incomplete', 'missing one of cert or cert_file');
  if (key === null) tls.refuse('key_file', 'web-config/incomplete', 'missing one of key or key_file');
  if (cert === null || key === null || clientAuth === undefined) return null;
  return { cert, key, clientCa, clientAuth, ...named };
}

function version(tls: Section, key: string, otherwise: TlsVersion): TlsVersion {
  if (!tls.has(key)) return otherwise;
  const found = VERSIONS.find((known) => known === tls.text(key));
  if (found === undefined) {
    tls.refuseValue(key, BAD_VALUE, `unknown TLS version: ${tls.text(key)}`, `one of ${VERSIONS.join(', ')}`);
  }
  return found ?? otherwise;
}

function names(tls: Section, key: string, known: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const name of tls.list(key)) {
    const ours = known.get(name);
    if (ours !== undefined) found.push(ours);
    else
      tls.refuseValue(
        key,
        BAD_VALUE,
        `unknown name ${goQuote(name)} in ${key}`,
        `known are ${[...known.keys()].join(', ')}`,
      );
  }
  return found;
}

/** Which headers may be set, and to what; null is anything. */
const HEADERS: ReadonlyMap<string, readonly string[] | null> = new Map([
  ['Content-Security-Policy', null],
  ['X-Frame-Options', ['deny', 'sameorigin']],
  ['X-Content-Type-Options', ['nosniff']],
  ['X-XSS-Protection', null],
  ['Strict-Transport-Security', null],
]);

function compileHeaders(headers: Section | null): Record<string, string> {
  const compiled = Object.create(null) as Record<string, string>;
  if (headers === null) return compiled;
  for (const name of headers.keys()) {
    const allowed = HEADERS.get(name);
    const value = headers.text(name);
    if (allowed === undefined) {
      headers.refuse(
        name,
        'web-config/unknown-header',
        `HTTP header ${goQuote(name)} can not be configured`,
        `one of ${[...HEADERS.keys()].join(', ')}`,
      );
    } else if (allowed !== null && !(value === '' || allowed.includes(value))) {
      headers.refuseValue(
        name,
        BAD_VALUE,
        `invalid value ${goQuote(value)} for ${name}`,
        `one of ${allowed.join(', ')}`,
      );
    } else if (/[\r\n\0]/.test(value)) {
      headers.refuseValue(name, BAD_VALUE, 'a header is one line');
    } else if (value !== '') compiled[name.toLowerCase()] = value;
  }
  return compiled;
}

const BCRYPT = /^\$2[aby]?\$(\d\d)\$[./A-Za-z0-9]{53}$/;

function compileUsers(section: Section | null): ReadonlyMap<string, Secret> {
  const users = new Map<string, Secret>();
  if (section === null) return users;
  for (const name of section.keys()) {
    const cost = BCRYPT.exec(section.text(name))?.[1];
    if (cost === undefined) {
      section.refuseValue(
        name,
        'web-config/bad-hash',
        `the password of ${goQuote(name)} is not a bcrypt hash`,
        'make one with: htpasswd -nBC 10 ""',
      );
    } else if (Number(cost) > HIGHEST_BCRYPT_COST || Number(cost) < 4) {
      const message = `the bcrypt cost of ${goQuote(name)} is ${Number(cost)}; from 4 to ${HIGHEST_BCRYPT_COST} is allowed`;
      section.refuseValue(name, 'web-config/bcrypt-cost', message, 'make one with: htpasswd -nBC 10 ""');
    }
    users.set(name, new Secret(section.text(name)));
  }
  return users;
}

function compileRateLimit(section: Section | null): WebConfig['rateLimit'] {
  const interval = parseGoDuration(section?.text('interval') || '0s');
  if (section === null || !interval.ok || interval.ms <= 0) return null;
  return { interval: interval.ms, burst: Number(section.text('burst') || 0) };
}
