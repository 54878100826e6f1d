import { describe, expect, it } from 'vitest';
import { alertingSchema, compileAlerting } from '../../../src/config/alerting.ts';
import type { AlertingConfig, RemoteWriteConfig } from '../../../src/config/config.ts';
import { Node, type Complain } from '../../../src/input/node.ts';
import { compileRemoteWrite, remoteWriteSchema } from '../../../src/config/remote-write.ts';
import { compileSchema } from '../../../src/input/schema.ts';
import { parseYaml } from '../../../src/input/yaml.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';

const check = compileSchema({
  type: ['object', 'null'],
  properties: { remote_write: remoteWriteSchema, alerting: alertingSchema },
  additionalProperties: false,
});

interface Compiled {
  readonly remoteWrite: readonly RemoteWriteConfig[];
  readonly alerting: AlertingConfig;
  readonly problems: readonly string[];
}

function compile(yaml: string): Compiled {
  const parsed = parseYaml('belfry.yml', yaml);
  if (!parsed.ok) throw new Error('the test does not even parse');
  const problems = check(parsed.value);
  const complain: Complain = (path, which, { severity, code, message, hint }) =>
    void problems.push(parsed.value.problem(path, which, { severity, code, message, hint }));
  const root = new Node(parsed.value.tree, [], complain);
  const context = { baseDir: '/etc/belfry', names: 'utf8' } as const;
  const remoteWrite = compileRemoteWrite(root.at('remote_write'), context);
  const alerting = compileAlerting(root.at('alerting'), context);
  const printed = problems.map(
    ({ at, message, hint }) => `${at?.line}:${at?.column} ${message}${hint ? ` (${hint})` : ''}`,
  );
  return { remoteWrite, alerting, problems: printed };
}

function compiled(yaml: string): Compiled {
  const result = compile(yaml);
  expect(result.problems).toEqual([]);
  return result;
}

