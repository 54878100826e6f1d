// The functions of notification templates, as Alertmanager names them. Note their argument order: the thing worked
// on comes last, so that it can be piped in.
import { Buffer } from 'node:buffer';
import { wrapped } from '../model/cells.ts';
import { isSpace } from '../model/go-space.ts';
import { fromBytes, toBytes } from './bytes.ts';
import { plainFunctions, type TemplateFunction } from './function-table.ts';
import { onText, TEXT_FUNCTIONS } from './functions-text.ts';
import { TIME_FUNCTIONS } from './functions-time.ts';
import { ANY, ANYS, INT, STRING, STRINGS, type Callable } from './go-type.ts';
import { humanizeDuration, toFloat } from './humanize.ts';
import { jsonText } from './json-text.ts';
import { titleCase } from './title-case.ts';
import { quote } from './quote.ts';
import { CallError } from './run.ts';
import { URL_TEXT } from './trusted-text.ts';
import {
  anyMap,
  list,
  Mapping,
  Pointer,
  Scalar,
  Slice,
  strings,
  Struct,
  textOf,
  unbox,
  type Key,
  type Value,
} from './values.ts';

const LIST_FUNCTIONS: Readonly<Record<string, Callable>> = {
  join: {
    params: [STRING, STRINGS],
    variadic: false,
    call: ([separator, items], run) => {
      const texts = items instanceof Slice ? items.items.map(textOf) : [];
      const size = texts.reduce((sum, text) => sum + text.length + textOf(separator).length, 0);
      run.room(size);
      return run.made(texts.join(textOf(separator)));
    },
  },
  stringSlice: { params: [STRING], variadic: true, call: (args) => strings(args.map(textOf)) },
  list: { params: [ANY], variadic: true, call: (args) => list(args) },
  append: {
    params: [ANYS, ANY],
    variadic: true,
    call: ([slice, ...items], run) => {
      const before = slice instanceof Slice ? slice.items : [];
      run.spend(before.length >> 4);
      return list([...before, ...items]);
    },
  },
  dict: {
    params: [ANY],
    variadic: true,
    call: (args) => {
      if (args.length % 2 !== 0) throw new CallError('dict requires an even number of arguments');
      const entries = new Map<Key, Value>();
      for (let i = 0; i < args.length; i += 2) {
        const key = args[i];
        if (typeof key !== 'string') throw new CallError('dict keys must be strings');
        entries.set(key, args[i + 1]);
      }
      return anyMap(entries);
    },
  },
};

function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text[from]!)) from++;
  while (to > from && isSpace(text[to - 1]!)) to--;
  return text.slice(from, to);
}

const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** Of a longer text only the start, or the end, is looked at. */
const reach = (most: number): number => 100 + Math.max(0, most) * 10;

function shortened(text: string, most: number): string {
  const start = text.slice(0, reach(most));
  const line = oneLine(start);
  if (line.length <= most) return line + (start.length < text.length ? '…' : '');
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, Math.max(0, most)).join('')}…`;
}

/** Names that are long differ at their ends. */
function shortenedWithin(text: string, most: number): string {
  const far = reach(most);
  const ends = text.length <= 2 * far ? text : `${text.slice(0, far)}…${text.slice(-far)}`;
  const characters = [...oneLine(ends)];
  if (characters.length <= most) return characters.join('');
  const head = Math.max(0, Math.ceil(most / 2));
  const tail = Math.max(0, Math.floor(most / 2));
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

function shortening(shorten: (text: string, most: number) => string): Callable {
  return {
    params: [INT, STRING],
    variadic: false,
    call: ([most, text], run) => {
      run.spend(textOf(text).length >> 4);
      return shorten(textOf(text), Number(most));
    },
  };
}

/** The form coding undone: + is a space. */
function unescapeQuery(text: string): string {
  const bad = /%(?![0-9a-fA-F]{2})/.exec(text);
  if (bad !== null) throw new CallError(`invalid URL escape ${quote(text.slice(bad.index, bad.index + 3))}`);
  const bytes: number[] = [];
  const raw = toBytes(text);
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i]!;
    if (byte === 0x25) {
      bytes.push(Number.parseInt(String.fromCharCode(raw[i + 1]!, raw[i + 2]!), 16));
      i += 2;
    } else bytes.push(byte === 0x2b ? 0x20 : byte);
  }
  return fromBytes(Uint8Array.from(bytes));
}

/** The URL-safe alphabet, padded. */
function base64encode(text: string): string {
  const plain = Buffer.from(toBytes(text)).toString('base64');
  return plain.replaceAll('+', '-').replaceAll('/', '_');
}

function base64decode(text: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  const good = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?/.exec(compact)![0].length;
  if (good !== compact.length) throw new CallError(`illegal base64 data at input byte ${firstBad(text)}`);
  return fromBytes(Buffer.from(compact.replaceAll('-', '+').replaceAll('_', '/'), 'base64'));
}

/** Where Go's decoder stops. */
function firstBad(text: string): number {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\r' || char === '\n') continue;
    if (/[A-Za-z0-9_-]/.test(char)) {
      digits++;
      continue;
    }
    const padding = digits % 4;
    if (char !== '=' || padding < 2) return i;
    const rest = text.slice(i + 1).replace(/[\r\n]/g, '');
    const wanted = padding === 2 ? '=' : '';
    if (rest === wanted) return text.length;
    return wanted === '=' && rest[0] !== '=' ? text.length - rest.length : text.length - rest.length + wanted.length;
  }
  return text.length - (digits % 4);
}

/** As the data has it: rendered already. */
function routeLabel(data: Value, name: string): string {
  const root = data instanceof Pointer ? data.target : data;
  if (!(root instanceof Struct)) return '';
  const labels = root.values[root.type.fields.findIndex((field) => field.name === 'RouteLabels')];
  return labels instanceof Mapping ? textOf(labels.get(name)) : '';
}

export const ALERTMANAGER_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = plainFunctions({
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...LIST_FUNCTIONS,
  title: onText(1, ([text]) => titleCase(text!, 'lower')),
  trimSpace: onText(1, ([text]) => trimSpace(text!)),
  safeUrl: onText(1, ([text]) => new Scalar(URL_TEXT, text!)),
  urlUnescape: onText(1, ([text]) => unescapeQuery(text!)),
  base64encode: onText(1, ([text]) => base64encode(text!)),
  base64decode: onText(1, ([text]) => base64decode(text!)),
  // Ours: of the receiver the message is for.
  lang: { params: [], variadic: false, call: (_args, run) => run.host['lang']?.() ?? 'en' },
  timezone: { params: [], variadic: false, call: (_args, run) => run.host['timezone']?.() ?? 'UTC' },
  // Ours: what a template makes, as a value; a text on one line, no longer than that, cut at its end or within; lines
  // of a width.
  include: {
    params: [STRING, ANY],
    variadic: false,
    call: ([name, data], run) => run.include(textOf(name), unbox(data)),
  },
  short: shortening(shortened),
  shortMiddle: shortening(shortenedWithin),
  wrap: {
    params: [INT, STRING],
    variadic: false,
    call: ([width, text], run) => {
      run.spend(textOf(text).length >> 2);
      return run.made(wrapped(textOf(text), Number(width)));
    },
  },
  routeLabels: onText(1, ([name], run) => run.host['routeLabels']?.(name!) ?? routeLabel(run.root, name!)),
  humanizeDuration: { params: [ANY], variadic: false, call: ([value]) => humanizeDuration(toFloat(value)) },
  toJson: { params: [ANY], variadic: false, call: ([value], run) => run.made(jsonText(value, run)) },
});
