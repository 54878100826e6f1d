// One alert of one alerting rule, between its first match and the end of its memory. A discriminated union: each
// state has exactly the times that exist then.
//
//   pending    matches, but not for `for` yet.           -> firing, or forgotten when it stops matching
//   firing     has matched for `for`.                    -> kept or resolved when it stops matching
//   kept       firing without a match, keep_firing_for.  -> firing when it matches, resolved when the time is over
//   resolved   over; said again until it is forgotten.   -> pending or firing (anew) when it matches, forgotten
import type { Labels } from '../model/labels.ts';
import type { Pairs } from '../model/pairs.ts';
import type { DurationMs, Instant } from '../model/time.ts';

interface AnyInstance {
  /** Final labels, alertname included: the identity. */
  readonly labels: Labels;
  readonly annotations: Pairs;
  /** As of the last match. */
  readonly value: number;
  /** The worst value since the first match. */
  readonly peak: number;
  /** The first match of this episode. */
  readonly activeAt: Instant;
}

export interface Pending extends AnyInstance {
  readonly kind: 'pending';
}

export interface Firing extends AnyInstance {
  readonly kind: 'firing';
  readonly firedAt: Instant;
  /** When it was last handed to the router and the sinks. */
  readonly lastSentAt: Instant | null;
}

export interface Kept extends AnyInstance {
  readonly kind: 'kept';
  readonly firedAt: Instant;
  readonly lastSentAt: Instant | null;
  readonly keptSince: Instant;
}

export interface Resolved extends AnyInstance {
  readonly kind: 'resolved';
  readonly firedAt: Instant;
  readonly lastSentAt: Instant | null;
  readonly resolvedAt: Instant;
  /** What the rule watches, when nothing matched any more; null when that could not be asked. */
  readonly endValue: number | null;
}

export type Instance = Pending | Firing | Kept | Resolved;

/** All its times, moved. */
export function moved(instance: Instance, by: DurationMs): Instance {
  const activeAt = instance.activeAt + by;
  if (instance.kind === 'pending') return { ...instance, activeAt };
  const { firedAt, lastSentAt } = instance;
  const times = { activeAt, firedAt: firedAt + by, lastSentAt: lastSentAt === null ? null : lastSentAt + by };
  switch (instance.kind) {
    case 'firing':
      return { ...instance, ...times };
    case 'kept':
      return { ...instance, ...times, keptSince: instance.keptSince + by };
    case 'resolved':
      return { ...instance, ...times, resolvedAt: instance.resolvedAt + by };
  }
}

/** By the labels' key. */
export type Instances = ReadonlyMap<string, Instance>;
