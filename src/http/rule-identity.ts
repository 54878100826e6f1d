// What groups, rules and their alerts are called in URLs: numbers of 64 bits as decimal text, as vmalert's clients
// expect; and the parts of their JSON that are the same in every answer. Both are made once for as long as the
// group is loaded.
import { hash } from 'node:crypto';
import type { Instance } from '../evaluate/instance.ts';
import { decimalId } from '../model/decimal-id.ts';
import { fingerprintNumber } from '../model/fingerprint.ts';
import { Pairs } from '../model/pairs.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';

export interface KnownRule {
  readonly group: RuleGroup;
  readonly id: string;
  readonly groupId: string;
  /** Group labels under the rule's own; template text. */
  readonly labels: Pairs;
  readonly annotations: Pairs;
}

export class RuleIdentity {
  readonly #groups = new WeakMap<RuleGroup, string>();
  readonly #rules = new WeakMap<Rule, KnownRule>();

  groupId(group: RuleGroup): string {
    let id = this.#groups.get(group);
    if (id === undefined) this.#groups.set(group, (id = decimalId(group.id)));
    return id;
  }

  rule(group: RuleGroup, rule: Rule): KnownRule {
    let known = this.#rules.get(rule);
    if (known === undefined) {
      known = {
        group,
        id: decimalId(`${group.id}\0${rule.id}`),
        groupId: this.groupId(group),
        labels: Pairs.from(rule.labels),
        annotations: Pairs.from(rule.kind === 'alerting' ? rule.annotations : []),
      };
      this.#rules.set(rule, known);
    }
    return known;
  }
}

/** Within its rule. */
export const alertId = ({ labels }: Instance): string => fingerprintNumber(labels.fingerprint).toString();

/** The token of Prometheus' pages: of the first group of the next one. */
export const groupToken = ({ id }: RuleGroup): string => hash('sha256', id, 'hex');
