// Values inside a script: as an expression (JSON), in a string, a template literal or a regular expression.
import { jsonText } from './json-text.ts';
import { printable, sprint } from './print.ts';
import { CallError, type Run } from './run.ts';
import { GoTime } from './time.ts';
import { typeOf, unbox, type Value } from './values.ts';

const STRING: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '/': '\\/',
  '\\': '\\\\',
};
const escapeWith = (text: string, pattern: RegExp, own: Readonly<Record<string, string>>): string =>
  text.replace(pattern, (char) => own[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const escapeJsString = (text: string): string => escapeWith(text, /[\0-\x1f"`&'+/<>\\\u2028\u2029]/g, STRING);

export const escapeJsTemplate = (text: string): string =>
  escapeWith(text, /[\0-\x1f"`&'+/<>\\${}\u2028\u2029]/g, STRING);

const REGEXP: Readonly<Record<string, string>> = {
  ...STRING,
  ...Object.fromEntries(Array.from('$()*-.?[]^{|}', (char) => [char, `\\${char}`])),
};

/** An empty one would begin a comment. */
export const escapeJsRegexp = (text: string): string =>
  escapeWith(text, /[\0-\x1f"$&'()*+\-./<>?[\\\]^{|}\u2028\u2029]/g, REGEXP) || '(?:)';

/** JSON, with space around words and numbers so that they cannot run into a keyword. */
export function jsValue(args: readonly Value[], run: Run): string {
  const value = args.length === 1 ? stringerText(args[0]) : sprint(args.map(printable), run);
  const json = jsonOrComment(value, run);
  if (json.startsWith(' /* ')) return json;
  const escaped = json.replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
  return /^[$0-9A-Za-z_]|[$0-9A-Za-z_]$/.test(json) ? ` ${escaped} ` : escaped;
}

/** A Stringer is its text; a time knows its own JSON. */
function stringerText(arg: Value): Value {
  const value = printable(arg);
  if (value === undefined || value === null || typeof value !== 'object' || value instanceof GoTime)
    return unbox(value);
  const { text } = typeOf(value);
  return text === null ? value : text(value);
}

function jsonOrComment(value: Value, run: Run): string {
  try {
    return jsonText(value, run);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const message = error.message
      .replace(/<(\/?)script/gi, '\\x3C$1script')
      .replaceAll('*/', '* /')
      .replaceAll('<!--', '\\x3C!--');
    return ` /* ${message} */null `;
  }
}
