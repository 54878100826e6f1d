// "Send again?" (repeat_interval and its friends) for one integration of one group at one tick. Pure: what it
// was told, what could not be delivered yet, what the group is now, and when; the answer is a decision with its
// reason.
//
// The table is upstream's, row by row, with two of its holes closed. An alert that resolves unseen (muted, or
// where resolved messages are not wanted) leaves the memory of what was told, so that firing again is news. And
// a page that could not be delivered before its alert resolved is reported all the same.
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
  /** `missed`: resolved alerts nobody was told of while they fired; they go along even where resolved ones do not. */
  | { readonly kind: 'send'; readonly reason: SendReason; readonly missed: ReadonlySet<string> }
  /** Nothing is sent, but the memory of what was told is corrected. */
  | { readonly kind: 'record'; readonly reason: QuietReason; readonly firing: ReadonlySet<string> }
  | { readonly kind: 'nothing'; readonly reason: QuietReason };

export interface Telling {
  readonly at: Instant;
  /** Label-set digests. */
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
    isEqual(telling.firing, input.firing) && (!input.sendResolved || isEqual(telling.resolved, input.resolved));
  // A correction waits as well: the message underway will write its own memory when it arrives.
  if (wanted.kind !== 'send' || sameContent) return quiet('on its way already');
  return wanted;
}

function wantedNow(input: PlanInput, missed: ReadonlySet<string>, now: Instant): Decision {
  const { told, firing, resolved, sendResolved } = input;
  const send = (reason: SendReason): Decision => ({ kind: 'send', reason, missed });
  const unreported = missed.size > 0 ? send('fired and resolved while undeliverable') : null;
  if (firing.size === 0 && resolved.size === 0) return forget(input, input.mutedResolved, 'resolved while muted');
  if (told === null) return firing.size > 0 ? send('first notification') : (unreported ?? quiet('nothing to tell'));
  if (!firing.isSubsetOf(told.firing)) return send(told.firing.size === 0 ? 'first notification' : 'new alerts added');
  if (firing.size === 0) {
    if (told.firing.size === 0) return unreported ?? quiet('nothing to tell');
    if (sendResolved) return send('all alerts resolved');
    return unreported ?? forget(input, told.firing, 'resolved alerts are not wanted');
  }
  if (sendResolved && !resolved.isSubsetOf(told.resolved)) return send('some alerts resolved');
  if (unreported !== null) return unreported;
  if (told.at < now - input.repeatInterval) return send('repeat interval elapsed');
  return sendResolved
    ? forget(input, input.mutedResolved, 'resolved while muted')
    : forget(input, resolved.union(input.mutedResolved), 'resolved alerts are not wanted');
}

function forget(input: PlanInput, gone: ReadonlySet<string>, reason: QuietReason): Decision {
  if (input.told === null) return quiet('nothing to tell');
  const firing = input.told.firing.difference(gone);
  return firing.size === input.told.firing.size ? quiet('told already') : { kind: 'record', reason, firing };
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
