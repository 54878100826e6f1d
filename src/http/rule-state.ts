// The one word for how a rule is: of all its alerts the gravest, as Prometheus says it, or in vmalert's extended
// words, which know what is wrong with a rule besides.
import type { Instance } from '../evaluate/instance.ts';
import type { RuleView } from '../engine/contract.ts';

export type RuleState = 'unknown' | 'inactive' | 'pending' | 'firing';
export type ExtendedState = RuleState | 'ok' | 'nomatch' | 'unhealthy';

/** Still going on: what lists of alerts show. */
export const isActive = (instance: Instance): boolean => instance.kind !== 'resolved';

export const activeOf = ({ instances }: RuleView): readonly Instance[] => instances.filter(isActive);

/** null for a recording rule, which has none. */
export function stateOf({ rule, instances, past }: RuleView): RuleState | null {
  if (rule.kind === 'recording') return null;
  let state: RuleState = past.length === 0 ? 'unknown' : 'inactive';
  for (const { kind } of instances) {
    if (kind === 'firing' || kind === 'kept') return 'firing';
    if (kind === 'pending') state = 'pending';
  }
  return state;
}

export function extendedStateOf(view: RuleView): ExtendedState {
  const state = stateOf(view);
  if (state === 'firing' || state === 'pending') return state;
  if (view.health === 'err') return 'unhealthy';
  const [last] = view.past;
  if (last !== undefined && last.samples === 0 && last.seriesFetched === 0) return 'nomatch';
  return state ?? (view.health === 'unknown' ? 'unknown' : 'ok');
}

/** Firing without a match, for keep_firing_for. */
export const isRecovering = ({ instances }: RuleView): boolean => instances.some(({ kind }) => kind === 'kept');
