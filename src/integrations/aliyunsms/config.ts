// aliyunsms_configs (ours): short messages by Alibaba Cloud, whose texts are templates that it has approved: ours fill
// in their parameters.
import { integrationKind } from '../form/kind.ts';
import { http, templates } from '../form/nested.ts';
import { secret, url } from '../form/secret.ts';
import { requiredAddress } from '../form/text.ts';
import { renderAliyunsms } from './render.ts';

export const aliyunsms = integrationKind({
  kind: 'aliyunsms',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: url({ otherwise: 'https://dysmsapi.aliyuncs.com' }),
    access_key_id: secret({ required: 'missing access_key_id or access_key_id_file in aliyunsms config' }),
    access_key_secret: secret({ required: 'missing access_key_secret or access_key_secret_file in aliyunsms config' }),
    sign_name: requiredAddress('missing sign_name in aliyunsms config'),
    template_code: requiredAddress('missing template_code in aliyunsms config'),
    /** Numbers, separated by commas. */
    to: requiredAddress('missing to in aliyunsms config'),
    params: templates(),
  },
  render: renderAliyunsms,
});
