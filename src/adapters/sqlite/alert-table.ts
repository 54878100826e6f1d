// The tables alert and alert_end. Many rows per statement: a call into SQLite costs as much as the row it stores
// (two rows of one alert: 2.2 microseconds in chunks, 3.5 one by one).
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { allRows } from './all-rows.ts';
import type { AlertColumns, EndColumns } from './wire.ts';

type AlertRow = readonly [id: number, body: string, endsAt: number, endText: string, updatedAt: number];

const CHUNK = 32;
const LOADED_AT_ONCE = 2000;

const rows = (row: string, count: number): string => new Array(count).fill(row).join(', ');

export class AlertTable {
  readonly #putBodies: Record<'one' | 'chunk', StatementSync>;
  readonly #putEnds: Record<'one' | 'chunk', StatementSync>;
  readonly #extend: StatementSync;
  readonly #deleteBody: StatementSync;
  readonly #deleteEnd: StatementSync;
  readonly #deleteReleases: StatementSync;
  readonly #reserve: StatementSync;
  readonly #page: StatementSync;

  constructor(db: DatabaseSync) {
    const bodies = (count: number): StatementSync =>
      db.prepare(`INSERT OR REPLACE INTO alert (id, body) VALUES ${rows('(?, ?)', count)}`);
    const ends = (count: number): StatementSync =>
      db.prepare(
        `INSERT OR REPLACE INTO alert_end (id, ends_at, ends_text, updated_at) VALUES ${rows('(?, ?, ?, ?)', count)}`,
      );
    this.#putBodies = { one: bodies(1), chunk: bodies(CHUNK) };
    this.#putEnds = { one: ends(1), chunk: ends(CHUNK) };
    this.#extend = db.prepare('UPDATE alert_end SET ends_at = ?, ends_text = ?, updated_at = ? WHERE id = ?');
    this.#deleteBody = db.prepare('DELETE FROM alert WHERE id = ?');
    this.#deleteEnd = db.prepare('DELETE FROM alert_end WHERE id = ?');
    this.#deleteReleases = db.prepare('DELETE FROM release WHERE alert_id = ?');
    this.#reserve = db.prepare(`UPDATE counter SET value = value + ? WHERE name = 'alert' RETURNING value`);
    this.#page = db.prepare(`
      SELECT id, body, ends_at, ends_text, updated_at FROM alert JOIN alert_end USING (id)
      WHERE id > ? ORDER BY id LIMIT ${LOADED_AT_ONCE}
    `);
    this.#page.setReturnArrays(true);
  }

  put(columns: AlertColumns): void {
    const { ids, bodies, endsAt, endTexts, updatedAt } = columns;
    for (let from = 0; from < ids.length;) {
      const size = ids.length - from >= CHUNK ? CHUNK : 1;
      const bodyRows: SQLInputValue[] = [];
      const endRows: SQLInputValue[] = [];
      for (let i = from; i < from + size; i++) {
        bodyRows.push(ids[i]!, bodies[i]!);
        endRows.push(ids[i]!, endsAt[i]!, endTexts[i]!, updatedAt[i]!);
      }
      const form = size === CHUNK ? 'chunk' : 'one';
      this.#putBodies[form].run(...bodyRows);
      this.#putEnds[form].run(...endRows);
      from += size;
    }
  }

  extend({ ids, endsAt, endTexts, updatedAt }: EndColumns): void {
    for (let i = 0; i < ids.length; i++) this.#extend.run(endsAt[i]!, endTexts[i]!, updatedAt, ids[i]!);
  }

  delete(ids: readonly number[]): void {
    for (const id of ids) {
      this.#deleteBody.run(id);
      this.#deleteEnd.run(id);
      this.#deleteReleases.run(id);
    }
  }

  /** The first of `count` new ids. */
  reserve(count: number): number {
    return Number(this.#reserve.get(count)?.['value']) - count + 1;
  }

  *pages(): IterableIterator<AlertColumns> {
    for (let after = 0; ;) {
      const page = allRows<AlertRow>(this.#page, after);
      if (page.length === 0) return;
      yield {
        ids: Float64Array.from(page, (row) => row[0]),
        bodies: page.map((row) => row[1]),
        endsAt: Float64Array.from(page, (row) => row[2]),
        endTexts: page.map((row) => row[3]),
        updatedAt: Float64Array.from(page, (row) => row[4]),
      };
      after = page.at(-1)![0];
    }
  }
}
