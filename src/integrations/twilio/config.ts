// twilio_configs (ours): short messages by Twilio, or by a gateway of the same shape.
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { secret, url } from '../form/secret.ts';
import { requiredAddress, template } from '../form/text.ts';
import { renderTwilio } from './render.ts';

export const twilio = integrationKind({
  kind: 'twilio',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: url({ otherwise: 'https://api.twilio.com' }),
    account_sid: secret({ required: 'missing account_sid or account_sid_file in twilio config' }),
    auth_token: secret({ required: 'missing auth_token or auth_token_file in twilio config' }),
    /** A number, or the sid of a messaging service. */
    from: requiredAddress('missing from in twilio config'),
    /** Numbers, separated by commas. */
    to: requiredAddress('missing to in twilio config'),
    message: template('{{ template "belfry.brief" . }}'),
  },
  render: renderTwilio,
});
