// Checks a YAML document against a JSON Schema and says what is wrong in YAML words. The only file that imports
// `ajv`. Leaves are text, so schemas say `type: string` with a `format`; a key without a value counts as not
// given, and a list entry without a value is an error wherever the schema does not allow null.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Problem } from '../model/problem.ts';
import type { Doc, Path } from './doc.ts';
import { FORMATS, type Format } from './formats.ts';
import { explain, type SchemaError } from './schema-words.ts';
import { isList, type Tree } from './tree.ts';

export type Schema = Readonly<Record<string, unknown>>;
export type SchemaCheck = (doc: Doc) => Problem[];

/** `extra` formats join the built-in ones, or replace them. */
export function compileSchema(schema: Schema, extra: Readonly<Record<string, Format>> = {}): SchemaCheck {
  const formats: Record<string, Format> = { ...FORMATS, ...extra };
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    ownProperties: true,
    strictTypes: false,
    allowUnionTypes: true,
  });
  for (const [name, format] of Object.entries(formats)) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => format(text) === null });
  }
  const validate = ajv.compile(schema);
  return (doc) => explain({ schema, formats, doc, errors: run(validate, withoutNulls(doc.tree, new Map()) ?? {}) });
}

export interface JsonFault {
  readonly path: Path;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** For bodies of requests: real JSON, nothing converted, formats left to the caller. */
export function jsonValidator(schema: Schema): (value: unknown) => readonly JsonFault[] {
  const ajv = new Ajv({ allErrors: true, ownProperties: true, validateFormats: false, strict: false });
  const validate = ajv.compile(schema);
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, keyword, params }) => ({
          path: toPath(instancePath, value),
          keyword,
          params,
        }));
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
