// Prometheus' API v1 as far as rules go: what Grafana, the Prometheus UI's clients and vmalert's ask of a ruler.
// Parameters and members of vmalert's are taken and given besides. What is not here is 404 in Prometheus' form:
// queries go to the data source, not to us.
import type { Engine, RuleGroupView, RuleView } from '../engine/contract.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from './answer.ts';
import type { Filtered } from './filters.ts';
import { alertPrinter, groupParts } from './print-rule.ts';
import { badData, separated, streamed, success, wrongParameter } from './prometheus-answer.ts';
import { prometheusStatus, type Flags } from './prometheus-status.ts';
import { firstValue, type Query } from './query.ts';
import type { Route } from './route.ts';
import { groupFilter, isGroupWanted, ruleFilter } from './rule-filters.ts';
import { RuleIdentity } from './rule-identity.ts';
import { makeRulePage, rulePage } from './rule-pages.ts';
import { isSelected, parseSelectors, type Selector } from './rule-selector.ts';
import { activeOf } from './rule-state.ts';
import { vmalert } from './vmalert.ts';

export interface PrometheusOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly flags: Flags;
}

const PROMETHEUS_BASE = '/api/v1';

/** vmalert's own place for them: VictoriaMetrics passes on what comes to it there. */
const VMALERT_BASE = `/vmalert${PROMETHEUS_BASE}`;

export function prometheusV1(options: PrometheusOptions): readonly Route[] {
  const { engine } = options;
  const identity = new RuleIdentity();
  const get = (path: string, answer: (query: Query) => Answer): Route => ({
    method: 'GET',
    path,
    load: 'read',
    handle: ({ query }) => answer(query),
  });
  const both: readonly (readonly [string, (query: Query) => Answer])[] = [
    ['/rules', (query) => getRules(engine, identity, query)],
    ['/alerts', (query) => getAlerts(engine, identity, query)],
    ...vmalert(engine.rules, identity),
  ];
  return [
    ...both.flatMap(([path, answer]) => [get(PROMETHEUS_BASE + path, answer), get(VMALERT_BASE + path, answer)]),
    get(`${PROMETHEUS_BASE}/alertmanagers`, () => getAlertmanagers(engine)),
    ...prometheusStatus(options).map(([path, answer]) => get(`${PROMETHEUS_BASE}/status${path}`, answer)),
  ];
}

function getRules({ rules }: Engine, identity: RuleIdentity, query: Query): Answer {
  const filter = ruleFilter(query);
  if (!filter.ok) return badData(filter.message);
  const excludeAlerts = excludesAlerts(query);
  if (!excludeAlerts.ok) return badData(excludeAlerts.message);
  const asked = rulePage(query);
  if (!asked.ok) return badData(asked.message);
  const page = makeRulePage(rules.groups(), filter.value, asked.value, identity);
  if (!page.ok) return badData(page.message);
  const { groups, nextToken, counts } = page.value;
  const { extendedStates } = filter.value;
  const printing = { rules, identity, excludeAlerts: excludeAlerts.value, extendedStates };
  const data = function* (): Generator<string> {
    yield '{"groups":[';
    yield* separated(groups, (group) => groupParts(group, printing));
    yield nextToken === null ? ']}' : `],"groupNextToken":"${nextToken}"}`;
  };
  return streamed(data(), counts ?? {});
}

/** vmalert's filters; its `match[]` is held against the alert's own labels, not the rule's. */
function getAlerts({ rules }: Engine, identity: RuleIdentity, query: Query): Answer {
  const filter = groupFilter(query);
  if (!filter.ok) return badData(filter.message);
  const selectors = parseSelectors(query.get('match[]') ?? []);
  if (!selectors.ok) return badData(selectors.message);
  const groups = rules.groups().filter((group) => isGroupWanted(group, filter.value));
  const printed = function* (selected: readonly Selector[]): Generator<string> {
    for (const { group, rule } of alertingRules(groups)) {
      const print = alertPrinter(rule, identity.rule(group.group, rule.rule), rules);
      for (const instance of activeOf(rule)) if (isSelected(selected, instance.labels)) yield print(instance);
    }
  };
  const data = function* (): Generator<string> {
    yield '{"alerts":[';
    yield* separated(printed(selectors.value), (alert) => [alert]);
    yield ']}';
  };
  return streamed(data());
}

function* alertingRules(groups: readonly RuleGroupView[]): Generator<{ group: RuleGroupView; rule: RuleView }> {
  for (const group of groups) for (const rule of group.rules) if (rule.instances.length > 0) yield { group, rule };
}

function getAlertmanagers({ rules }: Engine): Answer {
  const activeAlertmanagers = rules.alertmanagers().map(({ url }) => ({ url }));
  return success({ activeAlertmanagers, droppedAlertmanagers: [] });
}

/** Go's words for booleans, in any letter case. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true'].map((word): readonly [string, boolean] => [word, true]),
  ...['', '0', 'f', 'false'].map((word): readonly [string, boolean] => [word, false]),
]);

function excludesAlerts(query: Query): Filtered<boolean> {
  const text = firstValue(query, 'exclude_alerts').toLowerCase();
  const value = BOOLEANS.get(text);
  if (value !== undefined) return { ok: true, value };
  const problem = `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`;
  return wrongParameter('exclude_alerts', `error converting exclude_alerts: ${problem}`);
}
