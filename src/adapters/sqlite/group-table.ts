// The tables alert_group and release.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredGroup } from '../../ports/store.ts';
import { allRows } from './all-rows.ts';

export type GroupRow = Omit<StoredGroup, 'labels'> & { readonly labels: string };

export interface ReleaseRow {
  readonly groupKey: string;
  readonly alertId: number;
}

export class GroupTable {
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #rename: StatementSync;
  readonly #all: StatementSync;
  readonly #release: StatementSync;
  readonly #forget: StatementSync;
  readonly #forgetGroup: StatementSync;
  readonly #renameReleases: StatementSync;
  readonly #allReleases: StatementSync;

  constructor(db: DatabaseSync) {
    this.#put = db.prepare(`
      INSERT INTO alert_group (key, route_id, receiver, group_by, labels, next_flush_at, flushes)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET
        route_id = excluded.route_id, receiver = excluded.receiver, group_by = excluded.group_by,
        labels = excluded.labels, next_flush_at = excluded.next_flush_at, flushes = excluded.flushes
    `);
    this.#delete = db.prepare('DELETE FROM alert_group WHERE key = ?');
    this.#rename = db.prepare('UPDATE alert_group SET key = ? WHERE key = ?');
    this.#all = db.prepare(`
      SELECT key, route_id AS routeId, receiver, group_by AS groupBy, labels, next_flush_at AS nextFlushAt, flushes
      FROM alert_group ORDER BY rowid
    `);
    this.#release = db.prepare('INSERT OR IGNORE INTO release (group_key, alert_id) VALUES (?, ?)');
    this.#forget = db.prepare('DELETE FROM release WHERE alert_id = ?');
    this.#forgetGroup = db.prepare('DELETE FROM release WHERE group_key = ?');
    this.#renameReleases = db.prepare('UPDATE release SET group_key = ? WHERE group_key = ?');
    this.#allReleases = db.prepare(
      'SELECT group_key AS groupKey, alert_id AS alertId FROM release ORDER BY group_key, alert_id',
    );
  }

  put(groups: readonly StoredGroup[]): void {
    for (const { key, routeId, receiver, groupBy, labels, nextFlushAt, flushes } of groups) {
      this.#put.run(key, routeId, receiver, groupBy, JSON.stringify(labels), nextFlushAt, flushes);
    }
  }

  delete(keys: readonly string[]): void {
    for (const key of keys) {
      this.#delete.run(key);
      this.#forgetGroup.run(key);
    }
  }

  /** What stood under `to` gives way. */
  rename(from: string, to: string): void {
    this.delete([to]);
    this.#rename.run(to, from);
    this.#renameReleases.run(to, from);
  }

  release(groupKey: string, alerts: readonly number[]): void {
    for (const id of alerts) this.#release.run(groupKey, id);
  }

  forgetReleases(alerts: readonly number[]): void {
    for (const id of alerts) this.#forget.run(id);
  }

  all(): readonly GroupRow[] {
    return allRows(this.#all);
  }

  allReleases(): readonly ReleaseRow[] {
    return allRows(this.#allReleases);
  }
}
