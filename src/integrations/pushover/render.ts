// A message for Pushover. Upstream puts everything into the URL; here it is the body of a form, because URLs are
// written down by whoever they pass, and this one would hold the token.
import type { DurationMs } from '../../model/time.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { byJson, jsonAnswer, refusedInJson } from '../http/judge-json.ts';
import { renderedSecret } from '../http/rendered-secret.ts';
import type { HttpAnswer } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface PushoverValues {
  readonly httpConfig: HttpConfig;
  readonly userKey: SecretSource;
  readonly token: SecretSource;
  readonly title: string;
  readonly message: string;
  readonly url: string;
  readonly urlTitle: string;
  readonly device: string;
  readonly sound: string;
  readonly priority: string;
  readonly retry: DurationMs;
  readonly expire: DurationMs;
  readonly ttl: DurationMs;
  readonly html: boolean;
  readonly monospace: boolean;
}

const URL_OF_MESSAGES = 'https://api.pushover.net/1/messages.json';
const LONGEST = { title: 250, message: 1024, url: 512, urlTitle: 100 };
/** In seconds: an emergency is repeated no more often, and no longer. */
const [SHORTEST_RETRY, LONGEST_EXPIRE] = [30, 10_800];

export function renderPushover(values: PushoverValues, scene: Scene): Draft {
  const form = formOf(values, scene);
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: { token: values.token, user_key: values.userKey },
      write: (secret) => {
        const token = renderedSecret(scene, 'token', secret('token'));
        const user = renderedSecret(scene, 'user_key', secret('user_key'));
        if (typeof token !== 'string') return token;
        if (typeof user !== 'string') return user;
        const body = new URLSearchParams([...form, ['token', token], ['user', user]]);
        body.sort();
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
        const secrets = [token, user];
        return { kind: 'wire', method: 'POST', url: URL_OF_MESSAGES, headers, body: String(body), secrets };
      },
      judge,
    },
  };
}

function formOf(values: PushoverValues, scene: Scene): readonly [string, string][] {
  // The plain message has no markup, and what looks like it is none.
  const isHtml = values.html && scene.plainBecause === null;
  const message = cutRunes(scene.body(values.message, isHtml ? 'html' : 'text'), LONGEST.message).trim();
  const ttl = seconds(values.ttl);
  return [
    ['title', cutRunes(scene.text(values.title), LONGEST.title)],
    // An empty one is refused.
    ['message', message || '(no details)'],
    ['url', cutRunes(scene.text(values.url), LONGEST.url)],
    ['url_title', cutRunes(scene.text(values.urlTitle), LONGEST.urlTitle)],
    ['priority', priorityOf(values, scene)],
    ['retry', String(Math.max(seconds(values.retry), SHORTEST_RETRY))],
    ['expire', String(Math.min(seconds(values.expire), LONGEST_EXPIRE))],
    ['device', scene.text(values.device)],
    ['sound', scene.text(values.sound)],
    ...(isHtml ? ([['html', '1']] satisfies [string, string][]) : []),
    ...(values.monospace ? ([['monospace', '1']] satisfies [string, string][]) : []),
    ...(ttl > 0 ? ([['ttl', String(ttl)]] satisfies [string, string][]) : []),
  ];
}

const seconds = (ms: DurationMs): number => Math.trunc(ms / 1000);

/** A message of a priority that Pushover does not know is refused, so it gets the one of its status. */
function priorityOf({ priority }: PushoverValues, scene: Scene): string {
  const text = scene.text(priority).trim();
  return /^(?:-[12]|[012])$/.test(text) ? text : scene.message.status === 'firing' ? '2' : '0';
}

const judge = (answer: HttpAnswer): Outcome => {
  const outcome = byJson(answer);
  const isRefused = outcome.kind === 'delivered' && jsonAnswer(answer).get('status') === 0;
  return isRefused ? refusedInJson(answer) : outcome;
};
