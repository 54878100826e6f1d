// The plain vector, read straight from the answer's text. A rule asks the same question every interval, and the
// answer differs in times and values only: each metric is compared with the one that stood in its place last time,
// and its labels are taken over. That is 0.2 microseconds per sample where parsing it and making labels anew takes
// two. Exact: what is not spelled just so is left to the JSON parser, and so is all that stands around the samples.
import type { Labels } from '../../model/labels.ts';
import type { Sample } from '../../model/sample.ts';
import { RecentMap } from '../../model/recent-map.ts';
import { instantOf, readValue } from './sample-text.ts';
import { readLabels } from './vector-json.ts';

interface KnownMetric {
  readonly text: string;
  readonly labels: Labels;
}

/** What all questions to a source share: answers about the same things differ in their values only. */
export type MetricBook = RecentMap<string, KnownMetric>;
const MOST_SHARED = 25_000;

/** The metrics of an answer in its order: their JSON, with what stands before and after it, and their labels. */
export class KnownMetrics {
  readonly texts: readonly string[];
  readonly labels: readonly Labels[];
  /** Of all texts. */
  readonly chars: number;
  readonly book: MetricBook;
  #places: ReadonlyMap<string, number> | null = null;

  constructor(texts: readonly string[], labels: readonly Labels[], chars: number, book: MetricBook) {
    this.texts = texts;
    this.labels = labels;
    this.chars = chars;
    this.book = book;
  }

  static none(book: MetricBook = new RecentMap(MOST_SHARED)): KnownMetrics {
    return new KnownMetrics([], [], 0, book);
  }

  /** -1 when there is none like it. */
  placeOf(text: string): number {
    if (this.texts.length === 0) return -1;
    this.#places ??= new Map(this.texts.map((known, place) => [known, place]));
    return this.#places.get(text) ?? -1;
  }
}

export interface Scanned {
  /** The answer without its samples: JSON to be parsed. */
  readonly frame: string;
  readonly samples: readonly Sample[];
  readonly metrics: KnownMetrics;
}

const RESULT = '"result":[';
const METRIC = '{"metric":';
const VALUE = ',"value":[';
const BEFORE_VALUE = ',"';

/** null: not of this form, or not an answer at all. More than `most` samples are 'too many'. */
export function scanVector(body: string, known: KnownMetrics, most: number): Scanned | 'too many' | null {
  const start = body.indexOf(RESULT) + RESULT.length;
  if (start < RESULT.length) return null;
  const metrics = new MetricReader(body, known);
  const times = new TimeReader(body);
  const samples: Sample[] = [];
  let at = start;
  let isLast = body[at] === ']';
  while (!isLast) {
    if (samples.length === most) return 'too many';
    const labels = metrics.read(at);
    if (labels === null) return null;
    const time = times.read(metrics.end);
    if (Number.isNaN(time)) return null;
    const end = body.indexOf('"', times.end);
    const value = end === -1 ? null : readValue(body.slice(times.end, end));
    if (value === null || body[end + 1] !== ']' || body[end + 2] !== '}') return null;
    samples.push({ labels, at: time, value, histogram: null });
    at = end + 3;
    isLast = body[at] === ']';
    if (isLast) break;
    if (body[at] !== ',') return null;
    at++;
  }
  return { frame: body.slice(0, start) + body.slice(at), samples, metrics: metrics.all() };
}

/** The metrics of one answer, one after the other, by those of the last. */
class MetricReader {
  readonly #body: string;
  readonly #known: KnownMetrics;
  /** Of `known`: the one that is expected now. */
  #next = 0;
  /** From the first that was not expected. */
  #fresh: { readonly texts: string[]; readonly labels: Labels[]; chars: number } | null = null;
  /** Where the metric that was read last ends. */
  end = 0;

  constructor(body: string, known: KnownMetrics) {
    this.#body = body;
    this.#known = known;
  }

  read(at: number): Labels | null {
    const expected = this.#known.texts[this.#next];
    if (expected !== undefined) {
      this.end = at + expected.length;
      if (this.#body.slice(at, this.end) === expected) return this.#take(this.#next);
    }
    // No string in a metric can hold this: its quote would be escaped.
    this.end = this.#body.indexOf(`}${VALUE}`, at) + 1 + VALUE.length;
    if (this.end <= VALUE.length || !this.#body.startsWith(METRIC, at)) return null;
    const text = this.#body.slice(at, this.end);
    this.#fresh ??= this.#begun();
    const place = this.#known.placeOf(text);
    return place === -1 ? this.#learn(text) : this.#take(place);
  }

  all(): KnownMetrics {
    // Without a surprise there was nothing new; and what is missing at the end may well come back.
    if (this.#fresh === null) return this.#known;
    const { texts, labels, chars } = this.#fresh;
    return new KnownMetrics(texts, labels, chars, this.#known.book);
  }

  #take(place: number): Labels {
    const text = this.#known.texts[place]!;
    const labels = this.#known.labels[place]!;
    this.#next = place + 1;
    if (this.#fresh !== null) this.#keep(text, labels);
    return labels;
  }

  #learn(slice: string): Labels | null {
    const { book } = this.#known;
    let known = book.get(slice);
    if (known === undefined) {
      const labels = readLabels(parsed(slice.slice(METRIC.length, -VALUE.length)));
      if (labels === null) return null;
      // A slice would keep the whole answer in memory.
      known = { text: Buffer.from(slice).toString(), labels };
      book.set(known.text, known);
    }
    this.#keep(known.text, known.labels);
    return known.labels;
  }

  #keep(text: string, labels: Labels): void {
    const fresh = this.#fresh!;
    fresh.texts.push(text);
    fresh.labels.push(labels);
    fresh.chars += text.length;
  }

  #begun(): { texts: string[]; labels: Labels[]; chars: number } {
    const texts = this.#known.texts.slice(0, this.#next);
    const chars = texts.reduce((sum, { length }) => sum + length, 0);
    return { texts, labels: this.#known.labels.slice(0, this.#next), chars };
  }
}

/** The times of one answer: all are the same as a rule. */
class TimeReader {
  readonly #body: string;
  /** With what stands between it and the value. */
  #text = BEFORE_VALUE;
  #instant = Number.NaN;
  /** Where the value after the time that was read last begins. */
  end = 0;

  constructor(body: string) {
    this.#body = body;
  }

  /** NaN when there is none. */
  read(at: number): number {
    this.end = at + this.#text.length;
    if (this.#body.slice(at, this.end) === this.#text) return this.#instant;
    this.end = this.#body.indexOf(BEFORE_VALUE, at) + BEFORE_VALUE.length;
    const text = this.#body.slice(at, Math.max(this.end, at));
    if (!/^-?[0-9]+(?:\.[0-9]+)?,"$/.test(text)) return Number.NaN;
    this.#text = text;
    this.#instant = instantOf(Number(text.slice(0, -BEFORE_VALUE.length)));
    return this.#instant;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
