// Which metrics an expression reads, and from that which rule reads what another rule writes. Inside a group it is
// Prometheus' own analysis, by which it decides what may run at the same time: only earlier rules count, and one
// selector without any name makes the whole group unknown. Across groups there is no order, so all rules count.
import type { Expr, LabelMatcher, VectorSelector } from './ast.ts';
import { selectorsOf } from './ast.ts';
import { patternMatches } from './pattern.ts';

export interface MetricUse {
  /** Names read for certain, each once, in the order of the text. */
  readonly names: readonly string[];
  /** Whether other names may be read too: a selector gives a pattern, or no name at all. */
  readonly others: boolean;
}

export function metricsUsed(expr: Expr): MetricUse {
  const names = new Set<string>();
  let others = false;
  for (const selector of selectorsOf(expr)) {
    const matcher = nameMatcher(selector);
    if (matcher?.op === '=' && matcher.value !== '') names.add(matcher.value);
    else others = true;
  }
  return { names: [...names], others };
}

export interface RuleUse {
  readonly kind: 'recording' | 'alerting';
  /** `record` or `alert`. */
  readonly name: string;
  readonly expr: Expr;
}

export type GroupDependencies =
  | { readonly known: false }
  | {
      readonly known: true;
      /** For each rule the earlier rules it reads, by index. */
      readonly reads: readonly (readonly number[])[];
      /** For each rule the later rules that read it. */
      readonly readBy: readonly (readonly number[])[];
    };

/** Of the rules of one group, in their order. */
export function dependencies(rules: readonly RuleUse[]): GroupDependencies {
  const reads: number[][] = rules.map(() => []);
  const readBy: number[][] = rules.map(() => []);
  if (rules.length <= 1) return { known: true, reads, readBy };
  for (const [reader, rule] of rules.entries()) {
    for (const selector of selectorsOf(rule.expr)) {
      if (nameMatcher(selector) === null) return { known: false };
      const reach = reachOf(selector);
      for (let writer = 0; writer < reader; writer++) {
        if (reads[reader]!.includes(writer) || !writesInto(rules[writer]!, reach)) continue;
        reads[reader]!.push(writer);
        readBy[writer]!.push(reader);
      }
    }
  }
  return { known: true, reads, readBy };
}

export interface RuleRef {
  readonly group: number;
  readonly rule: number;
}

export interface CrossDependency {
  readonly reader: RuleRef;
  readonly writer: RuleRef;
}

export interface CrossDependencies {
  /** Reader and writer in different groups. */
  readonly edges: readonly CrossDependency[];
  /** Rules that select without a name: they may read anything. */
  readonly unknown: readonly RuleRef[];
}

export function crossDependencies(groups: readonly (readonly RuleUse[])[]): CrossDependencies {
  const edges: CrossDependency[] = [];
  const unknown: RuleRef[] = [];
  const writers = new WriterIndex(groups);
  for (const [group, rules] of groups.entries()) {
    for (const [rule, { expr }] of rules.entries()) {
      const reader = { group, rule };
      const selectors = [...selectorsOf(expr)];
      if (selectors.some((selector) => nameMatcher(selector) === null)) unknown.push(reader);
      const found = new Set(selectors.flatMap((selector) => writers.into(selector)));
      for (const writer of found) if (writer.group !== group) edges.push({ reader, writer });
    }
  }
  return { edges, unknown };
}

/** The rules by what they write, since every selector of every rule asks. */
class WriterIndex {
  readonly #byName = new Map<string, RuleRef[]>();
  readonly #all: { readonly ref: RuleRef; readonly rule: RuleUse }[] = [];

  constructor(groups: readonly (readonly RuleUse[])[]) {
    for (const [group, rules] of groups.entries()) {
      for (const [index, rule] of rules.entries()) {
        const ref = { group, rule: index };
        this.#all.push({ ref, rule });
        const known = this.#byName.get(rule.name);
        if (known === undefined) this.#byName.set(rule.name, [ref]);
        else known.push(ref);
      }
    }
  }

  into(selector: VectorSelector): readonly RuleRef[] {
    const matcher = nameMatcher(selector);
    if (matcher === null) return [];
    const reach = reachOf(selector);
    if (matcher.op === '=' && !reach.readsAlerts) return this.#byName.get(matcher.value) ?? [];
    return this.#all.filter(({ rule }) => writesInto(rule, reach)).map(({ ref }) => ref);
  }
}

interface Reach {
  readonly name: LabelMatcher;
  readonly readsAlerts: boolean;
  /** Which alerts, where it says. */
  readonly alertName: LabelMatcher | null;
}

function reachOf(selector: VectorSelector): Reach {
  const name = nameMatcher(selector) ?? ANY_NAME;
  return {
    name,
    readsAlerts: ALERT_METRICS.some((metric) => matches(name, metric)),
    alertName: selector.matchers.find((matcher) => matcher.name === 'alertname') ?? null,
  };
}

/** What Prometheus writes for every alerting rule. */
const ALERT_METRICS = ['ALERTS', 'ALERTS_FOR_STATE'];
const ANY_NAME: LabelMatcher = { name: '__name__', op: '!=', value: '' };

/** The name of an alerting rule counts as a metric too: Prometheus does not tell the kinds apart here. */
function writesInto(writer: RuleUse, { name, readsAlerts, alertName }: Reach): boolean {
  if (matches(name, writer.name)) return true;
  if (!readsAlerts || writer.kind !== 'alerting') return false;
  return alertName === null || matches(alertName, writer.name);
}

function nameMatcher(selector: VectorSelector): LabelMatcher | null {
  if (selector.name !== null) return { name: '__name__', op: '=', value: selector.name };
  return selector.matchers.find(({ name }) => name === '__name__') ?? null;
}

function matches({ op, value }: LabelMatcher, text: string): boolean {
  switch (op) {
    case '=':
      return text === value;
    case '!=':
      return text !== value;
    case '=~':
      return patternMatches(value, text);
    case '!~':
      return !patternMatches(value, text);
  }
}
