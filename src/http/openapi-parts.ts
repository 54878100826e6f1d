// The pieces that the descriptions of our own API are put together from.
import { DEFAULT_LIMIT, LARGEST_LIMIT } from './page.ts';

export type Json = Readonly<Record<string, unknown>>;

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
export const text: Json = { type: 'string' };
export const count: Json = { type: 'integer', minimum: 0 };
export const time: Json = { type: 'string', format: 'date-time' };
export const maybe = (schema: Json): Json => ({ oneOf: [schema, { type: 'null' }] });
export const object = (properties: Json): Json => ({ type: 'object', properties, required: Object.keys(properties) });
export const pageOf = (items: Json): Json =>
  object({
    items: { type: 'array', items },
    total: maybe(count),
    cursor: { ...maybe(text), description: 'For the next page; null on the last one.' },
  });

export const parameter = (name: string, schema: Json, description: string): Json => ({
  in: 'query',
  name,
  schema,
  description,
});
export const paging = (least: number): Json[] => [
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
export const flags = (names: readonly string[]): Json[] =>
  names.map((name) => parameter(name, { type: 'boolean', default: true }, 'As in API v2.'));
export const matchers = (name: string): Json =>
  parameter(name, { type: 'array', items: text }, 'Matchers; may be repeated. As in API v2.');
const counting = parameter('count', { type: 'boolean', default: true }, 'Whether `total` is wanted.');

export const answers = (schema: Json): Json => ({
  200: { description: 'Done.', content: { 'application/json': { schema } } },
  default: { description: 'An error.', content: { 'application/json': { schema: ref('error') } } },
});

/** Of a list that we hold whole: sorted, counted, in pages. */
export const pageParameters = (keys: readonly string[], fallback: string): Json[] => [
  sorting(keys, fallback),
  ...paging(0),
  counting,
];
