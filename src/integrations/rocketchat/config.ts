// rocketchat_configs: a message with one attachment, posted by a user of Rocket.Chat.
import { integrationKind } from '../form/kind.ts';
import { http, tables } from '../form/nested.ts';
import { bool, optionalBool, printedAlways } from '../form/scalar.ts';
import { secret, url } from '../form/secret.ts';
import { address, plainText, template } from '../form/text.ts';
import { renderRocketchat } from './render.ts';

export const rocketchat = integrationKind({
  kind: 'rocketchat',
  sendResolvedDefault: false,
  table: {
    http_config: http(),
    api_url: url({ global: 'rocketchat_api_url', otherwise: 'https://open.rocket.chat/' }),
    token_id: secret({
      global: 'rocketchat_token_id',
      required: 'no global Rocketchat TokenID set either inline or in a file',
    }),
    token: secret({
      global: 'rocketchat_token',
      required: 'no global Rocketchat Token set either inline or in a file',
    }),
    channel: address(),
    color: template('{{ if eq .Status "firing" }}red{{ else }}green{{ end }}'),
    title: template('{{ template "rocketchat.default.title" . }}'),
    title_link: template('{{ template "rocketchat.default.titlelink" . }}'),
    text: template('{{ template "rocketchat.default.text" . }}'),
    fields: tables({
      short: printedAlways(optionalBool()),
      title: printedAlways(template()),
      value: printedAlways(template()),
    }),
    short_fields: bool(),
    emoji: template('{{ template "rocketchat.default.emoji" . }}'),
    icon_url: template('{{ template "rocketchat.default.iconurl" . }}'),
    image_url: template(),
    thumb_url: template(),
    link_names: bool(),
    // Upstream gives these keys no underscores.
    actions: tables({
      type: printedAlways(plainText()),
      text: printedAlways(template()),
      url: printedAlways(template()),
      imageurl: printedAlways(template()),
      iswebview: bool(),
      webviewheightratio: printedAlways(plainText()),
      msg: printedAlways(template()),
      msginchatwindow: bool(),
      msgprocessingtype: printedAlways(plainText()),
    }),
  },
  render: renderRocketchat,
});
