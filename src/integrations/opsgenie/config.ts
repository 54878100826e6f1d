// opsgenie_configs: alerts of Opsgenie, opened and closed under one alias.
import { integrationKind } from '../form/kind.ts';
import { http, tables, templates } from '../form/nested.ts';
import { bool, omitEmpty } from '../form/scalar.ts';
import { secret, url } from '../form/secret.ts';
import { template } from '../form/text.ts';
import { renderOpsgenie, type Responder } from './render.ts';

const TYPES = /^(team|teams|user|escalation|schedule)$/;

export const opsgenie = integrationKind({
  kind: 'opsgenie',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_key: secret({
      global: 'opsgenie_api_key',
      required: 'no global OpsGenie API Key set either inline or in a file',
    }),
    api_url: url({ global: 'opsgenie_api_url', isFolder: true }),
    message: template('{{ template "opsgenie.default.message" . }}'),
    description: template('{{ template "opsgenie.default.description" . }}'),
    source: template('{{ template "opsgenie.default.source" . }}'),
    details: templates(),
    entity: template(),
    responders: tables({ id: template(), name: template(), username: template(), type: template() }),
    actions: template(),
    tags: template(),
    note: template(),
    priority: template(),
    update_alerts: omitEmpty(bool()),
  },
  check: (section, { responders }) => {
    section.sections('responders').forEach((responder, index) => {
      const fault = responderFault(responders[index]!);
      if (fault !== null) responder.refuse('type', 'config/bad-value', fault);
    });
  },
  render: renderOpsgenie,
});

function responderFault(responder: Responder): string | null {
  const { id, name, username, type } = responder;
  const shown = `opsGenieConfig responder {${id} ${name} ${username} ${type}}`;
  if (id === '' && name === '' && username === '') {
    return `${shown} has to have at least one of id, username or name specified`;
  }
  if (type.includes('{{') || TYPES.test(type.toLowerCase())) return null;
  return `${shown} type does not match valid options ${TYPES.source}`;
}
