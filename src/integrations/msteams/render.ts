// A message card: title, text, and a line in the colour of the status.
import { goJson } from '../../model/go-json.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { teamsPost } from '../http/teams-post.ts';
import type { Scene } from '../scene.ts';

export interface MsteamsValues {
  readonly httpConfig: HttpConfig;
  readonly webhookUrl: SecretSource;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

const COLORS = { firing: '8C1A1A', resolved: '2DC72D' };

export function renderMsteams({ httpConfig, webhookUrl, ...templates }: MsteamsValues, scene: Scene): Draft {
  const words = {
    title: scene.text(templates.title),
    summary: scene.text(templates.summary),
    text: scene.body(templates.text),
  };
  return {
    kind: 'http',
    request: teamsPost({
      ...{ httpConfig, webhookUrl, words },
      bodyOf: ({ title, summary, text }) =>
        `${goJson({
          '@context': 'http://schema.org/extensions',
          ...{ type: 'MessageCard', title, summary, text, themeColor: COLORS[scene.message.status] },
        })}\n`,
    }),
  };
}
