// The rules as Prometheus' own /metrics shows them, names, types and labels alike. Not there: the duration of the
// last restore, which happens before a group exists.
import type { Instant } from '../model/time.ts';
import { counter, gauge, labelText, single, type Family, type MetricLine } from './metric-text.ts';
import type { GroupCounts, RuleCounts } from './rule-counts.ts';
import type { WatchedGroup } from './watched-rules.ts';

const RULE_QUANTILES = [0.5, 0.9, 0.99];
const GROUP_QUANTILES = [0.01, 0.05, 0.5, 0.9, 0.99];

export function* prometheusFamilies(
  counts: RuleCounts,
  groups: readonly WatchedGroup[],
  now: Instant,
): Generator<Family> {
  const known = groups.map((watched) => ({
    watched,
    counts: counts.of(watched.group),
    labels: labelText([['rule_group', watched.group.id]]),
  }));
  const each = (read: (watched: WatchedGroup, counts: GroupCounts) => number): readonly MetricLine[] =>
    known.map(({ watched, counts: of, labels }) => [labels, read(watched, of)]);

  yield* durations(counts, now);
  yield counter(
    'prometheus_rule_evaluations_total',
    'Evaluations of rules',
    each((_, of) => of.evaluations),
  );
  yield counter(
    'prometheus_rule_evaluation_failures_total',
    'Evaluations that failed',
    each((_, of) => of.failures),
  );
  yield counter(
    'prometheus_rule_group_iterations_total',
    'Slots, missed ones among them',
    each((_, of) => of.slots),
  );
  yield counter(
    'prometheus_rule_group_iterations_missed_total',
    'Slots that were missed',
    each((_, of) => of.missed),
  );
  yield gauge(
    'prometheus_rule_group_interval_seconds',
    'From slot to slot',
    each(({ group }) => group.interval / 1000),
  );
  yield gauge(
    'prometheus_rule_group_last_evaluation_timestamp_seconds',
    'When the last evaluation began; 0 before the first',
    each(({ evaluatedAt }) => (evaluatedAt ?? 0) / 1000),
  );
  yield gauge(
    'prometheus_rule_group_last_duration_seconds',
    'How long the last evaluation took',
    each((g) => g.seconds),
  );
  yield gauge(
    'prometheus_rule_group_last_rule_duration_sum_seconds',
    'How long the rules of the last evaluation took, one after the other',
    each(({ rules }) => rules.reduce((sum, { past }) => sum + (past[0]?.seconds ?? 0), 0)),
  );
  yield gauge(
    'prometheus_rule_group_last_evaluation_samples',
    'Elements of all answers of the last evaluation',
    each((_, of) => of.lastSamples),
  );
  yield gauge(
    'prometheus_rule_group_rules',
    'Rules of the group',
    each(({ group }) => group.rules.length),
  );
  yield counter(
    'prometheus_template_text_expansions_total',
    'Labels and annotations that were expanded',
    single(counts.expansions),
  );
  yield counter(
    'prometheus_template_text_expansion_failures_total',
    'Labels and annotations whose template failed',
    single(counts.expansionFailures),
  );
}

function* durations(counts: RuleCounts, now: Instant): Generator<Family> {
  const summary = (name: string, help: string, lines: Iterable<MetricLine>): Family => ({
    ...{ name, help, lines },
    type: 'summary',
  });
  const rule = 'How long the evaluation of a rule took';
  const group = 'How long the evaluation of a group took';
  yield summary('prometheus_rule_evaluation_duration_seconds', rule, counts.ruleSeconds.lines('', RULE_QUANTILES, now));
  yield summary('prometheus_rule_group_duration_seconds', group, counts.groupSeconds.lines('', GROUP_QUANTILES, now));
  yield {
    name: 'prometheus_rule_evaluation_duration_histogram_seconds',
    help: rule,
    type: 'histogram',
    lines: counts.ruleSecondsBuckets.lines(''),
  };
  yield {
    name: 'prometheus_rule_group_duration_histogram_seconds',
    help: group,
    type: 'histogram',
    lines: counts.groupSecondsBuckets.lines(''),
  };
}
