// The value when an alert has ended: nothing matches any more, so what the rule watches is asked for without the
// comparison. It is worth one question a slot, and never the end itself: without an answer the end is told without it.
import type { Instance, Instances } from '../../evaluate/instance.ts';
import { Labels } from '../../model/labels.ts';
import type { AlertingRule } from '../../rules/rule.ts';
import { askBeside, type AskContext } from './ask-beside.ts';

export interface EndContext extends AskContext {
  readonly rule: AlertingRule;
}

export async function withEndValues(after: Instances, before: Instances, context: EndContext): Promise<Instances> {
  const { group, rule, slot } = context;
  const ended = [...after].filter(([key, { kind }]) => kind === 'resolved' && before.get(key)?.kind !== 'resolved');
  if (ended.length === 0 || rule.threshold === null) return after;
  const answer = await askBeside(context, rule.threshold.query, slot - group.queryOffset);
  if (answer.kind !== 'vector') return after;
  const values = new Map(answer.vector.map(({ labels, value }) => [seriesKey(labels, rule), value]));
  const instances = new Map(after);
  for (const [key, instance] of ended) {
    const value = values.get(seriesKey(instance.labels, rule));
    if (value !== undefined && instance.kind === 'resolved') instances.set(key, withEndValue(instance, value));
  }
  return instances;
}

const withEndValue = (instance: Instance & { kind: 'resolved' }, value: number): Instance => ({
  ...instance,
  endValue: value,
});

/** What an element and the alert made of it have in common: all but the names the rule sets itself. */
function seriesKey(labels: Labels, rule: AlertingRule): string {
  const own = new Set(['__name__', 'alertname', ...rule.labels.map(([name]) => name)]);
  return Labels.of([...labels].filter(([name]) => !own.has(name))).key;
}
