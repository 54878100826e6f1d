// mattermost_configs: a post with attachments to an incoming webhook of Mattermost.
import { integrationKind } from '../form/kind.ts';
import { http, table, tables } from '../form/nested.ts';
import { bool, omitEmpty, optionalBool } from '../form/scalar.ts';
import { secretUrl } from '../form/secret.ts';
import { address, requiredTemplate, template } from '../form/text.ts';
import { renderMattermost } from './render.ts';

const fields = tables({
  title: requiredTemplate('missing title in Mattermost field configuration'),
  value: requiredTemplate('missing value in Mattermost field configuration'),
  short: optionalBool(),
});

export const mattermost = integrationKind({
  kind: 'mattermost',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    webhook_url: secretUrl({
      global: 'mattermost_webhook_url',
      required: 'missing webhook_url or webhook_url_file on mattermost_config',
    }),
    channel: address(),
    username: template('{{ template "mattermost.default.username" . }}'),
    text: template('{{ template "mattermost.default.text" . }}'),
    fallback: template('{{ template "mattermost.default.fallback" . }}'),
    color: template('{{ template "mattermost.default.color" . }}'),
    pretext: template(),
    author_name: template(),
    author_link: template(),
    author_icon: template(),
    title: template('{{ template "mattermost.default.title" . }}'),
    title_link: template('{{ template "mattermost.default.titlelink" . }}'),
    fields,
    thumb_url: template(),
    footer: template(),
    footer_icon: template(),
    image_url: template(),
    icon_url: template(),
    icon_emoji: template(),
    attachments: tables({
      fallback: template(),
      color: template(),
      pretext: template(),
      text: template(),
      author_name: template(),
      author_link: template(),
      author_icon: template(),
      title: template(),
      title_link: template(),
      fields,
      thumb_url: template(),
      footer: template(),
      footer_icon: template(),
      image_url: template(),
    }),
    type: template(),
    props: table({ card: template() }),
    priority: table({
      priority: template(),
      requested_ack: omitEmpty(bool()),
      persistent_notifications: omitEmpty(bool()),
    }),
  },
  render: renderMattermost,
});
