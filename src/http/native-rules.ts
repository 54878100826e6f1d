// Rules in our own API: a flat list in pages, and one rule with its alerts and its last evaluations, so that "why
// did it (not) fire?" can be answered without a log.
import type { Instance } from '../evaluate/instance.ts';
import type { Evaluation, RuleGroupView, RuleView, RuleViews } from '../engine/contract.ts';
import type { Matcher } from '../model/matcher.ts';
import type { MatcherMode } from '../model/matcher-parse.ts';
import { printMillis } from '../model/rfc3339.ts';
import type { Instant } from '../model/time.ts';
import { badRequest, failed, type Answer } from './answer.ts';
import { matchersOf, type Filtered } from './filters.ts';
import { askedPage, pageOf, type SortKey } from './page.ts';
import { streamedObject, valueText } from './print-rule.ts';
import { separated } from './prometheus-answer.ts';
import { flagOf, lastOf, type Query } from './query.ts';
import type { Route } from './route.ts';
import { alertId, RuleIdentity } from './rule-identity.ts';
import { stateOf } from './rule-state.ts';
import { findRule } from './vmalert.ts';

export const RULE_TYPES = ['alerting', 'recording'] as const;
export const RULE_STATES = ['unknown', 'inactive', 'pending', 'firing'] as const;
export const RULE_HEALTHS = ['unknown', 'ok', 'err'] as const;
export const RULE_SORTS = ['place', 'name', 'state', 'evaluatedAt', 'seconds'] as const;

export function nativeRules(rules: RuleViews, base: string, mode: MatcherMode): readonly Route[] {
  const identity = new RuleIdentity();
  return [
    {
      method: 'GET',
      path: `${base}/rules`,
      load: 'read',
      handle: ({ query }) => listRules(rules, identity, mode, query),
    },
    {
      method: 'GET',
      path: `${base}/rules/:id/:innerId`,
      load: 'read',
      handle: ({ id, innerId }) => showRule(rules, identity, id, innerId),
    },
  ];
}

interface Row {
  readonly group: RuleGroupView;
  readonly rule: RuleView;
  readonly place: string;
}

const KEYS: ReadonlyMap<string, (row: Row) => SortKey> = new Map<(typeof RULE_SORTS)[number], (row: Row) => SortKey>([
  ['place', ({ place }) => place],
  ['name', ({ rule }) => rule.rule.name],
  ['state', ({ rule }) => RULE_STATES.findIndex((state) => state === stateOf(rule))],
  ['evaluatedAt', ({ rule }) => rule.past[0]?.startedAt ?? 0],
  ['seconds', ({ rule }) => rule.past[0]?.seconds ?? 0],
]);

function listRules(rules: RuleViews, identity: RuleIdentity, mode: MatcherMode, query: Query): Answer {
  const isWanted = wantedBy(query, mode, identity);
  if (!isWanted.ok) return badRequest(isWanted.message);
  const asked = askedPage(query, KEYS, 'place');
  if (!asked.ok) return badRequest(asked.message);
  const rows = [...rowsOf(rules)].filter(isWanted.value);
  const page = pageOf(rows, asked.value, ({ group, rule }) => {
    const { groupId, id } = identity.rule(group.group, rule.rule);
    return `${groupId}/${id}`;
  });
  const total = flagOf(query, 'count') ? rows.length : null;
  const parts = function* (): Generator<string> {
    yield '{"items":[';
    yield* separated(page.items, (row) => [JSON.stringify(ruleObject(row.group, row.rule, identity))]);
    const rest = { total, cursor: page.cursor, problems: rules.problems() };
    yield `],${JSON.stringify(rest).slice(1)}\n`;
  };
  return streamedObject(parts());
}

function showRule(rules: RuleViews, identity: RuleIdentity, groupId: string, ruleId: string): Answer {
  const group = rules.groups().find((candidate) => identity.groupId(candidate.group) === groupId);
  const rule = group === undefined ? null : findRule(group, ruleId, identity);
  if (group === undefined || rule === null) return failed(404, 'not_found', `there is no rule ${groupId}/${ruleId}`);
  const members = JSON.stringify(ruleObject(group, rule, identity)).slice(0, -1);
  const parts = function* (): Generator<string> {
    yield `${members},"generatorURL":${JSON.stringify(rules.generatorURL(group.group, rule.rule))},"past":`;
    yield `${JSON.stringify(rule.past.map(evaluationObject))},"instances":[`;
    yield* separated(rule.instances, (instance) => [printInstance(instance)]);
    yield ']}\n';
  };
  return streamedObject(parts());
}

