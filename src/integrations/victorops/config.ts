// victorops_configs: alerts for VictorOps, now Splunk On-Call, through its REST endpoint.
import { integrationKind } from '../form/kind.ts';
import { http, templates } from '../form/nested.ts';
import { secret, url } from '../form/secret.ts';
import { requiredAddress, template } from '../form/text.ts';
import { renderVictorops } from './render.ts';

/** What the message says by itself. */
const RESERVED = [
  'routing_key',
  'message_type',
  'state_message',
  'entity_display_name',
  'monitoring_tool',
  'entity_id',
  'entity_state',
];

export const victorops = integrationKind({
  kind: 'victorops',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_key: secret({ global: 'victorops_api_key', required: 'no global VictorOps API Key set' }),
    api_url: url({ global: 'victorops_api_url', isFolder: true }),
    routing_key: requiredAddress('missing Routing key in VictorOps config'),
    message_type: template('CRITICAL'),
    state_message: template('{{ template "victorops.default.state_message" . }}'),
    entity_display_name: template('{{ template "victorops.default.entity_display_name" . }}'),
    monitoring_tool: template('{{ template "victorops.default.monitoring_tool" . }}'),
    custom_fields: templates(),
  },
  check: (section, { customFields }) => {
    for (const name of RESERVED) {
      if (customFields?.has(name) !== true) continue;
      const message = `victorOps config contains custom field ${name} which cannot be used as it conflicts with the fixed/static fields`;
      section.section('custom_fields')?.refuse(name, 'config/bad-value', message);
    }
  },
  render: renderVictorops,
});
