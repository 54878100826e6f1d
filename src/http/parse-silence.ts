// The body of POST /api/v2/silences, from JSON value to a request. Required members are asked for in upstream's
// order, so that the first complaint is the same. What makes sense of times and matchers is the engine's to say.
import { parseTime } from '../model/rfc3339.ts';
import type { SilenceRequest } from '../engine/contract.ts';
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName, type LabelNameMode } from '../model/label-name.ts';
import { Matcher, type MatcherOp } from '../model/matcher.ts';
import { Pairs } from '../model/pairs.ts';
import { compileAnchored } from '../model/regex.ts';
import type { Instant } from '../model/time.ts';
import { isMapping } from '../input/tree.ts';
import type { Fault } from './answer.ts';
import { cannotParse, textPairs } from './parse-alerts.ts';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export function parseSilence(body: unknown, names: LabelNameMode): Parsed<SilenceRequest> {
  // Upstream reads null as an object without members.
  const silence = body === null ? {} : body;
  if (!isMapping(silence)) return wrong('it is not an object');
  for (const name of ['id', 'comment', 'createdBy']) {
    if (!isTextOrAbsent(silence[name])) return wrong(`${name} is not a string`);
  }
  const annotations = textPairs(silence['annotations']);
  if (annotations === 'wrong') return wrong('annotations are not an object of strings');
  const startsAt = readInstant(silence['startsAt']);
  const endsAt = readInstant(silence['endsAt']);
  if (startsAt === undefined) return wrong('startsAt is not a time from 1970 to 9999');
  if (endsAt === undefined) return wrong('endsAt is not a time from 1970 to 9999');
  const matchers = silence['matchers'] ?? null;
  const matcherFault = typeFault(matchers);
  if (matcherFault !== null) return wrong(matcherFault);
  for (const name of ['comment', 'createdBy', 'endsAt', 'matchers', 'startsAt']) {
    if ((silence[name] ?? null) === null)
      return invalid({ by: 'framework', code: 602, message: `${name} in body is required` });
  }
  const parsed = parseMatcherList(matchers, names);
  if (!parsed.ok) return parsed;
  const value: SilenceRequest = {
    id: textOf(silence['id']),
    matchers: parsed.value,
    startsAt: startsAt ?? 0,
    endsAt: endsAt ?? 0,
    createdBy: textOf(silence['createdBy']),
    comment: textOf(silence['comment']),
    annotations: annotations === null ? Pairs.none : Pairs.from(annotations),
  };
  return { ok: true, value };
}

/** The `matchers` member of a silence, or of our preview. */
export function parseMatcherList(list: unknown, names: LabelNameMode): Parsed<readonly Matcher[]> {
  const fault = typeFault(list);
  if (fault !== null || !Array.isArray(list)) return wrong(fault ?? 'matchers are not a list');
  if (list.length === 0)
    return invalid({ by: 'framework', code: 612, message: 'matchers in body should have at least 1 items' });
  const elements: readonly unknown[] = list;
  const lacking = elements.map(lackingMember).find((message) => message !== null);
  if (lacking !== undefined) return invalid(lacking);
  const matchers: Matcher[] = [];
  for (const [index, element] of elements.entries()) {
    const made = makeMatcher(element, names);
    if (typeof made !== 'string') matchers.push(made);
    else
      return invalid({ by: 'handler', message: `invalid silence: invalid label matcher ${index} in set 0: ${made}` });
  }
  return { ok: true, value: matchers };
}

const wrong = (because: string): { ok: false; fault: Fault } => invalid(cannotParse('silence', because));

const invalid = (fault: Fault): { ok: false; fault: Fault } => ({ ok: false, fault });

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isTextOrAbsent = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';

const isFlagOrAbsent = (value: unknown): boolean => value === undefined || value === null || typeof value === 'boolean';

/** null is absent, undefined a fault. The zero time is as early as can be: a start in the past becomes now. */
function readInstant(value: unknown): Instant | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') return undefined;
  const parsed = parseTime(value);
  return parsed.ok ? (parsed.stamp?.at ?? 0) : undefined;
}

function typeFault(matchers: unknown): string | null {
  if (matchers === null) return null;
  if (!Array.isArray(matchers)) return 'matchers are not a list';
  const elements: readonly unknown[] = matchers;
  for (const [index, element] of elements.entries()) {
    if (!isMapping(element)) return `matcher ${index} is not an object`;
    for (const name of ['name', 'value']) {
      if (!isTextOrAbsent(element[name])) return `${name} of matcher ${index} is not a string`;
    }
    for (const name of ['isRegex', 'isEqual']) {
      if (!isFlagOrAbsent(element[name])) return `${name} of matcher ${index} is not true or false`;
    }
  }
  return null;
}

function lackingMember(element: unknown, index: number): Fault | null {
  for (const name of ['isRegex', 'name', 'value']) {
    if (isMapping(element) && (element[name] ?? null) === null) {
      return { by: 'framework', code: 602, message: `matchers.${index}.${name} in body is required` };
    }
  }
  return null;
}

function makeMatcher(element: unknown, names: LabelNameMode): Matcher | string {
  if (!isMapping(element)) return 'it is not an object';
  const name = textOf(element['name']);
  const value = textOf(element['value']);
  if (!isValidLabelName(name, names)) return `invalid label name ${goQuote(name)}`;
  const op = operator(element['isRegex'] === true, element['isEqual'] !== false);
  if (element['isRegex'] === true) {
    const regex = compileAnchored(value);
    if (!regex.ok) return `invalid regular expression ${goQuote(value)}: ${regex.message}`;
  }
  return new Matcher(name, op, value);
}

function operator(isRegex: boolean, isEqual: boolean): MatcherOp {
  if (isRegex) return isEqual ? '=~' : '!~';
  return isEqual ? '=' : '!=';
}