describe('compileRemoteWrite()', () => {
  it('needs no more than a URL', () => {
    const { remoteWrite } = compiled('remote_write: [{url: "http://store/api/v1/write"}]');
    expect(remoteWrite[0]!.name).toMatch(/^[0-9a-f]{6}$/);
    expect(remoteWrite).toEqual([
      {
        name: remoteWrite[0]!.name,
        url: 'http://store/api/v1/write',
        http: { ...DEFAULT_HTTP_CONFIG, enableHttp2: false },
        timeout: 30_000,
        protocol: null,
        sendsHistograms: true,
        writeRelabel: [],
        queue: {
          maxSamplesPerSend: 2000,
          capacity: 1_000_000,
          minBackoff: 30,
          maxBackoff: 5000,
          sampleAgeLimit: 7_200_000,
        },
      },
    ]);
  });

  it('reads every key', () => {
    const { remoteWrite } = compiled(`
remote_write:
  - url: https://store/write
    name: main
    remote_timeout: 5s
    headers: {X-Scope-OrgID: team}
    basic_auth: {username: me, password_file: pw}
    tls_config: {ca_file: ca.pem}
    proxy_url: http://proxy:3128
    follow_redirects: false
    enable_http2: true
    protobuf_message: io.prometheus.write.v2.Request
    write_relabel_configs:
      - {source_labels: [__name__], regex: tmp_.*, action: drop}
    queue_config:
      capacity: 5000
      max_shards: 200
      min_shards: 1
      max_samples_per_send: 500
      batch_send_deadline: 5s
      min_backoff: 1s
      max_backoff: 1m
      retry_on_http_429: true
      sample_age_limit: 0s
    send_exemplars: false
    send_native_histograms: false
    metadata_config: {send: false}
`);
    expect(remoteWrite[0]).toMatchObject({
      name: 'main',
      timeout: 5000,
      protocol: '2.0',
      sendsHistograms: false,
      http: {
        auth: { kind: 'basic', password: { kind: 'file', path: '/etc/belfry/pw' } },
        tls: { ca: { kind: 'file', path: '/etc/belfry/ca.pem' } },
        followRedirects: false,
        enableHttp2: true,
        headers: [{ name: 'X-Scope-OrgID', values: ['team'] }],
      },
      writeRelabel: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'tmp_.*' }],
      queue: { maxSamplesPerSend: 500, capacity: 5000, minBackoff: 1000, maxBackoff: 60_000, sampleAgeLimit: 0 },
    });
    expect(
      compiled('remote_write: [{url: "http://s", protobuf_message: prometheus.WriteRequest}]').remoteWrite,
    ).toMatchObject([{ protocol: '1.0' }]);
  });

  it.each([
    ['no url', 'name: a', '{name', 'url for remote_write is empty'],
    [
      'a url without scheme',
      'url: store:9090',
      'store:9090',
      'unsupported scheme "store" for URL (write it in full, as http://host/api/v1/write)',
    ],
    ['an unknown key', 'url: "http://s", qeue_config: {}', 'qeue_config', 'unknown field "qeue_config"'],
    [
      'an unknown message',
      'url: "http://s", protobuf_message: prw3',
      'prw3',
      'invalid protobuf_message value: unknown type for remote write protobuf message prw3 (one of prometheus.WriteRequest, io.prometheus.write.v2.Request)',
    ],
    [
      'a reserved header',
      'url: "http://s", headers: {Content-Type: x}',
      'Content-Type',
      'setting header "Content-Type" is not allowed',
    ],
    [
      'two ways to sign in',
      'url: "http://s", basic_auth: {username: a}, oauth2: {client_id: a, token_url: "http://t"}',
      'oauth2',
      'at most one of basic_auth, oauth2 & authorization must be configured',
    ],
    [
      'exemplars',
      'url: "http://s", send_exemplars: true',
      'send_exemplars',
      'send_exemplars is not supported: rules have no exemplars to send (remove it)',
    ],
    [
      'metadata',
      'url: "http://s", metadata_config: {send_interval: 1m}',
      'metadata_config',
      'metadata_config is not supported: rules have no metadata to send (remove it, or say send: false)',
    ],
    [
      'sigv4',
      'url: "http://s", sigv4: {region: x}',
      'sigv4',
      'sigv4 is not supported (basic_auth, authorization, oauth2 and tls_config are)',
    ],
    [
      'azuread',
      'url: "http://s", azuread: {}',
      'azuread',
      'azuread is not supported (basic_auth, authorization, oauth2 and tls_config are)',
    ],
    [
      'several shards',
      'url: "http://s", queue_config: {min_shards: 4}',
      '4}',
      'min_shards cannot be more than 1: one sender per target keeps the samples of a series in order (remove it)',
    ],
    [
      'shards the wrong way round',
      'url: "http://s", queue_config: {min_shards: 4, max_shards: 2}',
      'min_shards',
      'remote write queue min_shards must not be greater than max_shards',
    ],
    [
      'no 429',
      'url: "http://s", queue_config: {retry_on_http_429: false}',
      'false',
      'retry_on_http_429 cannot be switched off: samples refused with 429 are sent again (remove it)',
    ],
    [
      'no capacity',
      'url: "http://s", queue_config: {capacity: 0}',
      '0}',
      'remote write queue capacity must be positive',
    ],
    [
      'pauses the wrong way round',
      'url: "http://s", queue_config: {min_backoff: 10s}',
      'min_backoff',
      'remote write queue max_backoff must not be less than min_backoff',
    ],
    [
      'a bad duration',
      'url: "http://s", remote_timeout: 5',
      '5}',
      'not a valid duration string: "5" (a unit is missing: did you mean "5s"?)',
    ],
    [
      'a bad rule',
      'url: "http://s", write_relabel_configs: [{action: drop, regex: "("}]',
      '"("',
      'error parsing regexp: missing closing ): `^(?s:()$`',
    ],
  ])('refuses %s, and points at it', (_what, entry, place, problem) => {
    const text = `remote_write: [{${entry}}]`;
    const { problems } = compile(text);
    expect(problems.map((one) => one.replace(/^1:\d+ /, '').slice(0, problem.length))).toEqual([problem]);
    const column = Number(/^1:(\d+)/.exec(problems[0]!)![1]);
    expect(text.slice(column - 1)).toMatch(new RegExp(`^${RegExp.escape(place)}`));
  });

  it('refuses two of one name, and two that are equal', () => {
    const named = 'remote_write:\n- {url: "http://a", name: x}\n- {url: "http://b", name: x}';
    expect(compile(named).problems).toEqual([
      '3:27 found multiple remote write configs with job name "x" (give each a name of its own)',
    ]);
    expect(compile('remote_write:\n- {url: "http://a"}\n- {url: "http://a"}').problems).toHaveLength(1);
    expect(compiled('remote_write:\n- {url: "http://a"}\n- {url: "http://b"}').remoteWrite).toHaveLength(2);
  });
});

