// What rules read of what other rules record, and when that is not what it looks like: too seldom recorded to be there
// all the time, or recorded only after it was read. Found across all files that are checked together; only names and
// labels that are written out count, so that what is found is so.
import type { Node } from '../input/node.ts';
import { printDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Problem } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import { childrenOf, type Expr, type VectorSelector } from '../promql/ast.ts';
import type { Place } from './placed-doc.ts';
import type { Rule, RuleGroup } from './rule.ts';

/** One selector of a rule. */
export interface Read {
  readonly name: string;
  /** `label="value"` */
  readonly equals: readonly (readonly [label: string, value: string])[];
  /** What is in force at the evaluation's own time, and nothing older. */
  readonly isOfNow: boolean;
  readonly range: DurationMs | null;
  /** How many samples it takes to give anything. */
  readonly least: 1 | 2;
  /** Its place, with nothing said yet. */
  readonly placed: Problem;
}

export interface GroupReads {
  readonly group: RuleGroup;
  /** By rule. */
  readonly reads: readonly (readonly Read[])[];
}

/** --query.lookback-delta, unless somebody set it. */
const LOOKBACK: DurationMs = 300_000;
const TAKES_TWO: ReadonlySet<string> = new Set([
  'delta',
  'deriv',
  'double_exponential_smoothing',
  'idelta',
  'increase',
  'irate',
  'predict_linear',
  'rate',
]);

/** @param node the rule's `expr` */
export function readsOf(node: Node, expr: Expr, place: Place): readonly Read[] {
  const reads: Read[] = [];
  const take = (selector: VectorSelector, range: DurationMs | null, least: Read['least']): void => {
    const { name, matchers, offset, at, start, end } = selector;
    if (name === null) return;
    const equals = matchers.filter(({ op }) => op === '=').map((matcher) => [matcher.name, matcher.value] as const);
    const isOfNow = range === null && offset === 0 && at === null;
    const within = { offset: start, length: end - start };
    const placed = place(node, { severity: 'warning', code: '', message: '', within });
    reads.push({ name, equals, isOfNow, range, least, placed });
  };
  const walk = (part: Expr, least: Read['least']): void => {
    // Of the many instants a subquery looks at some miss what others have.
    if (part.kind === 'subquery') return;
    if (part.kind === 'selector') take(part, null, 1);
    else if (part.kind === 'range') take(part.selector, part.range, least);
    else for (const child of childrenOf(part)) walk(child, part.kind === 'call' && TAKES_TWO.has(part.name) ? 2 : 1);
  };
  walk(expr, 1);
  return reads;
}

interface Recorded {
  readonly group: RuleGroup;
  readonly rule: Rule;
  readonly index: number;
  readonly reads: readonly Read[];
}

/** In the order of the groups. */
export function lintReads(groups: readonly GroupReads[]): readonly Problem[] {
  const recorded = new Map<string, Recorded[]>();
  const readers: Recorded[] = [];
  for (const { group, reads } of groups) {
    for (const [index, rule] of group.rules.entries()) {
      const reader = { group, rule, index, reads: reads[index]! };
      readers.push(reader);
      if (rule.kind === 'recording') recorded.getOrInsertComputed(rule.name, () => []).push(reader);
    }
  }
  return readers.flatMap((reader) => {
    const told = new Set<string>();
    return reader.reads.flatMap((read) => {
      const sources = (recorded.get(read.name) ?? []).filter((source) => mayRead(reader, read, source));
      const problem = sources.length === 0 || told.has(read.name) ? null : lintRead(reader, read, sources);
      if (problem !== null) told.add(read.name);
      return problem === null ? [] : [problem];
    });
  });
}

function mayRead({ group }: Recorded, { equals }: Read, source: Recorded): boolean {
  const labels = new Map(source.rule.labels);
  return (
    source.group.datasource === group.datasource &&
    equals.every(([label, value]) => !labels.has(label) || labels.get(label) === value)
  );
}

function lintRead(reader: Recorded, read: Read, sources: readonly Recorded[]): Problem | null {
  return (
    lintInterval(read, Math.min(...sources.map(({ group }) => group.interval))) ?? lintOrder(reader, read, sources)
  );
}

function lintInterval({ name, range, least, placed }: Read, interval: DurationMs): Problem | null {
  const needed = interval * least;
  if (needed <= (range ?? LOOKBACK)) return null;
  const view = range === null ? `the ${printDuration(LOOKBACK)} a selector looks back` : printDuration(range);
  const count = least === 1 ? 'a sample' : 'two samples';
  const message = `${goQuote(name)} is recorded every ${printDuration(interval)}: ${view} may be without ${count}`;
  const hint =
    range === null
      ? `ask for the newest, as in last_over_time(${name}[${printDuration(interval * 2)}])`
      : `ask for ${printDuration(needed)} or more`;
  return { ...placed, code: 'lint/recorded-seldom', message, hint };
}

function lintOrder(reader: Recorded, { name, isOfNow, placed }: Read, sources: readonly Recorded[]): Problem | null {
  if (!isOfNow) return null;
  const beside = sources.filter(({ group }) => group === reader.group);
  const [first] = beside;
  if (first === undefined || beside.some((source) => source.index <= reader.index || readsBack(source, reader))) {
    return null;
  }
  const message = `${goQuote(name)} is recorded further down in this group: here it has the value of the evaluation before`;
  const hint = `record it first: it is on line ${first.rule.at.line}`;
  return { ...placed, code: 'lint/read-before-recorded', message, hint };
}

/** Then there is no right order, and one of the two is meant to lag behind. */
const readsBack = ({ reads }: Recorded, { rule }: Recorded): boolean =>
  rule.kind === 'recording' && reads.some(({ name }) => name === rule.name);
