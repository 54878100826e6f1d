// A message of an application of WeCom. It is sent with a token that the API hands out for two hours and limits how
// often it is asked for; all answers are 200 and carry a code.
import { goJson } from '../../model/go-json.ts';
import { cutBytes } from '../../notify/cut-text.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { inItsLanguage, TITLED_MARKDOWN } from '../default-texts.ts';
import type { Draft } from '../draft.ts';
import { byCode } from '../http/judge-code.ts';
import { jsonAnswer } from '../http/judge-json.ts';
import { renderedSecret } from '../http/rendered-secret.ts';
import { jsonPost, type Handed, type HttpAnswer, type Pass, type Reader } from '../http/request.ts';
import { urlUnder } from '../http/url-under.ts';
import { robotMarkdown } from '../robot-words.ts';
import type { Scene } from '../scene.ts';

export interface WechatValues {
  readonly httpConfig: HttpConfig;
  readonly apiSecret: SecretSource;
  readonly corpId: string;
  readonly message: string;
  readonly apiUrl: string;
  readonly toUser: string;
  readonly toParty: string;
  readonly toTag: string;
  readonly agentId: string;
  readonly messageType: 'text' | 'markdown';
}

/** Text that is longer is cut by the API, markdown refused. */
const MOST_BYTES = 2048;
const MINUTE_MS = 60_000;
/** A token is not used in the last minutes of its life. */
const MARGIN_MS = 5 * MINUTE_MS;

const SPENT: ReadonlySet<string> = new Set(['40014', '42001', '41001']);

const byErrcode = byCode({
  ...{ code: ['errcode'], words: ['errmsg'], well: '0' },
  tooMany: new Map([
    ['45009', MINUTE_MS],
    ['45033', MINUTE_MS],
    ['45047', MINUTE_MS],
  ]),
  // A token that is bad although it is new will be asked for once more.
  passing: new Set(['-1', '6000', ...SPENT]),
  keys: new Set(['40001', '40013', '40082', '48002', '60011', '60020', '301002']),
});

export function renderWechat(values: WechatValues, scene: Scene): Draft {
  const corpId = scene.address(values.corpId);
  const isMarkdown = values.messageType === 'markdown';
  const content = { content: cutBytes(wordsOf(values, scene), MOST_BYTES) };
  const none = { content: '' };
  const body = goJson({
    text: isMarkdown ? none : content,
    touser: scene.address(values.toUser) || undefined,
    toparty: scene.address(values.toParty) || undefined,
    totag: scene.address(values.toTag) || undefined,
    agentid: scene.address(values.agentId) || undefined,
    safe: '0',
    msgtype: values.messageType,
    markdown: isMarkdown ? content : none,
  });
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: {},
      pass: tokenFor(values, corpId, scene),
      write: (secret) => {
        const query = new URLSearchParams({ access_token: secret('access_token') });
        return jsonPost(urlUnder(values.apiUrl, `message/send?${query.toString()}`), `${body}\n`);
      },
      judge,
    },
  };
}

/** The default of a receiver with a language is ours, and plain: its Markdown is that of robots. */
function wordsOf({ message, messageType }: WechatValues, scene: Scene): string {
  const isOurs = scene.locale.isChosen && inItsLanguage(message, scene.templates) !== message;
  return isOurs && messageType === 'markdown' ? robotMarkdown(scene, TITLED_MARKDOWN, MOST_BYTES) : scene.body(message);
}

function tokenFor({ httpConfig, apiUrl, apiSecret: source }: WechatValues, corpId: string, scene: Scene): Pass {
  const secretIn = (secret: Reader): string | Outcome => renderedSecret(scene, 'api_secret', secret('api_secret'));
  return {
    key: (secret) => JSON.stringify([apiUrl, corpId, secretIn(secret)]),
    ask: {
      http: httpConfig,
      timeout: null,
      secrets: { api_secret: source },
      write: (secret) => {
        const apiSecret = secretIn(secret);
        if (typeof apiSecret !== 'string') return apiSecret;
        const query = new URLSearchParams({ corpid: corpId, corpsecret: apiSecret });
        const url = urlUnder(apiUrl, `gettoken?${query.toString()}`);
        return { kind: 'wire', method: 'GET', url, headers: {}, body: '', secrets: [apiSecret] };
      },
      judge: handedIn,
    },
    isSpent: (answer) => SPENT.has(String(jsonAnswer(answer).get('errcode'))),
  };
}

function handedIn(answer: HttpAnswer): Handed | Outcome {
  const outcome = byErrcode(answer);
  const json = jsonAnswer(answer);
  const token = json.get('access_token');
  const seconds = json.get('expires_in');
  if (outcome.kind !== 'delivered') return outcome;
  if (typeof token !== 'string' || token === '') {
    return { kind: 'rejected', reason: 'authError', detail: 'the API handed out no access_token' };
  }
  const lifetime = typeof seconds === 'number' ? seconds * 1000 - MARGIN_MS : 0;
  return { kind: 'handed', secrets: new Map([['access_token', token]]), lifetime };
}

/** Well, and yet not for everybody: those who are not there are named. */
function judge(answer: HttpAnswer): Outcome {
  const outcome = byErrcode(answer);
  const json = jsonAnswer(answer);
  const missed = ['invaliduser', 'invalidparty', 'invalidtag'].flatMap((name) => {
    const ids = json.get(name);
    return typeof ids === 'string' && ids !== '' ? [`${name} ${ids}`] : [];
  });
  return missed.length === 0 ? outcome : { ...outcome, detail: [outcome.detail, ...missed].join('; ') };
}
