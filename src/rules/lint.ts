// What is allowed in a rule and yet seldom meant. Nothing here keeps a rule from being loaded; `check` tells.
import type { Node } from '../input/node.ts';
import { printDuration } from '../model/duration.ts';
import { goQuote } from '../model/go-quote.ts';
import type { DurationMs } from '../model/time.ts';
import { hasCondition } from './condition.ts';
import type { Expr } from '../promql/ast.ts';
import type { LintLevel } from './options.ts';
import type { Entry } from './read.ts';
import type { Rule, RuleGroup } from './rule.ts';

export interface LintContext {
  readonly level: LintLevel;
  readonly interval: DurationMs;
  readonly expr: Expr;
  /** The rule's own. */
  readonly labels: readonly Entry[];
}

export function lintRule(node: Node, rule: Rule, { level, interval, expr, labels }: LintContext): void {
  if (level === 'none' || rule.kind === 'recording') return;
  if (rule.for > 0 && rule.for < interval) {
    const message = `for is shorter than the interval of ${printDuration(interval)}`;
    node.at('for').warn('lint/short-for', message, 'it makes the alert wait for one more evaluation, like any other');
  }
  for (const { name, value, node: entry } of labels) {
    if (!readsValue(value)) continue;
    const message = `label ${goQuote(name)} contains the value: each new value is a new alert`;
    entry.warn('lint/value-in-label', message, 'put it into an annotation');
  }
  if (!hasCondition(expr)) {
    const message = 'the expression has no condition: the alert fires as long as there is any series';
    node.at('expr').warn('lint/no-condition', message, 'compare it with something');
  }
  if (level === 'all') lintTexts(node, rule);
}

function lintTexts(node: Node, rule: Rule & { readonly kind: 'alerting' }): void {
  const has = (...names: readonly string[]): boolean => rule.annotations.some(([name]) => names.includes(name));
  const alert = node.at('alert');
  if (!has('summary', 'description', 'message')) {
    alert.warn('lint/no-summary', 'no annotation says what is wrong', 'add a summary');
  }
  if (!has('runbook_url', 'runbook')) {
    alert.warn('lint/no-runbook', 'no annotation says what to do', 'add a runbook_url');
  }
}

/** `$value` or `.Value` in some action; texts in quotes do not count. */
function readsValue(template: string): boolean {
  const actions = template.match(/\{\{.*?\}\}/gs) ?? [];
  return actions.some((action) =>
    /\$value\b|(?:^|[^\w)])\.Value\b/.test(action.replace(/"(?:\\.|[^"\\])*"|`[^`]*`/g, '""')),
  );
}

/** Same name and same labels twice in a file, as promtool counts it: whatever their kind and expression. */
export class DuplicateRules {
  readonly #level: LintLevel;
  readonly #lines = new Map<string, number>();

  constructor(level: LintLevel) {
    this.#level = level;
  }

  take(group: RuleGroup, node: Node): void {
    if (this.#level === 'none') return;
    const places = node.at('rules').items();
    for (const [index, rule] of group.rules.entries()) {
      const key = JSON.stringify([rule.name, rule.labels]);
      const line = this.#lines.get(key);
      if (line === undefined) {
        this.#lines.set(key, rule.at.line);
        continue;
      }
      const message = `${goQuote(rule.name)} is there with the same labels already`;
      const place = places[index]?.at(rule.kind === 'alerting' ? 'alert' : 'record');
      place?.warn('lint/duplicate-rule', message, `on line ${line}`);
    }
  }
}
