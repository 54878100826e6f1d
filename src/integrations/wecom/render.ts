// A message of a WeCom robot. Markdown calls people by `<@id>`, text by lists of its own; what comes from alerts calls
// nobody.
import { cutBytes } from '../../notify/cut-text.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { byCode } from '../http/judge-code.ts';
import { jsonPost } from '../http/request.ts';
import { robotMarkdown, robotText } from '../robot-words.ts';
import type { Scene } from '../scene.ts';

export interface WecomValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly key: SecretSource;
  readonly messageType: 'markdown' | 'text';
  readonly message: string;
  readonly mentioned: readonly string[];
  readonly mentionedMobiles: readonly string[];
}

const MARKDOWN_BYTES = 4096;
const TEXT_BYTES = 2048;
/** Twenty messages a minute. */
const MINUTE_MS = 60_000;

const judge = byCode({
  ...{ code: ['errcode'], words: ['errmsg'], well: '0' },
  tooMany: new Map([
    ['45009', MINUTE_MS],
    ['45033', MINUTE_MS],
  ]),
  passing: new Set(['-1']),
  keys: new Set(['93000', '40014', '60020']),
});

export function renderWecom(values: WecomValues, scene: Scene): Draft {
  const body = JSON.stringify(bodyOf(values, scene));
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: { key: values.key },
      write: (secret) => jsonPost(`${values.apiUrl}?${new URLSearchParams({ key: secret('key') }).toString()}`, body),
      judge,
    },
  };
}

function bodyOf(values: WecomValues, scene: Scene): object {
  const rendered = (texts: readonly string[]): readonly string[] =>
    texts.map((text) => scene.text(text).trim()).filter((text) => /^@?[\w.+-]+$/.test(text));
  const [mentioned, mobiles] = [rendered(values.mentioned), rendered(values.mentionedMobiles)];
  // Markdown knows no mobiles; text has lists for both.
  if (values.messageType === 'text' || mobiles.length > 0 || mentioned.includes('@all')) {
    const said = robotText(scene, values.message);
    const text = { content: cutBytes(said, TEXT_BYTES), mentioned_list: mentioned, mentioned_mobile_list: mobiles };
    return { msgtype: 'text', text };
  }
  const called = mentioned.map((id) => `<@${id}>`).join(' ');
  const room = MARKDOWN_BYTES - (called === '' ? 0 : Buffer.byteLength(called) + 1);
  const said = robotMarkdown(scene, values.message, room);
  const content = cutBytes(said.replaceAll('<@', '<\u200b@'), room);
  return { msgtype: 'markdown', markdown: { content: called === '' ? content : `${content}\n${called}` } };
}
