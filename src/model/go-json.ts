// JSON text byte for byte as Go's encoder writes it: <, >, & and the two line separators of JavaScript are
// escaped, keys of maps are sorted by their bytes. Webhook bodies and the toJson of templates are made of it.
import { compareUtf8 } from './order.ts';

const NEEDS_ESCAPE = /[<>&\u2028\u2029]/;
const ESCAPED = /[<>&\u2028\u2029]/g;

/** A string, quoted. A lone surrogate, which UTF-8 cannot hold, reads as U+FFFD. */
export function goJsonString(text: string): string {
  const json = JSON.stringify(text.toWellFormed());
  if (!NEEDS_ESCAPE.test(json)) return json;
  return json.replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A Map is written as Go writes its maps: sorted. */
export type Json = null | boolean | number | string | readonly Json[] | ReadonlyMap<string, Json> | JsonMembers;

/** In the order they stand in; what is undefined is left out. */
export interface JsonMembers {
  readonly [name: string]: Json | undefined;
}

/** A whole value. */
export function goJson(value: Json): string {
  if (typeof value === 'string') return goJsonString(value);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' ? goJsonNumber(value) : String(value);
  if (value instanceof Map)
    return goJsonMap([...(value as ReadonlyMap<string, Json>)].map(([name, item]) => [name, goJson(item)] as const));
  if (isList(value)) return `[${value.map(goJson).join(',')}]`;
  const members = Object.entries(value as JsonMembers);
  return goJsonObject(members.flatMap(([name, item]) => (item === undefined ? [] : [[name, goJson(item)] as const])));
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

/** The values are JSON text already. */
export const goJsonObject = (members: readonly (readonly [name: string, json: string])[]): string =>
  `{${members.map(([name, json]) => `${goJsonString(name)}:${json}`).join(',')}}`;

/** Finite numbers only: the others have no JSON. */
export const goJsonNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** The values are JSON text already. Of a repeated name the last value stays. */
export function goJsonMap(members: Iterable<readonly [name: string, json: string]>): string {
  const sorted = [...new Map(members)].sort(([a], [b]) => compareUtf8(a, b));
  return goJsonObject(sorted);
}
