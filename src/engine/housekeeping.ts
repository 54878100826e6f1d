// What is over and done with goes: resolved alerts no group holds, silences past their retention, log entries
// nobody needs, old history.
import { isResolved } from '../model/alert.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import { isForgotten } from '../mute/silence.ts';
import type { SilenceIndex } from '../mute/silence-index.ts';
import type { Recorder } from '../ports/recorder.ts';
import { StoreUnavailable, type Store } from '../ports/store.ts';
import type { Journal } from './journal.ts';
import type { KnownAlerts } from './known-alerts.ts';
import type { NotificationLog } from './notification-log.ts';
import type { Generation } from './generation.ts';

export interface HousekeepingParts {
  readonly alerts: KnownAlerts;
  readonly silences: SilenceIndex;
  readonly log: NotificationLog;
  readonly journal: Journal;
  readonly store: Store;
  readonly record: Recorder;
  readonly generation: () => Generation;
  /** --data.retention */
  readonly retention: DurationMs;
  /** --alerts.gc-interval */
  readonly alertsEvery: DurationMs;
  /** --data.maintenance-interval */
  readonly dataEvery: DurationMs;
}

export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #alertsAt: Instant;
  #dataAt: Instant;

  constructor(parts: HousekeepingParts, now: Instant) {
    this.#parts = parts;
    this.#alertsAt = now + parts.alertsEvery;
    this.#dataAt = now + parts.dataEvery;
  }

  get nextAt(): Instant {
    return Math.min(this.#alertsAt, this.#dataAt);
  }

  async tick(now: Instant): Promise<void> {
    if (now >= this.#alertsAt) {
      this.#alertsAt = now + this.#parts.alertsEvery;
      this.#forgetAlerts(now);
    }
    if (now >= this.#dataAt) {
      this.#dataAt = now + this.#parts.dataEvery;
      const { record } = this.#parts;
      record.timed('silences.gc', 1, () => this.#forgetSilences(now));
      record.maintained('silences', true);
      record.timed('nflog.gc', 1, () => this.#forgetEntries(now));
      record.maintained('nflog', await this.#forgetHistory(now));
    }
  }

  #forgetAlerts(now: Instant): void {
    const { alerts, journal, generation } = this.#parts;
    const ids: number[] = [];
    for (const known of alerts.values()) {
      if (!isResolved(known.alert, now)) continue;
      generation().membership.watch(known, now);
      if (known.groups.length > 0) continue;
      alerts.delete(known);
      ids.push(known.id);
    }
    if (ids.length > 0) journal.note([{ kind: 'alerts.delete', ids }]);
  }

  #forgetSilences(now: Instant): void {
    const { silences, journal, retention } = this.#parts;
    const ids: string[] = [];
    for (const silence of silences.values()) if (isForgotten(silence, retention, now)) ids.push(silence.id);
    for (const id of ids) silences.delete(id);
    if (ids.length > 0) journal.note([{ kind: 'silences.delete', ids }]);
  }

  /** An entry whose group is gone and that believes nothing firing says what no entry says. */
  #forgetEntries(now: Instant): void {
    const { log, generation, journal } = this.#parts;
    const done = [...log].filter((entry) => generation().groups.get(entry.groupKey) === undefined && entry.isDone(now));
    for (const entry of done) log.delete(entry);
    if (done.length > 0) journal.note([{ kind: 'entries.delete', entries: done.map((entry) => entry.name) }]);
  }

  /** false: the store is away. */
  async #forgetHistory(now: Instant): Promise<boolean> {
    const { store, retention, record } = this.#parts;
    try {
      await store.prune(now - retention);
      return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      record.storeFailed(error.message);
      return false;
    }
  }
}
