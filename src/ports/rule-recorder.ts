// What evaluating rules tells operators, one call an event.
import type { Transition } from '../evaluate/alerting.ts';
import type { Sighting } from '../evaluate/read-back.ts';
import type { Verdict } from '../evaluate/vanish.ts';
import type { RuleGroup, Rule } from '../rules/rule.ts';
import type { AnswerCost } from './data-source.ts';

export interface RuleRecorder {
  slotsMissed(group: RuleGroup, missed: number): void;
  ruleEvaluated(
    group: RuleGroup,
    rule: Rule,
    event: { readonly seconds: number; readonly samples: number; readonly cost: AnswerCost | null },
  ): void;
  ruleFailed(
    group: RuleGroup,
    rule: Rule,
    reason: string,
    message: string,
    event: { readonly seconds: number; readonly cost: AnswerCost },
  ): void;
  /** A rule that found something the last time finds nothing any more. */
  foundNothing(group: RuleGroup, rule: Rule, verdict: Verdict): void;
  templateFailed(group: RuleGroup, rule: Rule, message: string): void;
  transitions(group: RuleGroup, rule: Rule, transitions: readonly Transition[]): void;
  groupEvaluated(
    group: RuleGroup,
    event: { readonly seconds: number; readonly samples: number; readonly late: number },
  ): void;
  /** Whether what a rule has written could be read back in time. */
  readBack(
    group: RuleGroup,
    rule: Rule,
    event: { readonly sighting: Sighting; readonly seconds: number; readonly reason: string },
  ): void;
  writeRejected(group: RuleGroup, rejected: number, message: string): void;
  said(count: number): void;
}
