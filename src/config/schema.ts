// The shape of the whole file as JSON Schema: which keys exist where, and of which form. Leaves are text or null,
// and null means not given. What keys mean together is in the files that compile them.
import { integrationKinds } from '../integrations/registry.ts';
import { httpConfigSchema, tlsConfigSchema } from '../outbound/schema.ts';
import { eventRecorderSchema } from './event-recorder.ts';
import { globalFields, type GlobalForm } from './global.ts';
import { ruleGlobalSchema } from './rule-files.ts';
import { rulesSchema } from './rules.ts';
import { tracingSchema } from './tracing.ts';

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: ['string', 'null'] };
const texts = listOf(text);
const bool: Schema = { type: ['string', 'null'], format: 'bool' };
const duration: Schema = { type: ['string', 'null'], format: 'duration' };

function listOf(items: Schema): Schema {
  return { type: ['array', 'null'], items };
}

function mapping(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: ['object', 'null'], properties, additionalProperties: false };
}

const dictionary: Schema = { type: ['object', 'null'], additionalProperties: text };

const globalForms: Readonly<Record<GlobalForm, Schema>> = {
  text,
  bool,
  duration,
  secret: { ...text, format: 'secret' },
  url: { ...text, format: 'open-url' },
  'secret-url': { ...text, format: 'secret-url' },
  'host-port': text,
  http: httpConfigSchema,
  tls: tlsConfigSchema,
};

const route: Schema = {
  ...mapping({
    receiver: text,
    group_by: texts,
    matchers: texts,
    match: dictionary,
    match_re: dictionary,
    continue: bool,
    group_wait: duration,
    group_interval: duration,
    repeat_interval: duration,
    mute_time_intervals: texts,
    active_time_intervals: texts,
    labels: dictionary,
    routes: listOf({ $ref: '#/$defs/route' }),
  }),
};

const inhibitRule = mapping({
  name: text,
  source_matchers: texts,
  source_match: dictionary,
  source_match_re: dictionary,
  target_matchers: texts,
  target_match: dictionary,
  target_match_re: dictionary,
  equal: texts,
});

const timeInterval = mapping({
  name: text,
  time_intervals: listOf(
    mapping({
      times: listOf(mapping({ start_time: text, end_time: text })),
      weekdays: texts,
      days_of_month: texts,
      months: texts,
      years: texts,
      location: text,
    }),
  ),
});

const receiver = mapping({
  name: text,
  labels: dictionary,
  language: text,
  timezone: text,
  fallback: text,
  ...Object.fromEntries(
    integrationKinds.map((kind) => [kind.key, listOf({ ...kind.schema, type: ['object', 'null'] })]),
  ),
});

export const configSchema: Schema = {
  ...mapping({
    global: mapping({
      ...Object.fromEntries(globalFields.map(({ key, form }) => [key, globalForms[form]])),
      ...ruleGlobalSchema,
    }),
    route: { $ref: '#/$defs/route' },
    receivers: listOf(receiver),
    inhibit_rules: listOf(inhibitRule),
    time_intervals: listOf(timeInterval),
    mute_time_intervals: listOf(timeInterval),
    templates: texts,
    ...rulesSchema,
    tracing: tracingSchema,
    event_recorder: eventRecorderSchema,
  }),
  $defs: { route },
};
