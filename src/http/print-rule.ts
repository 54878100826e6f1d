// Groups, rules and their alerts as the JSON that Prometheus and vmalert give: Prometheus' members in its order and
// its formats, then what vmalert has besides, under its names. Joined from ready parts: these lists are long.
// `restored` of vmalert's alerts is not told: nobody remembers it. Headers of groups are told without their values.
import type { Instance } from '../evaluate/instance.ts';
import type { Evaluation, RuleGroupView, RuleViews, RuleView } from '../engine/contract.ts';
import { printNano } from '../model/rfc3339.ts';
import { ZERO_TIME_TEXT, type Instant } from '../model/time.ts';
import { floatText } from '../template/float-text.ts';
import { inChunks, json, type Answer } from './answer.ts';
import { separated } from './prometheus-answer.ts';
import type { SelectedGroup } from './rule-filters.ts';
import { alertId, type KnownRule, type RuleIdentity } from './rule-identity.ts';
import { activeOf, extendedStateOf, stateOf } from './rule-state.ts';

export interface RulePrinting {
  readonly rules: RuleViews;
  readonly identity: RuleIdentity;
  readonly excludeAlerts: boolean;
  /** vmalert's words for the state. */
  readonly extendedStates: boolean;
}

export function* groupParts(selected: SelectedGroup, printing: RulePrinting): Generator<string> {
  const { view, rules } = selected;
  const { group } = view;
  yield `{"name":${JSON.stringify(group.name)},"file":${JSON.stringify(group.file)},"rules":[`;
  yield* separated(rules, (rule) => ruleParts(view, rule, printing));
  const members = {
    interval: group.interval / 1000,
    limit: group.limit,
    evaluationTime: view.seconds,
    lastEvaluation: timeText(view.evaluatedAt),
    id: printing.identity.groupId(group),
    type: 'prometheus',
    concurrency: group.concurrency ?? 0,
    ...(group.params.length === 0 ? {} : { params: group.params.map(([name]) => `${name}=${HIDDEN}`) }),
    ...(group.headers.length === 0 ? {} : { headers: hidden(group.headers) }),
    ...(group.notifierHeaders.length === 0 ? {} : { notifier_headers: hidden(group.notifierHeaders) }),
    ...(group.evalOffset === null ? {} : { eval_offset: group.evalOffset / 1000 }),
    ...(group.queryOffset === 0 ? {} : { eval_delay: group.queryOffset / 1000 }),
    states: statesOf(rules, printing.extendedStates),
  };
  yield `],${JSON.stringify(members).slice(1)}`;
}

export function* ruleParts(
  { group }: RuleGroupView,
  view: RuleView,
  printing: RulePrinting,
  updates: readonly Evaluation[] | null = null,
): Generator<string> {
  const { rule, health, past } = view;
  const known = printing.identity.rule(group, rule);
  const last = past[0] ?? null;
  const state = printing.extendedStates ? extendedStateOf(view) : stateOf(view);
  yield state === null ? '{' : `{"state":"${state}",`;
  yield `"name":${JSON.stringify(rule.name)},"query":${JSON.stringify(rule.query)},`;
  if (rule.kind === 'alerting') {
    yield `"duration":${rule.for / 1000},"keepFiringFor":${rule.keepFiringFor / 1000},`;
    yield `"labels":${known.labels.json},"annotations":${known.annotations.json},"alerts":`;
    if (printing.excludeAlerts) yield 'null,';
    else {
      const printAlert = alertPrinter(view, known, printing.rules);
      yield '[';
      yield* separated(activeOf(view), (instance) => [printAlert(instance)]);
      yield '],';
    }
  } else yield `"labels":${known.labels.json},`;
  const members = {
    health,
    ...(last === null || last.error === '' ? {} : { lastError: last.error }),
    evaluationTime: last?.seconds ?? 0,
    lastEvaluation: timeText(last?.startedAt ?? null),
    type: rule.kind,
    ...(rule.kind === 'alerting' ? { keep_firing_for: rule.keepFiringFor / 1000 } : {}),
    datasourceType: 'prometheus',
    lastSamples: last?.samples ?? 0,
    ...(last === null || last.seriesFetched === null ? {} : { lastSeriesFetched: last.seriesFetched }),
    id: known.id,
    group_id: known.groupId,
    group_name: group.name,
    file: group.file,
    debug: rule.debug,
    max_updates_entries: rule.remembered,
    ...(updates === null ? {} : { updates: updates.map((update) => printUpdate(update, group.queryOffset)) }),
  };
  yield JSON.stringify(members).slice(1);
}

/** Of the alerts of one rule: what they share is printed once. */
export function alertPrinter({ rule }: RuleView, known: KnownRule, rules: RuleViews): (instance: Instance) => string {
  const shared = JSON.stringify({
    rule_id: known.id,
    group_id: known.groupId,
    expression: rule.query,
    source: rules.generatorURL(known.group, rule),
  }).slice(1, -1);
  const name = JSON.stringify(rule.name);
  return (instance) => {
    const isKept = instance.kind === 'kept';
    const state = isKept ? 'firing' : instance.kind === 'resolved' ? 'inactive' : instance.kind;
    const since = isKept ? `"keepFiringSince":"${printNano(instance.keptSince)}",` : '';
    return (
      `{"labels":${instance.labels.json},"annotations":${instance.annotations.json},"state":"${state}",` +
      `"activeAt":"${printNano(instance.activeAt)}",${since}"value":"${valueText(instance.value)}",` +
      `"name":${name},"id":"${alertId(instance)}",${shared},"stabilizing":${isKept}}`
    );
  };
}

/** The shortest exponent form: `1e+00`, `-1.5e-03`, `NaN`, `+Inf`. */
export const valueText = (value: number): string => floatText(value, 'e', -1);

export const streamedObject = (parts: Iterable<string>): Answer => json(200, inChunks(parts));

const timeText = (at: Instant | null): string => (at === null ? ZERO_TIME_TEXT : printNano(at));

/** They carry credentials as often as not. */
const HIDDEN = '<secret>';
const hidden = (headers: readonly (readonly [name: string, value: string])[]): readonly string[] =>
  headers.map(([name]) => `${name}: ${HIDDEN}`);

function statesOf(rules: readonly RuleView[], isExtended: boolean): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const rule of rules) {
    const state = isExtended ? extendedStateOf(rule) : stateOf(rule);
    if (state !== null) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** vmalert counts durations in nanoseconds; `at` is the moment that was asked about. */
const printUpdate = (past: Evaluation, queryOffset: number): object => ({
  time: printNano(past.startedAt),
  at: printNano(past.slot - queryOffset),
  duration: Math.round(past.seconds * 1e9),
  error: past.error === '' ? null : past.error,
  samples: past.samples ?? 0,
  series_fetched: past.seriesFetched,
  curl: past.curl,
});