/** The place sorts as files, groups and rules stand. */
function* rowsOf(rules: RuleViews): Generator<Row> {
  for (const group of rules.groups()) {
    const { file, name } = group.group;
    for (const [index, rule] of group.rules.entries())
      yield { group, rule, place: `${file}\0${name}\0${String(index).padStart(6, '0')}` };
  }
}

type Wanted = (row: Row) => boolean;

function wantedBy(query: Query, mode: MatcherMode, identity: RuleIdentity): Filtered<Wanted> {
  const matchers = matchersOf(query, 'filter', mode);
  if (!matchers.ok) return matchers;
  const words = [
    ['type', RULE_TYPES],
    ['state', RULE_STATES],
    ['health', RULE_HEALTHS],
  ] as const;
  for (const [name, known] of words) {
    const word = lastOf(query, name);
    if (word !== '' && !known.some((one) => one === word))
      return { ok: false, message: `${name} is one of ${known.join(', ')}` };
  }
  const [type, state, health, file, groupName] = ['type', 'state', 'health', 'file', 'group'].map((name) =>
    lastOf(query, name),
  );
  const search = lastOf(query, 'search').toLowerCase();
  const fits = (asked: string | undefined, value: string | null): boolean => asked === '' || asked === value;
  const value: Wanted = ({ group, rule }) =>
    fits(type, rule.rule.kind) &&
    fits(state, stateOf(rule)) &&
    fits(health, rule.health) &&
    fits(file, group.group.file) &&
    fits(groupName, group.group.name) &&
    (search === '' || isFound(search, group, rule)) &&
    isMatched(matchers.value, group, rule, identity);
  return { ok: true, value };
}

const isFound = (search: string, { group }: RuleGroupView, { rule }: RuleView): boolean =>
  [group.file, group.name, rule.name, rule.query].some((text) => text.toLowerCase().includes(search));

/** On the labels as configured. */
function isMatched(
  matchers: readonly Matcher[],
  { group }: RuleGroupView,
  { rule }: RuleView,
  identity: RuleIdentity,
): boolean {
  if (matchers.length === 0) return true;
  const { labels } = identity.rule(group, rule);
  return matchers.every((matcher) => matcher.matchesValue(labels.get(matcher.name)));
}

function ruleObject({ group, outdatedBy }: RuleGroupView, view: RuleView, identity: RuleIdentity): object {
  const { rule, health, past } = view;
  const known = identity.rule(group, rule);
  const [last] = past;
  return {
    id: known.id,
    groupId: known.groupId,
    group: group.name,
    file: group.file,
    line: rule.at.line,
    type: rule.kind,
    name: rule.name,
    query: rule.query,
    labels: known.labels,
    annotations: known.annotations,
    intervalSeconds: group.interval / 1000,
    forSeconds: rule.kind === 'alerting' ? rule.for / 1000 : 0,
    keepFiringForSeconds: rule.kind === 'alerting' ? rule.keepFiringFor / 1000 : 0,
    notify: rule.kind === 'alerting' ? rule.notify : null,
    datasource: group.datasource,
    state: stateOf(view),
    health,
    alerts: countAlerts(view),
    lastEvaluation: last === undefined ? null : evaluationObject(last),
    outdatedBy,
  };
}

function countAlerts({ instances }: RuleView): Readonly<Record<Instance['kind'], number>> {
  const counts = { pending: 0, firing: 0, kept: 0, resolved: 0 };
  for (const { kind } of instances) counts[kind]++;
  return counts;
}

/** Member by member: the engine's own keeps some of them to itself and makes others when they are asked for. */
function evaluationObject(evaluation: Evaluation): object {
  const { seconds, samples, seriesFetched, error, warnings, curl } = evaluation;
  const [slot, startedAt] = [printMillis(evaluation.slot), printMillis(evaluation.startedAt)];
  return { slot, startedAt, seconds, samples, seriesFetched, error, warnings, curl };
}

function printInstance(instance: Instance): string {
  const isPending = instance.kind === 'pending';
  const members = JSON.stringify({
    id: alertId(instance),
    state: instance.kind,
    value: valueText(instance.value),
    activeAt: printMillis(instance.activeAt),
    firedAt: isPending ? null : printMillis(instance.firedAt),
    keptSince: instance.kind === 'kept' ? printMillis(instance.keptSince) : null,
    resolvedAt: instance.kind === 'resolved' ? printMillis(instance.resolvedAt) : null,
    lastSentAt: isPending ? null : timeOrNull(instance.lastSentAt),
  });
  return `${members.slice(0, -1)},"labels":${instance.labels.json},"annotations":${instance.annotations.json}}`;
}

const timeOrNull = (at: Instant | null): string | null => (at === null ? null : printMillis(at));
