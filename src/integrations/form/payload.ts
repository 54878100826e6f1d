// A body of the user's own, or a part of one: any YAML value, whose strings (keys too) are templates. What a string leaf renders
// to is read as YAML once more, so `"{{ len .Alerts }}"` is a number in the body and `"{{ .CommonLabels | toJson }}"`
// an object; text that is a word, or no YAML at all, stays text. The result is not rendered or read again.
import { goJsonMap, goJsonNumber, goJsonString } from '../../model/go-json.ts';
import { compareUtf8 } from '../../model/order.ts';
import { parseYaml } from '../../input/yaml.ts';
import type { TypedValue } from '../integration.ts';
import type { Form } from './form.ts';

/** null, true, numbers and texts as the file spells them. */
export type Payload = null | boolean | number | string | readonly Payload[] | ReadonlyMap<string, Payload>;

/** null when it is absent. */
export const payload: Form<Payload | null> = {
  properties: (key) => ({ [key]: {} }),
  read: (section, key, { typed, template }) => {
    const path = [...section.path, key];
    return compilePayload(typed(path), section.raw(key), (within, text) =>
      template([...path, ...within], text, 'text'),
    );
  },
  print: (key, value) => (value === null ? [] : [[key, value]]),
};

/** The same under names of the user's own choice, beside those that are there unless they are replaced. */
export function payloads(
  others: readonly (readonly [name: string, text: string])[],
): Form<ReadonlyMap<string, Payload>> {
  return {
    properties: (key) => ({ [key]: { type: ['object', 'null'] } }),
    read: (section, key, context) => {
      const own = payload.read(section, key, context) ?? null;
      const named = typeof own === 'object' && own !== null && isMap(own) ? own : [];
      return new Map([...new Map<string, Payload>([...others, ...named])].sort(([a], [b]) => compareUtf8(a, b)));
    },
    print: (key, value) => [[key, value]],
  };
}

type RenderText = (text: string) => string;

/** `plain` is the same value with every scalar as written; `found` hears of every template. */
function compilePayload(
  typed: TypedValue | undefined,
  plain: unknown,
  found: (within: readonly (string | number)[], text: string) => void,
): Payload | null {
  if (typed === undefined || typed === null) return null;
  const payload = exact(typed, plain);
  eachLeaf(payload, [], found);
  return payload;
}

function eachLeaf(
  payload: Payload,
  within: readonly (string | number)[],
  found: (within: readonly (string | number)[], text: string) => void,
): void {
  if (typeof payload === 'string') return found(within, payload);
  if (typeof payload !== 'object' || payload === null) return;
  const inner = isMap(payload) ? payload : payload.map((item, index) => [index, item] as const);
  for (const [key, value] of inner) eachLeaf(value, [...within, key], found);
}

/** A number that JavaScript cannot hold exactly stays text: the body gets its digits. */
function exact(typed: TypedValue, plain: unknown): Payload {
  if (typeof typed === 'number' && typeof plain === 'string' && !isExact(typed)) return plain;
  if (typeof typed !== 'object' || typed === null) return typed;
  if (isMap(typed)) {
    return new Map([...typed].map(([name, value]) => [name, exact(value, member(plain, name))] as const));
  }
  return typed.map((item, index) => exact(item, member(plain, index)));
}

/** JSON text. */
export function renderPayload(payload: Payload, render: RenderText): string {
  if (typeof payload === 'string') return inlineJson(render(payload));
  if (typeof payload !== 'object' || payload === null) return scalarJson(payload);
  if (!isMap(payload)) return `[${payload.map((item) => renderPayload(item, render)).join(',')}]`;
  return goJsonMap([...payload].map(([name, value]) => [render(name), renderPayload(value, render)] as const));
}

function inlineJson(text: string): string {
  // To a YAML parser a directive or a tag; to whoever wrote the template a word.
  if (/^\s*[%!]/.test(text)) return goJsonString(text);
  const parsed = parseYaml('', text);
  if (!parsed.ok) return goJsonString(text);
  const typed = parsed.value.typed([]);
  if (typed === undefined || typeof typed === 'string') return goJsonString(text);
  return typedJson(typed, parsed.value.tree, text);
}

function typedJson(typed: TypedValue, plain: unknown, text: string): string {
  if (typeof typed === 'string') return goJsonString(typed);
  if (typeof typed === 'number' && !isExact(typed)) return digits(plain) ?? goJsonString(text);
  if (typeof typed !== 'object' || typed === null) return scalarJson(typed);
  if (isMap(typed)) {
    return goJsonMap([...typed].map(([name, value]) => [name, typedJson(value, member(plain, name), text)] as const));
  }
  return `[${typed.map((item, index) => typedJson(item, member(plain, index), text)).join(',')}]`;
}

const scalarJson = (value: null | boolean | number): string =>
  typeof value === 'number' ? goJsonNumber(value) : String(value);

/** Whether the number is what was written: neither too big an integer nor one without JSON. */
const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

/** The integer as written, when it is one that Go keeps whole. */
function digits(plain: unknown): string | null {
  if (typeof plain !== 'string') return null;
  if (/^-?[1-9][0-9]*$/.test(plain)) {
    const value = BigInt(plain);
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return plain;
  }
  const value = Number(plain);
  return Number.isFinite(value) && plain.trim() !== '' ? goJsonNumber(value) : null;
}

const isMap = (value: TypedValue): value is ReadonlyMap<string, TypedValue> => value instanceof Map;

function member(plain: unknown, key: string | number): unknown {
  if (typeof plain !== 'object' || plain === null) return undefined;
  return Object.hasOwn(plain, key) ? Reflect.get(plain, key) : undefined;
}
