// A card of a Feishu bot: red while anything critical fires, blue for mere notes, orange for the rest, green when it is over. Its markup calls
// people by tags; what comes from alerts must not, so it is written with an entity where a tag would begin.
import { createHmac } from 'node:crypto';
import { severityRank } from '../../model/severity.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import { cutToFit } from '../../notify/cut-to-fit.ts';
import { escapesAsEntities } from '../../notify/markdown-escapes.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { byCode } from '../http/judge-code.ts';
import { jsonPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface FeishuValues {
  readonly httpConfig: HttpConfig;
  readonly webhookUrl: SecretSource;
  readonly secret: SecretSource | null;
  readonly title: string;
  readonly message: string;
  readonly atUserIds: readonly string[];
  readonly atAll: boolean;
}

/** Of the whole body, signature included. */
const MOST_BYTES = 20_000;
const SIGNATURE_BYTES = 200;
const TITLE_RUNES = 200;
/** A hundred messages a minute. */
const MINUTE_MS = 60_000;

const judge = byCode({
  ...{ code: ['code', 'StatusCode'], words: ['msg', 'StatusMessage'], well: '0' },
  tooMany: new Map([
    ['9499', MINUTE_MS],
    ['11232', MINUTE_MS],
  ]),
  passing: new Set(['1000']),
  // The token, the signature or its time, our address, the bot's keyword.
  keys: new Set(['19001', '19021', '19022', '19024']),
});

export function renderFeishu(values: FeishuValues, scene: Scene): Draft {
  const { httpConfig, webhookUrl, secret: signing } = values;
  const message = messageOf(values, scene);
  return {
    kind: 'http',
    request: {
      http: httpConfig,
      timeout: null,
      secrets: signing === null ? { webhook_url: webhookUrl } : { webhook_url: webhookUrl, secret: signing },
      write: (secret, at) => {
        const timestamp = String(Math.floor(at / 1000));
        const signed = signing === null ? {} : { timestamp, sign: signatureOf(secret('secret'), timestamp) };
        return jsonPost(secret('webhook_url'), JSON.stringify({ ...signed, ...message }));
      },
      judge,
    },
  };
}

/** The text is the key, and nothing is signed: so the bot wants it. */
const signatureOf = (secret: string, timestamp: string): string =>
  createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');

function messageOf(values: FeishuValues, scene: Scene): object {
  const title = cutRunes(scene.text(values.title).trim(), TITLE_RUNES) || scene.message.status;
  const called = calls(values, scene);
  const card = (said: string): object => ({
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: { template: colorOf(scene), title: { tag: 'plain_text', content: title } },
      elements: [{ tag: 'markdown', content: called === '' ? said : `${said}\n${called}` }],
    },
  });
  const fits = (said: string): boolean => Buffer.byteLength(JSON.stringify(card(said))) + SIGNATURE_BYTES <= MOST_BYTES;
  return card(cutToFit(harmless(escapesAsEntities(scene.body(values.message))), fits));
}

const harmless = (text: string): string => text.replace(/<(?=\/?[a-z])/gi, '&#60;');

function calls({ atUserIds, atAll }: FeishuValues, scene: Scene): string {
  const ids = atUserIds.map((id) => scene.text(id).trim()).filter((id) => /^[\w-]+$/.test(id));
  return [...(atAll ? ['all'] : []), ...ids].map((id) => `<at id=${id}></at>`).join(' ');
}

function colorOf({ message }: Scene): string {
  if (message.status === 'resolved') return 'green';
  const firing = message.alerts.filter(({ status }) => status === 'firing');
  return COLORS[Math.min(...firing.map(({ labels }) => severityRank(labels.get('severity'))))] ?? 'orange';
}

/** By the rank of the worst. */
const COLORS = ['red', 'orange', 'orange', 'orange', 'blue'];
