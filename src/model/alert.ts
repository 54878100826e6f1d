// The alert that enters routing, whoever made it (a rule or a POST), and what becomes of it when the same label
// set arrives again. Resolved is not a message: time alone resolves, when `endsAt` has passed.
import type { Labels } from './labels.ts';
import type { Pairs } from './pairs.ts';
import type { Reading } from './reading.ts';
import type { Instant, Stamp } from './time.ts';

export interface Alert {
  readonly labels: Labels;
  readonly annotations: Pairs;
  readonly startsAt: Stamp;
  readonly endsAt: Stamp;
  /** The sender gave no end: `endsAt` is a guess, resolve_timeout from its arrival. */
  readonly timeout: boolean;
  readonly updatedAt: Instant;
  readonly generatorURL: string;
  /** Straight to this receiver, past the routing tree: a rule's `notify`. */
  readonly notify: string | null;
  /** Of a rule evaluated here, as of when it was last said; it is not stored. */
  readonly reading: Reading | null;
}

export const isResolved = (alert: Alert, now: Instant): boolean => alert.endsAt.at <= now;

/**
 * What is known after `next` (the newer) arrives over `known`. Spans that overlap are one incident and keep the
 * earlier start; spans that do not are two, and the new one stands alone. Replaced, too, where both bounds
 * coincide: then there is nothing to merge.
 */
export function succeed(known: Alert, next: Alert, now: Instant): Alert {
  const inside = (at: Instant): boolean => at > known.startsAt.at && at < known.endsAt.at;
  return inside(next.endsAt.at) || inside(next.startsAt.at) ? merge(known, next, now) : next;
}

function merge(known: Alert, next: Alert, now: Instant): Alert {
  if (next.updatedAt < known.updatedAt) return merge(next, known, now);
  const laterEnd = known.endsAt.at > next.endsAt.at;
  // Both ended: the later end is the truth. Still firing: a later end stands unless it was a guess.
  const keepEnd = isResolved(next, now) ? isResolved(known, now) && laterEnd : laterEnd && !known.timeout;
  return {
    ...next,
    startsAt: known.startsAt.at < next.startsAt.at ? known.startsAt : next.startsAt,
    endsAt: keepEnd ? known.endsAt : next.endsAt,
  };
}

/** Nothing but the end moved: such a re-send is not routed, matched or rewritten again. */
export function isExtension(known: Alert, next: Alert): boolean {
  return (
    known.startsAt.at === next.startsAt.at &&
    known.generatorURL === next.generatorURL &&
    known.timeout === next.timeout &&
    known.notify === next.notify &&
    known.annotations.sameAs(next.annotations)
  );
}
