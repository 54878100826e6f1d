// Our own API as an OpenAPI 3.1 document, served at /api/belfry/v1/openapi.json and held against our answers by
// the tests. Alerts and silences look as they do in API v2: the definitions are the same ones.
import { isMapping } from '../input/tree.ts';
import { openapiV2 } from './openapi-v2.ts';
import {
  answers,
  count,
  flags,
  matchers,
  maybe,
  object,
  pageOf,
  pageParameters,
  paging,
  parameter,
  ref,
  text,
  time,
  type Json,
} from './openapi-parts.ts';
import { rulePaths, ruleSchemas } from './openapi-rules.ts';

const labelSet = ref('labelSet');
const firingOrResolved: Json = { type: 'string', enum: ['firing', 'resolved'] };
const eventKind: Json = {
  type: 'string',
  enum: ['started', 'stopped', 'reloaded', 'silence', 'corrected', 'handedOver', 'tested'],
};

const get = (operationId: string, summary: string, parameters: readonly Json[], items: Json): Json => ({
  get: { operationId, summary, parameters, responses: answers(pageOf(items)) },
});

const matcherBody = object({ matchers: { type: 'array', items: ref('matcher'), minItems: 1 } });

const bodyOf = (schema: Json): Json => ({ content: { 'application/json': { schema } } });
const itemsOf = (items: Json): Json => object({ items: { type: 'array', items } });

/** Which alerts a message to try is about: a sample without any of these. */
const choice: Json = {
  integration: { ...maybe(text), description: 'One of the receiver, as email/0; all of them without it.' },
  status: { type: 'string', enum: ['firing', 'resolved'], description: 'Of the sample.' },
  alerts: { type: 'array', items: { type: 'object' }, description: 'As they are posted to API v2.' },
  matchers: { type: 'array', items: text, description: 'Alerts that are known now.' },
};

const messagePath = (
  operationId: string,
  summary: string,
  { body, answer }: Record<'body' | 'answer', Json>,
): Json => ({
  post: {
    ...{ operationId, summary, responses: answers(answer) },
    parameters: [{ in: 'path', name: 'id', required: true, schema: text, description: 'The name of the receiver.' }],
    requestBody: bodyOf({ type: 'object', properties: body }),
  },
});

const paths: Json = {
  '/alerts': get(
    'listAlerts',
    'Alerts that have not ended, in pages.',
    [
      matchers('filter'),
      parameter('receiver', text, 'An anchored RE2 pattern for receiver names.'),
      matchers('receiver_matchers'),
      ...flags(['active', 'silenced', 'inhibited']),
      ...pageParameters(['fingerprint', 'alertname', 'startsAt', 'updatedAt'], 'fingerprint'),
    ],
    ref('gettableAlert'),
  ),
  '/silences': get(
    'listSilences',
    'Silences, in pages.',
    [
      matchers('filter'),
      ...flags(['active', 'pending', 'expired']),
      ...pageParameters(['updatedAt', 'startsAt', 'endsAt'], '-updatedAt'),
    ],
    ref('gettableSilence'),
  ),
  '/silences/preview': {
    post: {
      operationId: 'previewSilence',
      summary: 'The alerts a silence of these matchers would mute now.',
      requestBody: { required: true, content: { 'application/json': { schema: matcherBody } } },
      responses: answers(pageOf(ref('gettableAlert'))),
    },
  },
  '/receivers/{id}/preview': messagePath(
    'previewMessages',
    'What a receiver would be told: rendered whole, not sent.',
    {
      body: choice,
      answer: itemsOf(object({ integration: text, templateError: maybe(text), draft: { type: 'object' } })),
    },
  ),
  '/receivers/{id}/test': messagePath(
    'testReceiver',
    'Sends a message marked as a test, once, the way every message goes. A receiver is tested once in ten seconds.',
    {
      body: choice,
      answer: itemsOf(
        object({
          ...{ integration: text, templateError: maybe(text), reason: text },
          outcome: { type: 'string', enum: ['delivered', 'retry', 'rejected'] },
          answer: { ...text, description: 'What the other side said.' },
        }),
      ),
    },
  ),
  '/templates/preview': {
    post: {
      operationId: 'previewTemplate',
      summary: 'What a template makes of alerts.',
      requestBody: bodyOf({
        type: 'object',
        properties: { ...choice, template: text, mode: { enum: ['text', 'html'] }, receiver: maybe(text) },
        required: ['template'],
      }),
      responses: answers({ oneOf: [object({ text }), object({ error: text })] }),
    },
  },
  '/notifications': get(
    'listNotifications',
    'Who was told what, when, with which answer. Newest first.',
    [
      parameter('groupKey', text, 'Of one group, as messages name it.'),
      parameter('receiver', text, 'Of one receiver.'),
      parameter('state', ref('deliveryState'), 'In one state.'),
      parameter('from', time, 'Made at or after.'),
      parameter('to', time, 'Made before.'),
      ...paging(1),
    ],
    ref('notification'),
  ),
  '/events': get(
    'listEvents',
    'What else happened. Newest first.',
    [parameter('from', time, 'At or after.'), ...paging(1)],
    ref('event'),
  ),
  ...rulePaths,
};

