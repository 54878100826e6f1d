// A schema's complaints, each turned into one sentence about the YAML the person wrote, placed at the key or value
// it is about.
import type { Problem } from '../model/problem.ts';
import type { Doc, Finding, Path } from './doc.ts';
import type { Format } from './formats.ts';
import { fieldPlaces } from './schema-fields.ts';
import { closest } from './suggest.ts';

/** What the validator says, in our own shape. */
export interface SchemaError {
  readonly path: Path;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The value of the keyword, and the schema object it stands in. */
  readonly schema: unknown;
  readonly parent: Readonly<Record<string, unknown>>;
  readonly schemaPath: string;
  readonly data: unknown;
}

export interface Findings {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly formats: Readonly<Record<string, Format>>;
  readonly doc: Doc;
  readonly errors: readonly SchemaError[];
}

export function explain(checked: Findings): Problem[] {
  const { doc, errors } = checked;
  const problems: Problem[] = [];
  const said = new Set<string>();
  for (const error of withoutBranches(errors)) {
    if (isMisspelt(error, errors)) continue;
    const found = sentence(error, checked);
    if (found === null) continue;
    const problem = doc.problem(found.path, found.which, found.finding);
    // What an alias repeats has one place and several paths: it is said once.
    const same = `${problem.at?.line}:${problem.at?.column}:${error.keyword}:${JSON.stringify(error.params)}`;
    if (!said.has(same)) problems.push(problem);
    said.add(same);
  }
  return problems.sort((a, b) => a.at!.line - b.at!.line || a.at!.column - b.at!.column);
}

/** A missing field, where an unknown one of nearly its name is reported anyway. */
function isMisspelt(error: SchemaError, errors: readonly SchemaError[]): boolean {
  if (error.keyword !== 'required') return false;
  const wanted = String(error.params['missingProperty']);
  const here = error.path.join('\n');
  return errors.some(
    ({ keyword, path, params }) =>
      keyword === 'additionalProperties' &&
      path.join('\n') === here &&
      closest(String(params['additionalProperty']), [wanted]) !== null,
  );
}

interface Sentence {
  readonly path: Path;
  readonly which: 'key' | 'value';
  readonly finding: Finding;
}

function sentence(error: SchemaError, checked: Findings): Sentence | null {
  const { path, keyword, params, data } = error;
  const value = (code: string, message: string, hint?: string): Sentence => ({
    path,
    which: 'value',
    finding: { code, message, hint },
  });
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
    case 'propertyNames':
      return unknownField(error, checked);
    case 'required': {
      const name = String(params['missingProperty']);
      return {
        path,
        which: 'key',
        finding: { code: 'config/missing-field', message: `${placeOf(path)} needs ${quote(name)}` },
      };
    }
    case 'type':
    case 'anyOf':
    case 'oneOf':
      return wrongKind(error);
    case 'format': {
      const fault = checked.formats[String(params['format'])]?.(String(data));
      return value('config/bad-value', fault?.message ?? `${shown(data)} is not allowed here`, fault?.hint);
    }
    case 'enum':
    case 'const':
      return notAllowed(error);
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
    case 'minLength':
    case 'maxLength':
      return value('config/bad-value', `${placeOf(path)} ${sizeFault(keyword, Number(params['limit']))}`);
    case 'pattern':
      return value('config/bad-value', `${shown(data)} does not have the right form for ${placeOf(path)}`);
    case 'uniqueItems':
      return {
        path: [...path, Math.max(Number(params['i']), Number(params['j']))],
        which: 'value',
        finding: { code: 'config/bad-value', message: `this entry of ${placeOf(path)} is given twice` },
      };
    case 'if':
      return null; // the branch it led to speaks for itself
    default:
      return value('config/bad-value', `${shown(data)} is not allowed here`);
  }
}

function unknownField({ path, params, parent }: SchemaError, { schema }: Findings): Sentence {
  const name = String(params['additionalProperty'] ?? params['unevaluatedProperty'] ?? params['propertyName']);
  const near = closest(name, Object.keys((parent['properties'] as object | undefined) ?? {}));
  const elsewhere = near === null ? fieldPlaces(schema).get(name) : undefined;
  const belongs = elsewhere === undefined ? undefined : `it belongs in ${listed(elsewhere.slice(0, 3), 'or')}`;
  const where = path.length === 0 ? 'at the top level' : `in ${placeOf(path)}`;
  return {
    path: [...path, name],
    which: 'key',
    finding: {
      code: 'config/unknown-field',
      message: `unknown field ${quote(name)} ${where}`,
      hint: didYouMean(near) ?? belongs,
    },
  };
}

