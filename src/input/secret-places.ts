// Which values of a document nobody may be shown: told by the keys they stand under, not by their looks, which a
// mistake changes. A schema says it by the `format` of its texts. A value of another shape than its key wants is as
// secret as what was meant, and so is one under a key that nobody knows.
import type { Path } from './doc.ts';
import { closest } from './suggest.ts';
import { isList, isMapping, type Tree } from './tree.ts';

export type SchemaObject = Readonly<Record<string, unknown>>;

/** Of a secret URL the host may be seen; of an open one everything but who calls. */
export type SecretForm = 'secret' | 'secret-url' | 'open-url';

const FORMS: readonly unknown[] = ['secret', 'secret-url', 'open-url'] satisfies SecretForm[];

export interface SecretPlace {
  readonly path: Path;
  readonly form: SecretForm;
  /** The words in it. */
  readonly texts: readonly string[];
}

/** In the name of a key that is nowhere to be found. */
const SUSPECT = /pas|pw|sec|tok|key|cred|auth|sid|url|hook/i;

export class SecretKeys {
  readonly #root: SchemaObject;
  #named: ReadonlyMap<string, SchemaObject> | null = null;
  #found: SecretPlace[] = [];

  constructor(schema: SchemaObject) {
    this.#root = schema;
  }

  placesIn(tree: Tree): readonly SecretPlace[] {
    this.#found = [];
    this.#visit(this.#root, tree, []);
    return this.#found;
  }

  #visit(at: SchemaObject, tree: Tree, path: Path): void {
    if (tree === null) return;
    const schema = this.#resolve(at);
    const fields = schema['properties'];
    const [others, items] = [schema['additionalProperties'], schema['items']];
    const form = formOf(schema);
    if (form !== null && (typeof tree === 'string' || !(isSchema(fields) || isSchema(items)))) {
      this.#take(path, tree, form);
    } else if (typeof tree === 'string') {
      if (this.#holds(schema)) this.#take(path, tree, 'secret');
      else if (!isText(schema) && tree.includes('://')) this.#take(path, tree, 'secret-url');
    } else if (isList(tree)) {
      tree.forEach((item, i) => this.#visit(isSchema(items) ? items : schema, item, [...path, i]));
    } else if (isSchema(fields) || isSchema(others)) {
      for (const [key, value] of Object.entries(tree)) {
        const inner = isSchema(fields) && Object.hasOwn(fields, key) ? fields[key] : others;
        if (isSchema(inner)) this.#visit(inner, value, [...path, key]);
        else this.#visitUnknown(isSchema(fields) ? fields : {}, key, value, [...path, key]);
      }
    } else if (isSchema(items)) this.#visit(items, tree, path);
    else this.#visitAnything(tree, path);
  }

  #visitUnknown(siblings: SchemaObject, key: string, value: Tree, path: Path): void {
    const near = closest(key, Object.keys(siblings));
    const meant = near === null ? this.#byName().get(key) : siblings[near];
    if (isSchema(meant) && !SUSPECT.test(key)) this.#visit(meant, value, path);
    else this.#take(path, value, 'secret');
  }

  /** Where no key is known. */
  #visitAnything(tree: Tree, path: Path): void {
    if (!isMapping(tree)) return;
    for (const [key, value] of Object.entries(tree)) {
      if (SUSPECT.test(key)) this.#take([...path, key], value, 'secret');
      else if (isList(value)) value.forEach((item, i) => this.#visitAnything(item, [...path, key, i]));
      else this.#visitAnything(value, [...path, key]);
    }
  }

  #take(path: Path, tree: Tree, form: SecretForm): void {
    const texts: string[] = [];
    collectTexts(tree, texts);
    if (texts.length > 0) this.#found.push({ path, form, texts });
  }

  /** Whether what was written here may be a secret that belongs a key deeper. */
  #holds(at: SchemaObject, isBelowKey = false): boolean {
    const schema = this.#resolve(at);
    const form = formOf(schema);
    if (form === 'secret' || form === 'secret-url') return true;
    return inner(schema).some(
      ([name, part]) => (name === null || !isBelowKey) && this.#holds(part, isBelowKey || name !== null),
    );
  }

  /** The schema of a key, wherever it is at home: a secret one before others. */
  #byName(): ReadonlyMap<string, SchemaObject> {
    if (this.#named !== null) return this.#named;
    const named = new Map<string, SchemaObject>();
    const seen = new Set<SchemaObject>();
    const collect = (at: SchemaObject): void => {
      const schema = this.#resolve(at);
      if (seen.has(schema)) return;
      seen.add(schema);
      for (const [name, part] of inner(schema)) {
        if (name !== null && (!named.has(name) || this.#holds(part))) named.set(name, part);
        collect(part);
      }
    };
    collect(this.#root);
    this.#named = named;
    return named;
  }

  #resolve(schema: SchemaObject): SchemaObject {
    const ref = schema['$ref'];
    if (typeof ref !== 'string') return schema;
    let at: unknown = this.#root;
    for (const part of ref.slice('#/'.length).split('/')) at = isSchema(at) ? at[part] : undefined;
    return isSchema(at) ? at : schema;
  }
}

/** The parts of a schema, those of mappings with their keys. */
function inner(schema: SchemaObject): readonly (readonly [name: string | null, part: SchemaObject])[] {
  const fields = schema['properties'];
  const parts: readonly (readonly [string | null, unknown])[] = [
    ...(isSchema(fields) ? Object.entries(fields) : []),
    [null, schema['additionalProperties']],
    [null, schema['items']],
  ];
  return parts.flatMap(([name, part]) => (isSchema(part) ? [[name, part] as const] : []));
}

function formOf(schema: SchemaObject): SecretForm | null {
  const format = schema['format'];
  return FORMS.includes(format) ? (format as SecretForm) : null;
}

function collectTexts(tree: Tree, into: string[]): void {
  if (typeof tree === 'string') into.push(tree);
  else if (isList(tree)) for (const item of tree) collectTexts(item, into);
  else if (tree !== null) {
    for (const [key, value] of Object.entries(tree)) {
      into.push(key);
      collectTexts(value, into);
    }
  }
}

const isText = (schema: SchemaObject): boolean => [schema['type']].flat().includes('string');

const isSchema = (value: unknown): value is SchemaObject => isMapping(value);
