// jira_configs: an issue per group, found again by a label, updated, reopened and resolved.
import { isMapping } from '../../input/tree.ts';
import type { Form } from '../form/form.ts';
import { integrationKind } from '../form/kind.ts';
import { http, table, templateList } from '../form/nested.ts';
import { payloads } from '../form/payload.ts';
import { omitEmpty, optionalBool, span } from '../form/scalar.ts';
import { url } from '../form/secret.ts';
import { oneOf, plainText, requiredAddress, template } from '../form/text.ts';
import type { FieldValues } from './issue.ts';
import { renderJira } from './render.ts';

/** summary, description: a template, or one with whether it is written again. */
function field(otherwise: string): Form<FieldValues> {
  const text = template(otherwise);
  const whole = table({ template: text, enable_update: optionalBool() });
  const shapeOf = (key: string): object => whole.properties(key)[key]!;
  return {
    properties: (key) => ({ [key]: { ...shapeOf(key), type: ['object', 'string', 'null'] } }),
    read: (section, key, context) => {
      if (isMapping(section.raw(key))) return whole.read(section, key, context) ?? undefined;
      const own = text.read(section, key, context);
      return own === undefined ? undefined : { template: own, enableUpdate: null };
    },
    print: (key, values) => whole.print(key, values),
  };
}

export const jira = integrationKind({
  kind: 'jira',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: url({ global: 'jira_api_url', required: 'no global Jira Cloud URL set' }),
    api_type: oneOf<'auto' | 'cloud' | 'datacenter'>(
      ['auto', 'cloud', 'datacenter'],
      'auto',
      () => 'unknown api_type on jira_config, must be auto, cloud or datacenter',
    ),
    project: requiredAddress('missing project in jira_config'),
    summary: field('{{ template "jira.default.summary" . }}'),
    description: field('{{ template "jira.default.description" . }}'),
    labels: templateList(),
    priority: template('{{ template "jira.default.priority" . }}'),
    issue_type: requiredAddress('missing issue_type in jira_config'),
    // Not templates: upstream takes them as they stand.
    reopen_transition: plainText(),
    resolve_transition: plainText(),
    wont_fix_resolution: plainText(),
    reopen_duration: omitEmpty(span(0)),
    fields: omitEmpty(payloads([])),
  },
  render: renderJira,
});
