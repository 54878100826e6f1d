// Every key that holds a secret, given every wrong shape: whatever is complained about, the secret is not shown.
import { describe, expect, it } from 'vitest';
import { compileConfig } from '../../../src/config/compile.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { compileWebConfig, webConfigSchema } from '../../../src/http/web-config.ts';
import { printYaml, type Printable } from '../../../src/input/print-yaml.ts';
import { isMapping } from '../../../src/input/tree.ts';
import { printProblem, type Problem } from '../../../src/model/problem.ts';

type Schema = Readonly<Record<string, unknown>>;
type Step = string | 0;

interface Key {
  readonly path: readonly Step[];
  readonly form: string;
  /** The same object is the same code. */
  readonly schema: Schema;
}

const CANARY = 'hunter2canary';
const NUMBER = '73915550173';

const isSchema = (value: unknown): value is Schema => isMapping(value);

/** The keys with a secret's form; a list is entered, a name of the user's own choice is X. */
function keysOf(schema: Schema, path: readonly Step[] = []): readonly Key[] {
  const { format, properties, additionalProperties, items } = schema;
  if (['secret', 'secret-url', 'open-url'].includes(String(format)) && !isSchema(properties)) {
    return [{ path, form: String(format), schema }];
  }
  return [
    ...(isSchema(properties) ? Object.entries(properties) : []).flatMap(([key, part]) =>
      isSchema(part) ? keysOf(part, [...path, key]) : [],
    ),
    ...(isSchema(additionalProperties) ? keysOf(additionalProperties, [...path, 'X']) : []),
    // A data source is one mapping, or a list of them.
    ...(isSchema(items) && !isSchema(properties) ? keysOf(items, [...path, 0]) : []),
  ];
}

/** Keys of that name that may be read from a file, beside which one stands. */
function withFiles(schema: Schema, path: readonly Step[] = []): readonly (readonly Step[])[] {
  const { properties, additionalProperties, items } = schema;
  const fields = isSchema(properties) ? properties : {};
  return [
    ...Object.keys(fields).flatMap((key) => (Object.hasOwn(fields, `${key}_file`) ? [[...path, key]] : [])),
    ...Object.entries(fields).flatMap(([key, part]) => (isSchema(part) ? withFiles(part, [...path, key]) : [])),
    ...(isSchema(additionalProperties) ? withFiles(additionalProperties, [...path, 'X']) : []),
    ...(isSchema(items) && !isSchema(properties) ? withFiles(items, [...path, 0]) : []),
  ];
}

const OPEN = ['ca', 'cert', 'client_ca', 'username', 'chat_id'];

const wrongValues = (form: string): readonly Printable[] =>
  form === 'open-url'
    ? ['proxy:3128', 'host', 'host:port', 'host/path'].flatMap((rest) =>
        ['', '//', 'https:/', 'https://', 'htps://'].map((before) => `${before}u:${CANARY}@${rest}`),
      )
    : [
        ...[CANARY, `host.example/T0/${CANARY}`, `//host.example/${CANARY}`, `https:/host.example/${CANARY}`],
        ...[`https:host.example/${CANARY}`, `ftp://host.example/${CANARY}`, `u:${CANARY}@proxy:3128`, `${CANARY}:x`],
        ...[`https://host.example:x/${'long/'.repeat(20)}${CANARY}`, `"${CANARY}`, `ü ${CANARY} \\ "é"`],
        ...[`line\n${CANARY}\nline\n`, NUMBER, Number(NUMBER), [CANARY], [[CANARY]], [`x ${CANARY}`, null]],
        ...[new Map([[CANARY, 'x']]), new Map([['inner', CANARY]]), new Map([['inner', [new Map([['x', CANARY]])]]])],
      ];

function at(
  path: readonly Step[],
  value: Printable,
  beside: readonly (readonly [string, Printable])[] = [],
): Printable {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step === 0) return [at(rest, value, beside)];
  return new Map([[step, at(rest, value, beside)], ...(rest.length === 0 ? beside : [])]);
}

const fewValues = (form: string): readonly Printable[] =>
  form === 'open-url'
    ? [`u:${CANARY}@proxy:3128`]
    : [`host.example/T0/${CANARY}`, Number(NUMBER), [CANARY], new Map([['inner', CANARY]])];

