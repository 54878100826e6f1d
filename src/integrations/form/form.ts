// What a key of an integration holds, said once: its shape for the schema, how it is read, how it is printed. A kind is
// a table of these, in the order in which upstream prints them; the compiled values carry the keys in camelCase.
import type { Section } from '../../outbound/section.ts';
import type { CompileContext, Fields, Schema } from '../integration.ts';

export interface Form<T> {
  /** Most forms are one key; a secret is also its `_file`. */
  properties(key: string): Readonly<Record<string, Schema>>;
  /** undefined once it has refused what it found. */
  read(section: Section, key: string, context: CompileContext): T | undefined;
  print(key: string, value: T): Fields;
}

export type FormTable = Readonly<Record<string, Form<unknown>>>;

type CamelCase<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;

export type Values<Table extends FormTable> = {
  readonly [Key in keyof Table & string as CamelCase<Key>]: Table[Key] extends Form<infer T> ? T : never;
};

export function tableSchema(table: FormTable): Schema {
  const properties = Object.entries(table).map(([key, form]) => form.properties(key));
  return { type: 'object', additionalProperties: false, properties: Object.assign({}, ...properties) as Schema };
}

/** Of a refused section the values mean nothing. */
export function readTable<Table extends FormTable>(
  table: Table,
  section: Section,
  context: CompileContext,
): Values<Table> {
  const values = Object.entries(table).map(
    ([key, form]) => [camelCase(key), form.read(section, key, context)] as const,
  );
  return Object.fromEntries(values) as Values<Table>;
}

export function printTable(table: FormTable, values: object): Fields {
  const byName = new Map<string, unknown>(Object.entries(values));
  return Object.entries(table).flatMap(([key, form]) => form.print(key, byName.get(camelCase(key))));
}

const camelCase = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
