// Which instances are said now, to our own router and to external Alertmanagers, and until when what is said holds.
// An end is said at once; what goes on is said again every resend delay, so that whoever listens may rely on
// silence meaning the end.
import type { DurationMs, Instant } from '../model/time.ts';
import type { Instance } from './instance.ts';

/** Something firing is believed for so many periods after it was last said. */
const PERIODS_BELIEVED = 4;

/**
 * Upstream compares strictly: with an interval that divides the delay, what goes on is said every delay plus one
 * interval. Listeners are used to that.
 */
export function isDue(instance: Instance, resendDelay: DurationMs, now: Instant): boolean {
  if (instance.kind === 'pending') return false;
  const { lastSentAt } = instance;
  if (lastSentAt === null) return true;
  if (instance.kind === 'resolved' && instance.resolvedAt > lastSentAt) return true;
  return lastSentAt + resendDelay < now;
}

export function endOf(instance: Instance, interval: DurationMs, resendDelay: DurationMs, now: Instant): Instant {
  if (instance.kind === 'resolved') return instance.resolvedAt;
  return now + PERIODS_BELIEVED * Math.max(interval, resendDelay);
}

/** As they are once they have been said. */
export function said(instance: Instance, now: Instant): Instance {
  return instance.kind === 'pending' ? instance : { ...instance, lastSentAt: now };
}
