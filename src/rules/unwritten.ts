// Recording rules of which nothing is kept: there is nowhere to write to.
import { goQuote } from '../model/go-quote.ts';
import type { Problem } from '../model/problem.ts';
import type { RuleGroup } from './rule.ts';

/** @param hasTargets whether there is a remote_write */
export function warnUnwritten(groups: readonly RuleGroup[], hasTargets: boolean): readonly Problem[] {
  if (hasTargets) return [];
  const recording = groups.flatMap(({ rules }) => rules.filter(({ kind }) => kind === 'recording'));
  const [first] = recording;
  if (first === undefined) return [];
  const rest = recording.length === 1 ? '' : ` (and ${recording.length - 1} more)`;
  const message = `what the recording rule ${goQuote(first.name)}${rest} gives is written nowhere: there is no remote_write; nor are ALERTS and ALERTS_FOR_STATE`;
  const hint = 'add remote_write: [{url: http://…/api/v1/write}] to the configuration';
  return [{ severity: 'warning', code: 'rules/not-written', message, at: first.at, hint }];
}
