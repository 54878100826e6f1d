// A message of a topic of ntfy, as JSON: headers could not hold every character.
import { cutBytes } from '../../notify/cut-text.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import { byJson } from '../http/judge-json.ts';
import { jsonPost } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface NtfyValues {
  readonly httpConfig: HttpConfig;
  readonly url: string;
  readonly topic: string;
  readonly token: SecretSource | null;
  readonly title: string;
  readonly message: string;
  readonly priority: string;
  readonly tags: readonly string[];
  readonly click: string;
  readonly markdown: boolean;
}

/** Of more ntfy makes a file. */
const MESSAGE_BYTES = 4096;
const TITLE_BYTES = 250;
const PRIORITIES: readonly (readonly string[])[] = [['min'], ['low'], ['default', ''], ['high'], ['max', 'urgent']];
const USUAL = 3;

export function renderNtfy(values: NtfyValues, scene: Scene): Draft {
  const topic = scene.address(values.topic).trim();
  if (topic === '') return refusedDraft('no usable topic: it is empty');
  const body = JSON.stringify({ topic, ...wordsOf(values, scene) });
  const { httpConfig, url, token } = values;
  return {
    kind: 'http',
    request: {
      http: httpConfig,
      timeout: null,
      secrets: token === null ? {} : { token },
      write: (secret) => jsonPost(url, body, token === null ? {} : { Authorization: `Bearer ${secret('token')}` }),
      judge: byJson,
    },
  };
}

function wordsOf(values: NtfyValues, scene: Scene): object {
  const click = scene.text(values.click).trim();
  return {
    title: cutBytes(scene.text(values.title).trim(), TITLE_BYTES),
    message: cutBytes(scene.body(values.message), MESSAGE_BYTES),
    priority: priorityOf(scene.text(values.priority).trim()),
    tags: values.tags.map((tag) => scene.text(tag).trim()).filter((tag) => tag !== ''),
    ...(httpUrlFault(click) === null ? { click } : {}),
    ...(values.markdown ? { markdown: true } : {}),
  };
}

/** What is no priority is the usual one: a page is worth more than a word in its configuration. */
function priorityOf(text: string): number {
  const named = PRIORITIES.findIndex((names) => names.includes(text)) + 1;
  const number = /^[1-5]$/.test(text) ? Number(text) : named;
  return number === 0 ? USUAL : number;
}
