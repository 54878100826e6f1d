// Where in a schema each field name is at home: for "it belongs in …".

type SchemaObject = Readonly<Record<string, unknown>>;

/** From a field's name to the names of the mappings that have it, the nearest to the root first. */
export function fieldPlaces(schema: SchemaObject): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  const seen = new Set<object>();
  let level: { readonly at: SchemaObject; readonly name: string }[] = [{ at: schema, name: 'the top level' }];
  while (level.length > 0) {
    const next: typeof level = [];
    const push = (inner: unknown, name: string): void => {
      if (isObject(inner)) next.push({ at: inner, name });
    };
    for (const { at, name } of level) {
      const resolved = resolve(schema, at);
      if (seen.has(resolved)) continue;
      seen.add(resolved);
      for (const [field, inner] of Object.entries(record(resolved['properties']))) {
        const known = places.get(field);
        if (known === undefined) places.set(field, [name]);
        else if (!known.includes(name)) known.push(name);
        push(inner, quoted(field));
      }
      for (const inner of [resolved['items'], resolved['additionalProperties']]) push(inner, name);
      for (const list of [resolved['allOf'], resolved['anyOf'], resolved['oneOf']]) {
        if (Array.isArray(list)) for (const inner of list) push(inner, name);
      }
    }
    level = next;
  }
  return places;
}

function resolve(root: SchemaObject, schema: SchemaObject): SchemaObject {
  const ref = schema['$ref'];
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return schema;
  let at: unknown = root;
  for (const part of ref.slice(2).split('/')) at = record(at)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  return record(at);
}

const isObject = (value: unknown): value is SchemaObject => typeof value === 'object' && value !== null;
const record = (value: unknown): SchemaObject => (isObject(value) ? value : {});
const quoted = (name: string): string => `"${name}"`;