describe('compileAlerting()', () => {
  const urls = (yaml: string): readonly string[] => compiled(yaml).alerting.alertmanagers.map(({ url }) => url);

  it('of nothing is nothing', () => {
    expect(compiled('alerting:').alerting).toEqual({ relabel: [], alertmanagers: [] });
  });

  it('needs no more than targets', () => {
    const { alerting } = compiled(
      'alerting: {alertmanagers: [{static_configs: [{targets: ["am:9093", "am2:9093"]}]}]}',
    );
    const one = { http: DEFAULT_HTTP_CONFIG, timeout: 10_000, relabel: [] };
    expect(alerting.alertmanagers).toEqual([
      { ...one, url: 'http://am:9093/api/v2/alerts' },
      { ...one, url: 'http://am2:9093/api/v2/alerts' },
    ]);
  });

  it('reads every key', () => {
    const { alerting } = compiled(`
alerting:
  alert_relabel_configs:
    - {regex: replica, action: labeldrop}
  alertmanagers:
    - scheme: https
      path_prefix: /am/
      timeout: 3s
      api_version: v2
      basic_auth: {username: me, password: pw}
      tls_config: {ca_file: ca.pem}
      static_configs: [{targets: ["[::1]:9093"], labels: {zone: a}}]
      alert_relabel_configs:
        - {source_labels: [severity], regex: none, action: drop}
`);
    expect(alerting).toMatchObject({
      relabel: [{ action: 'labeldrop', regex: 'replica' }],
      alertmanagers: [
        {
          url: 'https://[::1]:9093/am/api/v2/alerts',
          timeout: 3000,
          http: { auth: { kind: 'basic' }, tls: { ca: { kind: 'file', path: '/etc/belfry/ca.pem' } } },
          relabel: [{ action: 'drop', regex: 'none' }],
        },
      ],
    });
  });

  it('relabels targets: address, scheme, path, and whether they are asked at all', () => {
    expect(
      urls(`
alerting:
  alertmanagers:
    - static_configs:
        - targets: [am1, am2, old]
          labels: {zone: b, __alerts_path__: /own/path}
      relabel_configs:
        - {source_labels: [__address__], regex: old, action: drop}
        - {source_labels: [__address__], target_label: __address__, replacement: "$1:9093"}
        - {source_labels: [__address__, zone], regex: "am2.*;b", target_label: __scheme__, replacement: https}
`),
    ).toEqual(['http://am1:9093/own/path', 'https://am2:9093/own/path']);
  });

  it('tells each once', () => {
    expect(
      urls('alerting: {alertmanagers: [{static_configs: [{targets: [a, a]}]}, {static_configs: [{targets: [a]}]}]}'),
    ).toEqual(['http://a/api/v2/alerts']);
  });

  it.each([
    [
      'a URL as target',
      'static_configs: [{targets: ["http://am:9093"]}]',
      '"http://am:9093" is not a valid hostname (write host:port; scheme and path_prefix are keys)',
    ],
    ['an empty target', 'static_configs: [{targets: [""]}]', 'missing host for URL'],
    ['another scheme', 'static_configs: [{targets: [am]}], scheme: ftp', 'unsupported scheme "ftp" for URL'],
    [
      'service discovery',
      'dns_sd_configs: [{names: [x]}]',
      'dns_sd_configs is not supported: Alertmanagers are found by static_configs only (list them under static_configs)',
    ],
    [
      'kubernetes',
      'kubernetes_sd_configs: [{role: pod}]',
      'kubernetes_sd_configs is not supported: Alertmanagers are found by static_configs only (list them under static_configs)',
    ],
    ['the first API', 'api_version: v1', 'expected Alertmanager api version to be one of [v2] but got v1 (remove it)'],
    ['sigv4', 'sigv4: {}', 'sigv4 is not supported (basic_auth, authorization, oauth2 and tls_config are)'],
    [
      'a rule that does nothing',
      'relabel_configs: [{action: replace}]',
      "relabel configuration for replace action requires 'target_label' value",
    ],
    [
      'an empty rule',
      'alert_relabel_configs: [null]',
      'empty or null Alertmanager alert relabeling rule (remove the dash or fill it in)',
    ],
    ['a misspelt key', 'static_config: []', 'unknown field "static_config"'],
  ])('refuses %s', (_what, entry, problem) => {
    const { problems } = compile(`alerting:\n  alertmanagers: [{${entry}}]`);
    expect(problems.map((text) => text.replace(/^2:\d+ /, '').slice(0, problem.length))).toEqual([problem]);
  });
});
