// What a reload makes of rule files that were read again. A group with something wrong in it keeps its old version
// and no other group suffers; but nothing is taken at all when that was asked for, or when every rule would go away
// because a folder is empty or a file was cut off.
import type { RuleGroup } from '../../rules/rule.ts';
import type { LoadedRules } from './load.ts';

export interface MergeOptions {
  /** --rules.all-or-nothing */
  readonly allOrNothing: boolean;
  /** --rules.allow-empty */
  readonly allowEmpty: boolean;
}

export type Merged =
  | {
      readonly kind: 'taken';
      readonly groups: readonly RuleGroup[];
      /** Ids of groups that go on in their old version. */
      readonly kept: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: 'problems' | 'no rules left' };

export function mergeReload(before: readonly RuleGroup[], loaded: LoadedRules, options: MergeOptions): Merged {
  if (options.allOrNothing && loaded.problems.length > 0) return { kind: 'refused', reason: 'problems' };
  const fresh = new Set(loaded.groups.map(({ id }) => id));
  const kept = before.filter((group) => !fresh.has(group.id) && isInDoubt(group, loaded));
  // An old version that asks or tells somebody who is no longer there cannot go on.
  if (!kept.every((group) => hasItsNames(group, loaded))) return { kind: 'refused', reason: 'problems' };
  const groups = [...loaded.groups, ...kept];
  if (before.length > 0 && groups.length === 0 && !options.allowEmpty && !loaded.isUnwanted) {
    return { kind: 'refused', reason: 'no rules left' };
  }
  return { kind: 'taken', groups, kept: kept.map(({ id }) => id) };
}

const isInDoubt = ({ id, at }: RuleGroup, { refused, unsure }: LoadedRules): boolean =>
  refused.has(id) || unsure.has(at.file);

function hasItsNames({ datasource, notify, rules }: RuleGroup, { receivers, dataSources }: LoadedRules): boolean {
  const told = [notify, ...rules.map((rule) => (rule.kind === 'alerting' ? rule.notify : null))];
  return (
    (datasource === null || dataSources.has(datasource)) && told.every((name) => name === null || receivers.has(name))
  );
}
