// discord_configs: a message with one embed to a webhook of Discord.
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { secretUrl } from '../form/secret.ts';
import { plainText, template } from '../form/text.ts';
import { renderDiscord } from './render.ts';

export const discord = integrationKind({
  kind: 'discord',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    webhook_url: secretUrl({ required: 'one of webhook_url or webhook_url_file must be configured' }),
    content: template(),
    title: template('{{ template "discord.default.title" . }}'),
    message: template('{{ template "discord.default.message" . }}'),
    // Not templates: upstream sends them as they stand.
    username: plainText(),
    avatar_url: plainText(),
  },
  render: renderDiscord,
});
