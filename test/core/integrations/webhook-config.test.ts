import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../src/input/schema.ts';
import { parseYaml } from '../../../src/input/yaml.ts';
import { webhook, type WebhookConfig } from '../../../src/integrations/webhook/config.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';

const check = compileSchema(webhook.schema);
const globalHttp = { ...DEFAULT_HTTP_CONFIG, followRedirects: false };

function compile(yaml: string): { config: WebhookConfig | null; problems: string[] } {
  const parsed = parseYaml('belfry.yml', yaml);
  if (!parsed.ok) throw new Error('the test does not even parse');
  const doc = parsed.value;
  const problems = check(doc);
  const context = {
    report: (path: readonly (string | number)[], which: 'key' | 'value', code: string, message: string) =>
      void problems.push(doc.problem(path, which, { code, message })),
    baseDir: '/etc/belfry',
    globalHttp,
    typed: (path: readonly (string | number)[]) => doc.typed(path),
  };
  const config = problems.length > 0 ? null : webhook.compile(doc.tree, [], context);
  return { config, problems: problems.map(({ at, message }) => `${at?.line}:${at?.column} ${message}`) };
}

function compiled(yaml: string): WebhookConfig {
  const { config, problems } = compile(yaml);
  expect(problems).toEqual([]);
  if (config === null) throw new Error('nothing was compiled');
  return config;
}

describe('webhook.compile()', () => {
  it('gives the defaults', () => {
    const config = compiled('url: http://h/secret');
    expect(config).toMatchObject({ kind: 'webhook', maxAlerts: 0, timeout: null, payload: null });
    expect(config.http).toBe(globalHttp);
    expect(config.url.kind === 'inline' && config.url.secret.open()).toBe('http://h/secret');
    expect(JSON.stringify(config)).not.toContain('http://h/secret');
  });

  it('leaves url_file relative to the working directory, and files of http_config to the file', () => {
    const config = compiled('url_file: hook.url\nhttp_config: {bearer_token_file: t}');
    expect(config.url).toEqual({ kind: 'file', path: 'hook.url' });
    expect(config.http).toMatchObject({ followRedirects: true, auth: { credentials: { path: '/etc/belfry/t' } } });
  });

  it.each([
    ['10s', 10_000],
    ['1.5s', 1500],
    ['1m30s', 90_000],
    ['5000000', 5],
    ['0', null],
    ['0s', null],
    ['-1s', null],
  ])('reads the timeout %s', (text, ms) => {
    expect(compiled(`url: http://h\ntimeout: ${text}`).timeout).toBe(ms);
  });

  it.each([
    ['5', 5],
    ['0x10', 16],
    ['1_000', 1000],
  ])('reads max_alerts %s', (text, count) => {
    expect(compiled(`url: http://h\nmax_alerts: ${text}`).maxAlerts).toBe(count);
  });

  it('keeps the types of the payload, and the digits of a number too big to hold', () => {
    const { payload } = compiled(
      'url: http://h\npayload: {a: [1, "1", yes, ~, 1.5], __proto__: x, big: 12345678901234567890}',
    );
    expect(payload).toEqual(
      new Map<string, unknown>([
        ['a', [1, '1', true, null, 1.5]],
        ['__proto__', 'x'],
        ['big', '12345678901234567890'],
      ]),
    );
  });
});

describe('webhook.compile() refuses', () => {
  it.each([
    ['max_alerts: 1', '1:1 one of url or url_file must be configured'],
    ['url: ""\nurl_file: ""', '1:1 one of url or url_file must be configured'],
    ['url: http://h\nurl_file: f', '2:1 at most one of url & url_file must be configured'],
    ['url: ftp://h/secret', '1:6 invalid URL: unsupported scheme "ftp" for URL'],
    ['url: http://', '1:6 invalid URL: missing host for URL'],
    ['url: http://h/{{ .Status }}', '1:6 templates in a webhook url are not supported yet'],
    ['url: http://h\nhttp_config: {no_proxy: x}', '2:15 if no_proxy is configured, proxy_url must also be configured'],
  ])('%j', (yaml, expected) => {
    expect(compile(yaml)).toEqual({ config: null, problems: [expected] });
  });

  it.each([
    'timeout: 1d',
    'timeout: soon',
    'max_alerts: -1',
    'max_alerts: many',
    'send_resolved: maybe',
    'urls: x',
    'http_config: x',
  ])('what the schema refuses: %s', (line) => expect(compile(`url: http://h\n${line}`).problems).toHaveLength(1));
});
