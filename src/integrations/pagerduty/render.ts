// An event for PagerDuty. It finds its incident by a key of the group, so a resolved message closes what the first one
// opened, and one that is sent twice opens nothing new.
import { goJson, goJsonObject } from '../../model/go-json.ts';
import type { DurationMs } from '../../model/time.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import { groupHash } from '../../notify/group-hash.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { renderPayload, type Payload } from '../form/payload.ts';
import { askedToWait } from '../http/judge.ts';
import { byJson } from '../http/judge-json.ts';
import { renderedSecret } from '../http/rendered-secret.ts';
import { jsonPost, type HttpAnswer } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface PagerdutyValues {
  readonly httpConfig: HttpConfig;
  readonly serviceKey: SecretSource | null;
  readonly routingKey: SecretSource | null;
  readonly url: string;
  readonly client: string;
  readonly clientUrl: string;
  readonly description: string;
  readonly details: ReadonlyMap<string, Payload>;
  readonly images: readonly { readonly src: string; readonly alt: string; readonly href: string }[];
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly source: string;
  readonly severity: string;
  readonly class: string;
  readonly component: string;
  readonly group: string;
  readonly timeout: DurationMs | null;
}

type Members = readonly (readonly [name: string, json: string])[];

/** Everything but the key, which is known once it is sent. */
type Event = (key: string, details: string) => Members;

const V1_URL = 'https://events.pagerduty.com/generic/2010-04-15/create_event.json';
const LONGEST_SUMMARY = 1024;
const MOST_BYTES = 512_000;
const TOO_LARGE = goJson({
  error: 'The details are left out: with them the event is larger than the 512 kB PagerDuty takes',
});
const NO_DETAILS = '{}';

export function renderPagerduty(values: PagerdutyValues, scene: Scene): Draft {
  const isV1 = values.serviceKey !== null;
  const keyName = isV1 ? 'service_key' : 'routing_key';
  const event = isV1 ? eventV1(values, scene) : eventV2(values, scene);
  const details = detailsOf(values, scene);
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: values.timeout,
      secrets: { [keyName]: (values.serviceKey ?? values.routingKey)! },
      write: (secret) => {
        const key = renderedSecret(scene, keyName, secret(keyName));
        if (typeof key !== 'string') return key;
        const whole = bodyOf(event(key, details));
        const body = Buffer.byteLength(whole) <= MOST_BYTES ? whole : bodyOf(event(key, TOO_LARGE));
        return { ...jsonPost(isV1 ? V1_URL : values.url, body), secrets: [key] };
      },
      judge: isV1 ? judgeV1 : byJson,
    },
  };
}

function eventV2(values: PagerdutyValues, scene: Scene): Event {
  const { message } = scene;
  const summary = cutRunes(scene.bodyOrTitle(values.description), LONGEST_SUMMARY);
  const [client, clientUrl] = [scene.text(values.client), scene.text(values.clientUrl)];
  const payload = {
    summary,
    // PagerDuty takes no event without one.
    source: scene.text(values.source) || message.receiver,
    severity: severityOf(scene.text(values.severity)),
  };
  const place = [values.class, values.component, values.group].map((text) => scene.text(text));
  const images = values.images
    .map(({ src, alt, href }) => ({ src: scene.text(src), alt: scene.text(alt), href: scene.text(href) }))
    .filter(({ src }) => src !== '');
  const links = values.links
    .map(({ href, text }) => ({ href: scene.text(href), text: scene.text(text) }))
    .filter(({ href }) => href !== '');
  return (key, details) => [
    ['routing_key', goJson(key)],
    ['dedup_key', goJson(groupHash(message))],
    ['event_action', goJson(actionOf(scene))],
    [
      'payload',
      goJsonObject([
        ...Object.entries(payload).map(([name, text]) => [name, goJson(text)] as const),
        ...given('class', place[0]!),
        ...given('component', place[1]!),
        ...given('group', place[2]!),
        ...detailsMember('custom_details', details),
      ]),
    ],
    ...given('client', client),
    ...given('client_url', clientUrl),
    ...(images.length === 0 ? [] : [['images', goJson(images)] as const]),
    ...(links.length === 0 ? [] : [['links', goJson(links)] as const]),
  ];
}

function eventV1(values: PagerdutyValues, scene: Scene): Event {
  const action = actionOf(scene);
  const description = cutRunes(scene.bodyOrTitle(values.description), LONGEST_SUMMARY);
  const client = action === 'trigger' ? scene.text(values.client) : '';
  const clientUrl = action === 'trigger' ? scene.text(values.clientUrl) : '';
  return (key, details) => [
    ['service_key', goJson(key)],
    ['incident_key', goJson(groupHash(scene.message))],
    ['event_type', goJson(action)],
    ...given('description', description),
    // Of version 2, and there all the same.
    ['event_action', '""'],
    ['payload', 'null'],
    ...given('client', client),
    ...given('client_url', clientUrl),
    ...detailsMember('details', details),
  ];
}

const actionOf = ({ message }: Scene): string => (message.status === 'firing' ? 'trigger' : 'resolve');

const bodyOf = (members: Members): string => `${goJsonObject(members)}\n`;

const given = (name: string, text: string): Members => (text === '' ? [] : [[name, goJson(text)]]);

const detailsMember = (name: string, details: string): Members => (details === NO_DETAILS ? [] : [[name, details]]);

/** Its names are taken as they are, those further in are templates. */
function detailsOf({ details }: PagerdutyValues, scene: Scene): string {
  if (scene.plainBecause !== null) return NO_DETAILS;
  let isTooLarge = false;
  const render = (text: string): string => {
    const rendered = scene.text(text);
    isTooLarge ||= rendered.length > MOST_BYTES;
    // It would be read as YAML, which takes its time, and then be left out.
    return isTooLarge ? '' : rendered;
  };
  const all = goJsonObject([...details].map(([name, value]) => [name, renderPayload(value, render)] as const));
  return isTooLarge ? TOO_LARGE : all;
}

const SEVERITIES: readonly string[] = ['critical', 'error', 'warning', 'info'];

/** PagerDuty refuses an event of any other severity, and nobody would be called. */
function severityOf(text: string): string {
  const severity = text.trim().toLowerCase();
  return SEVERITIES.includes(severity) ? severity : 'error';
}

/** Version 1 says 403 when it is asked too often. */
function judgeV1(answer: HttpAnswer): Outcome {
  const outcome = byJson(answer);
  if (answer.status !== 403) return outcome;
  return { kind: 'retry', reason: 'rateLimited', detail: outcome.detail, after: askedToWait(answer) };
}
