import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../src/input/schema.ts';
import { parseYaml } from '../../../src/input/yaml.ts';
import { compileHttpConfig, DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import type { HttpConfig } from '../../../src/outbound/http-config.ts';
import { httpConfigSchema } from '../../../src/outbound/schema.ts';

const check = compileSchema(httpConfigSchema);

/** The whole way of an http_config: YAML, schema, compilation. */
function compile(yaml: string): { config: HttpConfig | null; problems: string[] } {
  const parsed = parseYaml('belfry.yml', yaml);
  if (!parsed.ok) throw new Error('the test does not even parse');
  const problems = check(parsed.value);
  const report: Parameters<typeof compileHttpConfig>[2] = (path, which, code, message, hint) =>
    void problems.push(parsed.value.problem(path, which, { code, message, hint }));
  const config = problems.length > 0 ? null : compileHttpConfig(parsed.value.tree, [], report, '/etc/belfry');
  return { config, problems: problems.map(({ at, message }) => `${at?.line}:${at?.column} ${message}`) };
}

function compiled(yaml: string): HttpConfig {
  const { config, problems } = compile(yaml);
  expect(problems).toEqual([]);
  if (config === null) throw new Error('nothing was compiled');
  return config;
}

describe('compileHttpConfig()', () => {
  it('gives the defaults for an empty mapping, and for keys without values', () => {
    expect(compiled('{}')).toEqual(DEFAULT_HTTP_CONFIG);
    const empty = 'basic_auth:\nauthorization:\noauth2:\nbearer_token:\ntls_config:\nproxy_url:\nhttp_headers:\n';
    expect(compiled(`${empty}follow_redirects:\nenable_http2:\nno_proxy:\n`)).toEqual(DEFAULT_HTTP_CONFIG);
  });

  it('reads every key', () => {
    const config = compiled(`
basic_auth: {username: me, password_file: secrets/pw}
tls_config:
  ca_file: ca.pem
  cert: CERT
  key_file: /abs/key.pem
  server_name: inner
  insecure_skip_verify: yes
  min_version: TLS12
  max_version: TLS13
follow_redirects: no
enable_http2: off
proxy_url: http://u:p@proxy:3128
no_proxy: .example.org,10.0.0.0/8
proxy_connect_header: {X-A: [one, two]}
http_headers:
  X-B: {values: [v], secrets: [s], files: [h.txt]}
`);
    expect(config).toMatchObject({
      auth: {
        kind: 'basic',
        username: { kind: 'inline', text: 'me' },
        password: { kind: 'file', path: '/etc/belfry/secrets/pw' },
      },
      tls: {
        ca: { kind: 'file', path: '/etc/belfry/ca.pem' },
        cert: { kind: 'inline', text: 'CERT' },
        key: { kind: 'file', path: '/abs/key.pem' },
        serverName: 'inner',
        insecureSkipVerify: true,
        minVersion: 'TLS12',
        maxVersion: 'TLS13',
      },
      followRedirects: false,
      enableHttp2: false,
      proxy: { noProxy: '.example.org,10.0.0.0/8', fromEnvironment: false },
      headers: [{ name: 'X-B', values: ['v'], files: ['/etc/belfry/h.txt'] }],
    });
    expect(config.proxy.url?.open()).toBe('http://u:p@proxy:3128');
    expect(config.proxy.connectHeaders.map(([name, value]) => [name, value.open()])).toEqual([
      ['X-A', 'one'],
      ['X-A', 'two'],
    ]);
    expect(config.headers[0]!.secrets.map((secret) => secret.open())).toEqual(['s']);
    expect(JSON.stringify(config)).not.toMatch(/u:p@|"s"|"one"/);
  });

  it('reads oauth2 with its own TLS and proxy', () => {
    const { auth } = compiled(`
oauth2:
  client_id: id
  client_secret_file: cs
  scopes: [a, b]
  token_url: https://issuer/token
  endpoint_params: {audience: x, __proto__: y}
  tls_config: {insecure_skip_verify: true}
  proxy_from_environment: true
`);
    expect(auth).toMatchObject({
      kind: 'oauth2',
      clientId: 'id',
      clientSecret: { kind: 'file', path: '/etc/belfry/cs' },
      scopes: ['a', 'b'],
      tokenUrl: 'https://issuer/token',
      endpointParams: [
        ['audience', 'x'],
        ['__proto__', 'y'],
      ],
      tls: { insecureSkipVerify: true },
      proxy: { fromEnvironment: true },
    });
  });

  it.each([
    ['bearer_token: abc', 'Bearer', 'inline'],
    ['bearer_token_file: t', 'Bearer', 'file'],
    ['authorization: {credentials: abc}', 'Bearer', 'inline'],
    ['authorization: {type: " Token ", credentials_file: t}', 'Token', 'file'],
  ])('turns %s into an authorization', (yaml, type, kind) => {
    expect(compiled(yaml).auth).toMatchObject({ kind: 'authorization', type, credentials: { kind } });
  });

  it.each(['authorization: {}', 'basic_auth: {}'])('takes an empty section as set, as upstream does: %s', (yaml) => {
    expect(compiled(yaml).auth).not.toBeNull();
  });

  it.each([
    'proxy_url: ""\nno_proxy: x',
    'proxy_url: socks5://h:1',
    'oauth2: {client_id: a, token_url: "http://h", grant_type: ""}',
  ])('accepts what upstream accepts: %j', (yaml) => expect(compile(yaml).problems).toEqual([]));
});

describe('compileHttpConfig() refuses', () => {
  const both = 'at most one of basic_auth, oauth2 & authorization must be configured';
  const oauth2 = 'oauth2: {client_id: a, token_url: "http://h"';
  it.each([
    ['bearer_token: a\nbearer_token_file: b', '2:1 at most one of bearer_token & bearer_token_file must be configured'],
    [
      'basic_auth: {username: a}\nbearer_token: a',
      '2:1 at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
    ],
    ['bearer_token: a\nauthorization: {}', '1:1 authorization is not compatible with bearer_token & bearer_token_file'],
    ['basic_auth: {}\nauthorization: {}', `2:1 ${both}`],
    [`${oauth2}}\nauthorization: {}`, `1:1 ${both}`],
    [`basic_auth: {}\n${oauth2}}`, `2:1 ${both}`],
    [
      'basic_auth: {username: a, username_file: b}',
      '1:27 at most one of basic_auth username, username_file & username_ref must be configured',
    ],
    [
      'basic_auth: {password: a, password_file: b}',
      '1:27 at most one of basic_auth password, password_file & password_ref must be configured',
    ],
    ['basic_auth: {username_ref: a}', '1:14 username_ref cannot be used: there is no secret manager'],
    [
      'authorization: {credentials: a, credentials_file: b}',
      '1:33 at most one of authorization credentials & credentials_file must be configured',
    ],
    ['authorization: {type: BASIC}', '1:23 authorization type cannot be set to "basic", use "basic_auth" instead'],
    ['oauth2: {token_url: "http://h"}', '1:1 oauth2 client_id must be configured'],
    ['oauth2: {client_id: a}', '1:1 oauth2 token_url must be configured'],
    [
      `${oauth2}, client_secret: b, client_secret_file: c}`,
      '1:65 at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using grant-type=client_credentials',
    ],
    [
      `${oauth2}, grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer"}`,
      '1:59 grant_type jwt-bearer is not supported',
    ],
    ['oauth2: {client_id: a, token_url: "ftp://h/secret"}', '1:35 invalid token_url: unsupported scheme "ftp" for URL'],
    ['tls_config: {ca: a, ca_file: b}', '1:21 at most one of ca, ca_file & ca_ref must be configured'],
    [
      'tls_config: {cert: a, cert_file: b, key: c}',
      '1:23 at most one of cert, cert_file & cert_ref must be configured',
    ],
    ['tls_config: {cert: a, key: c, key_file: d}', '1:31 at most one of key and key_file must be configured'],
    [
      'tls_config: {cert_file: a}',
      '1:14 exactly one of key or key_file must be configured when a client certificate is configured',
    ],
    [
      'tls_config: {key: a}',
      '1:14 exactly one of cert or cert_file must be configured when a client key is configured',
    ],
    ['tls_config: {min_version: TLS9}', '1:27 unknown TLS version: TLS9'],
    [
      'tls_config: {min_version: TLS13, max_version: TLS12}',
      '1:47 tls_config.max_version must be greater than or equal to tls_config.min_version if both are specified',
    ],
    [
      'proxy_connect_header: {a: [b]}',
      '1:1 if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured',
    ],
    [
      'proxy_from_environment: true\nproxy_url: http://a',
      '2:1 if proxy_from_environment is configured, proxy_url must not be configured',
    ],
    [
      'proxy_from_environment: true\nno_proxy: a',
      '2:1 if proxy_from_environment is configured, no_proxy must not be configured',
    ],
    ['no_proxy: a', '1:1 if no_proxy is configured, proxy_url must also be configured'],
    [
      'oauth2:\n  client_id: a\n  token_url: http://h\n  no_proxy: b',
      '4:3 if no_proxy is configured, proxy_url must also be configured',
    ],
    ['proxy_url: 10.0.0.1:3128', '1:12 invalid proxy_url: unsupported scheme "" for URL'],
    ['proxy_url: ":foo"', '1:12 invalid proxy_url: unsupported scheme "" for URL'],
    ['proxy_url: "%zz"', '1:12 invalid proxy_url: unsupported scheme "" for URL'],
    ['proxy_url: foo_b:80', '1:12 invalid proxy_url: unsupported scheme "" for URL'],
    ['proxy_url: http://h:port', '1:12 invalid proxy_url: it cannot be parsed'],
    ['proxy_url: ftp://h:port', '1:12 invalid proxy_url: unsupported scheme "ftp" for URL'],
    ['http_headers: {authorization: {values: [a]}}', '1:16 setting header "Authorization" is not allowed'],
    ['http_headers: {WWW-authenticate: {}}', '1:16 setting header "Www-Authenticate" is not allowed'],
    ['http_headers: {"a b": {values: [c]}}', '1:16 invalid header name "a b"'],
    ['http_headers: {a: {values: ["b\\nc: d"]}}', '1:16 invalid value for header "a": control character'],
  ])('%j', (yaml, expected) => {
    expect(compile(yaml)).toEqual({ config: null, problems: [expected] });
  });

  it('several mistakes at once', () => {
    const { problems } = compile('basic_auth: {username: a, username_file: b}\nno_proxy: x\ntls_config: {key: a}');
    expect(problems).toHaveLength(3);
  });
});

describe('httpConfigSchema', () => {
  it.each(['basic_auht: {}', 'tls_config: {a: 1}', 'http_headers: {X: {value: [a]}}', 'oauth2: {b: 1}'])(
    'refuses an unknown key: %s',
    (yaml) => expect(compile(yaml).problems).toHaveLength(1),
  );

  it.each([
    'enable_http2: maybe',
    'http_headers: {A: {values: a}}',
    'tls_config: []',
    'basic_auth: x',
    'bearer_token: [a]',
  ])('refuses the wrong form: %s', (yaml) => expect(compile(yaml).problems).toHaveLength(1));
});
