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
}

const webhook = (origin: string): string => `webhook_url: '${origin}/hidden-path?sig=hidden-query'`;
const inUrl = ['hidden-path', 'hidden-query'];

const PROVIDERS: readonly Provider[] = [
  { name: 'discord', key: 'discord_configs', yaml: webhook, accepted: [204, ''], secrets: inUrl },
  { name: 'msteams', key: 'msteams_configs', yaml: webhook, accepted: [200, '1'], secrets: inUrl },
  { name: 'msteamsv2', key: 'msteamsv2_configs', yaml: webhook, accepted: [202, ''], secrets: inUrl },
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
    name: 'telegram',
    key: 'telegram_configs',
    yaml: (origin) => `api_url: ${origin}\nbot_token: 'hidden:token'\nchat_id: 1`,
    accepted: [200, '{"ok":true,"result":{"message_id":1}}'],
    secrets: ['hidden:token'],
  },
  {
    name: 'victorops',
    key: 'victorops_configs',
    yaml: (origin) => `api_url: ${origin}\napi_key: hidden-key\nrouting_key: team`,
    accepted: [200, '{"result":"success","entity_id":"e"}'],
    secrets: ['hidden-key'],
  },
  {
    name: 'webex',
    key: 'webex_configs',
    yaml: (origin) => `api_url: ${origin}\nroom_id: r\nhttp_config: {authorization: {credentials: hidden-token}}`,
    accepted: [200, '{"id":"m"}'],
    secrets: ['hidden-token'],
  },
];

for (const { name, key, yaml, accepted, secrets } of PROVIDERS) {
  const handler: Handler = (_seen, _request, response) => void response.writeHead(accepted[0]).end(accepted[1]);
  integrationContract({
    name,
    send: (world, origin, signal) => sendThrough(world, element(key, yaml(origin)), signal, origin),
    accepted: handler,
    secrets,
  });
}

it.each(PROVIDERS)('$name tells a preview no secret', ({ key, yaml, secrets }) => {
  const post = postOf(draft(element(key, yaml('http://h')), sampleMessage()));
  const shown = JSON.stringify(post.write(() => 'http://secret/', 0));
  for (const secret of secrets) expect(shown).not.toContain(secret);
});
