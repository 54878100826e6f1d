// The store in the caller's own thread: every promise is settled when it is returned, so that whoever uses it in
// virtual time stays deterministic. A server uses worker-store.ts, where no sync of the disk blocks it.
import type { Event } from '../../history/event.ts';
import type { Instant } from '../../model/time.ts';
import type {
  AlertId,
  HistoryQuery,
  Page,
  Store,
  Stored,
  StoredDelivery,
  Write,
  WriteResult,
} from '../../ports/store.ts';
import { openCore, type Core } from './core.ts';
import { IN_MEMORY, type Quarantined } from './database.ts';
import type { EventQuery } from './event-table.ts';
import { readDeliveryPage, StoredReader } from './stored-reader.ts';
import { encodeWrites } from './wire.ts';

export class SqliteStore implements Store {
  readonly #core: Core;

  /** `place`: a directory, or nothing for a store that is gone on close. Throws StoreNotOpened. */
  constructor(place: string = IN_MEMORY, busyTimeoutMs?: number) {
    this.#core = openCore(place, busyTimeoutMs);
  }

  get quarantined(): Quarantined | null {
    return this.#core.quarantined;
  }

  async load(): Promise<Stored> {
    const reader = new StoredReader();
    this.#core.load((chunk) => reader.take(chunk));
    return reader.stored();
  }

  async commit(writes: readonly Write[], now: Instant): Promise<readonly WriteResult[]> {
    const [answer] = this.#core.commit([{ writes: encodeWrites(writes), now }]);
    if (!answer!.ok) throw answer!.error;
    return answer!.results;
  }

  async reserveAlertIds(count: number): Promise<AlertId> {
    return this.#core.reserveAlertIds(count);
  }

  async deliveries(query: HistoryQuery): Promise<Page<StoredDelivery>> {
    return readDeliveryPage(this.#core.deliveries(query));
  }

  async events(query: EventQuery): Promise<Page<Event>> {
    return this.#core.events(query);
  }

  async prune(before: Instant): Promise<void> {
    while (!this.#core.prune(before));
  }

  async close(): Promise<void> {
    this.#core.close();
  }
}
