// A story: a configuration, what happens and when, and every message that must come of it. Instants are counted
// from the story's start. What is not expected must not happen.
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Pairs } from '../model/pairs.ts';
import type { Position } from '../model/problem.ts';
import type { DurationMs, Instant } from '../model/time.ts';

export interface Story {
  readonly file: string;
  readonly name: string;
  /** The wall clock at 0s. */
  readonly start: Instant;
  /** Watched until here, the last step or expectation unless given. */
  readonly end: DurationMs;
  readonly config: string;
  /** Flags that matter to the engine. */
  readonly flags: StoryFlags;
  readonly steps: readonly Step[];
  readonly expect: readonly ExpectedMessage[];
}

export interface StoryFlags {
  readonly startDelay: DurationMs;
  readonly retention: DurationMs;
}

export interface Step {
  readonly at: DurationMs;
  readonly position: Position;
  readonly actions: readonly Action[];
}

export type Action =
  | { readonly kind: 'alerts'; readonly alerts: readonly StoryAlert[] }
  | {
      readonly kind: 'silence';
      readonly as: string;
      readonly matchers: readonly Matcher[];
      readonly starts: DurationMs | null;
      readonly lasts: DurationMs;
    }
  /** Ends a silence by the name it was given. */
  | { readonly kind: 'expire'; readonly as: string }
  | { readonly kind: 'reload'; readonly config: string }
  | { readonly kind: 'restart'; readonly how: 'stop' | 'kill'; readonly down: DurationMs }
  /** From now on the receiver answers so. */
  | { readonly kind: 'answers'; readonly receiver: string; readonly answers: readonly StoryAnswer[] };

export interface StoryAlert {
  readonly labels: Labels;
  readonly annotations: Pairs;
  /** From now: -5m started five minutes ago. null: not sent. */
  readonly starts: DurationMs | null;
  readonly ends: DurationMs | null;
}

export interface StoryAnswer {
  readonly kind: 'ok' | 'retry' | 'rejected' | 'silent';
  readonly after: DurationMs | null;
  /** How many attempts are answered so; Infinity for the last. */
  readonly times: number;
}

export interface ExpectedMessage {
  readonly at: DurationMs;
  /** A retry is jittered: it may come up to so much later. */
  readonly within: DurationMs;
  readonly position: Position;
  readonly receiver: string;
  readonly reason: string | null;
  readonly firing: readonly ExpectedAlert[];
  readonly resolved: readonly ExpectedAlert[];
}

/** Labels the alert must have; others it may have. */
export type ExpectedAlert = readonly (readonly [name: string, value: string])[];
