// A question besides the rule's own, within its slot: what a template asks, what an end is worth, what can be read of what
// was written. It has the group's parameters and the data source's time, and never more than is left of the slot.
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
}

export function askBeside({ group, world, slot, signal }: AskContext, query: string, at: Instant): Promise<Answer> {
  const { params, headers, interval, datasource } = group;
  const { source, timeout } = world.source(datasource);
  const deadline = Math.min(world.clock.now() + timeout, slot + interval);
  return askTraced(world.tracer, source, { query, at, deadline, params, headers, signal });
}
