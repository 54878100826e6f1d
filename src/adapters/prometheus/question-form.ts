// A question as the form that the query API takes, in the spelling that Prometheus and VictoriaMetrics both read
// exactly.
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Question } from '../../ports/data-source.ts';

/** The names a configuration or a rule group cannot use: they are the question's own. */
const OWN_PARAMS: readonly string[] = ['query', 'time', 'timeout'];

type Params = Question['params'];

/** All of the form that stays the same from one time to the next; `params` later in the list win. */
export function formHead(query: string, ...params: readonly Params[]): string {
  let head = `query=${encoded(query)}`;
  for (const [name, values] of mergedParams(params)) {
    for (const value of values) head += `&${encoded(name)}=${encoded(value)}`;
  }
  return head;
}

export const fullForm = (head: string, at: Instant, left: DurationMs): string =>
  `${head}&time=${timeText(at)}&timeout=${Math.max(left, 1) / 1000}`;

/**
 * VictoriaMetrics answers for half a minute ago unless it is told not to, and a rule that reads what another has just
 * written would see nothing. Prometheus ignores the name.
 */
export function mergedParams(lists: readonly Params[]): Params {
  const merged = new Map<string, readonly string[]>([['nocache', ['1']]]);
  for (const list of lists) for (const [name, values] of list) if (!OWN_PARAMS.includes(name)) merged.set(name, values);
  return [...merged];
}

/**
 * Seconds with three digits. Older VictoriaMetrics cut off what their floating-point product leaves short of the
 * millisecond (and more often so for RFC 3339), while others round: a fifth of a millisecond more suits both.
 */
export function timeText(at: Instant): string {
  const text = (at / 1000).toFixed(3);
  if (text.endsWith('.000')) return text.slice(0, -4);
  return Math.trunc(Number(text) * 1e3) === at ? text : `${text}2`;
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
