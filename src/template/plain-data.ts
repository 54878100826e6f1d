// Values of the engine pass as they are; plain JavaScript becomes what Go's JSON decoder would have made of it.
import { anyMap, list, Typed, type Key, type Value } from './values.ts';

export function asValue(data: unknown): Value {
  switch (typeof data) {
    case 'string':
    case 'boolean':
    case 'bigint':
    case 'number':
      return data;
    case 'object':
      break;
    default:
      return undefined;
  }
  if (data === null || data instanceof Typed) return data ?? undefined;
  if (Array.isArray(data)) return list(data.map(asValue));
  const entries: Iterable<readonly [unknown, unknown]> = data instanceof Map ? data : Object.entries(data);
  const members = new Map<Key, Value>();
  for (const [key, value] of entries) members.set(String(key), asValue(value));
  return anyMap(members);
}
