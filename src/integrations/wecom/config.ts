// wecom_configs (ours): a group robot of WeCom. wechat_configs, upstream's, is its application API.
import { TITLED_MARKDOWN } from '../default-texts.ts';
import { integrationKind } from '../form/kind.ts';
import { http, templateList } from '../form/nested.ts';
import { secret, url } from '../form/secret.ts';
import { oneOf, template } from '../form/text.ts';
import { renderWecom } from './render.ts';

export const wecom = integrationKind({
  kind: 'wecom',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: url({ otherwise: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send' }),
    key: secret({ required: 'missing key or key_file in wecom config' }),
    message_type: oneOf<'markdown' | 'text'>(['markdown', 'text'], 'markdown'),
    message: template(TITLED_MARKDOWN),
    /** User ids; `@all` is everybody. */
    mentioned: templateList(),
    mentioned_mobiles: templateList(),
  },
  render: renderWecom,
});
