import { describe, expect, it } from 'vitest';
import { previewOf } from '../../../src/integrations/preview.ts';
import { compileElement, draft, element, NOW, sampleMessage } from '../../support/integration-scene.ts';
import { appOf, slackOf, webhookOf } from '../../support/slack-scene.ts';

const HOOK = 'api_url: http://hooks.example/services/T/B/hidden';
const POST_MESSAGE = 'https://slack.com/api/chat.postMessage';
const made = (yaml: string, global = '') =>
  draft(element('slack_configs', yaml, global === '' ? {} : { global }), sampleMessage());
const wayOf = (yaml: string, global = '') => {
  const request = slackOf(made(yaml, global));
  if (request.kind === 'webhook')
    return ['webhook', request.url.kind === 'inline' ? request.url.secret.open() : request.url.path];
  const { token, api } = request;
  return ['app', api.open(), token?.kind === 'inline' ? token.secret.open() : (token?.path ?? null)];
};

describe('slack_configs', () => {
  it('has defaults: no resolved alerts, no timeout of its own, the global http_config', () => {
    const { entry } = compileElement('slack_configs', HOOK);
    expect(entry).toMatchObject({ sendResolved: false, config: { kind: 'slack' } });
    const { post } = webhookOf(made(HOOK, 'http_config: {follow_redirects: false}'));
    expect(post).toMatchObject({ timeout: null, http: { followRedirects: false } });
    expect(JSON.stringify(entry)).not.toContain('hidden');
  });

  it.each([
    ['api_url', HOOK, '', ['webhook', 'http://hooks.example/services/T/B/hidden']],
    ['api_url_file', 'api_url_file: hook.url', '', ['webhook', 'hook.url']],
    ['the global api_url', 'channel: c', 'slack_api_url: http://h/x', ['webhook', 'http://h/x']],
    ['the global api_url_file', 'channel: c', 'slack_api_url_file: f', ['webhook', 'f']],
    ['app_token', 'app_token: xoxb\nchannel: c', '', ['app', 'https://slack.com/api/', 'xoxb']],
    ['app_token_file', 'app_token_file: t\nchannel: c', '', ['app', 'https://slack.com/api/', 't']],
    ['the global app_token', 'channel: c', 'slack_app_token: xoxb', ['app', 'https://slack.com/api/', 'xoxb']],
    [
      'app_url',
      'app_token: xoxb\nchannel: c\napp_url: http://proxy/slack/chat.postMessage',
      '',
      ['app', 'http://proxy/slack/', 'xoxb'],
    ],
    [
      'the global app_url',
      'app_token: xoxb\nchannel: c',
      'slack_app_url: http://proxy/chat.postMessage',
      ['app', 'http://proxy/', 'xoxb'],
    ],
    [
      'an own api_url before the global app_token',
      HOOK,
      'slack_app_token: x',
      ['webhook', 'http://hooks.example/services/T/B/hidden'],
    ],
    ['an own api_url_file before the global app_token', 'api_url_file: f', 'slack_app_token: x', ['webhook', 'f']],
    [
      'own authorization with the URL of the API',
      `api_url: ${POST_MESSAGE}\nchannel: c\nhttp_config: {authorization: {credentials: y}}`,
      '',
      ['app', 'https://slack.com/api/', null],
    ],
    [
      'own authorization before the global app_token',
      'channel: c\nhttp_config: {authorization: {credentials: y}}',
      `slack_app_token: x\nslack_api_url: ${POST_MESSAGE}`,
      ['app', 'https://slack.com/api/', null],
    ],
  ])('gets there by %s', (_name, yaml, global, expected) => {
    expect(wayOf(yaml, global)).toEqual(expected);
  });

  it('posts with the token to an app_url that is no method of the API', () => {
    const { post } = webhookOf(made('app_token: xoxb\napp_url: http://relay.example/slack'));
    expect(post.write((name) => `<${name}>`, 0)).toMatchObject({
      url: '<api_url>',
      headers: { Authorization: 'Bearer <app_token>' },
    });
  });

  it('refuses to send to no channel, where nothing else says one', () => {
    expect(made('app_token: xoxb').draft).toMatchObject({ kind: 'refused' });
    expect(made('app_token: xoxb\nchannel: "{{ .CommonLabels.none }}"').draft).toMatchObject({ kind: 'refused' });
    expect(made('app_token: xoxb\nchannel: "{{ .Nothing }}"').draft).toMatchObject({ kind: 'refused' });
    expect(appOf(made('app_token: xoxb\nchannel: "#{{ .Status }}"')).channel).toBe('#firing');
  });

  it('is printed as Alertmanager prints it, secrets hidden, what amtool 0.25 does not know left out', () => {
    const { printed } = compileElement('slack_configs', `${HOOK}\nfields: [{title: t, value: v}]`);
    const shown = printed.slice(printed.indexOf('  slack_configs'));
    expect(shown).toBe(
      [
        '  slack_configs:',
        '  - send_resolved: false',
        '    http_config:',
        '      follow_redirects: true',
        '      enable_http2: true',
        '    api_url: http://<secret>',
        ...['username', 'color', 'title', 'title_link', 'pretext', 'text'].map(
          (key) => `    ${key}: '{{ template "slack.default.${key.replace('_', '')}" . }}'`,
        ),
        '    fields:',
        '    - title: t',
        '      value: v',
        '    short_fields: false',
        ...['footer', 'fallback', 'callback_id', 'icon_emoji', 'icon_url'].map(
          (key) => `    ${key}: '{{ template "slack.default.${key.replace('_', '')}" . }}'`,
        ),
        '    link_names: false',
        'templates: []',
        '',
      ].join('\n'),
    );
  });

  it('prints what was said: a token, update_message, a timeout, an action that is a link', () => {
    const { printed, problems } = compileElement(
      'slack_configs',
      `app_token: hidden\nchannel: c\nupdate_message: true\ntimeout: 5s
actions: [{type: button, text: T, url: 'http://u', name: n, value: v, confirm: {text: sure}}]`,
    );
    expect(problems).toEqual([]);
    expect(printed).toContain('    app_token: <secret>\n    app_url: https://slack.com/api/chat.postMessage\n');
    expect(printed).toContain(
      '    actions:\n    - type: button\n      text: T\n      url: http://u\n    update_message: true\n    timeout: 5s\n',
    );
    expect(printed).not.toContain('hidden');
  });
});

