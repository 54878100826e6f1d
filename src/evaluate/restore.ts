// Instances after the process was away. Time nobody evaluated does not count towards `for` or keep_firing_for.
//
// From our own store everything is known, so the times simply move by the gap. From ALERTS_FOR_STATE (the store is
// new, or the rule came from another server) only the first match and the last sample are known; then upstream's
// arithmetic decides, grace period and all.
import type { DurationMs, Instant } from '../model/time.ts';
import type { Instance } from './instance.ts';

/** @param lastEvaluatedAt the last slot that was evaluated and stored */
export function resume(instance: Instance, lastEvaluatedAt: Instant, now: Instant): Instance {
  const gap = Math.max(0, now - lastEvaluatedAt);
  switch (instance.kind) {
    case 'pending':
      return { ...instance, activeAt: instance.activeAt + gap };
    case 'kept':
      return { ...instance, keptSince: instance.keptSince + gap };
    case 'firing':
    case 'resolved':
      return instance;
  }
}

export interface SeriesTrace {
  /** The sample's value: when it first matched. */
  readonly activeAt: Instant;
  /** The sample's own time: the last sign of life. */
  readonly lastSeenAt: Instant;
}

/** The first match of a pending instance, corrected by what ALERTS_FOR_STATE remembers of it. */
export function activeSince(
  trace: SeriesTrace,
  rule: { readonly for: DurationMs },
  grace: DurationMs,
  now: Instant,
): Instant {
  const remaining = rule.for - (trace.lastSeenAt - trace.activeAt);
  if (remaining <= 0) return trace.activeAt;
  // So little was left that it could fire before anything had time to recover: it gets the grace period.
  if (remaining < grace) return now + grace - rule.for;
  return trace.activeAt + (now - trace.lastSeenAt);
}
