// The table delivery: outbox and history. Who may change a row is entry-table.ts; this only carries it out.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Delivery, EntryName, HistoryQuery, Page, Write } from '../../ports/store.ts';
import { allRows } from './all-rows.ts';
import { parseCursor, pageOf } from './paging.ts';
import { toldText } from './told.ts';

export type DeliveryRow = Omit<Delivery, 'telling'> & {
  readonly id: number;
  readonly telling: string;
  readonly state: string;
  readonly fence: number;
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly answer: string;
  readonly answerReason: string;
  readonly settledAt: number | null;
};

interface Unsettled {
  readonly id: number;
  readonly generation: number;
  readonly telling: string;
}

const COLUMNS = `
  id, group_key AS groupKey, receiver, integration, generation, fence, outward_key AS outwardKey,
  idempotency_key AS idempotencyKey, reason, created_at AS createdAt, message, telling, state, attempts,
  next_attempt_at AS nextAttemptAt, answer, answer_reason AS answerReason, settled_at AS settledAt
`;
const OF_ENTRY = 'group_key = ? AND receiver = ? AND integration = ? AND settled_at IS NULL';

export class DeliveryTable {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #unsettled: StatementSync;
  readonly #take: StatementSync;
  readonly #settle: StatementSync;
  readonly #supersede: StatementSync;
  readonly #drop: StatementSync;
  readonly #supersedeGroup: StatementSync;
  readonly #rename: StatementSync;
  readonly #loaded: StatementSync;
  readonly #prune: StatementSync;
  /** Pages, by which filters they use. */
  readonly #pages = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare(`
      INSERT INTO delivery (group_key, receiver, integration, generation, fence, outward_key, idempotency_key, reason,
        created_at, message, telling, state, attempts, answer, answer_reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'sending', 0, '', '')
    `);
    this.#unsettled = db.prepare(`SELECT id, generation, telling FROM delivery WHERE ${OF_ENTRY} AND generation = ?`);
    this.#take = db.prepare(`UPDATE delivery SET fence = ?, state = 'sending', next_attempt_at = NULL WHERE id = ?`);
    this.#settle = db.prepare(`
      UPDATE delivery SET state = ?, attempts = ?, next_attempt_at = ?, answer = ?, answer_reason = ?, settled_at = ?
      WHERE id = ?
    `);
    const end = (state: string, which: string): StatementSync =>
      db.prepare(`UPDATE delivery SET state = '${state}', next_attempt_at = NULL, settled_at = ? WHERE ${which}`);
    this.#supersede = end('superseded', `${OF_ENTRY} AND generation IS NOT ?`);
    this.#drop = end('dropped', OF_ENTRY);
    this.#supersedeGroup = end('superseded', 'group_key = ? AND settled_at IS NULL');
    this.#rename = db.prepare('UPDATE delivery SET group_key = ? WHERE group_key = ?');
    this.#loaded = db.prepare(`
      SELECT ${COLUMNS} FROM delivery WHERE settled_at IS NULL
      UNION ALL
      SELECT ${COLUMNS} FROM delivery WHERE state = 'parked' AND EXISTS (
        SELECT 1 FROM entry WHERE entry.group_key = delivery.group_key AND entry.receiver = delivery.receiver
          AND entry.integration = delivery.integration AND entry.generation = delivery.generation)
      ORDER BY id
    `);
    this.#prune = db.prepare(
      'DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE settled_at < ? ORDER BY settled_at LIMIT ?)',
    );
  }

  insert(delivery: Delivery, fence: number): void {
    const telling = toldText(delivery.telling);
    const { groupKey, receiver, integration, generation, outwardKey, idempotencyKey } = delivery;
    const name = [groupKey, receiver, integration, generation, fence, outwardKey, idempotencyKey] as const;
    this.#insert.run(...name, delivery.reason, delivery.createdAt, delivery.message, telling);
  }

  unsettled({ groupKey, receiver, integration }: EntryName, generation: number): Unsettled | null {
    const row = this.#unsettled.get(groupKey, receiver, integration, generation);
    return (row as unknown as Unsettled | undefined) ?? null;
  }

  /** For another attempt. */
  take(id: number, fence: number): void {
    this.#take.run(fence, id);
  }

  settle(id: number, result: Write & { readonly kind: 'settle' }, now: number): void {
    const { state, attempts, nextAttemptAt, answer, answerReason } = result;
    const waiting = state === 'waiting';
    this.#settle.run(state, attempts, waiting ? nextAttemptAt : null, answer, answerReason, waiting ? null : now, id);
  }

  /** All of the entry's, or all but those of one generation. */
  supersede({ groupKey, receiver, integration }: EntryName, except: number | null, now: number): void {
    this.#supersede.run(now, groupKey, receiver, integration, except);
  }

  drop({ groupKey, receiver, integration }: EntryName, now: number): void {
    this.#drop.run(now, groupKey, receiver, integration);
  }

  /** What stood under `to` gives way. */
  rename(from: string, to: string, now: number): void {
    this.#supersedeGroup.run(now, to);
    this.#rename.run(to, from);
  }

  /** What a start needs: see Stored.deliveries. */
  loaded(): readonly DeliveryRow[] {
    return allRows(this.#loaded);
  }

  page(query: HistoryQuery): Page<DeliveryRow> {
    const before = query.cursor === undefined ? null : parseCursor(query.cursor);
    if (before === undefined) return { items: [], cursor: null };
    const conditions: string[] = ['1'];
    const values: SQLInputValue[] = [];
    const where = (condition: string, ...bound: (SQLInputValue | undefined)[]): void => {
      const given = bound.filter((value) => value !== undefined);
      if (given.length === 0) return;
      conditions.push(condition);
      values.push(...given);
    };
    where('outward_key = ?', query.outwardKey);
    where('receiver = ?', query.receiver);
    where('state = ?', query.state);
    where('created_at >= ?', query.from);
    where('created_at < ?', query.to);
    where('(created_at, id) < (?, ?)', before?.at, before?.id);
    const sql = `
      SELECT ${COLUMNS} FROM delivery WHERE ${conditions.join(' AND ')} ORDER BY created_at DESC, id DESC LIMIT ?
    `;
    const statement = this.#pages.getOrInsertComputed(sql, () => this.#db.prepare(sql));
    const rows = allRows<DeliveryRow>(statement, ...values, query.limit + 1);
    return pageOf(rows, query.limit, (row) => ({ at: row.createdAt, id: row.id }));
  }

  /** At most `limit` rows; how many it were. */
  prune(before: number, limit: number): number {
    return Number(this.#prune.run(before, limit).changes);
  }
}
