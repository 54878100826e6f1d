// A series as one target gets it: relabelled and encoded once, found again by the identity of what rules handed over.
// There are some hundred thousand of them, and each is sent again and again.
import type { RelabelRule } from '../../config/config.ts';
import type { LabelNameMode } from '../../model/label-name.ts';
import { Labels, type LabelsKey } from '../../model/labels.ts';
import { relabel } from '../../outbound/relabel.ts';
import { RecentMap } from '../recent-map.ts';
import { fieldSize, MessageWriter, utf8Bytes } from './protobuf.ts';

/** Text of the 2.0 format, which says each once per request and then speaks of it by number. */
export interface Word {
  readonly bytes: string;
  /** Which request `ref` is good for. */
  request: number;
  ref: number;
}

export interface Series {
  /** As 1.0 writes them, ready to be copied. */
  readonly labelFields: string;
  /** As 2.0 writes them: name, value, name, value … */
  readonly words: readonly Word[];
  /** The batch it was last part of. */
  batch: number;
}

/** A sample on its way. */
export interface Pending {
  readonly series: Series;
  readonly at: number;
  /** null is the stale marker. */
  readonly value: number | null;
  readonly receipt: Receipt;
}

/** What a write waits for. */
export interface Receipt {
  settle(count: number, rejected: number, message: string | null): void;
}

export interface SeriesRules {
  /** Added where a series lacks them, before relabeling. */
  readonly externalLabels: Labels;
  readonly rules: readonly RelabelRule[];
  readonly names: LabelNameMode;
}

const MOST_SERIES = 100_000;
const MOST_WORDS = 200_000;

export class SeriesBook {
  readonly #rules: SeriesRules;
  readonly #series = new RecentMap<LabelsKey, Series | 'dropped'>(MOST_SERIES);
  readonly #words = new RecentMap<string, Word>(MOST_WORDS);

  constructor(rules: SeriesRules) {
    this.#rules = rules;
  }

  /** null: relabeling drops it. */
  find(labels: Labels): Series | null {
    let found = this.#series.get(labels.key);
    if (found === undefined) {
      found = this.#make(labels) ?? 'dropped';
      this.#series.set(labels.key, found);
    }
    return found === 'dropped' ? null : found;
  }

  #make(labels: Labels): Series | null {
    const { externalLabels, rules, names } = this.#rules;
    const whole = externalLabels.size === 0 ? labels : Labels.of([...externalLabels, ...labels]);
    const relabelled = relabel(rules, whole, names);
    // A series without a label is none; rules that leave only those that are dropped on purpose do the same.
    if (relabelled === null || relabelled.size === 0) return null;
    const words = relabelled.flat.map((text) => this.#word(text));
    return { labelFields: labelFields(words), words, batch: 0 };
  }

  #word(text: string): Word {
    let word = this.#words.get(text);
    if (word === undefined) {
      word = { bytes: utf8Bytes(text), request: 0, ref: 0 };
      this.#words.set(text, word);
    }
    return word;
  }
}

/** Label{name=1, value=2} in field 1, one after the other. */
function labelFields(words: readonly Word[]): string {
  const lengths: number[] = [];
  let size = 0;
  for (let i = 0; i < words.length; i += 2) {
    const length = fieldSize(words[i]!.bytes.length) + fieldSize(words[i + 1]!.bytes.length);
    lengths.push(length);
    size += fieldSize(length);
  }
  const writer = new MessageWriter(size);
  for (let i = 0; i < words.length; i += 2) {
    writer.open(1, lengths[i / 2]!);
    for (const [field, word] of [[1, words[i]!] as const, [2, words[i + 1]!] as const]) {
      writer.open(field, word.bytes.length);
      writer.bytes(word.bytes);
    }
  }
  return Buffer.from(writer.finish()).toString('latin1');
}