/** Ways in which the value at a path comes out wrong, as values of the whole file. */
function* wrongFiles(
  { path, form }: Key,
  values: readonly Printable[],
): Generator<readonly [key: string, value: Printable]> {
  const top = (value: Printable): readonly [string, Printable] => [...(value as Map<string, Printable>)][0]!;
  for (const value of values) {
    yield top(at(path, value, [['nope', 1]]));
  }
  if (form === 'open-url') return;
  const last = path.findLastIndex((step) => typeof step === 'string');
  const key = String(path[last]);
  const outer = path.slice(0, last);
  for (const misspelt of key === 'X' ? [] : [`${key.slice(0, -2)}${key.at(-1)}`, `${key}_x`, key.replace('_', '-')]) {
    if (misspelt !== key) yield top(at([...outer, misspelt], CANARY, [['send_resolved', 'x']]));
  }
  for (let length = last; length > 1 && length >= last - 1; length--) {
    if (path[length - 1] === 0) continue;
    yield top(at(path.slice(0, length), CANARY));
    yield top(at(path.slice(0, length), [CANARY]));
    yield top(at(path.slice(0, length), [new Map([[key, CANARY]])]));
  }
}

function inJson(value: Printable): string {
  if (value instanceof Map) {
    return `{${[...(value as ReadonlyMap<string, Printable>)].map(([key, part]) => `${JSON.stringify(key)}: ${inJson(part)}`).join(', ')}}`;
  }
  return Array.isArray(value) ? `[${value.map(inJson).join(', ')}]` : JSON.stringify(value);
}

const said = (problems: readonly Problem[]): string =>
  [...problems.map(printProblem), ...problems.map((problem) => JSON.stringify(problem))].join('\n');

const config = (text: string): string => {
  const compiled = compileConfig({ file: 'belfry.yml', text }, { matcherMode: 'fallback', retention: 1e9 });
  return said(compiled.ok ? compiled.warnings : compiled.problems);
};
const web = (text: string): string => {
  const compiled = compileWebConfig('web.yml', text);
  return said(compiled.ok ? compiled.warnings : compiled.problems);
};

const FRAME = 'route: {receiver: team}\nreceivers: [{name: team}]\n';

describe.each([
  ['a configuration', configSchema, FRAME, config, 400],
  ['a web configuration', webConfigSchema, '', web, 2],
] as const)('of %s', (_what, schema, frame, check, atLeast) => {
  const keys = keysOf(schema);

  it('every key that may be read from a file is known as a secret, but for those that are none', () => {
    const known = new Set(keys.map(({ path }) => path.join('.')));
    const unknown = withFiles(schema).filter(
      (path) => !OPEN.includes(String(path.at(-1))) && !known.has(path.join('.')),
    );
    expect(unknown).toEqual([]);
    expect(keys.length).toBeGreaterThanOrEqual(atLeast);
  });

  it('no secret is shown, whatever is wrong with it', () => {
    const shown: string[] = [];
    let complaints = 0;
    const tried = new Set<string | Schema>();
    for (const key of keys) {
      // What every http_config has is tried once, with the shortest way there.
      const name = key.path.slice(key.path.indexOf('http_config')).join('.');
      if (key.path.includes('http_config') && tried.has(name)) continue;
      tried.add(name);
      const values = tried.has(key.schema) ? fewValues(key.form) : wrongValues(key.form);
      tried.add(key.schema);
      let isFirst = true;
      for (const [top, value] of wrongFiles(key, values)) {
        const own = frame === '' || top === 'receivers' ? '' : frame;
        const rest = top === 'receivers' ? 'route: {receiver: team}\n' : own;
        const inBlocks = printYaml(new Map([[top, value]]));
        for (const text of [
          `${rest}${top}: ${inJson(value)}\n`,
          `${rest}${inBlocks}`,
          ...(isFirst ? [`${rest}${top}: ${inJson(value)}: [\n`, `${rest}${inBlocks}: [\n`] : []),
        ]) {
          const printed = check(text);
          if (printed !== '') complaints++;
          isFirst = false;
          if (printed.includes(CANARY) || printed.includes(NUMBER)) shown.push(`${text}\n${printed}`);
        }
      }
    }
    expect(shown.slice(0, 3).join('\n\n')).toBe('');
    expect(complaints).toBeGreaterThan(keys.length);
  });
});
