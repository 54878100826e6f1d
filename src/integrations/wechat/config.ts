// wechat_configs: a message of an application of WeCom, to members, departments or tags.
import { goQuote } from '../../model/go-quote.ts';
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { secret, url } from '../form/secret.ts';
import { address, oneOf, requiredAddress, template } from '../form/text.ts';
import { renderWechat } from './render.ts';

export const wechat = integrationKind({
  kind: 'wechat',
  sendResolvedDefault: false,
  table: {
    http_config: http(),
    api_secret: secret({
      global: 'wechat_api_secret',
      required: 'no global Wechat Api Secret set either inline or in a file',
    }),
    corp_id: requiredAddress('no global Wechat CorpID set', 'wechat_api_corp_id'),
    message: template('{{ template "wechat.default.message" . }}'),
    api_url: url({ global: 'wechat_api_url' }),
    to_user: address('{{ template "wechat.default.to_user" . }}'),
    to_party: address('{{ template "wechat.default.to_party" . }}'),
    to_tag: address('{{ template "wechat.default.to_tag" . }}'),
    agent_id: address('{{ template "wechat.default.agent_id" . }}'),
    message_type: oneOf<'text' | 'markdown'>(
      ['text', 'markdown'],
      'text',
      (text) => `weChat message type ${goQuote(text)} does not match valid options ^(text|markdown)$`,
    ),
  },
  render: renderWechat,
});
