// The part of a schema that a document can meet. To compile a schema costs more than all else of a start, and a
// configuration uses few of the keys there are: what stands under the others is not compiled. Their names stay known.
type SchemaObject = Readonly<Record<string, unknown>>;

/** Valid, whatever is given. */
const ANYTHING = {};

export class NeededSchema {
  readonly #schema: SchemaObject;
  /** All names of fields that some part of it knows. */
  readonly #fields: ReadonlySet<string>;

  constructor(schema: SchemaObject) {
    this.#schema = schema;
    const fields = new Set<string>();
    collectFields(schema, fields);
    this.#fields = fields;
  }

  /** Those of its fields that the document has, wherever: the same ones need the same part. */
  fieldsIn(document: unknown): ReadonlySet<string> {
    const found = new Set<string>();
    collectKeys(document, { found, known: this.#fields, seen: new Set() });
    return found;
  }

  part(fields: ReadonlySet<string>): SchemaObject {
    return pruned(this.#schema, fields) as SchemaObject;
  }
}

function collectFields(schema: unknown, into: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties') for (const field of Object.keys(value as object)) into.add(field);
    collectFields(value, into);
  }
}

interface Search {
  readonly found: Set<string>;
  readonly known: ReadonlySet<string>;
  /** Aliased parts are in several places. */
  readonly seen: Set<object>;
}

function collectKeys(value: unknown, search: Search): void {
  if (typeof value !== 'object' || value === null || search.seen.has(value)) return;
  search.seen.add(value);
  for (const [key, inner] of Object.entries(value)) {
    if (search.known.has(key)) search.found.add(key);
    collectKeys(inner, search);
  }
}

function pruned(schema: unknown, fields: ReadonlySet<string>): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((part) => pruned(part, fields));
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      keyword === 'properties' ? prunedFields(value as SchemaObject, fields) : pruned(value, fields),
    ]),
  );
}

const prunedFields = (properties: SchemaObject, fields: ReadonlySet<string>): SchemaObject =>
  Object.fromEntries(
    Object.entries(properties).map(([field, inner]) => [field, fields.has(field) ? pruned(inner, fields) : ANYTHING]),
  );
