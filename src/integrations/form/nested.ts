// Keys that hold more keys: http_config, tables within the table, lists of them, and names of the user's own choice.
import type { Printable } from '../../input/print-yaml.ts';
import { isMapping } from '../../input/tree.ts';
import { compileHttpConfig } from '../../outbound/compile.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import { printHttpConfig } from '../../outbound/print.ts';
import { httpConfigSchema } from '../../outbound/schema.ts';
import { Section } from '../../outbound/section.ts';
import type { Fields, Schema } from '../integration.ts';
import { printTable, readTable, tableSchema, type Form, type FormTable, type Values } from './form.ts';

/** http_config: the global one only where the element has none, or for a proxy that it has none of. */
export function http({ inheritsProxy = false } = {}): Form<HttpConfig> {
  return {
    properties: (key) => ({ [key]: httpConfigSchema }),
    read: (section, key, { report, baseDir, global }) => {
      if (!section.has(key)) return global.http;
      const compiled = compileHttpConfig(section.raw(key), [...section.path, key], report, baseDir);
      if (compiled === null) {
        section.spoil();
        return undefined;
      }
      const { proxy } = compiled;
      const borrows = inheritsProxy && proxy.url === null && global.http.proxy.url !== null;
      return borrows ? { ...compiled, proxy: { ...proxy, url: global.http.proxy.url } } : compiled;
    },
    print: (key, config) => [[key, printHttpConfig(config)]],
  };
}

const orNull = (schema: Schema): Schema => ({ ...schema, type: ['object', 'null'] });

/** null when it is absent. */
export function table<Table extends FormTable>(forms: Table): Form<Values<Table> | null> {
  return {
    properties: (key) => ({ [key]: orNull(tableSchema(forms)) }),
    read: (section, key, context) => {
      const inner = section.section(key);
      return inner === null ? null : readTable(forms, inner, context);
    },
    print: (key, values) => (values === null ? [] : [[key, mapOf(printTable(forms, values))]]),
  };
}

/** As if empty when it is absent: upstream prints it all the same. */
export function block<Table extends FormTable>(forms: Table): Form<Values<Table>> {
  return {
    properties: (key) => ({ [key]: orNull(tableSchema(forms)) }),
    read: (section, key, context) => {
      const absent = Section.open({}, [...section.path, key], context.report, '');
      return readTable(forms, section.section(key) ?? absent, context);
    },
    print: (key, values) => [[key, mapOf(printTable(forms, values))]],
  };
}

export function tables<Table extends FormTable>(forms: Table): Form<readonly Values<Table>[]> {
  return {
    properties: (key) => ({ [key]: { type: ['array', 'null'], items: orNull(tableSchema(forms)) } }),
    read: (section, key, context) => section.sections(key).map((inner) => readTable(forms, inner, context)),
    print: (key, list) => (list.length === 0 ? [] : [[key, list.map((values) => mapOf(printTable(forms, values)))]]),
  };
}

/** Templates under names of the user's own choice, in the order of the file. */
export function templates(): Form<ReadonlyMap<string, string>> {
  return {
    properties: (key) => ({ [key]: { type: ['object', 'null'], additionalProperties: { type: ['string', 'null'] } } }),
    read: (section, key, context) => {
      const raw = section.raw(key);
      const found = new Map<string, string>();
      for (const [name, value] of isMapping(raw) ? Object.entries(raw) : []) {
        const text = typeof value === 'string' ? value : '';
        context.template([...section.path, key, name], text, 'text');
        found.set(name, text);
      }
      return found;
    },
    print: (key, found) => (found.size === 0 ? [] : [[key, found]]),
  };
}

/** A list of templates. */
export function templateList(otherwise: readonly string[] = []): Form<readonly string[]> {
  return {
    properties: (key) => ({ [key]: { type: ['array', 'null'], items: { type: ['string', 'null'] } } }),
    read: (section, key, context) => {
      if (!section.has(key)) return otherwise;
      const texts = section.list(key);
      texts.forEach((text, index) => context.template([...section.path, key, index], text, 'text'));
      return texts;
    },
    print: (key, texts) => (texts.length === 0 ? [] : [[key, texts]]),
  };
}

const mapOf = (fields: Fields): Printable => new Map(fields);
