// telegram_configs: messages by a bot into a chat of Telegram.
import { readInt } from '../../input/scalar.ts';
import type { Section } from '../../outbound/section.ts';
import type { TextSource } from '../../outbound/http-config.ts';
import type { Form } from '../form/form.ts';
import { integrationKind } from '../form/kind.ts';
import { http } from '../form/nested.ts';
import { bool, omitEmpty, wholeNumber } from '../form/scalar.ts';
import { secret, url } from '../form/secret.ts';
import { template } from '../form/text.ts';
import { PARSE_MODES, renderTelegram, type ParseMode } from './render.ts';

/** chat_id: a number, or the file it is read from at each attempt. */
const chatId: Form<TextSource> = {
  properties: (key) => ({
    [key]: { type: ['string', 'null'], format: 'int' },
    [`${key}_file`]: { type: ['string', 'null'] },
  }),
  read: (section, key) => {
    const fileKey = `${key}_file`;
    const id = section.has(key) ? readInt(section.text(key)) : 0;
    // The schema has said so.
    if (id === null) {
      section.spoil();
      return undefined;
    }
    const file = section.text(fileKey);
    if (id !== 0 && file !== '') {
      section.refuse(fileKey, 'config/exclusive-keys', `at most one of ${key} & ${fileKey} must be configured`);
    }
    if (id !== 0) return { kind: 'inline', text: String(id) };
    if (file !== '') return { kind: 'file', path: section.file(file) };
    section.refuse(key, 'config/required', `missing ${key} or ${fileKey} on telegram_config`);
    return undefined;
  },
  print: (key, source) => (source.kind === 'inline' ? [[key, Number(source.text)]] : [[`${key}_file`, source.path]]),
};

/** An empty one is none, which is something else than the default. */
const parseMode: Form<ParseMode> = {
  properties: (key) => ({ [key]: { type: ['string', 'null'] } }),
  read: (section, key) => {
    const found = PARSE_MODES.find((mode) => mode === modeIn(section));
    if (found === undefined) {
      const message = `unknown ${key} on telegram_config, must be Markdown, MarkdownV2, HTML or empty string`;
      section.refuseValue(key, 'config/bad-value', message);
    }
    return found;
  },
  print: (key, mode) => (mode === '' ? [] : [[key, mode]]),
};

const modeIn = (section: Section): string => (section.has('parse_mode') ? section.text('parse_mode') : 'HTML');

export const telegram = integrationKind({
  kind: 'telegram',
  sendResolvedDefault: true,
  table: {
    http_config: http(),
    api_url: url({ global: 'telegram_api_url' }),
    bot_token: secret({
      global: 'telegram_bot_token',
      required: 'missing bot_token or bot_token_file on telegram_config',
    }),
    chat_id: chatId,
    message_thread_id: omitEmpty(wholeNumber(0, 'int')),
    message: template('{{ template "telegram.default.message" . }}', (section) =>
      modeIn(section) === 'HTML' ? 'html' : 'text',
    ),
    disable_notifications: omitEmpty(bool()),
    parse_mode: parseMode,
  },
  render: renderTelegram,
});
