// http_config written back, as the status of a running server shows it: defaults filled in, the older bearer_token
// keys as the authorization they mean, secrets hidden.
import type { Printable } from '../input/print-yaml.ts';
import type { HttpAuth, HttpConfig, ProxyConfig, SecretSource, TextSource, TlsConfig } from './http-config.ts';

type Fields = [key: string, value: Printable][];

const SECRET = '<secret>';

export function printHttpConfig(http: HttpConfig): ReadonlyMap<string, Printable> {
  const tls = printTls(http.tls);
  return new Map<string, Printable>([
    ...printAuth(http.auth),
    ...(isPlainTls(http.tls) ? [] : ([['tls_config', tls]] satisfies Fields)),
    ['follow_redirects', http.followRedirects],
    ['enable_http2', http.enableHttp2],
    ...printProxy(http.proxy),
    ...printHeaders(http.headers),
  ]);
}

export function printTls(tls: TlsConfig): ReadonlyMap<string, Printable> {
  return new Map<string, Printable>([
    ...printText('ca', tls.ca),
    ...printText('cert', tls.cert),
    ...printSecret('key', tls.key),
    ...given('server_name', tls.serverName ?? ''),
    ['insecure_skip_verify', tls.insecureSkipVerify],
    ...given('min_version', tls.minVersion ?? ''),
    ...given('max_version', tls.maxVersion ?? ''),
  ]);
}

function printAuth(auth: HttpAuth | null): Fields {
  if (auth === null) return [];
  switch (auth.kind) {
    case 'basic': {
      const fields = [...printText('username', auth.username), ...printSecret('password', auth.password)];
      return [['basic_auth', new Map<string, Printable>(fields)]];
    }
    case 'authorization': {
      const fields: Fields = [['type', auth.type], ...printSecret('credentials', auth.credentials)];
      return [['authorization', new Map<string, Printable>(fields)]];
    }
    case 'oauth2': {
      const fields: Fields = [
        ['client_id', auth.clientId],
        ...printSecret('client_secret', auth.clientSecret),
        ...(auth.scopes.length === 0 ? [] : ([['scopes', auth.scopes]] satisfies Fields)),
        ['token_url', auth.tokenUrl],
        ...(auth.endpointParams.length === 0
          ? []
          : ([['endpoint_params', new Map(auth.endpointParams)]] satisfies Fields)),
        ...(isPlainTls(auth.tls) ? [] : ([['tls_config', printTls(auth.tls)]] satisfies Fields)),
        ...printProxy(auth.proxy),
      ];
      return [['oauth2', new Map<string, Printable>(fields)]];
    }
  }
}

function printProxy(proxy: ProxyConfig): Fields {
  const headers = new Map<string, string[]>();
  for (const [name] of proxy.connectHeaders) headers.set(name, [...(headers.get(name) ?? []), SECRET]);
  return [
    ...given('proxy_url', proxy.url === null ? '' : withoutPassword(proxy.url.open())),
    ...given('no_proxy', proxy.noProxy),
    ...(proxy.fromEnvironment ? ([['proxy_from_environment', true]] satisfies Fields) : []),
    ...(headers.size === 0 ? [] : ([['proxy_connect_header', headers]] satisfies Fields)),
  ];
}

const printHeaders = (headers: HttpConfig['headers']): Fields =>
  headers.length === 0 ? [] : [['http_headers', printHeaderLists(headers)]];

export function printHeaderLists(headers: HttpConfig['headers']): ReadonlyMap<string, Printable> {
  const printed = headers.map(({ name, values, secrets, files }) => {
    const lists: [string, readonly string[]][] = [
      ['values', values],
      ['secrets', secrets.map(String)],
      ['files', files],
    ];
    return [name, new Map<string, Printable>(lists.filter(([, list]) => list.length > 0))] as const;
  });
  return new Map<string, Printable>(printed);
}

function printText(key: string, source: TextSource | null): Fields {
  if (source === null) return [];
  return source.kind === 'file' ? [[`${key}_file`, source.path]] : given(key, source.text);
}

function printSecret(key: string, source: SecretSource | null): Fields {
  if (source === null) return [];
  return source.kind === 'file' ? [[`${key}_file`, source.path]] : [[key, SECRET]];
}

const given = (key: string, text: string): Fields => (text === '' ? [] : [[key, text]]);

const isPlainTls = (tls: TlsConfig): boolean =>
  Object.values(tls).every((value: unknown) => value === null || value === false);

/** As Go shows a URL: the user stays, the password is crossed out. */
const withoutPassword = (url: string): string => url.replace(/^([^:/]+:\/\/[^:/@]*):[^/?#]*@/, '$1:xxxxx@');
