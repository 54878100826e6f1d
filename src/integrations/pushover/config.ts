// pushover_configs: messages to people's phones through Pushover.
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { bool, goSpan, omitEmpty } from '../form/scalar.ts';
import { secret } from '../form/secret.ts';
import { template } from '../form/text.ts';
import { renderPushover } from './render.ts';

export const pushover = integrationKind({
  kind: 'pushover',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    user_key: secret({ required: 'one of user_key or user_key_file must be configured' }),
    token: secret({ required: 'one of token or token_file must be configured' }),
    title: template('{{ template "pushover.default.title" . }}'),
    message: template('{{ template "pushover.default.message" . }}', (section) =>
      section.bool('html', false) ? 'html' : 'text',
    ),
    url: template('{{ template "pushover.default.url" . }}'),
    url_title: template(),
    device: template(),
    sound: template(),
    priority: template('{{ if eq .Status "firing" }}2{{ else }}0{{ end }}'),
    retry: omitEmpty(goSpan(60_000)),
    expire: omitEmpty(goSpan(3_600_000)),
    ttl: omitEmpty(goSpan()),
    html: omitEmpty(bool()),
    monospace: omitEmpty(bool()),
  },
  check: (section, { html, monospace }) => {
    if (html === true && monospace === true) {
      section.refuse('monospace', 'config/exclusive-keys', 'at most one of monospace & html must be configured');
    }
  },
  render: renderPushover,
});
