// The result of an answer, parsed as JSON, to samples. For the plain vector there is a quicker way: vector-scan.ts.
import { Labels } from '../../model/labels.ts';
import { compareUtf8 } from '../../model/order.ts';
import type { Histogram, Sample, Vector } from '../../model/sample.ts';
import { isObject } from './envelope.ts';
import { instantOf, readValue } from './sample-text.ts';

/** null when something in it is not a sample. */
export function readVector(result: unknown): Vector | null {
  if (!Array.isArray(result)) return null;
  const vector: Sample[] = [];
  for (const item of result as readonly unknown[]) {
    const sample = readSample(item);
    if (sample === null) return null;
    vector.push(sample);
  }
  return vector;
}

export function readScalar(result: unknown): Vector | null {
  const point = readPoint(result, Labels.empty);
  return point === null ? null : [point];
}

/** null unless every value is text. */
export function readLabels(metric: unknown): Labels | null {
  if (!isObject(metric)) return null;
  const flat: string[] = [];
  let isCanonical = true;
  for (const name of Object.keys(metric)) {
    const value = metric[name];
    if (typeof value !== 'string') return null;
    isCanonical &&= value !== '' && (flat.length === 0 || compareUtf8(flat.at(-2)!, name) < 0);
    flat.push(name, value);
  }
  // Sources send them in order; sorting again costs as much as the rest.
  return isCanonical ? Labels.ofFlat(flat.slice()) : Labels.of(pairsOf(flat));
}

function* pairsOf(flat: readonly string[]): Iterable<readonly [string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!];
}

function readSample(item: unknown): Sample | null {
  if (!isObject(item)) return null;
  const labels = readLabels(item['metric']);
  if (labels === null) return null;
  return item['value'] === undefined ? readHistogramPoint(item['histogram'], labels) : readPoint(item['value'], labels);
}

function readPoint(point: unknown, labels: Labels): Sample | null {
  if (!Array.isArray(point) || point.length !== 2) return null;
  const [seconds, text] = point as readonly unknown[];
  const value = typeof text === 'string' ? readValue(text) : null;
  return typeof seconds !== 'number' || value === null
    ? null
    : { labels, at: instantOf(seconds), value, histogram: null };
}

function readHistogramPoint(point: unknown, labels: Labels): Sample | null {
  if (!Array.isArray(point) || point.length !== 2) return null;
  const [seconds, body] = point as readonly unknown[];
  const histogram = readHistogram(body);
  return typeof seconds !== 'number' || histogram === null
    ? null
    : { labels, at: instantOf(seconds), value: histogram.count, histogram };
}

function readHistogram(body: unknown): Histogram | null {
  if (!isObject(body)) return null;
  const count = numberOf(body['count']);
  const sum = numberOf(body['sum']);
  // An empty histogram has no list.
  const list = body['buckets'] ?? [];
  if (count === null || sum === null || !Array.isArray(list)) return null;
  const buckets: Histogram['buckets'][number][] = [];
  for (const item of list as readonly unknown[]) {
    const bucket = readBucket(item);
    if (bucket === null) return null;
    buckets.push(bucket);
  }
  return { count, sum, buckets };
}

function readBucket(item: unknown): Histogram['buckets'][number] | null {
  if (!Array.isArray(item) || item.length !== 4) return null;
  const [rule, ...rest] = item as readonly unknown[];
  const [lower = null, upper = null, count = null] = rest.map(numberOf);
  if (typeof rule !== 'number' || lower === null || upper === null || count === null) return null;
  return [rule, lower, upper, count];
}

const numberOf = (value: unknown): number | null => (typeof value === 'string' ? readValue(value) : null);
