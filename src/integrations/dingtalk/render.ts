// A message of a DingTalk robot. Who is called is said in `at`, and has to stand in the text as well to be seen.
import { createHmac } from 'node:crypto';
import { cutBytes } from '../../notify/cut-text.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { byCode } from '../http/judge-code.ts';
import { jsonPost } from '../http/request.ts';
import { robotMarkdown, robotText } from '../robot-words.ts';
import type { Scene } from '../scene.ts';

export interface DingtalkValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly accessToken: SecretSource;
  readonly secret: SecretSource | null;
  readonly messageType: 'markdown' | 'text';
  readonly title: string;
  readonly message: string;
  readonly atMobiles: readonly string[];
  readonly atUserIds: readonly string[];
  readonly atAll: boolean;
}

const MOST_BYTES = 18_000;
const TITLE_BYTES = 200;
/** Twenty messages a minute; whoever sends more hears nothing for a while. */
const MINUTE_MS = 60_000;

const judge = byCode({
  ...{ code: ['errcode'], words: ['errmsg'], well: '0' },
  tooMany: new Map([['130101', MINUTE_MS]]),
  passing: new Set(['-1']),
  // 310000: the text lacks the robot's keyword, the signature does not match, or our address is not on its list.
  keys: new Set(['300001', '310000']),
});

export function renderDingtalk(values: DingtalkValues, scene: Scene): Draft {
  const { apiUrl, accessToken, secret: signing } = values;
  const body = JSON.stringify(bodyOf(values, scene));
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: signing === null ? { access_token: accessToken } : { access_token: accessToken, secret: signing },
      write: (secret, at) => {
        const query = new URLSearchParams({ access_token: secret('access_token') });
        if (signing !== null) {
          query.set('timestamp', String(at));
          query.set('sign', signatureOf(secret('secret'), at));
        }
        return jsonPost(`${apiUrl}?${query.toString()}`, body);
      },
      judge,
    },
  };
}

const signatureOf = (secret: string, at: number): string =>
  createHmac('sha256', secret).update(`${at}\n${secret}`).digest('base64');

function bodyOf(values: DingtalkValues, scene: Scene): object {
  const rendered = (texts: readonly string[]): readonly string[] =>
    texts.map((text) => scene.text(text).trim()).filter((text) => text !== '');
  const [atMobiles, atUserIds] = [rendered(values.atMobiles), rendered(values.atUserIds)];
  const called = [...atMobiles, ...atUserIds].map((who) => `@${who}`).join(' ');
  const isText = values.messageType === 'text';
  const said = isText
    ? cutBytes(robotText(scene, values.message), MOST_BYTES)
    : robotMarkdown(scene, values.message, MOST_BYTES);
  const text = called === '' ? said : `${said}\n\n${called}`;
  const at = { atMobiles, atUserIds, isAtAll: values.atAll };
  if (isText) return { msgtype: 'text', text: { content: text }, at };
  // Without a title there would be nothing in the list of chats, and the robot refuses the message.
  const title = cutBytes(scene.text(values.title).trim(), TITLE_BYTES) || scene.message.status;
  return { msgtype: 'markdown', markdown: { title, text }, at };
}
