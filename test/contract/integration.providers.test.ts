import { expect, it } from 'vitest';
import type { Handler } from '../support/http-world.ts';
import { draft, element, postOf, sampleMessage, sendThrough } from '../support/integration-scene.ts';
import { integrationContract } from './integration.contract.ts';

interface Provider {
  readonly name: string;
  readonly key: string;
  /** The element, speaking to a peer at this origin; upstream has no key for the address of some. */
  readonly yaml: (origin: string) => string;
  readonly accepted: readonly [status: number, body: string];
  readonly secrets: readonly string[];
  readonly requests?: number;
}

const webhook = (origin: string): string => `webhook_url: '${origin}/hidden-path?sig=hidden-query'`;
const inUrl = ['hidden-path', 'hidden-query'];

const PROVIDERS: readonly Provider[] = [
  {
    name: 'aliyunsms',
    key: 'aliyunsms_configs',
    yaml: (origin) =>
      `api_url: ${origin}\naccess_key_id: hidden-id\naccess_key_secret: hidden-key\nsign_name: s\ntemplate_code: c\nto: '1'`,
    accepted: [200, '{"Code":"OK","Message":"OK","BizId":"b"}'],
    secrets: ['hidden-id', 'hidden-key'],
  },
  {
    name: 'dingtalk',
    key: 'dingtalk_configs',
    yaml: (origin) => `api_url: ${origin}\naccess_token: hidden-token\nsecret: hidden-secret`,
    accepted: [200, '{"errcode":0,"errmsg":"ok"}'],
    secrets: ['hidden-token', 'hidden-secret'],
  },
  { name: 'discord', key: 'discord_configs', yaml: webhook, accepted: [204, ''], secrets: inUrl },
  {
    name: 'incidentio',
    key: 'incidentio_configs',
    yaml: (origin) => `url: ${origin}\nalert_source_token: hidden-token`,
    accepted: [202, '{"status":"success","message":"Event accepted"}'],
    secrets: ['hidden-token'],
  },
  {
    name: 'jira',
    key: 'jira_configs',
    yaml: (origin) =>
      `api_url: ${origin}/rest/api/2\nproject: OPS\nissue_type: Bug\nhttp_config: {basic_auth: {username: u, password: hidden-pw}}`,
    accepted: [201, '{"issues":[],"key":"OPS-1"}'],
    secrets: ['hidden-pw'],
    requests: 2,
  },
  { name: 'mattermost', key: 'mattermost_configs', yaml: webhook, accepted: [200, 'ok'], secrets: inUrl },
  {
    name: 'feishu',
    key: 'feishu_configs',
    yaml: (origin) => `${webhook(origin)}\nsecret: hidden-secret`,
    accepted: [200, '{"code":0,"msg":"success"}'],
    secrets: [...inUrl, 'hidden-secret'],
  },
  { name: 'msteams', key: 'msteams_configs', yaml: webhook, accepted: [200, '1'], secrets: inUrl },
  { name: 'msteamsv2', key: 'msteamsv2_configs', yaml: webhook, accepted: [202, ''], secrets: inUrl },
  {
    name: 'ntfy',
    key: 'ntfy_configs',
    yaml: (origin) => `url: ${origin}\ntopic: t\ntoken: hidden-token`,
    accepted: [200, '{"id":"i"}'],
    secrets: ['hidden-token'],
  },
  {
    name: 'opsgenie',
    key: 'opsgenie_configs',
    yaml: (origin) => `api_url: ${origin}\napi_key: hidden-key`,
    accepted: [202, '{"result":"Request will be processed","took":0.1,"requestId":"r"}'],
    secrets: ['hidden-key'],
  },
  {
    name: 'pagerduty',
    key: 'pagerduty_configs',
    yaml: (origin) => `url: ${origin}/v2/enqueue\nrouting_key: hidden-key`,
    accepted: [202, '{"status":"success","message":"Event processed","dedup_key":"d"}'],
    secrets: ['hidden-key'],
  },
  {
    name: 'pushover',
    key: 'pushover_configs',
    yaml: () => 'user_key: hidden-user\ntoken: hidden-token',
    accepted: [200, '{"status":1,"request":"r"}'],
    secrets: ['hidden-user', 'hidden-token'],
  },
  {
    name: 'rocketchat',
    key: 'rocketchat_configs',
    yaml: (origin) => `api_url: ${origin}\ntoken: hidden-token\ntoken_id: hidden-id`,
    accepted: [200, '{"success":true}'],
    secrets: ['hidden-token', 'hidden-id'],
  },
  {
    name: 'sns',
    key: 'sns_configs',
    yaml: (origin) =>
      `api_url: ${origin}\ntopic_arn: arn\nsigv4: {region: r, access_key: AKID, secret_key: hidden-key}`,
    accepted: [200, '<PublishResult><MessageId>m</MessageId></PublishResult>'],
    secrets: ['hidden-key'],
  },
  {
    name: 'telegram',
    key: 'telegram_configs',
    yaml: (origin) => `api_url: ${origin}\nbot_token: 'hidden:token'\nchat_id: 1`,
    accepted: [200, '{"ok":true,"result":{"message_id":1}}'],
    secrets: ['hidden:token'],
  },
  {
    name: 'twilio',
    key: 'twilio_configs',
    yaml: (origin) => `api_url: ${origin}\naccount_sid: hidden-sid\nauth_token: hidden-token\nfrom: '1'\nto: '2'`,
    accepted: [201, '{"sid":"s","status":"queued"}'],
    secrets: ['hidden-sid', 'hidden-token'],
  },
  {
    name: 'victorops',
    key: 'victorops_configs',
    yaml: (origin) => `api_url: ${origin}\napi_key: hidden-key\nrouting_key: team`,
    accepted: [200, '{"result":"success","entity_id":"e"}'],
    secrets: ['hidden-key'],
  },
  {
    name: 'wecom',
    key: 'wecom_configs',
    yaml: (origin) => `api_url: ${origin}\nkey: hidden-key`,
    accepted: [200, '{"errcode":0,"errmsg":"ok"}'],
    secrets: ['hidden-key'],
  },
  {
    name: 'webex',
    key: 'webex_configs',
    yaml: (origin) => `api_url: ${origin}\nroom_id: r\nhttp_config: {authorization: {credentials: hidden-token}}`,
    accepted: [200, '{"id":"m"}'],
    secrets: ['hidden-token'],
  },
  {
    name: 'wechat',
    key: 'wechat_configs',
    yaml: (origin) => `api_url: ${origin}\napi_secret: hidden-key\ncorp_id: c`,
    accepted: [200, '{"errcode":0,"errmsg":"ok hidden-token","access_token":"hidden-token","expires_in":7200}'],
    secrets: ['hidden-key', 'hidden-token'],
    requests: 2,
  },
];

for (const { name, key, yaml, accepted, secrets, requests = 1 } of PROVIDERS) {
  const handler: Handler = (_seen, _request, response) => void response.writeHead(accepted[0]).end(accepted[1]);
  integrationContract({
    name,
    send: (world, origin, signal) => sendThrough(world, element(key, yaml(origin)), signal, origin),
    accepted: handler,
    secrets,
    requests,
  });
}

it.each(PROVIDERS)('$name tells a preview no secret', ({ key, yaml, secrets }) => {
  const post = postOf(draft(element(key, yaml('http://h')), sampleMessage()));
  const shown = JSON.stringify(post.write(() => 'http://secret/', 0));
  for (const secret of secrets) expect(shown).not.toContain(secret);
});
