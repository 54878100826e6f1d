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

export interface MergeRequest extends MergeOptions {
  /** Nobody has asked for this: what would end goes on for now, as the file may only be half written. */
  readonly holdsLost: boolean;
}

export type Merged =
  | {
      readonly kind: 'taken';
      readonly groups: readonly RuleGroup[];
      /** Ids of groups that go on in their old version. */
      readonly kept: readonly string[];
      /** Groups that are gone or have lost rules, as they were. */
      readonly lost: readonly RuleGroup[];
    }
  | { readonly kind: 'refused'; readonly reason: 'problems' | 'no rules left' };

export function mergeReload(before: readonly RuleGroup[], loaded: LoadedRules, options: MergeRequest): Merged {
  if (options.allOrNothing && loaded.problems.length > 0) return { kind: 'refused', reason: 'problems' };
  const fresh = new Set(loaded.groups.map(({ id }) => id));
  const kept = before.filter((group) => !fresh.has(group.id) && isInDoubt(group, loaded));
  // An old version that asks or tells somebody who is no longer there cannot go on.
  if (!kept.every((group) => hasItsNames(group, loaded))) return { kind: 'refused', reason: 'problems' };
  const taken = [...loaded.groups, ...kept];
  const lost = lostGroups(before, taken);
  const isLost = new Set(lost.map(({ id }) => id));
  const groups = options.holdsLost ? [...taken.filter(({ id }) => !isLost.has(id)), ...lost] : taken;
  if (before.length > 0 && groups.length === 0 && !options.allowEmpty && !loaded.isUnwanted) {
    return { kind: 'refused', reason: 'no rules left' };
  }
  return { kind: 'taken', groups, kept: kept.map(({ id }) => id), lost };
}

/** A rule is lost by its identity: whatever alerts it has would end. */
function lostGroups(before: readonly RuleGroup[], after: readonly RuleGroup[]): readonly RuleGroup[] {
  const next = new Map(after.map((group) => [group.id, group]));
  return before.filter((group) => {
    const now = next.get(group.id);
    if (now === undefined) return true;
    if (now.fingerprint === group.fingerprint) return false;
    const rules = new Set(now.rules.map(({ id }) => id));
    return !group.rules.every(({ id }) => rules.has(id));
  });
}

const isInDoubt = ({ id, at }: RuleGroup, { refused, unsure }: LoadedRules): boolean =>
  refused.has(id) || unsure.has(at.file);

function hasItsNames({ datasource, notify, rules }: RuleGroup, { receivers, dataSources }: LoadedRules): boolean {
  const told = [notify, ...rules.map((rule) => (rule.kind === 'alerting' ? rule.notify : null))];
  return (
    (datasource === null || dataSources.has(datasource)) && told.every((name) => name === null || receivers.has(name))
  );
}
