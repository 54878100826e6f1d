// What we tell of the rules besides: what of them is not loaded as it is written, why evaluations fail, how the data
// sources are.
import { counter, gauge, labelText, type Family, type MetricLine } from './metric-text.ts';
import type { RuleCounts } from './rule-counts.ts';
import type { WatchedGroup, WatchedOutside } from './watched-rules.ts';

const STATES = ['closed', 'open', 'probing'] as const;

type Source = WatchedOutside['dataSources'][number];

export function* ownFamilies(
  counts: RuleCounts,
  loaded: { readonly groups: readonly WatchedGroup[]; readonly problems: readonly unknown[] },
  { dataSources }: WatchedOutside,
): Generator<Family> {
  const outdated = loaded.groups.filter(({ outdatedBy }) => outdatedBy !== '').length;
  yield gauge(
    'belfry_rule_groups_outdated',
    'Groups that run on in an older version because the newer one has mistakes',
    [['', outdated]],
  );
  yield gauge(
    'belfry_rule_file_problems',
    'Mistakes in the rule files as last loaded: their groups are not evaluated, or in an older version',
    [['', loaded.problems.length]],
  );
  yield counter(
    'belfry_rule_failures_total',
    'Evaluations that failed, by what was wrong',
    [...counts.failuresBy].map(([reason, count]) => [labelText([['reason', reason]]), count]),
  );
  const each = (read: (state: Source['state']) => number): readonly MetricLine[] =>
    dataSources.map(({ name, state }) => [labelText([['data_source', name]]), read(state)]);
  yield gauge(
    'belfry_data_source_up',
    '1 while the last that was heard of it is an answer',
    each(({ breaker, failures }) => Number(breaker === 'closed' && failures === 0)),
  );
  yield gauge(
    'belfry_data_source_breaker',
    '1 for the state the circuit breaker is in',
    dataSources.flatMap(({ name, state: { breaker } }) =>
      STATES.map((state): MetricLine => {
        const labels: readonly (readonly [string, string])[] = [
          ['data_source', name],
          ['state', state],
        ];
        return [labelText(labels), Number(state === breaker)];
      }),
    ),
  );
  yield gauge(
    'belfry_data_source_questions_running',
    'Questions that are being asked',
    each(({ running }) => running),
  );
  yield gauge(
    'belfry_data_source_questions_waiting',
    'Questions that wait for their turn',
    each(({ waiting }) => waiting),
  );
}
