// The table event.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Event } from '../../history/event.ts';
import type { Instant } from '../../model/time.ts';
import type { Page } from '../../ports/store.ts';
import { keptInstant, keptText } from '../../model/kept.ts';
import { allRows } from './all-rows.ts';
import { parseCursor, pageOf } from './paging.ts';

export interface EventQuery {
  readonly from?: Instant;
  readonly cursor?: string;
  readonly limit: number;
}

interface EventRow {
  readonly id: number;
  readonly at: number;
  readonly body: string;
}

export class EventTable {
  readonly #insert: StatementSync;
  readonly #page: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT INTO event (at, body) VALUES (?, ?)');
    this.#page = db.prepare(`
      SELECT id, at, body FROM event WHERE (at, id) < (?, ?) AND at >= ? ORDER BY at DESC, id DESC LIMIT ?
    `);
    this.#prune = db.prepare('DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < ? ORDER BY at LIMIT ?)');
  }

  insert(event: Event): void {
    this.#insert.run(event.at, JSON.stringify(event));
  }

  page({ from, cursor, limit }: EventQuery): Page<Event> {
    const before = cursor === undefined ? { at: Number.MAX_SAFE_INTEGER, id: 0 } : parseCursor(cursor);
    if (before === undefined) return { items: [], cursor: null };
    const rows = allRows<EventRow>(this.#page, before.at, before.id, from ?? Number.MIN_SAFE_INTEGER, limit + 1);
    const page = pageOf(rows, limit, (row) => row);
    return { items: page.items.flatMap((row) => readEvent(row.body)), cursor: page.cursor };
  }

  /** At most `limit` rows; how many it were. */
  prune(before: Instant, limit: number): number {
    return Number(this.#prune.run(before, limit).changes);
  }
}

/** What damage has made unreadable is not worth the rest of its page. */
function readEvent(body: string): readonly Event[] {
  try {
    const event = JSON.parse(body) as Event;
    keptInstant(event.at);
    keptText(event.kind);
    return [event];
  } catch {
    return [];
  }
}
