// Which rules a list is asked for: the parameters of Prometheus and of vmalert, whose names do not collide. Lists
// are ORed inside a parameter, parameters are ANDed. A group of which nothing is left is left out.
import type { RuleGroupView, RuleView } from '../engine/contract.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Filtered } from './filters.ts';
import { wrongParameter } from './prometheus-answer.ts';
import { firstValue, type Query } from './query.ts';
import type { RuleIdentity } from './rule-identity.ts';
import { isSelected, parseSelectors, type Selector } from './rule-selector.ts';
import { extendedStateOf, isRecovering, stateOf } from './rule-state.ts';

export interface GroupFilter {
  /** null is any. */
  readonly names: ReadonlySet<string> | null;
  readonly files: ReadonlySet<string> | null;
  /** Another type than ours: no group can be meant. */
  readonly isForeign: boolean;
}

export interface RuleFilter {
  readonly groups: GroupFilter;
  readonly kind: 'alerting' | 'recording' | null;
  readonly names: ReadonlySet<string> | null;
  /** On configured labels. */
  readonly selectors: readonly Selector[];
  /** vmalert's words. */
  readonly states: ReadonlySet<string> | null;
  readonly extendedStates: boolean;
  /** In lower case; '' is any. */
  readonly search: string;
}

export interface SelectedGroup {
  readonly view: RuleGroupView;
  readonly rules: readonly RuleView[];
}

export function ruleFilter(query: Query): Filtered<RuleFilter> {
  const groups = groupFilter(query);
  if (!groups.ok) return groups;
  const selectors = parseSelectors(query.get('match[]') ?? []);
  if (!selectors.ok) return selectors;
  const type = firstValue(query, 'type').toLowerCase();
  const kind = KINDS.get(type);
  if (kind === undefined) return wrongParameter('type', `not supported value ${goQuote(type)}`);
  const states = statesOf(query);
  if (!states.ok) return states;
  return {
    ok: true,
    value: {
      groups: groups.value,
      kind,
      names: setOf(query, 'rule_name[]'),
      selectors: selectors.value,
      states: states.value,
      extendedStates: !NOT_TRUE.has(firstValue(query, 'extended_states').toLowerCase()),
      search: firstValue(query, 'search').toLowerCase(),
    },
  };
}

export function groupFilter(query: Query): Filtered<GroupFilter> {
  const type = firstValue(query, 'datasource_type');
  if (!DATA_SOURCE_TYPES.has(type)) return wrongParameter('datasource_type', `not supported value ${goQuote(type)}`);
  const isForeign = type !== '' && type !== 'prometheus';
  return { ok: true, value: { names: setOf(query, 'rule_group[]'), files: setOf(query, 'file[]'), isForeign } };
}

export function* selectGroups(
  groups: Iterable<RuleGroupView>,
  filter: RuleFilter,
  identity: RuleIdentity,
): Generator<SelectedGroup> {
  for (const view of groups) {
    if (!isGroupWanted(view, filter.groups)) continue;
    const isFound = contains(filter.search, view.group.name) || contains(filter.search, view.group.file);
    const rules = view.rules.filter(
      (rule) =>
        (isFound || contains(filter.search, rule.rule.name)) &&
        isRuleWanted(rule, filter) &&
        isSelected(filter.selectors, identity.rule(view.group, rule.rule).labels),
    );
    if (rules.length > 0) yield { view, rules };
  }
}

export const isGroupWanted = ({ group }: RuleGroupView, { names, files, isForeign }: GroupFilter): boolean =>
  !isForeign && (names === null || names.has(group.name)) && (files === null || files.has(group.file));

function isRuleWanted(view: RuleView, { kind, names, states, extendedStates }: RuleFilter): boolean {
  if (kind !== null && view.rule.kind !== kind) return false;
  if (names !== null && !names.has(view.rule.name)) return false;
  if (states === null || states.has(extendedStateOf(view))) return true;
  const state = stateOf(view);
  if (!extendedStates && state !== null && states.has(state)) return true;
  return states.has('recovering') && isRecovering(view);
}

const contains = (search: string, text: string): boolean => search === '' || text.toLowerCase().includes(search);

const KINDS: ReadonlyMap<string, RuleFilter['kind']> = new Map<string, RuleFilter['kind']>([
  ['', null],
  ['alert', 'alerting'],
  ['record', 'recording'],
]);

/** What vmalert knows; we ask Prometheus only. */
const DATA_SOURCE_TYPES: ReadonlySet<string> = new Set(['', 'prometheus', 'graphite', 'vlogs']);

/** vmalert's words, and Grafana's for them. */
const STATES: ReadonlyMap<string, string> = new Map([
  ...['ok', 'nomatch', 'inactive', 'firing', 'pending', 'unhealthy', 'unknown', 'recovering'].map(
    (state): readonly [string, string] => [state, state],
  ),
  ['noData', 'nomatch'],
  ['normal', 'inactive'],
  ['error', 'unhealthy'],
]);

/** What vmalert takes for false; everything else is true. */
const NOT_TRUE: ReadonlySet<string> = new Set(['', '0', 'f', 'false', 'no']);

function statesOf(query: Query): Filtered<ReadonlySet<string> | null> {
  const asked = query.get('state') ?? query.get('filter') ?? [];
  const words = asked.flatMap((text) => text.split(',')).filter((word) => word !== '');
  const states = new Set<string>();
  for (const word of words) {
    const state = STATES.get(word);
    if (state === undefined) return wrongParameter('state', `contains not supported value ${goQuote(word)}`);
    states.add(state);
  }
  return { ok: true, value: states.size === 0 ? null : states };
}

function setOf(query: Query, name: string): ReadonlySet<string> | null {
  const values = query.get(name);
  return values === undefined ? null : new Set(values);
}
