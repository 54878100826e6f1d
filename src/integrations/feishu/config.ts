// feishu_configs (ours): a custom bot of Feishu or Lark, which shows a card.
import { integrationKind } from '../form/kind.ts';
import { http, templateList } from '../form/nested.ts';
import { bool } from '../form/scalar.ts';
import { secret, secretUrl } from '../form/secret.ts';
import { template } from '../form/text.ts';
import { renderFeishu } from './render.ts';

export const feishu = integrationKind({
  kind: 'feishu',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    webhook_url: secretUrl({ required: 'missing webhook_url or webhook_url_file in feishu config' }),
    /** Of bots whose messages are signed. */
    secret: secret({}),
    title: template('{{ template "belfry.title" . }}'),
    message: template('{{ template "belfry.markdown" . }}'),
    /** Open or user ids. */
    at_user_ids: templateList(),
    at_all: bool(),
  },
  render: renderFeishu,
});
