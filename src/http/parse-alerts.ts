// The body of POST /api/v2/alerts, from JSON value to alerts. Checked by hand, because a schema validator would
// cost as much as everything else here. Three kinds of fault, as upstream has them: a wrong type anywhere or an
// invalid member refuses the whole body; an alert that is well-formed but not allowed is left out and named.
import type { PostedAlert } from '../engine/contract.ts';
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName, type LabelNameMode } from '../model/label-name.ts';
import { Labels } from '../model/labels.ts';
import { Pairs } from '../model/pairs.ts';
import { parseTime } from '../model/rfc3339.ts';
import type { Instant, Stamp } from '../model/time.ts';
import { isMapping } from '../input/tree.ts';
import type { Fault } from './answer.ts';
import { isLongerThan, type Limits } from './limits.ts';
import { isRequestUri } from './request-uri.ts';

export type ParsedAlerts =
  | { readonly kind: 'refused'; readonly fault: Fault }
  | {
      readonly kind: 'parsed';
      readonly alerts: readonly PostedAlert[];
      readonly rejected: readonly Rejected[];
    };

export interface Rejected {
  readonly index: number;
  readonly alertname: string;
  readonly message: string;
}

/** More bad alerts than that are only counted. */
const MOST_TOLD = 100;
const LONGEST_NAME = 200;

/** A line for each, as upstream has it; of several alerts it says behind that which one is meant. */
export function rejectedText(rejected: readonly Rejected[], posted: number): string {
  const lines = rejected
    .slice(0, MOST_TOLD)
    .map(({ index, alertname, message }) =>
      posted === 1 ? message : `${message} (alert ${index}${named(alertname)})`,
    );
  const more = rejected.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

function named(alertname: string): string {
  if (alertname === '') return '';
  const isLong = alertname.length > LONGEST_NAME;
  return `, alertname ${goQuote(isLong ? `${alertname.slice(0, LONGEST_NAME).toWellFormed()}…` : alertname)}`;
}

/** Their places in the list, as many as a header may hold. */
export const rejectedPlaces = (rejected: readonly Rejected[]): string =>
  JSON.stringify(rejected.slice(0, 1000).map(({ index }) => index));

export const cannotParse = (what: string, because: string): Fault => ({
  by: 'framework',
  code: 400,
  message: `parsing ${what} body from "" failed, because ${because}`,
});

type AlertLimits = Pick<Limits, 'labels' | 'labelNameBytes' | 'labelValueBytes' | 'annotationBytes'>;

export interface AlertRules {
  readonly names: LabelNameMode;
  readonly limits: AlertLimits;
  /** An alert without an end that starts after this would end before it starts. */
  readonly latestOpenStart: Instant;
}

export function parseAlerts(body: unknown, rules: AlertRules): ParsedAlerts {
  if (body === null) return { kind: 'parsed', alerts: [], rejected: [] };
  if (!Array.isArray(body)) return wrong('it is not a list of alerts');
  const elements: readonly unknown[] = body;
  const alerts: PostedAlert[] = [];
  const rejected: Rejected[] = [];
  let invalid: Fault | null = null;
  const readTime = timeReader();
  for (let index = 0; index < elements.length; index++) {
    const read = readAlert(elements[index], readTime);
    if (typeof read === 'string') return wrong(`of element ${index}: ${read}`);
    invalid ??= invalidMember(read, index);
    if (invalid !== null) continue;
    const made = makeAlert(read, rules);
    if (typeof made === 'string') rejected.push({ index, alertname: alertnameOf(read), message: made });
    else alerts.push(made);
  }
  return invalid === null ? { kind: 'parsed', alerts, rejected } : { kind: 'refused', fault: invalid };
}

const alertnameOf = ({ labels }: ReadAlert): string => labels?.find(([name]) => name === 'alertname')?.[1] ?? '';

const wrong = (because: string): ParsedAlerts => ({ kind: 'refused', fault: cannotParse('alerts', because) });

type TextPairs = readonly (readonly [name: string, value: string])[];

/** Types are right; nothing else is known yet. */
interface ReadAlert {
  readonly labels: TextPairs | null;
  readonly annotations: TextPairs | null;
  readonly startsAt: Stamp | null;
  readonly endsAt: Stamp | null;
  readonly generatorURL: string;
}

/** A text is what is wrong. */
function readAlert(element: unknown, readTime: TimeReader): ReadAlert | string {
  if (!isMapping(element)) return 'it is not an object';
  const labels = textPairs(element['labels']);
  if (labels === 'wrong') return 'labels are not an object of strings';
  const annotations = textPairs(element['annotations']);
  if (annotations === 'wrong') return 'annotations are not an object of strings';
  const startsAt = readTime(element['startsAt']);
  if (startsAt === undefined) return 'startsAt is not a time from 1970 to 9999';
  const endsAt = readTime(element['endsAt']);
  if (endsAt === undefined) return 'endsAt is not a time from 1970 to 9999';
  const generatorURL = element['generatorURL'] ?? '';
  if (typeof generatorURL !== 'string') return 'generatorURL is not a string';
  return { labels, annotations, startsAt, endsAt, generatorURL };
}

function invalidMember(read: ReadAlert, index: number): Fault | null {
  const url = read.generatorURL;
  if (url !== '' && !isRequestUri(url)) {
    const message = `${index}.generatorURL in body must be of type uri: ${goQuote(url)}`;
    return { by: 'framework', code: 601, message };
  }
  if (read.labels !== null) return null;
  return { by: 'framework', code: 602, message: `${index}.labels in body is required` };
}

function makeAlert(read: ReadAlert, rules: AlertRules): PostedAlert | string {
  const { startsAt, endsAt, generatorURL } = read;
  const endsFirst =
    startsAt !== null && (endsAt === null ? startsAt.at > rules.latestOpenStart : isAfter(startsAt, endsAt));
  if (endsFirst) return 'start time must be before end time';
  const labels = Labels.of(read.labels ?? []);
  if (labels.size === 0) return 'at least one label pair required';
  const { names, limits } = rules;
  const fault = labelFault(labels, names, limits) ?? annotationFault(read.annotations ?? [], names, limits);
  if (fault !== null) return fault;
  const annotations = read.annotations === null ? Pairs.none : Pairs.from(read.annotations);
  return { labels, annotations, startsAt, endsAt, generatorURL, notify: null, reading: null };
}

/** Below the millisecond their texts decide, when both are UTC. */
const isAfter = (start: Stamp, end: Stamp): boolean =>
  start.at > end.at ||
  (start.at === end.at && start.text.endsWith('Z') && end.text.endsWith('Z') && fraction(start) > fraction(end));

const fraction = (stamp: Stamp): string => stamp.text.slice(20, -1).padEnd(9, '0');

function labelFault(labels: Labels, names: LabelNameMode, limits: AlertLimits): string | null {
  if (labels.size > limits.labels) return `${labels.size} labels, the limit is ${limits.labels}`;
  const { flat } = labels;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    if (!isValidLabelName(name, names)) return `invalid label set: invalid name ${goQuote(name)}`;
    if (isLongerThan(name, limits.labelNameBytes)) return `a label name is longer than ${limits.labelNameBytes} bytes`;
    if (isLongerThan(flat[i + 1]!, limits.labelValueBytes)) {
      return `the value of label ${goQuote(name)} is longer than ${limits.labelValueBytes} bytes`;
    }
  }
  return null;
}

