// The table silence.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { allRows } from './all-rows.ts';
import type { SilenceRow } from './wire.ts';

export class SilenceTable {
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #all: StatementSync;

  constructor(db: DatabaseSync) {
    // An upsert, not a replacement: the row keeps its place in the order of creation.
    this.#put = db.prepare(`
      INSERT INTO silence (id, matchers, starts_at, ends_at, updated_at, created_by, comment, annotations)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        matchers = excluded.matchers, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
        updated_at = excluded.updated_at, created_by = excluded.created_by, comment = excluded.comment,
        annotations = excluded.annotations
    `);
    this.#delete = db.prepare('DELETE FROM silence WHERE id = ?');
    this.#all = db.prepare(`
      SELECT id, matchers, starts_at AS startsAt, ends_at AS endsAt, updated_at AS updatedAt,
        created_by AS createdBy, comment, annotations
      FROM silence ORDER BY rowid
    `);
  }

  put(row: SilenceRow): void {
    const { id, matchers, startsAt, endsAt, updatedAt, createdBy, comment, annotations } = row;
    this.#put.run(id, matchers, startsAt, endsAt, updatedAt, createdBy, comment, annotations);
  }

  delete(ids: readonly string[]): void {
    for (const id of ids) this.#delete.run(id);
  }

  all(): readonly SilenceRow[] {
    return allRows(this.#all);
  }
}