describe('previewOf()', () => {
  it('shows what a webhook would get, without its address', () => {
    expect(previewOf(made(HOOK).draft, NOW)).toMatchObject({
      ...{ kind: 'http', method: 'POST', url: '<secret>' },
      body: expect.stringContaining('FIRING: HighLoad') as string,
    });
  });

  it('shows what an app would post, and why it would be a new message', () => {
    const preview = previewOf(made('app_token: xoxb-hidden\nchannel: "#a"').draft, NOW);
    expect(preview).toMatchObject({
      ...{ kind: 'slack', channel: '#a', does: 'post', because: 'the first message', reply: null },
      body: { text: expect.stringContaining('FIRING: HighLoad') as string },
    });
    expect(JSON.stringify(preview)).not.toContain('hidden');
  });
});

describe('slack_configs refuses', () => {
  it.each([
    ['channel: c', '1:1 no Slack API URL nor App token set either inline or in a file'],
    [`${HOOK}\napi_url_file: f`, '2:1 at most one of api_url & api_url_file must be configured'],
    ['app_token: x\napp_token_file: f', '2:1 at most one of app_token & app_token_file must be configured'],
    [`${HOOK}\napp_token: x`, '2:1 at most one of api_url/api_url_file & app_token/app_token_file must be configured'],
    ['api_url: ftp://h', '1:10 invalid URL: unsupported scheme "ftp" for URL'],
    [
      'app_token: x\nhttp_config: {authorization: {credentials: y}}',
      "2:1 http authorization can't be set when using Slack App tokens",
    ],
    [
      `${HOOK}\nupdate_message: true`,
      '2:1 update_message can only be used with bot tokens. api_url must be set to https://slack.com/api/chat.postMessage',
    ],
    [`${HOOK}\nfields: [{value: v}]`, '2:10 missing title in Slack field configuration'],
    [`${HOOK}\nfields: [{title: t}]`, '2:10 missing value in Slack field configuration'],
    [`${HOOK}\nactions: [{text: t, url: u}]`, '2:11 missing type in Slack action configuration'],
    [`${HOOK}\nactions: [{type: t, url: u}]`, '2:11 missing text in Slack action configuration'],
    [`${HOOK}\nactions: [{type: t, text: t}]`, '2:11 missing name or url in Slack action configuration'],
    [
      `${HOOK}\nactions: [{type: t, text: t, name: n, confirm: {title: t}}]`,
      '2:39 missing text in Slack confirmation configuration',
    ],
  ])('%s', (yaml, expected) => {
    expect(compileElement('slack_configs', yaml).problems).toEqual([expected]);
  });

  it('takes update_message with the URL of the API, or a token', () => {
    expect(compileElement('slack_configs', `api_url: ${POST_MESSAGE}\nupdate_message: true`).problems).toEqual([]);
    expect(compileElement('slack_configs', 'app_token: x\nupdate_message: true').problems).toEqual([]);
  });
});