function annotationFault(pairs: TextPairs, names: LabelNameMode, limits: AlertLimits): string | null {
  let size = 0;
  for (const [name, value] of pairs) {
    if (!isValidLabelName(name, names)) return `invalid annotations: invalid name ${goQuote(name)}`;
    size += name.length + value.length;
  }
  if (size * 3 > limits.annotationBytes) {
    size = pairs.reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  }
  return size > limits.annotationBytes ? `annotations are larger than ${limits.annotationBytes} bytes` : null;
}

/** An object of strings; a null value is the empty string, as Go reads it. Names may be `__proto__`: own keys only. */
export function textPairs(value: unknown): TextPairs | null | 'wrong' {
  if (value === undefined || value === null) return null;
  if (!isMapping(value)) return 'wrong';
  const pairs: [string, string][] = [];
  for (const name of Object.keys(value)) {
    const text = value[name] ?? '';
    if (typeof text !== 'string') return 'wrong';
    pairs.push([name, text]);
  }
  return pairs;
}

/** undefined is a fault, null is not set. */
type TimeReader = (value: unknown) => Stamp | null | undefined;

/** The alerts of one batch share most of their times. */
function timeReader(): TimeReader {
  const known = new Map<string, Stamp | null>();
  return (value) => {
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') return undefined;
    const before = known.get(value);
    if (before !== undefined) return before;
    const parsed = parseTime(value);
    if (!parsed.ok) return undefined;
    if (known.size < 1000) known.set(value, parsed.stamp);
    return parsed.stamp;
  };
}