/** The parameters of the query that are described for a path as it is routed; none for a path that is not described. */
export function parametersOf(method: string, route: string): readonly string[] {
  const found = Object.keys(paths).find((path) => shapeOf(path, /\{\w+\}/g) === shapeOf(route, /:\w+/g));
  const operations = paths[found ?? ''];
  const operation = isMapping(operations) ? operations[method.toLowerCase()] : null;
  const listed: unknown = isMapping(operation) ? operation['parameters'] : null;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((one: unknown) => (isMapping(one) && one['in'] === 'query' ? [String(one['name'])] : []));
}

const shapeOf = (path: string, part: RegExp): string => path.replaceAll(part, '*');

const schemas: Json = {
  error: object({ error: object({ code: text, message: text }) }),
  deliveryState: { type: 'string', enum: ['sending', 'waiting', 'sent', 'parked', 'superseded', 'dropped'] },
  notification: object({
    groupKey: text,
    receiver: text,
    integration: { ...text, description: 'Kind and place in the receiver, as webhook/0.' },
    generation: count,
    idempotencyKey: text,
    reason: { ...text, description: 'Why it was sent.' },
    state: ref('deliveryState'),
    attempts: count,
    createdAt: time,
    nextAttemptAt: maybe(time),
    settledAt: maybe(time),
    answer: { ...text, description: "The other side's last words." },
    answerReason: text,
    message: maybe(ref('message')),
  }),
  message: {
    ...object({
      ...{ receiver: text, status: firingOrResolved, notification_reason: text, groupKey: text, externalURL: text },
      ...{ groupLabels: labelSet, commonLabels: labelSet, commonAnnotations: labelSet, routeLabels: labelSet },
      ...{ version: { const: '4' }, truncatedAlerts: { const: 0 } },
      alerts: { type: 'array', items: ref('messageAlert') },
    }),
    description: 'What it said: the standard webhook body, whole.',
  },
  messageAlert: object({
    ...{ status: firingOrResolved, labels: labelSet, annotations: labelSet, startsAt: time, endsAt: time },
    ...{ generatorURL: text, fingerprint: text },
  }),
  event: {
    ...{ type: 'object', properties: { kind: eventKind, at: time }, required: ['kind', 'at'] },
    description:
      'Each kind has members of its own. corrected: what was told is remembered otherwise, nothing was sent.',
  },
  ...ruleSchemas,
};

export const openapiNative: Json = {
  openapi: '3.1.0',
  info: { title: 'Belfry API', version: '1' },
  servers: [{ url: '/api/belfry/v1' }],
  paths,
  components: { schemas: { ...inComponents(openapiV2['definitions']), ...schemas } },
};

/** Swagger 2.0 definitions as OpenAPI 3.1 components: only the place of the references differs. */
function inComponents(definitions: unknown): Json {
  const moved: unknown = JSON.parse(JSON.stringify(definitions).replaceAll('#/definitions/', '#/components/schemas/'));
  return typeof moved === 'object' && moved !== null ? { ...moved } : {};
}
