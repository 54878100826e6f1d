// webex_configs: a message in a room of Webex, by a bot whose token stands in http_config.
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { url } from '../form/secret.ts';
import { requiredAddress, template } from '../form/text.ts';
import { renderWebex } from './render.ts';

export const webex = integrationKind({
  kind: 'webex',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: url({ global: 'webex_api_url' }),
    message: template('{{ template "webex.default.message" . }}'),
    room_id: requiredAddress('missing room_id on webex_config'),
  },
  check: (section, { httpConfig }) => {
    // The global one is no bot's.
    if (section.has('http_config') && httpConfig?.auth?.kind === 'authorization') return;
    const hint = 'a bot writes as itself: http_config: {authorization: {credentials: its token}}';
    section.refuse('http_config', 'config/required', 'missing webex_configs.http_config.authorization', hint);
  },
  render: renderWebex,
});
