// A series as one target gets it: relabelled and encoded once, found again by the identity of what rules handed over.
// There are some hundred thousand of them, and each is sent again and again.
import { isDeepStrictEqual } from 'node:util';
import type { RelabelRule } from '../../config/config.ts';
import type { LabelNameMode } from '../../model/label-name.ts';
import { Labels, type LabelsKey } from '../../model/labels.ts';
import { relabel } from '../../outbound/relabel.ts';
import type { WrittenSample } from '../../ports/series-writer.ts';
import { RecentMap } from '../../model/recent-map.ts';
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
  readonly value: WrittenSample['value'];
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

/** Of those that do not come as the same objects again. */
const MOST_SERIES = 25_000;
const MOST_WORDS = 200_000;

export class SeriesBook {
  readonly #rules: SeriesRules;
  /** Rules hand over the same objects again and again; for those there is no limit but theirs. */
  readonly #byObject = new WeakMap<Labels, Series | 'dropped'>();
  readonly #series = new RecentMap<LabelsKey, Series | 'dropped'>(MOST_SERIES);
  readonly #words = new RecentMap<string, Word>(MOST_WORDS);

  constructor(rules: SeriesRules) {
    this.#rules = rules;
  }

  /** Itself, while the rules are what they were. */
  under(rules: SeriesRules): SeriesBook {
    const { externalLabels, names } = this.#rules;
    const isSame = externalLabels.sameAs(rules.externalLabels) && names === rules.names;
    return isSame && isDeepStrictEqual(this.#rules.rules, rules.rules) ? this : new SeriesBook(rules);
  }

  /** null: relabeling drops it. */
  find(labels: Labels): Series | null {
    let found = this.#byObject.get(labels);
    if (found === undefined) this.#byObject.set(labels, (found = this.#findEqual(labels)));
    return found === 'dropped' ? null : found;
  }

  #findEqual(labels: Labels): Series | 'dropped' {
    let found = this.#series.get(labels.key);
    if (found === undefined) this.#series.set(labels.key, (found = this.#make(labels) ?? 'dropped'));
    return found;
  }

  #make(labels: Labels): Series | null {
    const { externalLabels, rules, names } = this.#rules;
    const whole = externalLabels.size === 0 ? labels : Labels.of([...externalLabels, ...labels]);
    const relabelled = relabel(rules, whole, names);
    // A series without a label is none; rules that leave only those that are dropped on purpose do the same.
    if (relabelled === null || relabelled.size === 0) return null;
    return new KnownSeries(relabelled.flat, this.#word);
  }

  readonly #word = (text: string): Word => {
    let word = this.#words.get(text);
    if (word === undefined) {
      word = { bytes: utf8Bytes(text), request: 0, ref: 0 };
      this.#words.set(text, word);
    }
    return word;
  };
}

/** A target speaks one of the two formats: the other is never made. */
class KnownSeries implements Series {
  batch = 0;
  readonly #flat: readonly string[];
  readonly #word: (text: string) => Word;
  #labelFields: string | null = null;
  #words: readonly Word[] | null = null;

  constructor(flat: readonly string[], word: (text: string) => Word) {
    this.#flat = flat;
    this.#word = word;
  }

  get labelFields(): string {
    return (this.#labelFields ??= labelFields(this.#flat.map(utf8Bytes)));
  }

  get words(): readonly Word[] {
    return (this.#words ??= this.#flat.map(this.#word));
  }
}

/** Label{name=1, value=2} in field 1, one after the other. */
function labelFields(bytes: readonly string[]): string {
  const lengths: number[] = [];
  let size = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    const length = fieldSize(bytes[i]!.length) + fieldSize(bytes[i + 1]!.length);
    lengths.push(length);
    size += fieldSize(length);
  }
  const writer = new MessageWriter(size);
  for (let i = 0; i < bytes.length; i++) {
    if (i % 2 === 0) writer.open(1, lengths[i / 2]!);
    writer.open(1 + (i % 2), bytes[i]!.length);
    writer.bytes(bytes[i]!);
  }
  return writer.finish().toString('latin1');
}
