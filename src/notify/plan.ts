// "Send again?" (repeat_interval and its friends) for one integration of one group at one tick. Pure: what it
// was told, what could not be delivered yet, what the group is now, and when; the answer is a decision with its
// reason.
//
// The table is upstream's, row by row, with two of its holes closed. An alert that resolves unseen (muted, or
// where resolved messages are not wanted) is remembered so, and firing again is news; its end is, too, when it is
// heard after all, for Prometheus sends ends for a quarter of an hour. And a page that could not be delivered
// before its alert resolved is reported all the same.
import type { DurationMs, Instant } from '../model/time.ts';

export type SendReason =
  | 'first notification'
  | 'new alerts added'
  | 'all alerts resolved'
  | 'some alerts resolved'
  | 'repeat interval elapsed'
  | 'fired and resolved while undeliverable';

export type QuietReason =
  | 'nothing to tell'
  | 'told already'
  | 'on its way already'
  | 'resolved alerts are not wanted'
  | 'resolved while muted';

export type Decision =
  /**
   * `missed`: resolved alerts nobody was told of while they fired; they go along even where resolved ones do not. There
   * the telling has them as fired and resolved, so that what takes its place before it arrives knows of them, too.
   */
  | { readonly kind: 'send'; readonly reason: SendReason; readonly missed: ReadonlySet<string> }
  /** Nothing is sent, but the memory of what was told is corrected. */
  | { readonly kind: 'record'; readonly reason: QuietReason; readonly told: Telling }
  | { readonly kind: 'nothing'; readonly reason: QuietReason };

export interface Telling {
  readonly at: Instant;
  /** Label-set digests. What is in both was told as firing and has resolved unseen. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

export interface PlanInput {
  /** What was last delivered. */
  readonly told: Telling | null;
  /** The newest message that was not delivered: still underway, or refused for good. */
  readonly undelivered: { readonly telling: Telling; readonly underway: boolean } | null;
  /** What no muter hides. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  /** Resolved alerts that a muter hides. */
  readonly mutedResolved: ReadonlySet<string>;
  readonly sendResolved: boolean;
  /** repeat_interval */
  readonly repeatInterval: DurationMs;
}

export function plan(input: PlanInput, now: Instant): Decision {
  const missed = missedBy(input);
  const wanted = wantedNow(input, missed, now);
  if (input.undelivered?.underway !== true) return wanted;
  const { telling } = input.undelivered;
  const sameContent =
    isEqual(telling.firing.difference(telling.resolved), input.firing) &&
    (!input.sendResolved || isEqual(telling.resolved, input.resolved));
  // A correction waits as well: the message underway will write its own memory when it arrives.
  if (wanted.kind !== 'send' || sameContent) return quiet('on its way already');
  return wanted;
}

function wantedNow(input: PlanInput, missed: ReadonlySet<string>, now: Instant): Decision {
  const { told, firing, resolved, sendResolved } = input;
  const send = (reason: SendReason): Decision => ({ kind: 'send', reason, missed });
  const unreported = missed.size > 0 ? send('fired and resolved while undeliverable') : null;
  if (firing.size === 0 && resolved.size === 0) return lapse(input);
  if (told === null) return firing.size > 0 ? send('first notification') : (unreported ?? quiet('nothing to tell'));
  const unended = told.firing.difference(told.resolved);
  if (!firing.isSubsetOf(unended)) return send(unended.size === 0 ? 'first notification' : 'new alerts added');
  if (firing.size === 0) {
    if (told.firing.size === 0) return unreported ?? quiet('nothing to tell');
    if (sendResolved) return send('all alerts resolved');
    return unreported ?? forget(input, told.firing);
  }
  if (sendResolved && !resolved.isSubsetOf(told.resolved.difference(told.firing))) return send('some alerts resolved');
  if (unreported !== null) return unreported;
  if (now - told.at >= input.repeatInterval - leave(input)) return send('repeat interval elapsed');
  return sendResolved ? lapse(input) : forget(input, resolved.union(input.mutedResolved));
}

/**
 * repeat_interval counts from the arrival, a moment after a tick. Without some leave, one of 4h would always be over a
 * moment after the tick it is meant for, and be looked at again a group_interval later.
 */
const leave = ({ repeatInterval }: PlanInput): DurationMs => Math.min(1000, repeatInterval / 20);

/** They fire for the receiver, and have ended. */
function lapse({ told, mutedResolved }: PlanInput): Decision {
  if (told === null) return quiet('nothing to tell');
  const ended = told.firing.intersection(mutedResolved);
  if (ended.isSubsetOf(told.resolved)) return quiet('told already');
  return { kind: 'record', reason: 'resolved while muted', told: { ...told, resolved: told.resolved.union(ended) } };
}

/** Their end is nobody's wish to hear. */
function forget({ told }: PlanInput, gone: ReadonlySet<string>): Decision {
  if (told === null) return quiet('nothing to tell');
  const firing = told.firing.difference(gone);
  if (firing.size === told.firing.size) return quiet('told already');
  return { kind: 'record', reason: 'resolved alerts are not wanted', told: { ...told, firing } };
}

/** Resolved now, in an undelivered page as firing, and never told. */
function missedBy(input: PlanInput): ReadonlySet<string> {
  if (input.undelivered === null) return NONE;
  const never = input.undelivered.telling.firing.intersection(input.resolved);
  return input.told === null ? never : never.difference(input.told.firing);
}

const NONE: ReadonlySet<string> = new Set();
const quiet = (reason: QuietReason): Decision => ({ kind: 'nothing', reason });
const isEqual = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && a.isSubsetOf(b);
