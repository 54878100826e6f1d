// Alertmanager's API v2 as a Swagger 2.0 document: the contract we keep, served at /api/v2/openapi.json and held
// against every recorded answer by the tests.
type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/definitions/${name}` });
const text: Json = { type: 'string' };
const time: Json = { type: 'string', format: 'date-time' };
const listOf = (items: Json): Json => ({ type: 'array', items });
const object = (properties: Json, required: readonly string[] = Object.keys(properties)): Json => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});

const flag = (name: string, description: string): Json => ({
  in: 'query',
  name,
  type: 'boolean',
  default: true,
  description,
});
const matchers = (name: string, description: string): Json => ({
  in: 'query',
  name,
  type: 'array',
  items: text,
  collectionFormat: 'multi',
  description,
});
const receiver: Json = {
  in: 'query',
  name: 'receiver',
  type: 'string',
  description: 'An anchored RE2 pattern for receiver names.',
};
const receiverMatchers = matchers('receiver_matchers', 'Matchers on the labels of receivers, as owner="web".');
const alertFlags = [
  flag('active', 'Alerts that nothing suppresses.'),
  flag('silenced', 'Alerts that a silence suppresses.'),
  flag('inhibited', 'Alerts that another alert suppresses.'),
];
const body = (name: string, definition: string): Json => ({
  in: 'body',
  name,
  required: true,
  schema: ref(definition),
});
const id: Json = { in: 'path', name: 'silenceID', type: 'string', format: 'uuid', required: true };

const ok = (schema?: Json): Json => ({ description: 'Done.', ...(schema === undefined ? {} : { schema }) });
const words = (description: string): Json => ({ description, schema: text });
const badRequest = { 400: words('The request makes no sense; the text says why.') };
const notStored = { 507: words('Understood, but it could not be stored; send it again.') };
const ours = { 500: words('Something is wrong on our side.') };
const operation = (
  operationId: string,
  tag: string,
  summary: string,
  parameters: readonly Json[],
  responses: Json,
): Json => ({
  operationId,
  tags: [tag],
  summary,
  parameters,
  responses,
});

const paths: Json = {
  '/status': {
    get: operation('getStatus', 'general', 'The running configuration, version and peers.', [], {
      200: ok(ref('alertmanagerStatus')),
    }),
  },
  '/receivers': {
    get: operation('getReceivers', 'receiver', 'All receivers with their labels.', [receiverMatchers], {
      200: ok(listOf(ref('receiver'))),
      ...badRequest,
    }),
  },
  '/alerts': {
    get: operation(
      'getAlerts',
      'alert',
      'Alerts that have not ended, by fingerprint.',
      [
        ...alertFlags,
        flag('unprocessed', 'Has no effect.'),
        matchers('filter', 'Matchers on alert labels.'),
        receiver,
        receiverMatchers,
      ],
      { 200: ok(ref('gettableAlerts')), ...badRequest, ...ours },
    ),
    post: operation(
      'postAlerts',
      'alert',
      'Take alerts in. A 200 means that they are safe.',
      [body('alerts', 'postableAlerts')],
      {
        200: ok(),
        ...badRequest,
        429: words('Too many are waiting; the Retry-After header says when to come back.'),
        ...ours,
        ...notStored,
      },
    ),
  },
  '/alerts/groups': {
    get: operation(
      'getAlertGroups',
      'alertgroup',
      'Alerts as they are grouped for their receivers.',
      [
        ...alertFlags,
        flag('muted', 'Groups that a time interval mutes.'),
        matchers('filter', 'Matchers on alert labels.'),
        receiver,
        receiverMatchers,
      ],
      { 200: ok(ref('alertGroups')), ...badRequest, ...ours },
    ),
  },
  '/silences': {
    get: operation(
      'getSilences',
      'silence',
      'Silences: active ones by end, pending by start, then expired ones, the latest first.',
      [
        matchers('filter', 'Only silences that contain this very matcher.'),
        flag('active', 'Silences that are in force.'),
        flag('expired', 'Silences that are over.'),
        flag('pending', 'Silences that are yet to begin.'),
      ],
      { 200: ok(ref('gettableSilences')), ...badRequest, ...ours },
    ),
    post: operation(
      'postSilences',
      'silence',
      'Make a silence, or change the one whose id is given.',
      [body('silence', 'postableSilence')],
      {
        200: ok(object({ silenceID: text }, [])),
        ...badRequest,
        404: words('There is no silence of that id.'),
        ...notStored,
      },
    ),
  },
  '/silence/{silenceID}': {
    parameters: [id],
    get: operation('getSilence', 'silence', 'One silence.', [], {
      200: ok(ref('gettableSilence')),
      404: { description: 'There is none.' },
      ...ours,
    }),
    delete: operation('deleteSilence', 'silence', 'End a silence now.', [], {
      200: ok(),
      404: { description: 'There is none.' },
      ...ours,
      ...notStored,
    }),
  },
};

const silenceMembers = { matchers: ref('matchers'), startsAt: time, endsAt: time, createdBy: text, comment: text };
const alertMembers = { labels: ref('labelSet'), generatorURL: { type: 'string', format: 'uri' } };

const definitions: Json = {
  labelSet: { type: 'object', additionalProperties: text },
  alertmanagerStatus: object({
    cluster: ref('clusterStatus'),
    versionInfo: ref('versionInfo'),
    config: ref('alertmanagerConfig'),
    uptime: time,
  }),
  clusterStatus: object(
    {
      name: text,
      status: { type: 'string', enum: ['ready', 'settling', 'disabled'] },
      peers: listOf(ref('peerStatus')),
    },
    ['status'],
  ),
  peerStatus: object({ name: text, address: text }),
  alertmanagerConfig: object({ original: text }),
  versionInfo: object({
    version: text,
    revision: text,
    branch: text,
    buildUser: text,
    buildDate: text,
    goVersion: text,
  }),
  receiver: object({ name: text, labels: ref('labelSet') }, ['name']),
  receiverReference: object({ name: text }),
  matchers: { type: 'array', items: ref('matcher'), minItems: 1 },
  matcher: object(
    { name: text, value: text, isRegex: { type: 'boolean' }, isEqual: { type: 'boolean', default: true } },
    ['name', 'value', 'isRegex'],
  ),
  silence: object({ ...silenceMembers, annotations: ref('labelSet') }, Object.keys(silenceMembers)),
  silenceStatus: object({ state: { type: 'string', enum: ['expired', 'active', 'pending'] } }),
  postableSilence: { allOf: [object({ id: text }, []), ref('silence')] },
  gettableSilence: { allOf: [object({ id: text, status: ref('silenceStatus'), updatedAt: time }), ref('silence')] },
  gettableSilences: listOf(ref('gettableSilence')),
  alert: object(alertMembers, ['labels']),
  postableAlert: { allOf: [object({ startsAt: time, endsAt: time, annotations: ref('labelSet') }, []), ref('alert')] },
  postableAlerts: listOf(ref('postableAlert')),
  alertStatus: object({
    state: { type: 'string', enum: ['unprocessed', 'active', 'suppressed'] },
    silencedBy: listOf(text),
    inhibitedBy: listOf(text),
    mutedBy: listOf(text),
  }),
  gettableAlert: {
    allOf: [
      object({
        annotations: ref('labelSet'),
        receivers: listOf(ref('receiverReference')),
        fingerprint: text,
        startsAt: time,
        updatedAt: time,
        endsAt: time,
        status: ref('alertStatus'),
      }),
      ref('alert'),
    ],
  },
  gettableAlerts: listOf(ref('gettableAlert')),
  alertGroup: object({
    labels: ref('labelSet'),
    routeLabels: ref('labelSet'),
    receiver: ref('receiverReference'),
    alerts: listOf(ref('gettableAlert')),
  }),
  alertGroups: listOf(ref('alertGroup')),
};

export const openapiV2: Json = {
  swagger: '2.0',
  info: {
    version: '0.0.1',
    title: 'Alertmanager API',
    description: 'API v2 of Prometheus Alertmanager, as Belfry answers it.',
  },
  basePath: '/api/v2/',
  consumes: ['application/json'],
  produces: ['application/json'],
  paths,
  definitions,
};
