// A question as a line for a shell that anyone may see: what is secret, or looks as if it were, is left out.
import type { DataSourceConfig } from '../../config/config.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import type { Question } from '../../ports/data-source.ts';
import { mergedParams, timeText } from './question-form.ts';

export type Asked = Pick<Question, 'query' | 'at' | 'params' | 'headers'>;

export function curlLine(config: DataSourceConfig, url: string, { query, at, params, headers }: Asked): string {
  const line = ['curl', '-sSg', ...authOptions(config.http), ...tlsOptions(config.http)];
  for (const [name, value] of allHeaders(config, headers)) line.push('-H', quoted(`${name}: ${value}`));
  const form: (readonly [string, string])[] = [['query', query]];
  for (const [name, values] of mergedParams([config.params, params])) {
    for (const value of values) form.push([name, isSecretName(name) ? SECRET : value]);
  }
  form.push(['time', timeText(at)]);
  for (const [name, value] of form) line.push('--data-urlencode', quoted(`${encodeURIComponent(name)}=${value}`));
  return [...line, quoted(url)].join(' ');
}

const SECRET = '<secret>';

const isSecretName = (name: string): boolean =>
  /auth|cookie|credential|key|passw|secret|session|signature|token/i.test(name);

/** The question's own stand alone, as they do when it is asked. */
function allHeaders(config: DataSourceConfig, own: Asked['headers']): readonly (readonly [string, string])[] {
  const shown = (name: string, value: string): readonly [string, string] => [name, isSecretName(name) ? SECRET : value];
  const ownNames = new Set(own.map(([name]) => name.toLowerCase()));
  const tenant = config.tenant === null ? [] : [[TENANT_HEADER, config.tenant] as const];
  const configured = config.http.headers.flatMap(({ name, values, secrets, files }) => [
    ...values.map((value) => shown(name, value)),
    ...[...secrets, ...files].map(() => [name, SECRET] as const),
  ]);
  return [
    ...[...tenant, ...configured].filter(([name]) => !ownNames.has(name.toLowerCase())),
    ...own.map(([name, value]) => shown(name, value)),
  ];
}

export const TENANT_HEADER = 'X-Scope-OrgID';

/** curl asks for the password of a user without one. */
function authOptions({ auth }: HttpConfig): readonly string[] {
  switch (auth?.kind) {
    case 'basic':
      return ['-u', quoted(auth.username.kind === 'inline' ? auth.username.text : SECRET)];
    case 'authorization':
      return ['-H', quoted(`Authorization: ${auth.type} ${SECRET}`)];
    case 'oauth2':
      return ['-H', quoted(`Authorization: Bearer ${SECRET}`)];
    case undefined:
      return [];
  }
}

function tlsOptions({ tls }: HttpConfig): readonly string[] {
  const options = tls.insecureSkipVerify ? ['-k'] : [];
  if (tls.ca?.kind === 'file') options.push('--cacert', quoted(tls.ca.path));
  if (tls.cert?.kind === 'file') options.push('--cert', quoted(tls.cert.path));
  if (tls.key?.kind === 'file') options.push('--key', quoted(tls.key.path));
  return options;
}

/** For a POSIX shell. A NUL cannot stand in a command at all. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;
