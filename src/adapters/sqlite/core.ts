// The store itself, synchronous: transactions, group commit, and what happens after trouble. sqlite-store.ts runs
// it in the caller's thread, worker.ts in one of its own.
//
//   trusted   a handle is open. Full or busy: the transaction is rolled back and the next one tries as usual. Full:
//             also folds the log into the file, at most once a second, which may make room.
//   suspect   the disk or the file failed: the handle is closed. The next call opens and checks the file again,
//             at most once a second; until that succeeds everything is refused with 'io'.
//   closed    everything is refused with 'closed'.
import type { DatabaseSync } from 'node:sqlite';
import type { Event } from '../../history/event.ts';
import type { Instant } from '../../model/time.ts';
import { StoreUnavailable, type HistoryQuery, type Page, type WriteResult } from '../../ports/store.ts';
import type { EventQuery } from './event-table.ts';
import {
  IN_MEMORY,
  openDatabase,
  reopenDatabase,
  StoreNotOpened,
  type OpenedDatabase,
  type Quarantined,
} from './database.ts';
import type { DeliveryRow } from './delivery-table.ts';
import type { LoadChunk } from './stored-reader.ts';
import { Tables } from './tables.ts';
import { atPort, troubleOf } from './trouble.ts';
import type { WireWrite } from './wire.ts';
import { messageOf } from '../../model/error-message.ts';

export interface Batch {
  readonly writes: readonly WireWrite[];
  readonly now: Instant;
}

export type BatchAnswer =
  | { readonly ok: true; readonly results: readonly WriteResult[] }
  | { readonly ok: false; readonly error: unknown };

const REPAIR_PAUSE_MS = 1000;
// Small enough that a commit that waits behind does not notice.
const PRUNED_AT_ONCE = 1000;

interface CoreParts {
  readonly opened: OpenedDatabase;
  /** null: what is only in memory would be gone with its handle. */
  readonly reopen: (() => DatabaseSync) | null;
  /** Milliseconds since whenever, to pace the reopening. */
  readonly elapsed: () => number;
}

/** `place`: a directory or IN_MEMORY. Throws StoreNotOpened. */
export function openCore(place: string, busyTimeoutMs?: number): Core {
  const opened = openDatabase(place, busyTimeoutMs);
  const reopen = place === IN_MEMORY ? null : () => reopenDatabase(place);
  try {
    return new Core({ opened, reopen, elapsed: () => performance.now() });
  } catch (error) {
    opened.db.close();
    // The checks look at pages, not at what the schema says.
    const detail = messageOf(error);
    throw new StoreNotOpened(`${place}: belfry.db cannot be used, move it away: ${detail}`, { cause: error });
  }
}

export class Core {
  readonly quarantined: Quarantined | null;
  readonly #reopen: CoreParts['reopen'];
  readonly #elapsed: CoreParts['elapsed'];
  #tables: Tables | null;
  #repairedAt = -Infinity;
  #closed = false;

  constructor({ opened, reopen, elapsed }: CoreParts) {
    this.#reopen = reopen;
    this.#elapsed = elapsed;
    this.#tables = new Tables(opened.db);
    this.quarantined = opened.quarantined;
  }

  /** One transaction for all of them; when that fails, each by itself, so that no batch fails for another's sake. */
  commit(batches: readonly Batch[]): readonly BatchAnswer[] {
    if (batches.length > 1) {
      const together = this.#attempt(batches);
      if (together.every((answer) => answer.ok)) return together;
    }
    return batches.flatMap((batch) => this.#attempt([batch]));
  }

  reserveAlertIds(count: number): number {
    return this.#transaction((tables) => tables.alerts.reserve(count));
  }

  load(take: (chunk: LoadChunk) => void): void {
    this.#transaction((tables) => {
      for (const columns of tables.alerts.pages()) take({ kind: 'alerts', columns });
      take({ kind: 'silences', rows: tables.silences.all() });
      take({ kind: 'groups', rows: tables.groups.all() });
      take({ kind: 'releases', rows: tables.groups.allReleases() });
      take({ kind: 'entries', rows: tables.entries.all() });
      take({ kind: 'deliveries', rows: tables.deliveries.loaded() });
      take({ kind: 'rule groups', rows: tables.rules.groups() });
      take({ kind: 'instances', rows: tables.rules.instances() });
    });
  }

  deliveries(query: HistoryQuery): Page<DeliveryRow> {
    return this.#transaction((tables) => tables.deliveries.page(query));
  }

  events(query: EventQuery): Page<Event> {
    return this.#transaction((tables) => tables.events.page(query));
  }

  /** A step of it, a transaction of its own: true when nothing is left to prune. */
  prune(before: Instant): boolean {
    return this.#transaction((tables) => {
      const deliveries = tables.deliveries.prune(before, PRUNED_AT_ONCE);
      const events = tables.events.prune(before, PRUNED_AT_ONCE);
      return Math.max(deliveries, events) < PRUNED_AT_ONCE;
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dropHandle();
  }

  #attempt(batches: readonly Batch[]): readonly BatchAnswer[] {
    try {
      return this.#transaction((tables) =>
        batches.map(({ writes, now }): BatchAnswer => {
          return { ok: true, results: writes.map((write) => tables.apply(write, now)) };
        }),
      );
    } catch (error) {
      return batches.map(() => ({ ok: false, error }));
    }
  }

  #transaction<T>(work: (tables: Tables) => T): T {
    const tables = this.#trusted();
    try {
      tables.db.exec('BEGIN');
      const result = work(tables);
      tables.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#recover(tables, error);
      throw atPort(error);
    }
  }

  #trusted(): Tables {
    if (this.#closed) throw new StoreUnavailable('closed');
    if (this.#tables !== null) return this.#tables;
    if (this.#reopen === null || !this.#mayRepair()) throw new StoreUnavailable('io');
    try {
      this.#tables = new Tables(this.#reopen());
      return this.#tables;
    } catch (error) {
      throw atPort(error);
    }
  }

  #recover(tables: Tables, error: unknown): void {
    const trouble = troubleOf(error);
    let distrusted = trouble === 'io' || trouble === 'corrupt';
    try {
      if (tables.db.isTransaction) tables.db.exec('ROLLBACK');
      if (trouble === 'full' && this.#mayRepair()) tables.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (second) {
      distrusted ||= troubleOf(second) !== 'full';
    }
    if (distrusted && this.#reopen !== null) this.#dropHandle();
  }

  /** Repairs cost time that a queue of failing commits must not multiply. */
  #mayRepair(): boolean {
    const now = this.#elapsed();
    if (now - this.#repairedAt < REPAIR_PAUSE_MS) return false;
    this.#repairedAt = now;
    return true;
  }

  #dropHandle(): void {
    const tables = this.#tables;
    this.#tables = null;
    try {
      tables?.db.close();
    } catch (error) {
      // The log that could not be folded in stays beside the file, and the next start reads it.
      if (troubleOf(error) === null) throw error;
    }
  }
}
