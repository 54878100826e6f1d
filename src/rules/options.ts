// What compiling rule files depends on besides their text. Plain data, like what comes of it.
import type { DurationMs } from '../model/time.ts';

export interface RuleOptions {
  /** global.evaluation_interval */
  readonly evaluationInterval: DurationMs;
  /** global.rule_query_offset */
  readonly ruleQueryOffset: DurationMs;
  /** global.metric_name_validation_scheme */
  readonly nameScheme: 'utf8' | 'legacy';
  /** What only others read is an error for 'prometheus'. */
  readonly target: 'belfry' | 'prometheus';
  readonly lint: LintLevel;
}

export type LintLevel = 'none' | 'default' | 'all';
