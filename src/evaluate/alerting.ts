// THE `for` and keep_firing_for machine: the instances of one alerting rule, one slot further. States, entries and
// exits are told in instance.ts. Whatever restarts, replays or tests rules calls this function; there is no other.
//
// An instance is its final label set. While it matches, value and annotations follow; when it stops matching they
// stay as they were, so that what is said at the end is what was seen last. An answer that may lack something
// (partial, or the first after a restart) proves presence and never absence.
import type { Labels } from '../model/labels.ts';
import type { Pairs } from '../model/pairs.ts';
import { worse } from '../model/reading.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import type { AlertingRule } from '../rules/rule.ts';
import type { Instance, Instances } from './instance.ts';

/** How long a resolved instance is remembered, so that its end can be said more than once. */
const RESOLVED_MEMORY_MS: DurationMs = 15 * 60_000;

/** One element of the answer, with its final labels. */
export interface Match {
  readonly labels: Labels;
  readonly annotations: Pairs;
  readonly value: number;
}

export interface AlertingInput {
  /** No two with equal labels. */
  readonly matches: readonly Match[];
  /** `mean nothing`: the answer may be incomplete. */
  readonly absences: 'count' | 'mean nothing';
}

export type TransitionReason =
  | 'matches'
  | 'matched for long enough'
  | '`for` became longer'
  | 'stopped matching before `for`'
  | 'stopped matching'
  | 'stopped matching, kept firing'
  | 'matches again'
  | 'kept firing for long enough'
  | 'forgotten';

export interface Transition {
  readonly labels: Labels;
  readonly from: Instance['kind'] | 'none';
  readonly to: Instance['kind'] | 'none';
  readonly reason: TransitionReason;
}

export interface Stepped {
  readonly instances: Instances;
  readonly transitions: readonly Transition[];
}

type Timing = Pick<AlertingRule, 'for' | 'keepFiringFor' | 'threshold'>;

export function step(rule: Timing, before: Instances, input: AlertingInput, now: Instant): Stepped {
  const instances = new Map<string, Instance>();
  const transitions: Transition[] = [];
  const go = (known: Instance | undefined, next: Instance | null, reason: TransitionReason, labels: Labels): void => {
    if (next !== null) instances.set(labels.key, next);
    const from = known?.kind ?? 'none';
    const to = next?.kind ?? 'none';
    if (from !== to) transitions.push({ labels, from, to, reason });
  };
  for (const match of input.matches) {
    const { labels } = match;
    const known = before.get(labels.key);
    const [next, reason] = present(rule, known, match, now);
    go(known, next, reason, labels);
  }
  for (const [key, known] of before) {
    if (instances.has(key)) continue;
    const counts = input.absences === 'count' || known.kind === 'resolved';
    const [next, reason] = counts ? absent(rule, known, now) : ([known, 'matches'] as const);
    go(known, next, reason, known.labels);
  }
  return { instances, transitions };
}

type Outcome = readonly [Instance | null, TransitionReason];

function present(rule: Timing, known: Instance | undefined, match: Match, now: Instant): Outcome {
  const fresh = known === undefined || known.kind === 'resolved';
  const activeAt = fresh ? now : known.activeAt;
  const { annotations, value } = match;
  const peak = fresh ? value : worse(known.peak, value, rule.threshold?.op ?? null);
  // The object it has had: what hangs on it stays with it.
  const labels = known?.labels ?? match.labels;
  if (now - activeAt < rule.for) {
    const reason = fresh ? 'matches' : '`for` became longer';
    return [{ kind: 'pending', labels, annotations, value, peak, activeAt }, reason];
  }
  if (known?.kind === 'firing' || known?.kind === 'kept') {
    const { firedAt, lastSentAt } = known;
    return [{ kind: 'firing', labels, annotations, value, peak, activeAt, firedAt, lastSentAt }, 'matches again'];
  }
  const firing = {
    kind: 'firing',
    labels,
    annotations,
    value,
    peak,
    activeAt,
    firedAt: now,
    lastSentAt: null,
  } as const;
  return [firing, 'matched for long enough'];
}

function absent(rule: Timing, known: Instance, now: Instant): Outcome {
  switch (known.kind) {
    case 'pending':
      return [null, 'stopped matching before `for`'];
    case 'firing':
      if (rule.keepFiringFor > 0) return [{ ...known, kind: 'kept', keptSince: now }, 'stopped matching, kept firing'];
      return [{ ...known, kind: 'resolved', resolvedAt: now, endValue: null }, 'stopped matching'];
    case 'kept': {
      if (now - known.keptSince < rule.keepFiringFor) return [known, 'stopped matching, kept firing'];
      const { keptSince: _over, ...rest } = known;
      return [{ ...rest, kind: 'resolved', resolvedAt: now, endValue: null }, 'kept firing for long enough'];
    }
    case 'resolved':
      return now - known.resolvedAt > RESOLVED_MEMORY_MS ? [null, 'forgotten'] : [known, 'stopped matching'];
  }
}

export const isActive = (instance: Instance): boolean => instance.kind !== 'resolved';
