import { describe, expect, it } from 'vitest';
import { compileElement, draft, element, postOf, sampleMessage, wireOf } from '../../support/integration-scene.ts';

const made = (yaml: string, global?: string) =>
  draft(element('webhook_configs', yaml, global === undefined ? {} : { global }), sampleMessage([{}, {}, {}]));

describe('webhook_configs', () => {
  it('has defaults: all alerts, the standard body, the global http_config, no timeout of its own', () => {
    const { entry } = compileElement('webhook_configs', 'url: http://h/secret');
    expect(entry).toMatchObject({ index: 0, sendResolved: true, config: { kind: 'webhook' } });
    const post = postOf(made('url: http://h/secret', 'http_config: {follow_redirects: false}'));
    expect(post).toMatchObject({ timeout: null, http: { followRedirects: false } });
    expect(JSON.parse(wireOf(made('url: http://h/secret')).body)).toMatchObject({ version: '4', alerts: [{}, {}, {}] });
    expect(JSON.stringify(entry)).not.toContain('http://h/secret');
  });

  it('leaves url_file relative to the working directory, and files of http_config to the file', () => {
    const post = postOf(made('url_file: hook.url\nhttp_config: {bearer_token_file: t}'));
    expect(post.secrets).toEqual({ url: { kind: 'file', path: 'hook.url' } });
    expect(post.http).toMatchObject({ followRedirects: true, auth: { credentials: { path: '/etc/belfry/t' } } });
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
    expect(postOf(made(`url: http://h\ntimeout: ${text}`)).timeout).toBe(ms);
  });

  it.each([
    ['2', 2],
    ['0x1', 1],
    ['1_000', 3],
  ])('reads max_alerts %s', (text, count) => {
    const body: unknown = JSON.parse(wireOf(made(`url: http://h\nmax_alerts: ${text}`)).body);
    expect(body).toHaveProperty('alerts.length', count);
  });

  it('keeps the types of the payload, and the digits of a number too big to hold', () => {
    const { body } = wireOf(
      made('url: http://h\npayload: {a: [1, "1", yes, ~, 1.5], __proto__: x, big: 12345678901234567890}'),
    );
    expect(body).toBe('{"__proto__":"x","a":[1,1,true,null,1.5],"big":12345678901234567890}\n');
  });

  it('is printed with its secrets hidden', () => {
    const { printed } = compileElement(
      'webhook_configs',
      'url: http://h/secret\ntimeout: 90s\npayload: {a: "{{ .Status }}"}',
    );
    expect(printed).toContain('url: http://<secret>\n');
    expect(printed).toContain('timeout: 1m30s\n');
    expect(printed).not.toContain('http://h');
  });
});

describe('webhook_configs refuses', () => {
  it.each([
    ['max_alerts: 1', '1:1 one of url or url_file must be configured'],
    ['url: ""\nurl_file: ""', '1:1 one of url or url_file must be configured'],
    ['url: http://h\nurl_file: f', '2:1 at most one of url & url_file must be configured'],
    ['url: ftp://h/secret', '1:6 invalid URL: unsupported scheme "ftp" for URL'],
    ['url: http://', '1:6 invalid URL: missing host for URL'],
    ['url: http://h\nhttp_config: {no_proxy: x}', '2:15 if no_proxy is configured, proxy_url must also be configured'],
  ])('%j', (yaml, expected) => {
    expect(compileElement('webhook_configs', yaml).problems).toEqual([expected]);
  });

  it.each([
    'timeout: 1d',
    'timeout: soon',
    'max_alerts: -1',
    'max_alerts: many',
    'send_resolved: maybe',
    'urls: x',
    'http_config: x',
  ])('what the schema refuses: %s', (line) =>
    expect(compileElement('webhook_configs', `url: http://h\n${line}`).problems).toHaveLength(1),
  );
});