function notAllowed({ path, params, parent, data, keyword }: SchemaError): Sentence | null {
  if (typeof data !== 'string' && parent['type'] !== undefined) return null; // of the wrong kind, which is said anyway
  const allowed = keyword === 'enum' ? [params['allowedValues']].flat().map(String) : [String(params['allowedValue'])];
  const choice = allowed.map(quote).join(', ');
  const message =
    allowed.length === 1 ? `expected ${choice}, found ${shown(data)}` : `${shown(data)} is none of ${choice}`;
  const hint = typeof data === 'string' ? didYouMean(closest(data, allowed)) : undefined;
  return { path, which: 'value', finding: { code: 'config/bad-value', message, hint } };
}

function wrongKind({ path, params, parent, schema, data, keyword }: SchemaError): Sentence | null {
  const wanted =
    keyword === 'type'
      ? [params['type']].flat()
      : (schema as { type?: unknown }[]).flatMap((branch) => [branch.type].flat());
  const kinds = [
    ...new Set(
      wanted.filter((type) => type !== undefined && type !== 'null').map((type) => kindNames(String(type), parent)),
    ),
  ];
  const expected = kinds.length === 0 ? 'something else' : listed(kinds, 'or');
  if (data === undefined && path.length > 0) return null; // a key without a value is not given
  if (data === null) {
    const index = path.at(-1);
    const message =
      typeof index === 'number'
        ? `entry ${index + 1} of ${placeOf(path.slice(0, -1))} is empty`
        : `${placeOf(path)} is empty`;
    return { path, which: 'value', finding: { code: 'config/null-entry', message, hint: `expected ${expected}` } };
  }
  const message = `${placeOf(path)}: expected ${expected}, found ${kindOf(data)}`;
  const hint =
    wanted.includes('array') && typeof data === 'string' ? `write [${data.length < 40 ? data : '…'}]` : undefined;
  return { path, which: 'value', finding: { code: 'config/wrong-kind', message, hint } };
}

/**
 * Of alternatives that all failed, those of another kind than the value have nothing to say; what is left are the
 * complaints of the alternative that was meant. If none was of its kind, only the choice itself is reported.
 */
function withoutBranches(errors: readonly SchemaError[]): readonly SchemaError[] {
  let kept = [...errors];
  for (const choice of errors) {
    if (choice.keyword !== 'anyOf' && choice.keyword !== 'oneOf') continue;
    const at = choice.path.join('\n');
    const isKind = (error: SchemaError): boolean => error.keyword === 'type' && error.path.join('\n') === at;
    const deeper = kept.some((error) => error !== choice && !isKind(error) && isWithin(error.path, choice.path));
    kept = kept.filter((error) => (deeper ? error !== choice && !isKind(error) : error === choice || !isKind(error)));
  }
  return kept;
}

const isWithin = (path: Path, outer: Path): boolean => outer.every((step, i) => path[i] === step);

/** `route`, `routes[1]`, `labels of receivers[0]`: as much of the path as tells where one is. */
function placeOf(path: Path): string {
  if (path.length === 0) return 'the file';
  let text = '';
  for (const [i, step] of path.entries()) {
    if (typeof step === 'number') text += `[${step}]`;
    else text = i > 0 && typeof path[i - 1] === 'number' ? `${text}.${step}` : step;
  }
  return text;
}

const KINDS: Readonly<Record<string, string>> = { object: 'a mapping', array: 'a list', string: 'a text' };

function kindNames(type: string, parent: Readonly<Record<string, unknown>>): string {
  if (type !== 'string') return KINDS[type] ?? type;
  switch (parent['format']) {
    case 'bool':
      return 'true or false';
    case 'int':
    case 'uint':
    case 'float':
      return 'a number';
    case 'duration':
    case 'go-duration':
      return 'a duration';
    default:
      return 'a text';
  }
}

function kindOf(data: unknown): string {
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return data === null ? 'nothing' : 'a mapping';
  return typeof data === 'string' ? shown(data) : 'nothing';
}

const quote = (text: string): string => JSON.stringify(text);
const shown = (data: unknown): string => {
  if (typeof data !== 'string') return kindOf(data);
  return quote(data.length > 60 ? `${data.slice(0, 60)}…` : data);
};
const didYouMean = (word: string | null): string | undefined =>
  word === null ? undefined : `did you mean ${quote(word)}?`;
const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  Items: ['entry', 'entries'],
  Properties: ['key', 'keys'],
  Length: ['character', 'characters'],
};

function sizeFault(keyword: string, limit: number): string {
  if (keyword === 'minLength' && limit === 1) return 'is empty';
  const [one, many] = NOUNS[keyword.slice(3)]!;
  return `${keyword.startsWith('min') ? 'needs at least' : 'may have at most'} ${limit} ${limit === 1 ? one : many}`;
}

function listed(words: readonly string[], joint: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`;
}
