// A message in Rocket.Chat: one attachment with all words in it.
import { goJson, type Json } from '../../model/go-json.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { askedToWait, inWords } from '../http/judge.ts';
import { byJson, jsonAnswer, refusedInJson } from '../http/judge-json.ts';
import { jsonPost, type HttpAnswer } from '../http/request.ts';
import { urlUnder } from '../http/url-under.ts';
import type { Scene } from '../scene.ts';

export interface RocketchatValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly tokenId: SecretSource;
  readonly token: SecretSource;
  readonly channel: string;
  readonly color: string;
  readonly title: string;
  readonly titleLink: string;
  readonly text: string;
  readonly fields: readonly { readonly short: boolean | null; readonly title: string; readonly value: string }[];
  readonly shortFields: boolean;
  readonly emoji: string;
  readonly iconUrl: string;
  readonly imageUrl: string;
  readonly thumbUrl: string;
  readonly actions: readonly Action[];
}

interface Action {
  readonly text: string;
  readonly url: string;
  readonly imageurl: string;
  readonly iswebview: boolean;
  readonly webviewheightratio: string;
  readonly msg: string;
  readonly msginchatwindow: boolean;
  readonly msgprocessingtype: string;
}

const LONGEST_TITLE = 1024;

export function renderRocketchat(values: RocketchatValues, scene: Scene): Draft {
  const said = (template: string): string | undefined => scene.text(template) || undefined;
  const body = goJson({
    channel: scene.address(values.channel) || undefined,
    emoji: said(values.emoji),
    avatar: said(values.iconUrl),
    attachments: [
      {
        title: cutRunes(scene.text(values.title), LONGEST_TITLE) || undefined,
        title_link: said(values.titleLink),
        text: scene.body(values.text) || undefined,
        image_url: said(values.imageUrl),
        thumb_url: said(values.thumbUrl),
        color: said(values.color),
        fields: listed(
          values.fields.map(({ short, title, value }) => ({
            short: short ?? values.shortFields,
            title: said(title),
            value: said(value),
          })),
        ),
        actions: listed(values.actions.map((action) => actionOf(action, said))),
      },
    ],
  });
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: { token_id: values.tokenId, token: values.token },
      write: (secret) =>
        jsonPost(urlUnder(values.apiUrl, 'api/v1/chat.postMessage'), `${body}\n`, {
          'X-Auth-Token': secret('token'),
          'X-User-Id': secret('token_id'),
        }),
      judge,
    },
  };
}

const listed = (list: readonly Json[]): Json | undefined => (list.length === 0 ? undefined : list);

/** Rocket.Chat knows no other type. */
const actionOf = (action: Action, said: (template: string) => string | undefined): Json => ({
  type: 'button',
  text: said(action.text),
  url: said(action.url),
  image_url: said(action.imageurl),
  is_webview: action.iswebview,
  webview_height_ratio: action.webviewheightratio || undefined,
  msg: said(action.msg),
  msg_in_chat_window: action.msginchatwindow,
  msg_processing_type: action.msgprocessingtype || undefined,
});

/** A 200 may say that nothing was posted; one that is no JSON comes from somebody before it. */
function judge(answer: HttpAnswer): Outcome {
  const outcome = byJson(answer);
  const json = jsonAnswer(answer);
  if (outcome.kind === 'delivered' && json.size === 0) {
    return { kind: 'retry', reason: 'other', detail: inWords(answer, answer.body), after: askedToWait(answer) };
  }
  const isTooMany = /too-many-requests/.test(`${String(json.get('error'))} ${String(json.get('errorType'))}`);
  if (isTooMany) {
    const seconds = /wait (\d+) seconds/.exec(String(json.get('error')))?.[1];
    const after = askedToWait(answer) ?? (seconds === undefined ? null : Number(seconds) * 1000);
    return { kind: 'retry', reason: 'rateLimited', detail: outcome.detail, after };
  }
  return outcome.kind === 'delivered' && json.get('success') !== true ? refusedInJson(answer) : outcome;
}
