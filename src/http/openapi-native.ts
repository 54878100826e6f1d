// Our own API as an OpenAPI 3.1 document, served at /api/belfry/v1/openapi.json and held against our answers by
// the tests. Alerts and silences look as they do in API v2: the definitions are the same ones.
import { openapiV2 } from './openapi-v2.ts';
import { DEFAULT_LIMIT, LARGEST_LIMIT } from './page.ts';

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const text: Json = { type: 'string' };
const count: Json = { type: 'integer', minimum: 0 };
const time: Json = { type: 'string', format: 'date-time' };
const labelSet = ref('labelSet');
const firingOrResolved: Json = { type: 'string', enum: ['firing', 'resolved'] };
const eventKind: Json = { type: 'string', enum: ['started', 'stopped', 'reloaded', 'silence', 'corrected'] };
const maybe = (schema: Json): Json => ({ oneOf: [schema, { type: 'null' }] });
const object = (properties: Json): Json => ({ type: 'object', properties, required: Object.keys(properties) });
const pageOf = (items: Json): Json =>
  object({
    items: { type: 'array', items },
    total: maybe(count),
    cursor: { ...maybe(text), description: 'For the next page; null on the last one.' },
  });

const parameter = (name: string, schema: Json, description: string): Json => ({
  in: 'query',
  name,
  schema,
  description,
});
const paging = (least: number): Json[] => [
  parameter(
    'limit',
    { type: 'integer', minimum: least, maximum: LARGEST_LIMIT, default: DEFAULT_LIMIT },
    'How many to a page.',
  ),
  parameter('cursor', text, 'The cursor of the page before.'),
];
const sorting = (keys: readonly string[], fallback: string): Json =>
  parameter(
    'sort',
    { type: 'string', enum: keys.flatMap((key) => [key, `-${key}`]), default: fallback },
    'A leading - turns it round.',
  );
const flags = (names: readonly string[]): Json[] =>
  names.map((name) => parameter(name, { type: 'boolean', default: true }, 'As in API v2.'));
const matchers = (name: string): Json =>
  parameter(name, { type: 'array', items: text }, 'Matchers; may be repeated. As in API v2.');
const counting = parameter('count', { type: 'boolean', default: true }, 'Whether `total` is wanted.');

const answers = (schema: Json): Json => ({
  200: { description: 'Done.', content: { 'application/json': { schema } } },
  default: { description: 'An error.', content: { 'application/json': { schema: ref('error') } } },
});
const get = (operationId: string, summary: string, parameters: readonly Json[], items: Json): Json => ({
  get: { operationId, summary, parameters, responses: answers(pageOf(items)) },
});

const matcherBody = object({ matchers: { type: 'array', items: ref('matcher'), minItems: 1 } });

const paths: Json = {
  '/alerts': get(
    'listAlerts',
    'Alerts that have not ended, in pages.',
    [
      matchers('filter'),
      parameter('receiver', text, 'An anchored RE2 pattern for receiver names.'),
      matchers('receiver_matchers'),
      ...flags(['active', 'silenced', 'inhibited']),
      sorting(['fingerprint', 'alertname', 'startsAt', 'updatedAt'], 'fingerprint'),
      ...paging(0),
      counting,
    ],
    ref('gettableAlert'),
  ),
  '/silences': get(
    'listSilences',
    'Silences, in pages.',
    [
      matchers('filter'),
      ...flags(['active', 'pending', 'expired']),
      sorting(['updatedAt', 'startsAt', 'endsAt'], '-updatedAt'),
      ...paging(0),
      counting,
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
};

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
