// webhook_configs: our own JSON, or the user's `payload`, POSTed to one URL.
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { payload } from '../form/payload.ts';
import { timeout, wholeNumber } from '../form/scalar.ts';
import { secretUrl } from '../form/secret.ts';
import { renderWebhook } from './render.ts';
import { signature } from './signature.ts';

export const webhook = integrationKind({
  kind: 'webhook',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    url: secretUrl({ required: 'one of url or url_file must be configured', templates: true }),
    max_alerts: wholeNumber(),
    timeout: timeout(),
    /** The user's own body; without it, ours. */
    payload,
    signature,
  },
  render: renderWebhook,
});
