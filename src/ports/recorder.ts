// Where things that happen are told to operators: one call an event, so that its log line and its metrics cannot
// drift apart. Gauges are read from the engine when they are asked for.
import type { FailureReason } from '../notify/outcome.ts';
import type { Instant } from '../model/time.ts';

export type MuteReason = 'silence' | 'inhibition' | 'mute_time_interval' | 'active_time_interval';

export interface IntegrationRef {
  readonly receiver: string;
  /** `webhook` */
  readonly kind: string;
  /** `webhook[0]` */
  readonly name: string;
}

/** What is counted and timed under upstream's names, for those who look there. */
export type Work = 'alerts' | 'silences.query' | 'silences.gc' | 'nflog.query' | 'nflog.gc';

export interface Recorder {
  started(version: string, configFile: string): void;
  stopping(): void;
  /**
   * `taken in part`: rule groups with mistakes are not there, or in an older version. `detail` is the rendered
   * problems, and the warnings of what is taken.
   */
  configLoaded(event: {
    readonly outcome: 'taken' | 'taken in part' | 'refused';
    readonly at: Instant;
    readonly hash: number;
    readonly detail: string;
    /** Of the configuration in force: each may fail from now on. */
    readonly integrations: Iterable<Omit<IntegrationRef, 'name'>>;
  }): void;
  /** Does the work, which is about so many things: what it takes is shorter than what any clock here tells. */
  timed<T>(work: Work, things: number, doIt: () => T): T;
  /** Old entries were cleared away, or could not be. */
  maintained(what: 'silences' | 'nflog', ok: boolean): void;
  alertsReceived(event: { readonly firing: number; readonly resolved: number; readonly limited: number }): void;
  alertsInvalid(count: number): void;
  ingestRefused(waiting: number): void;
  suppressed(reason: MuteReason, count: number): void;
  flushed(event: {
    readonly groupKey: string;
    readonly receiver: string;
    readonly firing: number;
    readonly resolved: number;
  }): void;
  /** One message entered the outbox. */
  notification(integration: IntegrationRef, groupKey: string, reason: string): void;
  attempt(event: {
    readonly integration: IntegrationRef;
    readonly groupKey: string;
    readonly seconds: number;
    readonly attempts: number;
    readonly outcome: 'delivered' | 'retry' | 'rejected';
    readonly reason: FailureReason | null;
    readonly detail: string;
    readonly retryInMs: number | null;
  }): void;
  /** A template of a message failed; a plain fallback went out instead. */
  templateFailed(integration: IntegrationRef, groupKey: string, message: string): void;
  silence(change: 'created' | 'updated' | 'expired', id: string, by: string, comment: string): void;
  storeFailed(reason: string): void;
  storeRecovered(): void;
  quarantined(path: string, reason: string): void;
  /** Something stored that makes no sense any more: it is left where it is and not taken up. */
  unreadable(what: string, id: string, reason: string): void;
  /** A defect of ours that was survived. */
  defect(where: string, error: unknown): void;
}
