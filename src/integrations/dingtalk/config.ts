// dingtalk_configs (ours): a group robot of DingTalk.
import { TITLED_MARKDOWN } from '../default-texts.ts';
import { integrationKind } from '../form/kind.ts';
import { http, templateList } from '../form/nested.ts';
import { bool } from '../form/scalar.ts';
import { secret, url } from '../form/secret.ts';
import { oneOf, template } from '../form/text.ts';
import { renderDingtalk } from './render.ts';

export const dingtalk = integrationKind({
  kind: 'dingtalk',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: url({ otherwise: 'https://oapi.dingtalk.com/robot/send' }),
    access_token: secret({ required: 'missing access_token or access_token_file in dingtalk config' }),
    /** Of robots whose messages are signed. */
    secret: secret({}),
    message_type: oneOf<'markdown' | 'text'>(['markdown', 'text'], 'markdown'),
    title: template('{{ template "belfry.title" . }}'),
    message: template(TITLED_MARKDOWN),
    at_mobiles: templateList(),
    at_user_ids: templateList(),
    at_all: bool(),
  },
  render: renderDingtalk,
});
