// ntfy_configs (ours): a topic of ntfy, on ntfy.sh or one's own server.
import { integrationKind } from '../form/kind.ts';
import { http, templateList } from '../form/nested.ts';
import { bool } from '../form/scalar.ts';
import { secret, url } from '../form/secret.ts';
import { requiredAddress, template } from '../form/text.ts';
import { renderNtfy } from './render.ts';

export const ntfy = integrationKind({
  kind: 'ntfy',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    url: url({ otherwise: 'https://ntfy.sh' }),
    topic: requiredAddress('missing topic in ntfy config'),
    token: secret({}),
    title: template('{{ template "belfry.title" . }}'),
    message: template('{{ template "belfry.text" . }}'),
    /** From 1 to 5, or min, low, default, high, max. */
    priority: template(
      '{{ if eq .Status "resolved" }}default{{ else if eq .CommonLabels.severity "critical" }}max{{ else }}high{{ end }}',
    ),
    tags: templateList(['{{ if eq .Status "resolved" }}white_check_mark{{ else }}rotating_light{{ end }}']),
    click: template('{{ .ExternalURL }}'),
    markdown: bool(),
  },
  render: renderNtfy,
});
