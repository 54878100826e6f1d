// What a webhook is told: Alertmanager's body, byte for byte, or the user's `payload`. A payload that cannot be
// rendered does not lose the page: the standard body goes out instead, with the reason in `template_error`.
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import type { DurationMs } from '../../model/time.ts';
import { standardBody } from '../../notify/standard-body.ts';
import { isTest, TEST_MARK } from '../../notify/test-mark.ts';
import type { Draft } from '../draft.ts';
import { jsonPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';
import { renderPayload, type Payload } from '../form/payload.ts';
import { signatureHeaders, type Signature, type Signed } from './signature.ts';

export interface WebhookValues {
  readonly httpConfig: HttpConfig;
  readonly url: SecretSource;
  /** max_alerts; 0 is all. */
  readonly maxAlerts: number;
  readonly timeout: DurationMs | null;
  readonly payload: Payload | null;
  readonly signature: Signature | null;
}

export function renderWebhook(values: WebhookValues, scene: Scene): Draft {
  const { httpConfig, url, maxAlerts, timeout, payload, signature } = values;
  const shown = scene.cut(maxAlerts);
  const body =
    payload === null || scene.plainBecause !== null
      ? standardBody(shown.message, {
          truncatedAlerts: scene.message.alerts.length - shown.message.alerts.length,
          templateError: scene.plainBecause,
        })
      : renderPayload(payload, wordsOf(payload, shown));
  return {
    kind: 'http',
    request: {
      http: httpConfig,
      timeout,
      secrets: { url, ...secretsOf(signature) },
      write: (secret, at) => {
        const address = shown.rendered(secret('url'));
        const fault = address.ok ? httpUrlFault(address.text.trim()) : address.message;
        if (!address.ok || fault !== null) {
          return { kind: 'rejected', reason: 'clientError', detail: `no usable url: ${fault}` };
        }
        const id = scene.message.idempotencyKey;
        const signed = signature === null ? {} : signedBy(signature, secret, { id, at, body: `${body}\n` });
        const test = isTest(scene.message) ? { 'X-Belfry-Test': 'true' } : {};
        const wire = jsonPost(address.text.trim(), `${body}\n`, { 'Idempotency-Key': id, ...test, ...signed });
        return { ...wire, secrets: [wire.url] };
      },
    },
  };
}

/** A payload has no place for the mark of a test: the first text of several words is the likeliest to be read. */
function wordsOf(payload: Payload, scene: Scene): (text: string) => string {
  const say = (text: string): string => scene.text(text);
  if (!isTest(scene.message) || renderPayload(payload, say).includes(TEST_MARK)) return say;
  let isMarked = false;
  return (text) => {
    const said = say(text);
    if (isMarked || said === text || !/^[^[{]*\S\s+\S/.test(said)) return said;
    isMarked = true;
    return scene.marked(said);
  };
}

function secretsOf(signature: Signature | null): Readonly<Record<string, SecretSource>> {
  if (signature === null) return {};
  const { secret, oldSecret } = signature;
  return oldSecret === null ? { secret } : { secret, old_secret: oldSecret };
}

function signedBy(
  { style, oldSecret }: Signature,
  secret: (name: string) => string,
  what: Signed,
): Readonly<Record<string, string>> {
  return signatureHeaders(style, [secret('secret'), ...(oldSecret === null ? [] : [secret('old_secret')])], what);
}
