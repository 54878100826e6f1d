// An alert in Opsgenie: created under an alias that is the group's, closed under it. `update_alerts` says the words
// again to an alert that is already there, one request for each of them.
import { goJson, type Json } from '../../model/go-json.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import { groupHash } from '../../notify/group-hash.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { byJson } from '../http/judge-json.ts';
import { renderedSecret } from '../http/rendered-secret.ts';
import { jsonPost, type HttpPost, type Wire } from '../http/request.ts';
import { urlUnder } from '../http/url-under.ts';
import type { Scene } from '../scene.ts';

export interface OpsgenieValues {
  readonly httpConfig: HttpConfig;
  readonly apiKey: SecretSource;
  readonly apiUrl: string;
  readonly message: string;
  readonly description: string;
  readonly source: string;
  readonly details: ReadonlyMap<string, string>;
  readonly entity: string;
  readonly responders: readonly Responder[];
  readonly actions: string;
  readonly tags: string;
  readonly note: string;
  readonly priority: string;
  readonly updateAlerts: boolean;
}

export interface Responder {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly type: string;
}

interface Request {
  readonly method: Wire['method'];
  /** Below v2/alerts. */
  readonly path: string;
  readonly body: Json;
}

const LONGEST = { message: 130, description: 15_000, note: 25_000 };

export function renderOpsgenie(values: OpsgenieValues, scene: Scene): Draft {
  const requests = scene.message.status === 'firing' ? opening(values, scene) : [closing(values, scene)];
  return { kind: 'http', request: post(values, scene, requests) };
}

/** One after the other: whichever fails is the answer to all. */
function post(values: OpsgenieValues, scene: Scene, [first, ...others]: readonly Request[]): HttpPost {
  const { httpConfig, apiKey, apiUrl } = values;
  return {
    http: httpConfig,
    timeout: null,
    secrets: { api_key: apiKey },
    write: (secret) => {
      const key = renderedSecret(scene, 'api_key', secret('api_key'));
      if (typeof key !== 'string') return key;
      const { method, path, body } = first!;
      const wire = jsonPost(urlUnder(apiUrl, `v2/alerts${path}`), `${goJson(body)}\n`, {
        Authorization: `GenieKey ${key}`,
      });
      return { ...wire, method, secrets: [key] };
    },
    judge: (answer) => {
      const outcome = byJson(answer);
      return outcome.kind === 'delivered' && others.length > 0 ? post(values, scene, others) : outcome;
    },
  };
}

function opening(values: OpsgenieValues, scene: Scene): readonly Request[] {
  const message = cutRunes(scene.bodyOrTitle(values.message), LONGEST.message);
  const description = cutRunes(scene.text(values.description), LONGEST.description);
  const create: Request = {
    method: 'POST',
    path: '',
    body: {
      ...{ alias: groupHash(scene.message), message, description: description || undefined },
      details: detailsOf(values, scene),
      source: scene.text(values.source),
      responders: listed(values.responders.flatMap((responder) => respondersOf(responder, scene))),
      tags: listed(splitAtCommas(scene.text(values.tags))),
      note: cutRunes(scene.text(values.note), LONGEST.note) || undefined,
      priority: scene.text(values.priority) || undefined,
      entity: scene.text(values.entity) || undefined,
      actions: listed(splitAtCommas(scene.text(values.actions))),
    },
  };
  if (!values.updateAlerts) return [create];
  const update = (field: string, text: string): Request => ({
    method: 'PUT',
    path: pathOf(scene, field),
    body: { [field]: text || undefined },
  });
  return [create, update('message', message), update('description', description)];
}

const closing = ({ source }: OpsgenieValues, scene: Scene): Request => ({
  method: 'POST',
  path: pathOf(scene, 'close'),
  body: { source: scene.text(source) },
});

const pathOf = ({ message }: Scene, what: string): string => `/${groupHash(message)}/${what}?identifierType=alias`;

/** What all alerts have in common, and above it what is configured. */
const detailsOf = ({ details }: OpsgenieValues, scene: Scene): Json =>
  new Map([...scene.message.commonLabels, ...[...details].map(([name, text]) => [name, scene.text(text)] as const)]);

/** None where templates gave nothing at all; several where one names several teams. */
function respondersOf(responder: Responder, scene: Scene): readonly Json[] {
  const [id, name, username, type] = [responder.id, responder.name, responder.username, responder.type].map(
    (text) => scene.text(text) || undefined,
  );
  if ([id, name, username, type].every((text) => text === undefined)) return [];
  if (type === 'teams') return splitAtCommas(name ?? '').map((team) => ({ name: team, type: 'team' }));
  return [{ id, name, username, type: type ?? '' }];
}

const listed = (list: readonly Json[]): Json | undefined => (list.length === 0 ? undefined : list);

const splitAtCommas = (text: string): readonly string[] =>
  text
    .trim()
    .split(',')
    .filter((part) => part !== '');
