// An answer without any series, where there were some a slot ago. Either what a rule looks for is over, or the source
// has lost what it held: the wrong tenant, a store that restarted without its data. So it is counted what there is of
// the metrics behind other rules that had answers. Where most of that is gone as well, nothing is believed to be over
// for a while.
import type { DurationMs, Instant } from '../model/time.ts';

export type Verdict =
  | {
      readonly kind: 'believe';
      readonly reason: 'not to be held' | 'too few to tell' | 'the rest is there' | 'held for long enough';
    }
  | { readonly kind: 'hold'; readonly reason: 'most is gone' | 'nobody can tell' };

/** Metrics that were asked about, and how many of them there are. */
export interface Census {
  readonly asked: number;
  /** null when nobody could be asked. */
  readonly there: number | null;
}

/** With fewer there is no telling what most of them do. */
const FEWEST_WITNESSES = 3;
const MOST_WITNESSES = 12;

/** What is decided without asking anybody; null when a census is needed. */
export function knownVerdict(hold: DurationMs, heldSince: Instant | null, slot: Instant): Verdict | null {
  if (hold === 0) return { kind: 'believe', reason: 'not to be held' };
  // A clock that was set back must not hold for longer.
  const isOver = heldSince !== null && (slot < heldSince || slot - heldSince >= hold);
  return isOver ? { kind: 'believe', reason: 'held for long enough' } : null;
}

export function judge({ asked, there }: Census): Verdict {
  if (asked < FEWEST_WITNESSES) return { kind: 'believe', reason: 'too few to tell' };
  if (there === null) return { kind: 'hold', reason: 'nobody can tell' };
  return there * 2 < asked
    ? { kind: 'hold', reason: 'most is gone' }
    : { kind: 'believe', reason: 'the rest is there' };
}

/** Some of them, from all over the list. */
export function witnesses(selectors: Iterable<string>): readonly string[] {
  const distinct = [...new Set(selectors)];
  const stride = Math.max(1, distinct.length / MOST_WITNESSES);
  const count = Math.min(distinct.length, MOST_WITNESSES);
  return Array.from({ length: count }, (_, i) => distinct[Math.floor(i * stride)]!);
}

/** Its answer is one number: of how many of them there is something. */
export const censusQuery = (selectors: readonly string[]): string =>
  selectors.map((selector) => `(clamp_max(count(${selector}), 1) or vector(0))`).join(' + ');
