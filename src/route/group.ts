// THE grouping machine: when a group speaks. It knows nothing of alerts' content, silences or receivers.
//
//   opened   by its first alert. Speaks after group_wait, or at once when that alert is already older than
//            group_wait: its start was waited out elsewhere.
//   ticking  every group_interval on the grid of its first flush. A tick that comes late (the process was down,
//            the loop was busy) happens once, and the grid stands: later ticks do not move.
//   gone     when its last alert has left. A later alert opens a new group with a new group_wait.
import type { DurationMs, Instant } from '../model/time.ts';

export interface GroupTimers {
  /** group_wait */
  readonly groupWait: DurationMs;
  /** group_interval */
  readonly groupInterval: DurationMs;
}

export interface GroupClock {
  readonly nextFlushAt: Instant;
  /** Flushes so far. */
  readonly flushes: number;
}

export type GroupInput = { readonly kind: 'opened'; readonly startsAt: Instant } | { readonly kind: 'ticked' };

export function step(clock: GroupClock | null, input: GroupInput, timers: GroupTimers, now: Instant): GroupClock {
  switch (input.kind) {
    case 'opened': {
      const waitedOut = input.startsAt + timers.groupWait < now;
      return { nextFlushAt: waitedOut ? now : now + timers.groupWait, flushes: 0 };
    }
    case 'ticked': {
      if (clock === null) throw new Error('a group that was never opened cannot tick');
      const missed = Math.max(0, Math.floor((now - clock.nextFlushAt) / timers.groupInterval));
      return { nextFlushAt: clock.nextFlushAt + (missed + 1) * timers.groupInterval, flushes: clock.flushes + 1 };
    }
  }
}
