import { describe, expect, it } from 'vitest';
import { drafted } from '../../../src/integrations/scene.ts';
import { element, NOW, sampleMessage, templateSet, wireOf } from '../../support/integration-scene.ts';

const KINDS: readonly (readonly [key: string, yaml: string])[] = [
  ['discord_configs', 'webhook_url: http://h'],
  ['mattermost_configs', 'webhook_url: http://h'],
  ['msteams_configs', 'webhook_url: http://h'],
  ['msteamsv2_configs', 'webhook_url: http://h'],
  ['opsgenie_configs', 'api_key: k'],
  ['pagerduty_configs', 'routing_key: k'],
  ['pushover_configs', 'user_key: u\ntoken: t'],
  ['rocketchat_configs', 'token: t\ntoken_id: u'],
  ['sns_configs', 'topic_arn: arn\nsigv4: {region: r, access_key: k, secret_key: s}'],
  ['telegram_configs', 'bot_token: t\nchat_id: 1'],
  ['victorops_configs', 'api_key: k\nrouting_key: r'],
  ['webex_configs', 'room_id: r\nhttp_config: {authorization: {credentials: t}}'],
  ['wechat_configs', 'api_secret: s\ncorp_id: c'],
];

const handed = new Map([['access_token', 't']]);

function said(key: string, yaml: string, receiver: string, ...templates: readonly string[]): string {
  const { config, locale } = element(key, yaml, { receiver });
  const parts = { message: sampleMessage(), memo: null, locale, templates: templateSet(...templates) };
  const made = drafted(config, { ...parts, expired: () => false });
  expect(made.templateError).toBeNull();
  return decodeURIComponent(wireOf(made, NOW, handed).body);
}

describe.each(KINDS)('%s', (key, yaml) => {
  it('speaks the language its receiver says', () => {
    expect(said(key, yaml, 'language: zh')).toContain('触发中');
    expect(said(key, yaml, 'language: en')).toContain('FIRING');
    expect(said(key, yaml, 'language: en')).not.toContain('[FIRING:1]');
  });

  it("has upstream's words for a receiver that says none", () => {
    expect(said(key, yaml, '')).toMatch(/\[FIRING:1\]|Alerts Firing/);
  });

  it("has the user's words before all others", () => {
    const kind = key.replace('_configs', '');
    const names = ['title', 'message', 'text', 'summary', 'description', 'state_message', 'entity_display_name'];
    const own = names.map((name) => `{{ define "${kind}.default.${name}" }}our own{{ end }}`).join('');
    expect(said(key, yaml, 'language: zh', own)).toMatch(/our[ +]own/);
    expect(said(key, yaml, 'language: zh', own)).not.toContain('触发中');
  });
});
