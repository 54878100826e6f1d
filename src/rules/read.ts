// Reading of the keys that groups and rules have: every reader answers a value and reports what keeps it from being
// one. Absent and null are the same, as upstream.
import type { Node } from '../input/node.ts';
import { FORMATS } from '../input/formats.ts';
import { readBool, readInt } from '../input/scalar.ts';
import { closest } from '../input/suggest.ts';
import { parseDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import { compareUtf8 } from '../model/order.ts';
import type { DurationMs } from '../model/time.ts';
import { ORIGIN_NAMES, type Keys } from './keys.ts';

/** What a mapping may not have; for 'prometheus' that is also what only others know. */
export function refuseUnknownKeys(
  mapping: Node,
  keys: Keys,
  where: {
    readonly what: string;
    readonly target: 'belfry' | 'prometheus';
    readonly elsewhere: readonly (readonly [names: Pick<ReadonlySet<string>, 'has'>, home: string])[];
  },
): void {
  for (const [name, node] of mapping.fields()) {
    const origin = keys.get(name);
    if (origin === undefined) {
      const near = closest(name, keys.keys());
      const home = where.elsewhere.find(([names]) => names.has(name));
      const hint =
        home !== undefined ? `it belongs in ${home[1]}` : near === null ? undefined : `did you mean ${goQuote(near)}?`;
      node.error('rules/unknown-field', `unknown field ${goQuote(name)} in ${where.what}`, hint, 'key');
    } else if (where.target === 'prometheus' && origin !== 'prometheus') {
      const message = `Prometheus does not know ${goQuote(name)} in ${where.what} and refuses the file`;
      node.error('rules/not-prometheus', message, `it is a key of ${ORIGIN_NAMES[origin]}`, 'key');
    }
  }
}

/** False, and said so, when there is something else than a mapping. */
export function expectMapping(node: Node, what: string): boolean {
  if (!node.isSet || node.isMapping) return true;
  node.error('rules/wrong-kind', `${what}: expected a mapping, found ${kindOf(node)}`);
  return false;
}

export function expectList(node: Node, what: string): boolean {
  if (!node.isSet || Array.isArray(node.value)) return true;
  node.error('rules/wrong-kind', `${what}: expected a list, found ${kindOf(node)}`);
  return false;
}

const kindOf = (node: Node): string =>
  node.isMapping ? 'a mapping' : Array.isArray(node.value) ? 'a list' : goQuote(node.text);

export function readText(node: Node, what: string): string {
  if (node.isSet && typeof node.value !== 'string') {
    node.error('rules/wrong-kind', `${what}: expected a text, found ${kindOf(node)}`);
  }
  return node.text;
}

export function readTexts(list: Node, what: string): readonly string[] {
  if (!expectList(list, what)) return [];
  return list.items().map((item) => readText(item, what));
}

/** null when it is not given. */
export function readDuration(node: Node, what: string, sign: 'positive' | 'any' = 'positive'): DurationMs | null {
  const text = readText(node, what);
  if (text === '') return null;
  const isNegative = sign === 'any' && text.startsWith('-');
  const parsed = parseDuration(isNegative ? text.slice(1) : text);
  if (parsed.ok) return isNegative ? -parsed.ms : parsed.ms;
  const fault = FORMATS['duration']?.(text);
  node.error('rules/bad-duration', `${what}: ${fault?.message ?? parsed.message}`, fault?.hint);
  return null;
}

export function readFlag(node: Node, what: string): boolean | null {
  const text = readText(node, what);
  if (text === '') return null;
  const value = readBool(text);
  if (value === null) node.error('rules/bad-value', `${what}: expected true or false, found ${goQuote(text)}`);
  return value;
}

export function readWhole(node: Node, what: string): number | null {
  const text = readText(node, what);
  if (text === '') return null;
  const value = readInt(text);
  if (value !== null && Number.isSafeInteger(value)) return value;
  node.error('rules/bad-value', `${what}: expected a whole number, found ${goQuote(text)}`);
  return null;
}

export interface Entry {
  readonly name: string;
  readonly value: string;
  readonly node: Node;
}

/** A mapping of texts, by name. */
export function readEntries(node: Node, what: string): readonly Entry[] {
  if (!expectMapping(node, what)) return [];
  return node
    .fields()
    .map(([name, value]) => ({ name, value: readText(value, `${what} ${goQuote(name)}`), node: value }))
    .toSorted((a, b) => compareUtf8(a.name, b.name));
}
