// A message in Discord: an embed in the colour of its status, and text above it that may mention people.
import { goJson } from '../../model/go-json.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { jsonWebhook } from '../http/json-webhook.ts';
import type { Scene } from '../scene.ts';

export interface DiscordValues {
  readonly httpConfig: HttpConfig;
  readonly webhookUrl: SecretSource;
  readonly content: string;
  readonly title: string;
  readonly message: string;
  readonly username: string;
  readonly avatarUrl: string;
}

const LONGEST = { content: 2000, title: 256, description: 4096, username: 80 };
const COLORS = { firing: 0x992d22, resolved: 0x2ecc71 };

export function renderDiscord(values: DiscordValues, scene: Scene): Draft {
  const title = scene.text(values.title);
  const embed = {
    title: cutRunes(title, LONGEST.title),
    description: cutRunes(
      title === '' ? scene.bodyOrTitle(values.message) : scene.body(values.message),
      LONGEST.description,
    ),
    color: COLORS[scene.message.status],
  };
  const body = goJson({
    content: cutRunes(scene.text(values.content), LONGEST.content),
    embeds: [embed],
    username: cutRunes(values.username, LONGEST.username) || undefined,
    avatar_url: URL.canParse(values.avatarUrl) ? values.avatarUrl : undefined,
  });
  return jsonWebhook(values, body);
}
