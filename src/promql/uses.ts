// Which metrics an expression reads, and from that which rule of a group reads what another one writes: Prometheus'
// own analysis, by which it decides what may run at the same time. Only earlier rules count, and one selector without
// any name makes the whole group unknown.
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
