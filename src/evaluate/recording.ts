// From an answer to the samples a recording rule writes: the record's name, the rule's labels over the answer's, and
// a stale marker for every series that was there last time and is not now.
import { Labels } from '../model/labels.ts';
import { nativeHistogram } from '../model/native-histogram.ts';
import type { Vector } from '../model/sample.ts';
import type { Instant } from '../model/time.ts';
import type { WrittenSample } from '../ports/series-writer.ts';
import type { RecordingRule } from '../rules/rule.ts';

/** The series of the last evaluation, by key. */
export type SeriesSet = ReadonlyMap<string, Labels>;

export type Recorded =
  | { readonly ok: true; readonly samples: readonly WrittenSample[]; readonly series: SeriesSet }
  | { readonly ok: false; readonly message: string };

export interface RecordingInput {
  readonly vector: Vector;
  readonly before: SeriesSet;
  /** The rule group's limit; 0 is none. */
  readonly limit: number;
  /** The same answer labels give the same written labels: kept from one evaluation to the next. */
  readonly memory: WeakMap<Labels, Labels>;
}

/** @param at the query's instant: slot minus query_offset */
export function record(rule: Pick<RecordingRule, 'name' | 'labels'>, input: RecordingInput, at: Instant): Recorded {
  const { vector, before, limit, memory } = input;
  if (limit > 0 && vector.length > limit) {
    return { ok: false, message: `exceeded limit of ${limit} with ${vector.length} series` };
  }
  const series = new Map<string, Labels>();
  const samples: WrittenSample[] = [];
  for (const sample of vector) {
    let labels = memory.get(sample.labels);
    if (labels === undefined) memory.set(sample.labels, (labels = name(rule, sample.labels)));
    if (series.has(labels.key)) {
      return { ok: false, message: 'vector contains metrics with the same labelset after applying rule labels' };
    }
    series.set(labels.key, labels);
    const value = sample.histogram === null ? sample.value : nativeHistogram(sample.histogram);
    // Without the bounds of its empty buckets it would be another histogram.
    if (value === null) return { ok: false, message: `the histogram ${labels.toString()} has ${CUSTOM}` };
    samples.push({ labels, at, value });
  }
  samples.push(...ended(before, series, at));
  return { ok: true, samples, series };
}

const CUSTOM = 'custom buckets, whose bounds an answer tells only in part: it cannot be recorded';

/** Stale markers for what was there and is not. */
export function* ended(before: SeriesSet, now: SeriesSet, at: Instant): IterableIterator<WrittenSample> {
  for (const [key, labels] of before) if (!now.has(key)) yield { labels, at, value: null };
}

function name(rule: Pick<RecordingRule, 'name' | 'labels'>, from: Labels): Labels {
  const labels = new Map(from);
  labels.set('__name__', rule.name);
  for (const [label, value] of rule.labels) labels.set(label, value);
  return Labels.of(labels);
}
