// A label set: the identity of an alert. Sorted by name in UTF-8 byte order, names unique, no empty values
// (upstream drops them: an absent label and an empty one are the same). Held as one flat array because there
// are ten of these per alert and a hundred thousand alerts, and never as an object keyed by label name,
// because `__proto__` is a legal label name.
import { hash } from 'node:crypto';
import { fingerprintOf, type Fingerprint } from './fingerprint.ts';
import { goQuote } from './go-quote.ts';
import { Pairs, sortedFlat } from './pairs.ts';

declare const labelsKey: unique symbol;
/** The canonical string of a label set: equal keys, equal sets. Inside the process this is the identity. */
export type LabelsKey = string & { readonly [labelsKey]: true };

const SEPARATOR = '\u0000';
// Separator and escape are legal in label values, so they are escaped where they occur (almost never).
const NEEDS_ESCAPE = /[\u0000\u0001]/;
const ESCAPED = /[\u0000\u0001]/g;
const escape = (text: string): string =>
  NEEDS_ESCAPE.test(text) ? text.replace(ESCAPED, (c) => (c === SEPARATOR ? '\u0001\u0002' : '\u0001\u0003')) : text;

function keyOf(flat: readonly string[]): LabelsKey {
  let key = '';
  for (const part of flat) key += escape(part) + SEPARATOR;
  return key as LabelsKey;
}

export class Labels extends Pairs {
  static readonly empty: Labels = new Labels([]);

  #key: LabelsKey | undefined;
  #fingerprint: Fingerprint | undefined;
  #digest: string | undefined;

  /** Empty values are dropped; of a repeated name the last value stays. */
  static of(pairs: Iterable<readonly [name: string, value: string]>): Labels {
    const flat = sortedFlat(pairs, false);
    return Labels.ofFlat(flat);
  }

  static override ofFlat(flat: readonly string[]): Labels {
    return flat.length === 0 ? Labels.empty : new Labels(flat);
  }

  /** Made when it is first asked for: most labels of answers are known by the object they are. */
  get key(): LabelsKey {
    return (this.#key ??= keyOf(this.flat));
  }

  /** Upstream's FNV-1a 64 identity, as sixteen hex digits: what the API and templates show. */
  get fingerprint(): Fingerprint {
    return (this.#fingerprint ??= fingerprintOf(this.flat));
  }

  /** 128 bits that stand for this set in the notification log, where keys would be too long. */
  get digest(): string {
    return (this.#digest ??= hash('sha256', this.key, 'hex').slice(0, 32));
  }

  /** The labels named in `names` that are present. */
  pick(names: readonly string[]): Labels {
    const pairs: [string, string][] = [];
    for (const name of names) pairs.push([name, this.get(name)]);
    return Labels.of(pairs);
  }

  /** `{alertname="x", job="node"}`: the label-set text of group keys and logs. */
  override toString(): string {
    const parts: string[] = [];
    for (const [name, value] of this) parts.push(`${name}=${goQuote(value)}`);
    return `{${parts.join(', ')}}`;
  }
}
