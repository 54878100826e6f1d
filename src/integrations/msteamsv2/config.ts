// msteamsv2_configs: an adaptive card to a workflow of Microsoft Teams.
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { secretUrl } from '../form/secret.ts';
import { template } from '../form/text.ts';
import { renderMsteamsV2 } from './render.ts';

export const msteamsv2 = integrationKind({
  kind: 'msteamsv2',
  sendResolvedDefault: true,
  table: {
    http_config: http({ inheritsProxy: true }),
    webhook_url: secretUrl({ required: 'one of webhook_url or webhook_url_file must be configured' }),
    title: template('{{ template "msteamsv2.default.title" . }}'),
    text: template('{{ template "msteamsv2.default.text" . }}'),
  },
  render: renderMsteamsV2,
});
