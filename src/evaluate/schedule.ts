// When a rule group is evaluated: slots, equally spaced for ever, at a phase of the group's own. A slot is the
// instant its evaluation is about, however late it runs. Slots that pass while an evaluation still runs, or while
// the process is down, are missed and counted; none is made up for, and none moves.
import type { DurationMs, Instant } from '../model/time.ts';
import type { RuleGroup } from '../rules/rule.ts';

export interface Slot {
  readonly at: Instant;
  /** Slots since the last evaluated one that nobody evaluated. */
  readonly missed: number;
}

/** The phase spreads groups over the interval and is the same wherever the same group runs. */
export function phaseOf(group: Pick<RuleGroup, 'id' | 'interval' | 'evalOffset' | 'isAligned'>): DurationMs {
  const { interval, evalOffset, isAligned, id } = group;
  if (evalOffset !== null) return ((evalOffset % interval) + interval) % interval;
  return isAligned ? 0 : Math.floor((spread(id) / 2 ** 32) * interval);
}

/** The newest slot at or before `now`. */
export const slotAt = (phase: DurationMs, interval: DurationMs, now: Instant): Instant =>
  Math.floor((now - phase) / interval) * interval + phase;

/** The slot that is due, or null: nothing new since `last`. A clock that went back brings no slot twice. */
export function dueSlot(phase: DurationMs, interval: DurationMs, last: Instant, now: Instant): Slot | null {
  const at = slotAt(phase, interval, now);
  return at <= last ? null : { at, missed: Math.round((at - last) / interval) - 1 };
}

/**
 * Until when a question that is asked `now` waits for its turn, and is tried again: while its slot lasts. One that is
 * late, because others of its group were slow, has half an interval all the same: it would never be asked otherwise.
 */
export const turnUntil = (slot: Instant, interval: DurationMs, now: Instant): Instant =>
  Math.max(slot + interval, now + interval / 2);

/** FNV-1a and a final mix, 32 bits: names that differ in one letter must not be neighbours. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
