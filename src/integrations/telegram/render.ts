// A message in a chat of Telegram. What Telegram cannot read as markup, or finds too long all the same, goes out once
// more as plain text.
import { goJson } from '../../model/go-json.ts';
import { cutRunes, cutUnits } from '../../notify/cut-text.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource, TextSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { byJson, jsonAnswer, membersOf, refusedInJson } from '../http/judge-json.ts';
import { jsonPost, type HttpAnswer, type HttpPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';
import { plainOf, shortHtml } from './html.ts';

export const PARSE_MODES = ['', 'Markdown', 'MarkdownV2', 'HTML'] as const;

export type ParseMode = (typeof PARSE_MODES)[number];

export interface TelegramValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly botToken: SecretSource;
  readonly chatId: TextSource;
  readonly messageThreadId: number;
  readonly message: string;
  readonly disableNotifications: boolean;
  readonly parseMode: ParseMode;
}

interface Text {
  readonly text: string;
  readonly parseMode: ParseMode;
  /** Where the group has moved to. */
  readonly movedTo: string | null;
}

/** Characters, after markup has been read. */
const LONGEST = 4096;
/** Of the text as it is sent. */
const MOST_BYTES = 32_000;

export function renderTelegram(values: TelegramValues, scene: Scene): Draft {
  return { kind: 'http', request: post(values, { ...textOf(values, scene), movedTo: null }) };
}

function textOf({ message, parseMode }: TelegramValues, scene: Scene): Pick<Text, 'text' | 'parseMode'> {
  // The plain message has no markup, and what looks like it is none.
  if (scene.plainBecause !== null) return { text: cutUnits(scene.body(message), LONGEST), parseMode: '' };
  if (parseMode !== 'HTML') return { text: cutRunes(scene.bodyOrTitle(message), LONGEST), parseMode };
  return { text: shortHtml(scene.bodyOrTitle(message, 'html'), { visible: LONGEST, bytes: MOST_BYTES }), parseMode };
}

function post(values: TelegramValues, text: Text): HttpPost {
  const { httpConfig, apiUrl, botToken, chatId, messageThreadId, disableNotifications } = values;
  return {
    http: httpConfig,
    timeout: null,
    secrets: { bot_token: botToken, ...(chatId.kind === 'file' ? { chat_id: chatId } : {}) },
    write: (secret) => {
      const chat = text.movedTo ?? (chatId.kind === 'inline' ? chatId.text : secret('chat_id'));
      const body = goJson({
        chat_id: chat,
        disable_notification: disableNotifications ? 'true' : undefined,
        disable_web_page_preview: 'true',
        message_thread_id: messageThreadId === 0 ? undefined : String(messageThreadId),
        parse_mode: text.parseMode || undefined,
        text: text.text,
      });
      return jsonPost(`${apiUrl}/bot${secret('bot_token')}/sendMessage`, `${body}\n`);
    },
    judge: (answer) => {
      const next = better(text, answer);
      return next === null ? judge(answer) : post(values, next);
    },
  };
}

function judge(answer: HttpAnswer): Outcome {
  const outcome = byJson(answer);
  const isRefused = outcome.kind === 'delivered' && jsonAnswer(answer).get('ok') === false;
  return isRefused ? refusedInJson(answer) : outcome;
}

/** What Telegram would rather have; null when it is not about the message. */
function better(text: Text, answer: HttpAnswer): Text | null {
  if (answer.status !== 400) return null;
  const json = jsonAnswer(answer);
  const chat = membersOf(json.get('parameters')).get('migrate_to_chat_id');
  if (typeof chat === 'number' && text.movedTo === null) return { ...text, movedTo: String(chat) };
  const isAboutText = /can't parse entities|too long/i.test(String(json.get('description')));
  const plain = cutUnits(text.parseMode === 'HTML' ? plainOf(text.text) : text.text, LONGEST);
  if (!isAboutText || (text.parseMode === '' && plain === text.text)) return null;
  return { ...text, text: plain, parseMode: '' };
}
