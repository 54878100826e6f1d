// The rules as vmalert's /metrics shows them. It gives its series no types; here they have the ones they behave as.
// Missed slots are counted one by one, not once a gap. Not there: resets of the iteration, which do not happen, and
// the `_error` gauges of old versions, which became `_errors_total`.
import { decimalId } from '../model/decimal-id.ts';
import type { Instant } from '../model/time.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import { counter, gauge, labelText, single, type Family, type MetricLine } from './metric-text.ts';
import type { GroupCounts, RuleCounts } from './rule-counts.ts';
import type { WatchedGroup, WatchedRule } from './watched-rules.ts';

const QUANTILES = [0.5, 0.9, 0.97, 0.99, 1];

export class VmalertFamilies {
  /** Ids are hashes: made once for as long as the rule is loaded. */
  readonly #labels = new WeakMap<Rule, string>();

  *families(counts: RuleCounts, groups: readonly WatchedGroup[], now: Instant): Generator<Family> {
    yield* ofGroups(counts, groups, now);
    yield* this.#ofRules(counts, groups);
    yield counter('vmalert_execution_total', 'Evaluations of rules', single(counts.evaluations));
    yield counter('vmalert_execution_errors_total', 'Evaluations that failed', single(counts.failures));
    yield counter('vmalert_alerts_fired_total', 'Alerts that began to fire', single(counts.fired));
  }

  *#ofRules(counts: RuleCounts, groups: readonly WatchedGroup[]): Generator<Family> {
    const lines = (kind: Rule['kind'], read: (rule: WatchedRule, of: GroupCounts) => number): readonly MetricLine[] =>
      groups.flatMap(({ group, rules }) => {
        const of = counts.of(group);
        const wanted = rules.filter(({ rule }) => rule.kind === kind);
        return wanted.map((watched): MetricLine => [this.#labelsOf(group, watched.rule), read(watched, of)]);
      });
    const errors = ({ rule }: WatchedRule, { errorsOfRules }: GroupCounts): number => errorsOfRules.get(rule.id) ?? 0;
    const samples = ({ past }: WatchedRule): number => past[0]?.samples ?? 0;
    yield gauge(
      'vmalert_alerts_pending',
      'Alerts that are pending',
      lines('alerting', (rule) => count(rule, ['pending'])),
    );
    yield gauge(
      'vmalert_alerts_firing',
      'Alerts that fire',
      lines('alerting', (rule) => count(rule, ['firing', 'kept'])),
    );
    yield counter('vmalert_alerting_rules_errors_total', 'Evaluations that failed', lines('alerting', errors));
    yield gauge(
      'vmalert_alerting_rules_last_evaluation_samples',
      'Elements of the last answer',
      lines('alerting', samples),
    );
    yield gauge(
      'vmalert_alerting_rules_last_evaluation_series_fetched',
      'Series the last question touched; -1 when the source does not say',
      lines('alerting', seriesFetched),
    );
    yield counter('vmalert_recording_rules_errors_total', 'Evaluations that failed', lines('recording', errors));
    yield gauge(
      'vmalert_recording_rules_last_evaluation_samples',
      'Elements of the last answer',
      lines('recording', samples),
    );
  }

  #labelsOf(group: RuleGroup, rule: Rule): string {
    let labels = this.#labels.get(rule);
    if (labels === undefined) {
      labels = labelText([
        [rule.kind === 'alerting' ? 'alertname' : 'recording', rule.name],
        ['group', group.name],
        ['file', group.file],
        ['id', decimalId(`${group.id}\0${rule.id}`)],
      ]);
      this.#labels.set(rule, labels);
    }
    return labels;
  }
}

function* ofGroups(counts: RuleCounts, groups: readonly WatchedGroup[], now: Instant): Generator<Family> {
  const known = groups.map(({ group }) => ({
    group,
    counts: counts.of(group),
    labels: labelText([
      ['group', group.name],
      ['file', group.file],
    ]),
  }));
  const each = (read: (counts: GroupCounts, group: RuleGroup) => number): readonly MetricLine[] =>
    known.map(({ group, counts: of, labels }) => [labels, read(of, group)]);
  yield counter(
    'vmalert_iteration_total',
    'Evaluations of the group',
    each(({ iterations }) => iterations),
  );
  yield counter(
    'vmalert_iteration_missed_total',
    'Slots that were missed',
    each(({ missed }) => missed),
  );
  yield gauge(
    'vmalert_iteration_interval_seconds',
    'From slot to slot',
    each((_, group) => group.interval / 1000),
  );
  yield {
    name: 'vmalert_iteration_duration_seconds',
    help: 'How long an evaluation of the group took',
    type: 'summary',
    lines: known.flatMap(({ counts: { seconds }, labels }) => [...seconds.lines(labels, QUANTILES, now)]),
  };
  yield gauge(
    'vmalert_group_rule_results_limit',
    'Most results of one rule of the group; 0 is no limit',
    each((_, group) => group.limit),
  );
}

function count({ instances }: WatchedRule, kinds: readonly WatchedRule['instances'][number]['kind'][]): number {
  let found = 0;
  for (const { kind } of instances) if (kinds.includes(kind)) found++;
  return found;
}

/** A constant touches no series and has an answer. */
function seriesFetched({ past }: WatchedRule): number {
  const last = past[0];
  if (last === undefined || last.seriesFetched === null) return -1;
  return last.seriesFetched === 0 ? (last.samples ?? 0) : last.seriesFetched;
}
