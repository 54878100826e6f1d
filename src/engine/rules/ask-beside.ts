// A question besides the rule's own: what a template asks, what an end is worth, what can be read of what was written.
// It has the group's parameters and the data source's time, and waits for its turn as the rule's own does.
import { turnUntil } from '../../evaluate/schedule.ts';
import type { Instant } from '../../model/time.ts';
import type { Answer } from '../../ports/data-source.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { askTraced } from './spans.ts';
import type { RuleWorld } from './world.ts';

export interface AskContext {
  readonly group: RuleGroup;
  readonly world: RuleWorld;
  readonly slot: Instant;
  readonly signal: AbortSignal;
  /** Its answer is of no use later: several questions one after the other share the time of one. */
  readonly until?: Instant;
}

export function askBeside(context: AskContext, query: string, at: Instant): Promise<Answer> {
  const { group, world, slot, signal } = context;
  const { params, headers, interval, datasource } = group;
  const deadline = Math.min(oneQuestion(context), context.until ?? Infinity);
  const turnBy = turnUntil(slot, interval, world.clock.now());
  const { source } = world.source(datasource);
  return askTraced(world.tracer, source, { query, at, deadline, turnBy, params, headers, signal });
}

/** When the time of one question would be over that is asked now. */
export const oneQuestion = ({ group, world }: Pick<AskContext, 'group' | 'world'>): Instant =>
  world.clock.now() + world.source(group.datasource).timeout;
