// What the store is told after an evaluation: instances that are other than before, and those that are gone.
import type { Instance, Instances } from '../../evaluate/instance.ts';
import type { StoredInstance } from '../../ports/store.ts';
import type { Rule } from '../../rules/rule.ts';

/** What a rule's evaluation changed of what the store keeps. */
export interface RuleChanges {
  readonly put: readonly StoredInstance[];
  readonly gone: readonly { readonly ruleId: string; readonly digest: string }[];
}

export const NO_CHANGES: RuleChanges = { put: [], gone: [] };

/**
 * Values and annotations move with every answer and are not written for that: the next answer brings them. Nor is
 * when something was last said: it is said again after a restart, that is all.
 */
export function changesBetween(rule: Rule, before: Instances, after: Instances): RuleChanges {
  const put: StoredInstance[] = [];
  const gone: { ruleId: string; digest: string }[] = [];
  for (const [key, instance] of after) {
    const known = before.get(key);
    if (known === undefined || !isSame(known, instance)) put.push({ ruleId: rule.id, instance });
  }
  for (const [key, instance] of before) {
    if (!after.has(key)) gone.push({ ruleId: rule.id, digest: instance.labels.digest });
  }
  return put.length + gone.length === 0 ? NO_CHANGES : { put, gone };
}

function isSame(a: Instance, b: Instance): boolean {
  if (a.kind === 'pending' || b.kind === 'pending') return a.kind === b.kind && a.activeAt === b.activeAt;
  return a.kind === b.kind && a.activeAt === b.activeAt && a.firedAt === b.firedAt && isSaid(a) === isSaid(b);
}

const isSaid = ({ lastSentAt }: Exclude<Instance, { kind: 'pending' }>): boolean => lastSentAt !== null;
