// webhook_configs: our own JSON, or the user's `payload`, POSTed to one URL.
import type { Form } from '../form/form.ts';
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { timeout, wholeNumber } from '../form/scalar.ts';
import { secretUrl } from '../form/secret.ts';
import { compilePayload, type Payload } from './payload.ts';
import { renderWebhook } from './render.ts';
import { signature } from './signature.ts';

/** The user's own body: string leaves are templates. null is our default body. */
const payload: Form<Payload | null> = {
  properties: (key) => ({ [key]: {} }),
  read: (section, key, { typed, template }) => {
    const path = [...section.path, key];
    return compilePayload(typed(path), section.raw(key), (within, text) =>
      template([...path, ...within], text, 'text'),
    );
  },
  print: (key, value) => (value === null ? [] : [[key, value]]),
};

export const webhook = integrationKind({
  kind: 'webhook',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    url: secretUrl({ required: 'one of url or url_file must be configured', templates: true }),
    max_alerts: wholeNumber(),
    timeout: timeout(),
    payload,
    signature,
  },
  render: renderWebhook,
});
