// msteams_configs: a card of the older kind to a connector of Microsoft Teams.
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { secretUrl } from '../form/secret.ts';
import { template } from '../form/text.ts';
import { renderMsteams } from './render.ts';

export const msteams = integrationKind({
  kind: 'msteams',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    webhook_url: secretUrl({ required: 'one of webhook_url or webhook_url_file must be configured' }),
    title: template('{{ template "msteams.default.title" . }}'),
    summary: template('{{ template "msteams.default.summary" . }}'),
    text: template('{{ template "msteams.default.text" . }}'),
  },
  render: renderMsteams,
});
