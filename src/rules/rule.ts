// Rule groups, compiled: every expression parsed and checked, every template parsed, group labels merged under the
// rules'. compile.ts makes them; nothing else does. Field names are the YAML keys in camelCase. Plain data: it goes
// from one thread to another.
import type { Position } from '../model/problem.ts';
import type { Comparison } from '../model/reading.ts';
import type { DurationMs } from '../model/time.ts';

export interface RuleGroup {
  /** `<file>;<name>`, as metrics and tokens spell it. For Kubernetes objects the file is `<namespace>/<name>`. */
  readonly id: string;
  readonly file: string;
  readonly name: string;
  readonly at: Position;
  /** The group's own, or global.evaluation_interval. */
  readonly interval: DurationMs;
  /** query_offset or eval_delay: the query looks so far back. */
  readonly queryOffset: DurationMs;
  /** eval_offset: a fixed phase inside the interval; null is the phase of the group's hash. */
  readonly evalOffset: DurationMs | null;
  /** eval_alignment, align_evaluation_time_on_interval: slots at multiples of the interval. */
  readonly isAligned: boolean;
  /** Of one rule: series or active alerts; 0 is none. */
  readonly limit: number;
  /** concurrency: how many independent rules at once; null leaves it to the data source. */
  readonly concurrency: number | null;
  /** datasource (ours): null is the default one. */
  readonly datasource: string | null;
  /** notify (ours): straight to this receiver. */
  readonly notify: string | null;
  readonly params: readonly (readonly [name: string, values: readonly string[]])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly notifierHeaders: readonly (readonly [name: string, value: string])[];
  /** partial_response_strategy: what a partial answer is worth; null leaves it to the data source. */
  readonly partialResponse: 'abort' | 'warn' | null;
  /** source_tenants */
  readonly sourceTenants: readonly string[];
  readonly rules: readonly Rule[];
  /** Per rule, the indexes of the earlier rules it reads. */
  readonly dependencies: readonly (readonly number[])[];
  /** Equal text, equal group: a reload lets it run on untouched. */
  readonly fingerprint: string;
}

interface AnyRule {
  /** Within its group: name, labels, and a count among equals. State is carried by it. */
  readonly id: string;
  readonly name: string;
  readonly at: Position;
  /** Its expression, printed canonically: what APIs show and the data source is asked. */
  readonly query: string;
  /** A selector without which there is no answer; null when nothing is sure to be needed. */
  readonly needs: string | null;
  /** Group labels under the rule's own. Of an alerting rule the values are template text. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly debug: boolean;
  /** update_entries_limit: how many evaluations are remembered for people. */
  readonly remembered: number;
}

export interface RecordingRule extends AnyRule {
  readonly kind: 'recording';
}

export interface AlertingRule extends AnyRule {
  readonly kind: 'alerting';
  /** for */
  readonly for: DurationMs;
  /** keep_firing_for */
  readonly keepFiringFor: DurationMs;
  readonly annotations: readonly (readonly [name: string, template: string])[];
  /** What the expression compares; null when it compares nothing. */
  readonly threshold: RuleThreshold | null;
  /** notify (ours), the rule's own or its group's. */
  readonly notify: string | null;
}

export interface RuleThreshold {
  readonly op: Comparison;
  /** null when it is no number. */
  readonly value: number | null;
  /** The side that is watched, printed: what tells the value when nothing matches any more. */
  readonly query: string;
}

export type Rule = RecordingRule | AlertingRule;
