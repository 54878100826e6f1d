// Running rules as people look at them.
import { compareUtf8 } from '../../model/order.ts';
import type { RuleGroupView, RuleView } from '../contract.ts';
import type { GroupRunner } from './group-runner.ts';
import { AlertingRunner, type RuleRunner } from './rule-runner.ts';

/** @param outdated by group id, what is wrong with its newer version */
export function viewOf(
  runners: readonly GroupRunner[],
  outdated: ReadonlyMap<string, string>,
): readonly RuleGroupView[] {
  return runners
    .map(({ group, evaluatedAt, seconds, rules }): RuleGroupView => {
      return { group, evaluatedAt, seconds, rules: rules.map(ruleView), outdatedBy: outdated.get(group.id) ?? '' };
    })
    .sort((a, b) => compareUtf8(a.group.file, b.group.file) || compareUtf8(a.group.name, b.group.name));
}

const ruleView = (runner: RuleRunner): RuleView => ({
  rule: runner.rule,
  health: runner.health,
  instances: runner instanceof AlertingRunner ? [...runner.instances.values()] : [],
  past: runner.past.all(),
});
