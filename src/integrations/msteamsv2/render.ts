// An adaptive card: a heading in the colour of the status, and the text under it.
import { goJson } from '../../model/go-json.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { teamsPost } from '../http/teams-post.ts';
import type { Scene } from '../scene.ts';

export interface MsteamsV2Values {
  readonly httpConfig: HttpConfig;
  readonly webhookUrl: SecretSource;
  readonly title: string;
  readonly text: string;
}

const COLORS = { firing: 'Attention', resolved: 'Good' };

export function renderMsteamsV2({ httpConfig, webhookUrl, ...templates }: MsteamsV2Values, scene: Scene): Draft {
  const words = { title: scene.text(templates.title), summary: '', text: scene.body(templates.text) };
  const color = COLORS[scene.message.status];
  return {
    kind: 'http',
    request: teamsPost({
      ...{ httpConfig, webhookUrl, words },
      bodyOf: ({ title, text }) => `${goJson({ type: 'message', attachments: [attachment(title, text, color)] })}\n`,
    }),
  };
}

const attachment = (title: string, text: string, color: string) => ({
  contentType: 'application/vnd.microsoft.card.adaptive',
  contentUrl: null,
  content: {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    body: [
      { type: 'TextBlock', text: title, weight: 'Bolder', size: 'Medium', wrap: true, style: 'heading', color },
      { type: 'TextBlock', text, wrap: true },
    ],
    msteams: { width: 'full' },
  },
});
