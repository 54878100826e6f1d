// pagerduty_configs: events for PagerDuty, in version 2 with a routing key or in version 1 with a service key.
import { type Form } from '../form/form.ts';
import { integrationKind } from '../form/kind.ts';
import { http, tables } from '../form/nested.ts';
import { payloads } from '../form/payload.ts';
import { timeout } from '../form/scalar.ts';
import { secret, url } from '../form/secret.ts';
import { template } from '../form/text.ts';
import { renderPagerduty } from './render.ts';

const CLIENT = '{{ template "pagerduty.default.client" . }}';

/** Whoever says so: the client, unless it is said. */
const source: Form<string> = {
  ...template(),
  read: (section, key, context) => {
    const own = template().read(section, key, context) ?? '';
    return own || (section.has('client') ? section.text('client') : CLIENT);
  },
};

export const pagerduty = integrationKind({
  kind: 'pagerduty',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    service_key: secret({}),
    routing_key: secret({}),
    url: url({ global: 'pagerduty_url' }),
    client: template(CLIENT),
    client_url: template('{{ template "pagerduty.default.clientURL" . }}'),
    description: template('{{ template "pagerduty.default.description" .}}'),
    details: payloads([
      ['firing', '{{ .Alerts.Firing | toJson }}'],
      ['num_firing', '{{ .Alerts.Firing | len }}'],
      ['num_resolved', '{{ .Alerts.Resolved | len }}'],
      ['resolved', '{{ .Alerts.Resolved | toJson }}'],
    ]),
    images: tables({ src: template(), alt: template(), href: template() }),
    links: tables({ href: template(), text: template() }),
    source,
    severity: template(),
    class: template(),
    component: template(),
    group: template(),
    timeout: timeout(),
  },
  check: (section, { serviceKey, routingKey }) => {
    if (serviceKey !== null || routingKey !== null) return;
    const hint = 'the integration key of a service or of an orchestration is its routing_key';
    section.refuse('routing_key', 'config/required', 'missing service or routing key in PagerDuty config', hint);
  },
  render: renderPagerduty,
});
