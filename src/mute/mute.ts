// Everything that can keep an alert quiet, asked together: every reason, not the first. In a flush the order of
// the answers is upstream's (inhibition, active time, mute time, silence), because each alert is counted once.
import type { TimeInterval } from '../config/config.ts';
import type { Instant } from '../model/time.ts';
import { isWithin } from './interval.ts';

export type TimeMute =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'muted';
      readonly reason: 'active_time_interval' | 'mute_time_interval';
      readonly by: readonly string[];
    };

/** Whether a route speaks at `at`: none of its active intervals holds, or one of its mute intervals does. */
export function timeMute(
  route: { readonly activeTimeIntervals: readonly string[]; readonly muteTimeIntervals: readonly string[] },
  intervals: ReadonlyMap<string, TimeInterval>,
  at: Instant,
): TimeMute {
  const holds = (name: string): boolean => isWithin(intervals.get(name)!, at);
  const { activeTimeIntervals, muteTimeIntervals } = route;
  if (activeTimeIntervals.length > 0 && !activeTimeIntervals.some(holds)) {
    return { kind: 'muted', reason: 'active_time_interval', by: activeTimeIntervals };
  }
  const by = muteTimeIntervals.filter(holds);
  return by.length > 0 ? { kind: 'muted', reason: 'mute_time_interval', by } : { kind: 'open' };
}

/** Names of the intervals that mute; none when it speaks. */
export const mutedBy = (mute: TimeMute): readonly string[] => (mute.kind === 'muted' ? mute.by : []);
