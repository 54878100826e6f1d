import { describe, expect, it } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { compileElement, draft, element, postOf, sampleMessage, wireOf } from '../../support/integration-scene.ts';

const WEBHOOK = 'webhook_url: http://h';

describe('a provider is refused', () => {
  it.each([
    ['discord_configs', 'title: x', '1:1 one of webhook_url or webhook_url_file must be configured'],
    [
      'discord_configs',
      `${WEBHOOK}\nwebhook_url_file: f`,
      '2:1 at most one of webhook_url & webhook_url_file must be configured',
    ],
    ['discord_configs', 'webhook_url: discord', '1:14 invalid URL: unsupported scheme "" for URL'],
    ['msteams_configs', 'title: x', '1:1 one of webhook_url or webhook_url_file must be configured'],
    [
      'msteamsv2_configs',
      `${WEBHOOK}\nwebhook_url_file: f`,
      '2:1 at most one of webhook_url & webhook_url_file must be configured',
    ],
    ['opsgenie_configs', 'note: x', '1:1 no global OpsGenie API Key set either inline or in a file'],
    ['opsgenie_configs', 'api_key: k\napi_key_file: f', '2:1 at most one of api_key & api_key_file must be configured'],
    [
      'opsgenie_configs',
      'api_key: k\nresponders: [{name: ops, type: Team}, {name: ops, type: squad}]',
      '2:51 opsGenieConfig responder { ops  squad} type does not match valid options ^(team|teams|user|escalation|schedule)$',
    ],
    [
      'opsgenie_configs',
      'api_key: k\nresponders: [{type: team}]',
      '2:15 opsGenieConfig responder {   team} has to have at least one of id, username or name specified',
    ],
    ['pagerduty_configs', 'client: x', '1:1 missing service or routing key in PagerDuty config'],
    [
      'pagerduty_configs',
      'routing_key: k\nrouting_key_file: f',
      '2:1 at most one of routing_key & routing_key_file must be configured',
    ],
    [
      'pagerduty_configs',
      'service_key: k\nservice_key_file: f',
      '2:1 at most one of service_key & service_key_file must be configured',
    ],
    ['pushover_configs', 'token: t', '1:1 one of user_key or user_key_file must be configured'],
    ['pushover_configs', 'user_key: t', '1:1 one of token or token_file must be configured'],
    [
      'pushover_configs',
      'user_key: u\ntoken: t\ntoken_file: f',
      '3:1 at most one of token & token_file must be configured',
    ],
    [
      'pushover_configs',
      'user_key: u\ntoken: t\nhtml: true\nmonospace: true',
      '4:1 at most one of monospace & html must be configured',
    ],
    ['telegram_configs', 'chat_id: 1', '1:1 missing bot_token or bot_token_file on telegram_config'],
    ['telegram_configs', 'bot_token: t', '1:1 missing chat_id or chat_id_file on telegram_config'],
    ['telegram_configs', 'bot_token: t\nchat_id: 0', '2:1 missing chat_id or chat_id_file on telegram_config'],
    [
      'telegram_configs',
      'bot_token: t\nchat_id: 1\nchat_id_file: f',
      '3:1 at most one of chat_id & chat_id_file must be configured',
    ],
    [
      'telegram_configs',
      'bot_token: t\nbot_token_file: f\nchat_id: 1',
      '2:1 at most one of bot_token & bot_token_file must be configured',
    ],
    [
      'telegram_configs',
      'bot_token: t\nchat_id: 1\nparse_mode: html',
      '3:13 unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string',
    ],
    ['victorops_configs', 'api_key: k', '1:1 missing Routing key in VictorOps config'],
    ['victorops_configs', 'routing_key: r', '1:1 no global VictorOps API Key set'],
    [
      'victorops_configs',
      'api_key: k\nrouting_key: r\ncustom_fields: {entity_id: x}',
      '3:17 victorOps config contains custom field entity_id which cannot be used as it conflicts with the fixed/static fields',
    ],
    ['webex_configs', 'http_config: {authorization: {credentials: t}}', '1:1 missing room_id on webex_config'],
    ['webex_configs', 'room_id: r', '1:1 missing webex_configs.http_config.authorization'],
    [
      'webex_configs',
      'room_id: r\nhttp_config: {basic_auth: {username: u}}',
      '2:1 missing webex_configs.http_config.authorization',
    ],
  ])('%s: %j', (key, yaml, expected) => {
    expect(compileElement(key, yaml).problems).toEqual([expected]);
  });

  it.each([
    ['pushover_configs', 'user_key: u\ntoken: t\nretry: 60'],
    ['telegram_configs', 'bot_token: t\nchat_id: "@channel"'],
    ['telegram_configs', 'bot_token: t\nchat_id: 1\nmessage_thread_id: x'],
    ['opsgenie_configs', 'api_key: k\nresponders: {name: x}'],
    ['pagerduty_configs', 'routing_key: k\ndetails: [x]'],
    ['pagerduty_configs', 'routing_key: k\nlinks: [{url: x}]'],
    ['victorops_configs', 'api_key: k\nrouting_key: r\ncustom_fields: {a: {b: c}}'],
  ])('by its schema: %s, %j', (key, yaml) => {
    expect(compileElement(key, yaml).problems).toHaveLength(1);
  });
});

