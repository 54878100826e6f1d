// A silence: its life cycle, the exact update rules, and what it matches. States are a matter of time alone:
// pending before startsAt, active until endsAt, expired from then on.
import { matchesAll, type Matcher } from '../model/matcher.ts';
import type { Labels } from '../model/labels.ts';
import type { Pairs } from '../model/pairs.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import { encodedSize } from './silence-size.ts';

export interface Silence {
  readonly id: string;
  /** In the order they were given: the update rules compare them so. */
  readonly matchers: readonly Matcher[];
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly updatedAt: Instant;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Pairs;
}

export type SilenceState = 'pending' | 'active' | 'expired';

export function stateOf(silence: Silence, now: Instant): SilenceState {
  if (now < silence.startsAt) return 'pending';
  return now < silence.endsAt ? 'active' : 'expired';
}

export const silences = (silence: Silence, labels: Labels): boolean => matchesAll(silence.matchers, labels);

/** What a person asks for: an empty id makes a new one. */
export type SilenceDraft = Omit<Silence, 'updatedAt'>;

export interface SilenceLimits {
  /** --silences.max-silences; 0 is none. Expired ones count. */
  readonly maxSilences: number;
  /** --silences.max-silence-size-bytes; 0 is none. */
  readonly maxSilenceSizeBytes: number;
}

export type SilenceDecision =
  | { readonly kind: 'create'; readonly silence: Silence }
  /** Edited in place: same id. */
  | { readonly kind: 'update'; readonly silence: Silence }
  /** History would have changed: the old one ends now, a new one begins. */
  | { readonly kind: 'replace'; readonly ended: Silence | null; readonly silence: Silence }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly message: string };

export interface SilenceInput {
  readonly draft: SilenceDraft;
  /** The silence of the draft's id, if there is one. */
  readonly known: Silence | null;
  /** For a new one. */
  readonly newId: string;
  /** How many there are, expired ones included. */
  readonly count: number;
  readonly limits: SilenceLimits;
}

export function decideSilence(input: SilenceInput, now: Instant): SilenceDecision {
  const { draft, known, limits } = input;
  const invalid = invalidity(draft, now);
  if (invalid !== null) return { kind: 'refused', message: invalid };
  if (draft.id !== '' && known === null) return { kind: 'unknown' };
  if (known !== null && isEditable(known, draft, now)) {
    const silence: Silence = { ...draft, updatedAt: now };
    return tooLarge(silence, limits) ?? { kind: 'update', silence };
  }
  if (limits.maxSilences > 0 && input.count + 1 > limits.maxSilences) {
    const message = `exceeded maximum number of silences: ${input.count} (limit: ${limits.maxSilences})`;
    return { kind: 'refused', message };
  }
  const startsAt = Math.max(draft.startsAt, now);
  const silence: Silence = { ...draft, id: input.newId, startsAt, updatedAt: now };
  const refused = tooLarge(silence, limits);
  if (refused !== null) return refused;
  return known === null ? { kind: 'create', silence } : { kind: 'replace', ended: expire(known, now), silence };
}

function tooLarge(silence: Silence, { maxSilenceSizeBytes: most }: SilenceLimits): SilenceDecision | null {
  const size = most === 0 ? 0 : encodedSize(silence);
  if (size <= most) return null;
  return { kind: 'refused', message: `silence exceeded maximum size: ${size} bytes (limit: ${most} bytes)` };
}

/** The silence as it is once somebody ended it; null when it had ended already. */
export function expire(silence: Silence, now: Instant): Silence | null {
  switch (stateOf(silence, now)) {
    case 'expired':
      return null;
    case 'active':
      return { ...silence, endsAt: now, updatedAt: now };
    case 'pending':
      return { ...silence, startsAt: now, endsAt: now, updatedAt: now };
  }
}

/** Expired ones are kept for people to read, --data.retention long. */
export const isForgotten = (silence: Silence, retention: DurationMs, now: Instant): boolean =>
  silence.endsAt + retention <= now;

function invalidity(draft: SilenceDraft, now: Instant): string | null {
  if (draft.endsAt <= draft.startsAt) return 'Failed to create silence: start time must be before end time';
  if (draft.endsAt < now) return "Failed to create silence: end time can't be in the past";
  if (!draft.matchers.some((matcher) => !canBeEmpty(matcher))) {
    return 'invalid silence: matcher set 0: at least one matcher must not match the empty string';
  }
  return null;
}

/** A negative matcher never counts as matching the empty string here, whatever it says. */
const canBeEmpty = (matcher: Matcher): boolean => matcher.isEqual && matcher.matchesValue('');

function isEditable(known: Silence, draft: SilenceDraft, now: Instant): boolean {
  if (!sameMatchers(known.matchers, draft.matchers)) return false;
  switch (stateOf(known, now)) {
    case 'active':
      return Math.floor(known.startsAt / 1000) === Math.floor(draft.startsAt / 1000) && draft.endsAt >= now;
    case 'pending':
      return draft.startsAt >= now;
    case 'expired':
      return false;
  }
}

const sameMatchers = (a: readonly Matcher[], b: readonly Matcher[]): boolean =>
  a.length === b.length && a.every((matcher, i) => isSame(matcher, b[i]!));

const isSame = (a: Matcher, b: Matcher): boolean => a.name === b.name && a.op === b.op && a.value === b.value;
