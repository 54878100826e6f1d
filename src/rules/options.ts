// What compiling rule files depends on besides their text.
import type { DurationMs } from '../model/time.ts';

export interface RuleOptions {
  /** global.evaluation_interval */
  readonly evaluationInterval: DurationMs;
  /** global.rule_query_offset */
  readonly ruleQueryOffset: DurationMs;
  /** global.metric_name_validation_scheme */
  readonly nameScheme: 'utf8' | 'legacy';
  /** Names that `notify` may give; null when nobody knows them. */
  readonly receivers: ReadonlySet<string> | null;
  /** Names that `datasource` may give. */
  readonly dataSources: ReadonlySet<string> | null;
  /** What only others read is an error for 'prometheus'. */
  readonly target: 'belfry' | 'prometheus';
  readonly lint: LintLevel;
}

export type LintLevel = 'none' | 'default' | 'all';
