// `match[]`: series selectors held against labels. Any of them may match, and of one all matchers must.
import { goQuote } from '../model/go-quote.ts';
import { makeMatcher, type Matcher } from '../model/matcher.ts';
import type { Pairs } from '../model/pairs.ts';
import type { Expr, LabelMatcher, VectorSelector } from '../promql/ast.ts';
import { parsePromql } from '../promql/parse.ts';
import type { Filtered } from './filters.ts';

export type Selector = readonly Matcher[];

/** The message is Prometheus', place included. */
export function parseSelectors(texts: readonly string[]): Filtered<readonly Selector[]> {
  const selectors: Selector[] = [];
  for (const text of texts) {
    const parsed = parseSelector(text);
    if (!parsed.ok) return parsed;
    selectors.push(parsed.value);
  }
  const isVague = selectors.some((matchers) => matchers.every((matcher) => matcher.matchesValue('')));
  if (isVague) return { ok: false, message: 'match[] must contain at least one non-empty matcher' };
  return { ok: true, value: selectors };
}

/** Without a selector everything is wanted. */
export const isSelected = (selectors: readonly Selector[], labels: Pairs): boolean =>
  selectors.length === 0 ||
  selectors.some((matchers) => matchers.every((matcher) => matcher.matchesValue(labels.get(matcher.name))));

function parseSelector(text: string): Filtered<Selector> {
  const parsed = parsePromql(text);
  if (!parsed.ok) {
    const [problem] = parsed.problems;
    return failed(text, problem?.start ?? 0, text.trim() === '' ? 'unexpected end of input' : (problem?.message ?? ''));
  }
  const { expr } = parsed;
  if (!isPlainSelector(expr)) return failed(text, expr.start, `${goQuote(text)} is not a series selector`);
  const matchers: Matcher[] = [];
  for (const { name, op, value } of matchersOf(expr)) {
    const made = makeMatcher(name, op, value);
    if (!made.ok) return failed(text, expr.start, made.message);
    matchers.push(made.matcher);
  }
  return { ok: true, value: matchers };
}

const isPlainSelector = (expr: Expr): expr is VectorSelector =>
  expr.kind === 'selector' && expr.offset === 0 && expr.at === null && expr.edge === null;

const matchersOf = ({ name, matchers }: VectorSelector): readonly LabelMatcher[] =>
  name === null ? matchers : [{ name: '__name__', op: '=', value: name }, ...matchers];

/** Lines and columns from 1, columns in bytes. */
function failed(text: string, offset: number, message: string): { readonly ok: false; readonly message: string } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1)) + 1;
  return { ok: false, message: `${line}:${column}: parse error: ${message}` };
}
