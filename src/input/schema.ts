// Checks a YAML document against a JSON Schema and says what is wrong in YAML words. The only file that imports
// `ajv`. Leaves are text, so schemas say `type: string` with a `format`; a key without a value counts as not
// given, and a list entry without a value is an error wherever the schema does not allow null.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Problem } from '../model/problem.ts';
import { RecentMap } from '../model/recent-map.ts';
import type { Doc } from './doc.ts';
import { FORMATS, type Format } from './formats.ts';
import { NeededSchema } from './needed-schema.ts';
import { explain, type SchemaError } from './schema-words.ts';
import { isList, type Tree } from './tree.ts';

export type Schema = Readonly<Record<string, unknown>>;
export type SchemaCheck = (doc: Doc) => Problem[];

/** Sets of fields that documents had: a process reads few. */
const MOST_COMPILED = 32;

/** `extra` formats join the built-in ones, or replace them. */
export function compileSchema(schema: Schema, extra: Readonly<Record<string, Format>> = {}): SchemaCheck {
  const formats: Record<string, Format> = { ...FORMATS, ...extra };
  const needed = new NeededSchema(schema);
  const compiled = new RecentMap<string, ValidateFunction>(MOST_COMPILED);
  return (doc) => {
    const view = withoutNulls(doc.tree, new Map()) ?? {};
    const fields = needed.fieldsIn(view);
    const name = [...fields].toSorted().join(' ');
    let validate = compiled.get(name);
    if (validate === undefined) {
      validate = compilePart(needed.part(fields), formats);
      compiled.set(name, validate);
    }
    return explain({ schema, formats, doc, errors: run(validate, view) });
  };
}

function compilePart(part: Schema, formats: Readonly<Record<string, Format>>): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    ownProperties: true,
    strictTypes: false,
    allowUnionTypes: true,
    // They are ours.
    validateSchema: false,
  });
  for (const [name, format] of Object.entries(formats)) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => format(text) === null });
  }
  return ajv.compile(part);
}

/** More than anybody reads; and each costs a search for what was meant. */
const MOST_ERRORS = 500;

function run(validate: ValidateFunction, value: unknown): SchemaError[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, MOST_ERRORS).map((error: ErrorObject) => ({
    path: toPath(error.instancePath, value),
    keyword: error.keyword,
    params: error.params,
    schema: error.schema,
    parent: error.parentSchema ?? {},
    schemaPath: error.schemaPath,
    data: error.data,
  }));
}

/** A JSON pointer as keys and indexes: what is an index is seen in the value. */
function toPath(pointer: string, value: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(at) ? Number(key) : key);
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
  }
  return path;
}

type View = undefined | null | string | readonly View[] | { readonly [key: string]: View };

/**
 * The same tree with undefined for the null values of mappings: the schema language's way to say "not given",
 * while the key itself is still seen. Shared parts stay shared.
 */
function withoutNulls(tree: Tree, seen: Map<object, View>): View {
  if (tree === null || typeof tree === 'string') return tree;
  const known = seen.get(tree);
  if (known !== undefined) return known;
  let view: View;
  if (isList(tree)) view = tree.map((item) => withoutNulls(item, seen));
  else {
    const map = Object.create(null) as Record<string, View>;
    for (const [key, value] of Object.entries(tree)) map[key] = value === null ? undefined : withoutNulls(value, seen);
    view = map;
  }
  seen.set(tree, view);
  return view;
}
