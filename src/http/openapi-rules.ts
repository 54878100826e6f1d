// The rules of our own API, described: their paths and definitions in openapi-native.ts' document.
import {
  answers,
  matchers,
  maybe,
  object,
  pageOf,
  pageParameters,
  parameter,
  ref,
  text,
  count,
  time,
  type Json,
} from './openapi-parts.ts';
import { RULE_HEALTHS, RULE_SORTS, RULE_STATES, RULE_TYPES } from './native-rules.ts';

const number: Json = { type: 'number' };
const seconds: Json = { type: 'number', minimum: 0 };
const word = (words: readonly string[]): Json => ({ type: 'string', enum: words });
const pathId = (name: string): Json => ({ in: 'path', name, required: true, schema: text });

export const rulePaths: Json = {
  '/rules': {
    get: {
      operationId: 'listRules',
      summary: 'Rules, in pages.',
      parameters: [
        matchers('filter'),
        parameter('type', word(RULE_TYPES), 'Of one type.'),
        parameter('state', word(RULE_STATES), 'Alerting rules in one state.'),
        parameter('health', word(RULE_HEALTHS), 'Of one health.'),
        parameter('file', text, 'Of one file.'),
        parameter('group', text, 'Of groups of one name.'),
        parameter('search', text, 'Contained in file, group, name or query, in any letter case.'),
        ...pageParameters(RULE_SORTS, 'place'),
      ],
      responses: answers(ref('rulePage')),
    },
  },
  '/rules/{group_id}/{rule_id}': {
    get: {
      operationId: 'getRule',
      summary: 'One rule, with its alerts and its last evaluations, the newest first.',
      parameters: [pathId('group_id'), pathId('rule_id')],
      responses: answers(ref('ruleInFull')),
    },
  },
};

const ruleMembers: Json = {
  id: text,
  groupId: text,
  group: text,
  file: text,
  line: count,
  type: word(RULE_TYPES),
  name: text,
  query: { ...text, description: 'Printed canonically.' },
  labels: { $ref: '#/components/schemas/labelSet' },
  annotations: { $ref: '#/components/schemas/labelSet' },
  intervalSeconds: seconds,
  forSeconds: seconds,
  keepFiringForSeconds: seconds,
  notify: maybe(text),
  datasource: maybe(text),
  state: { ...maybe(word(RULE_STATES)), description: 'null for a recording rule.' },
  health: word(RULE_HEALTHS),
  alerts: object({ pending: count, firing: count, kept: count, resolved: count }),
  lastEvaluation: maybe(ref('evaluation')),
  outdatedBy: { ...text, description: 'What is wrong with a newer version of the file; empty for nothing.' },
};

export const ruleSchemas: Json = {
  rulePage: {
    allOf: [
      pageOf(ref('rule')),
      object({
        problems: {
          ...{ type: 'array', items: text },
          description: 'What is wrong in the rule files: groups that are missing, or there in an older version.',
        },
      }),
    ],
  },
  rule: object(ruleMembers),
  ruleInFull: object({
    ...ruleMembers,
    generatorURL: text,
    past: { type: 'array', items: ref('evaluation') },
    instances: { type: 'array', items: ref('instance') },
  }),
  evaluation: object({
    slot: time,
    startedAt: time,
    seconds: number,
    samples: { ...maybe(count), description: 'null when it failed.' },
    seriesFetched: maybe(count),
    error: { ...text, description: 'Empty when it went well.' },
    warnings: { type: 'array', items: text },
    curl: { ...text, description: 'The question, ready to paste, secrets left out.' },
  }),
  instance: object({
    id: text,
    state: word(['pending', 'firing', 'kept', 'resolved']),
    value: text,
    activeAt: time,
    firedAt: maybe(time),
    keptSince: maybe(time),
    resolvedAt: maybe(time),
    lastSentAt: maybe(time),
    labels: { $ref: '#/components/schemas/labelSet' },
    annotations: { $ref: '#/components/schemas/labelSet' },
  }),
};
