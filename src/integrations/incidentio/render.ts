// What incident.io is told: the body of a webhook, with as many alerts as it takes.
import type { DurationMs } from '../../model/time.ts';
import { Pairs } from '../../model/pairs.ts';
import { cutBytes } from '../../notify/cut-text.ts';
import type { Message } from '../../notify/message.ts';
import { standardBody } from '../../notify/standard-body.ts';
import type { HttpConfig, SecretSource, TextSource } from '../../outbound/http-config.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import type { Draft } from '../draft.ts';
import { byJson } from '../http/judge-json.ts';
import { jsonPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface IncidentioValues {
  readonly httpConfig: HttpConfig;
  readonly url: TextSource;
  readonly alertSourceToken: SecretSource | null;
  /** 0 is all. */
  readonly maxAlerts: number;
  readonly timeout: DurationMs | null;
}

/** Of a larger body nothing is taken, and it is not said why. */
const MOST_BYTES = 512 * 1024;
const LONGEST_ANNOTATION = 4096;

export function renderIncidentio(values: IncidentioValues, scene: Scene): Draft {
  const { httpConfig, url, alertSourceToken, timeout } = values;
  const body = bodyWithin(scene, values.maxAlerts);
  return {
    kind: 'http',
    request: {
      http: httpConfig,
      timeout,
      secrets: {
        ...(url.kind === 'file' ? { url } : {}),
        ...(alertSourceToken === null ? {} : { alert_source_token: alertSourceToken }),
      },
      write: (secret) => {
        const address = url.kind === 'inline' ? url.text : secret('url');
        const fault = httpUrlFault(address);
        if (fault !== null) {
          return { kind: 'rejected', reason: 'clientError', detail: `no usable url: ${fault}` };
        }
        const token = secret('alert_source_token');
        return jsonPost(address, body, token === '' ? {} : { Authorization: `Bearer ${token}` });
      },
      judge: byJson,
    },
  };
}

function bodyWithin(scene: Scene, maxAlerts: number): string {
  const all = scene.message.alerts.length;
  for (let most = maxAlerts === 0 ? all : Math.min(all, maxAlerts); ;) {
    const { message } = scene.cut(most);
    const body = bodyOf(message, all - most);
    const bytes = Buffer.byteLength(body);
    if (bytes <= MOST_BYTES) return body;
    if (most <= 1) return bodyOf(abridged(message), all - most);
    most = Math.max(1, Math.min(most - 1, Math.floor((most * MOST_BYTES) / bytes)));
  }
}

const bodyOf = (message: Message, truncatedAlerts: number): string =>
  `${standardBody(message, { truncatedAlerts, version: '1' })}\n`;

function abridged(message: Message): Message {
  const short = (annotations: Pairs): Pairs =>
    Pairs.from([...annotations].map(([name, text]) => [name, cutBytes(text, LONGEST_ANNOTATION)] as const));
  return {
    ...message,
    alerts: message.alerts.map((alert) => ({ ...alert, annotations: short(alert.annotations) })),
    commonAnnotations: short(message.commonAnnotations),
  };
}
