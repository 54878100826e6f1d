// What clients asked for and what they were answered, in the form the oracle reads. Only an answer of 2xx counts as
// a promise; what was asked and not answered may have happened or not.
import type { Arrival } from './flaky-sink.ts';

export interface AlertStory {
  readonly id: string;
  readonly group: string;
  readonly kind: 'work' | 'timer';
  firingAskedAt: number;
  firingAckedAt: number | null;
  resolveAskedAt: number | null;
  resolveAckedAt: number | null;
}

export interface SilenceStory {
  /** Unique, in the comment: finds the silence of a create that was not answered. */
  readonly token: string;
  /** The alert it silences. */
  readonly alertId: string;
  /** null: the create was not answered. */
  id: string | null;
  readonly createAskedAt: number;
  createAckedAt: number | null;
  /** The ends that may be true: one, or two while an edit is not answered. */
  ends: readonly number[];
  /** Every end ever asked for. */
  latestEnd: number;
  earliestEnd: number;
  expireAskedAt: number | null;
  expireAckedAt: number | null;
}

/** One life of the process. */
export interface Life {
  readonly startedAt: number;
  /** null: killed before. */
  listeningAt: number | null;
  killedAt: number;
}

export interface History {
  readonly alerts: readonly AlertStory[];
  readonly silences: readonly SilenceStory[];
  readonly lives: readonly Life[];
  readonly arrivals: readonly Arrival[];
}

/** What the process shows once everything is quiet. */
export interface Final {
  readonly silences: readonly {
    readonly id: string;
    readonly comment: string;
    readonly state: string;
    readonly endsAt: number;
  }[];
  /** Ids of the alerts that are listed. */
  readonly alerts: ReadonlySet<string>;
  readonly notifications: readonly Notified[];
  readonly at: number;
}

/** A row of the notification history. */
export interface Notified {
  readonly groupKey: string;
  readonly idempotencyKey: string;
  readonly reason: string;
  readonly state: string;
  readonly createdAt: number;
  /** Ids of the alerts it said were firing. */
  readonly firing: readonly string[];
}