it.each([
  ['telegram_configs', 'bot_token: t\nchat_id: 1', 'html'],
  ['telegram_configs', "bot_token: t\nchat_id: 1\nparse_mode: ''", 'text'],
  ['pushover_configs', 'user_key: u\ntoken: t\nhtml: true', 'html'],
  ['pushover_configs', 'user_key: u\ntoken: t', 'text'],
])('%s: the message of %j is tried as %s', (key, yaml, mode) => {
  const list = `${key}:\n  - {${yaml.replaceAll('\n', ', ')}, message: '{{ .Status }}'}\n`;
  const text = `route: {receiver: team}\nreceivers:\n- name: team\n  ${list}`;
  const config = compileConfig({ file: 'x.yml', text }, { matcherMode: 'fallback', retention: 1e9 });
  expect(config.ok && config.value.templateTexts.map((each) => [each.text, each.mode])).toEqual([
    ['{{ .Status }}', mode],
  ]);
});

describe('a provider falls back on global', () => {
  const wire = (key: string, yaml: string, global: string) =>
    wireOf(draft(element(key, yaml, { global }), sampleMessage()));

  it.each([
    ['pagerduty_configs', 'routing_key: k', 'pagerduty_url: http://p/enqueue', 'http://p/enqueue'],
    ['opsgenie_configs', 'note: x', 'opsgenie_api_key: k\nopsgenie_api_url: http://o/sub', 'http://o/sub/v2/alerts'],
    ['opsgenie_configs', 'api_url: http://own\napi_key: k', 'opsgenie_api_url: http://o', 'http://own/v2/alerts'],
    ['opsgenie_configs', 'api_url: http://own/a?b=c\napi_key: k', '', 'http://own/a/v2/alerts?b=c'],
    ['victorops_configs', 'routing_key: r', 'victorops_api_key: k\nvictorops_api_url: http://v', 'http://v/k/r'],
    [
      'telegram_configs',
      'chat_id: 1',
      'telegram_bot_token: t\ntelegram_api_url: http://t',
      'http://t/bott/sendMessage',
    ],
    [
      'webex_configs',
      'room_id: r\nhttp_config: {authorization: {credentials: t}}',
      'webex_api_url: http://w/messages',
      'http://w/messages',
    ],
  ])('%s: %j under %j', (key, yaml, global, url) => {
    expect(wire(key, yaml, global).url).toBe(url);
  });

  it('for a key in a file, unless it has one of its own', () => {
    const global = 'opsgenie_api_key_file: og.key\ntelegram_bot_token_file: tg.token';
    const secrets = (key: string, yaml: string) =>
      postOf(draft(element(key, yaml, { global }), sampleMessage())).secrets;
    expect(secrets('opsgenie_configs', 'note: x')).toEqual({ api_key: { kind: 'file', path: 'og.key' } });
    expect(secrets('opsgenie_configs', 'api_key: own')).toMatchObject({ api_key: { kind: 'inline' } });
    expect(secrets('telegram_configs', 'chat_id_file: chat')).toEqual({
      bot_token: { kind: 'file', path: 'tg.token' },
      chat_id: { kind: 'file', path: 'chat' },
    });
  });

  it('msteamsv2 for the proxy alone, when it has an http_config without one', () => {
    const global = "http_config: {proxy_url: 'http://proxy:3128', follow_redirects: false}";
    const http = (key: string, more = '') =>
      postOf(draft(element(key, `${WEBHOOK}\n${more}`, { global }), sampleMessage())).http;
    const own = 'http_config: {enable_http2: false}';
    expect(http('msteamsv2_configs', own)).toMatchObject({ followRedirects: true, enableHttp2: false });
    expect(http('msteamsv2_configs', own).proxy.url?.open()).toBe('http://proxy:3128');
    expect(http('msteamsv2_configs', "http_config: {proxy_url: 'http://own:1'}").proxy.url?.open()).toBe(
      'http://own:1',
    );
    expect(http('msteams_configs', own).proxy.url).toBeNull();
  });

  it('webex never for its token: the global one is no bot', () => {
    const global = 'http_config: {authorization: {credentials: t}}';
    expect(compileElement('webex_configs', 'room_id: r', { global }).problems).toEqual([
      '1:1 missing webex_configs.http_config.authorization',
    ]);
  });
});
