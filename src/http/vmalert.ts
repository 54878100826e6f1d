// What vmalert answers and Prometheus does not: one group, one rule with its last evaluations, one alert, and whom
// alerts are sent to. The three are bare objects, as there.
import type { RuleGroupView, RuleView, RuleViews } from '../engine/contract.ts';
import { goQuote } from '../model/go-quote.ts';
import { json, type Answer } from './answer.ts';
import type { Filtered } from './filters.ts';
import { alertPrinter, groupParts, ruleParts, streamedObject } from './print-rule.ts';
import { badData, failure, success } from './prometheus-answer.ts';
import { firstValue, type Query } from './query.ts';
import { alertId, type RuleIdentity } from './rule-identity.ts';
import { isActive } from './rule-state.ts';

export function vmalert(
  rules: RuleViews,
  identity: RuleIdentity,
): readonly (readonly [path: string, answer: (query: Query) => Answer])[] {
  const printing = { rules, identity, excludeAlerts: false, extendedStates: false };
  const withGroup = (query: Query, found: (group: RuleGroupView) => Answer): Answer => {
    const id = idOf(query, 'group_id');
    if (!id.ok) return badData(id.message);
    const group = rules.groups().find((candidate) => identity.groupId(candidate.group) === id.value);
    return group === undefined ? failure(404, `can't find group with id ${id.value}`) : found(group);
  };
  const getRule = (query: Query): Answer => {
    const id = idOf(query, 'rule_id');
    if (!id.ok) return badData(id.message);
    return withGroup(query, (group) => {
      const rule = findRule(group, id.value, identity);
      if (rule === null) return notInGroup('rule', id.value, group);
      return streamedObject(ruleParts(group, rule, printing, rule.past));
    });
  };
  const getAlert = (query: Query): Answer => {
    const id = idOf(query, 'alert_id');
    if (!id.ok) return badData(id.message);
    return withGroup(query, (group) => {
      for (const rule of group.rules) {
        const instance = rule.instances.find((candidate) => isActive(candidate) && alertId(candidate) === id.value);
        if (instance === undefined) continue;
        return json(200, alertPrinter(rule, identity.rule(group.group, rule.rule), rules)(instance));
      }
      return notInGroup('alert', id.value, group);
    });
  };
  return [
    [
      '/group',
      (query) => withGroup(query, (view) => streamedObject(groupParts({ view, rules: view.rules }, printing))),
    ],
    ['/rule', getRule],
    ['/alert', getAlert],
    ['/notifiers', () => getNotifiers(rules)],
  ];
}

export const findRule = (view: RuleGroupView, id: string, identity: RuleIdentity): RuleView | null =>
  view.rules.find(({ rule }) => identity.rule(view.group, rule).id === id) ?? null;

function getNotifiers(rules: RuleViews): Answer {
  const targets = rules.alertmanagers().map(({ url, lastError }) => ({ address: url, labels: {}, lastError }));
  return success({ notifiers: targets.length === 0 ? [] : [{ kind: 'static', targets }] });
}

const notInGroup = (what: string, id: string, { group }: RuleGroupView): Answer =>
  failure(404, `can't find ${what} with id ${id} in group ${goQuote(group.name)}`);

/** Without zeros in front. */
function idOf(query: Query, name: string): Filtered<string> {
  const text = firstValue(query, name);
  const isNumber = /^\d+$/.test(text);
  const digits = text.replace(/^0+(?=\d)/, '');
  if (isNumber && digits.length <= 20 && BigInt(digits) < 2n ** 64n) return { ok: true, value: digits };
  const because = isNumber ? 'value out of range' : 'invalid syntax';
  const problem = `strconv.ParseUint: parsing ${goQuote(text)}: ${because}`;
  return { ok: false, message: `failed to read ${goQuote(name)} param: ${problem}` };
}
