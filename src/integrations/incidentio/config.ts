// incidentio_configs: Alertmanager's body to an alert source of incident.io.
import type { TextSource } from '../../outbound/http-config.ts';
import type { Section } from '../../outbound/section.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import type { Form } from '../form/form.ts';
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { timeout, wholeNumber } from '../form/scalar.ts';
import { secret } from '../form/secret.ts';
import { renderIncidentio, type IncidentioValues } from './render.ts';

const TEXT = { type: ['string', 'null'] };

/** url: everybody may see it, and it may be read from a file all the same. */
const source: Form<TextSource> = {
  properties: (key) => ({ [key]: { ...TEXT, format: 'secret-url' }, [`${key}_file`]: TEXT }),
  read: (section, key) => {
    const fileKey = `${key}_file`;
    section.atMostOne([key, fileKey], `at most one of ${key} & ${fileKey} must be configured`);
    const found = section.textSource(key, fileKey);
    if (found === null) {
      section.refuse(key, 'config/required', `one of ${key} or ${fileKey} must be configured`);
      return undefined;
    }
    const fault = found.kind === 'inline' ? httpUrlFault(found.text) : null;
    if (fault !== null) section.refuseValue(key, 'config/bad-url', `invalid URL: ${fault}`);
    return found;
  },
  print: (key, found) => (found.kind === 'inline' ? [[key, found.text]] : [[`${key}_file`, found.path]]),
};

/** Who we are is said by the token or by http_config; an http_config that says nothing leaves nothing. */
function checkToken(section: Section, { alertSourceToken }: IncidentioValues): void {
  const own = section.section('http_config');
  const isAuthorized = own?.has('authorization') === true;
  const key = section.has('alert_source_token_file') ? 'alert_source_token_file' : 'alert_source_token';
  if (isAuthorized && alertSourceToken !== null) {
    const message = 'cannot specify alert_source_token or alert_source_token_file when using http_config.authorization';
    section.refuse(key, 'config/exclusive-keys', message);
  }
  if (own !== null && !isAuthorized && alertSourceToken === null) {
    const message =
      'at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured';
    section.refuse(key, 'config/required', message);
  }
}

export const incidentio = integrationKind({
  kind: 'incidentio',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    url: source,
    alert_source_token: secret({}),
    max_alerts: wholeNumber(),
    timeout: timeout(),
  },
  check: checkToken,
  render: renderIncidentio,
});
