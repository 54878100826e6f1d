// The table entry, and with it the right to send. A claim is held by an owner until its lease runs out or it is
// settled:
//
//   free      owner ''. `claim` (a new generation) or `reclaim` (the open one again) -> held.
//   held      owner set. The owner may `renew`, `settle` (-> free), or claim again. When the lease has run out
//             anybody may claim or reclaim; until somebody does, the owner's fence still counts.
//
// Every grant of claim and reclaim raises the fence: a result that carries an older one changes nothing.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EntryName, LogEntry, Write, WriteResult } from '../../ports/store.ts';
import { allRows } from './all-rows.ts';
import type { DeliveryTable } from './delivery-table.ts';
import { toldText } from './told.ts';

export type EntryRow = Omit<LogEntry, 'told'> & { readonly told: string | null };

interface Standing {
  readonly id: number;
  readonly generation: number;
  readonly fence: number;
  readonly owner: string;
  readonly leaseUntil: number;
}

type Of<Kind extends Write['kind']> = Extract<Write, { readonly kind: Kind }>;

const NO_OWNER = '';
export const GRANTED: WriteResult = { granted: true, fence: null };

export class EntryTable {
  readonly #deliveries: DeliveryTable;
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #hold: StatementSync;
  readonly #renew: StatementSync;
  readonly #free: StatementSync;
  readonly #tell: StatementSync;
  readonly #keep: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteGroup: StatementSync;
  readonly #rename: StatementSync;
  readonly #all: StatementSync;

  constructor(db: DatabaseSync, deliveries: DeliveryTable) {
    this.#deliveries = deliveries;
    this.#find = db.prepare(`
      SELECT id, generation, fence, owner, lease_until AS leaseUntil FROM entry
      WHERE group_key = ? AND receiver = ? AND integration = ?
    `);
    this.#put = db.prepare(`
      INSERT INTO entry (group_key, receiver, integration, generation, fence, told, memo, owner, lease_until)
      VALUES (?, ?, ?, ?, ?, ?, ?, '${NO_OWNER}', 0)
      ON CONFLICT (group_key, receiver, integration) DO UPDATE SET
        generation = excluded.generation, fence = excluded.fence, told = excluded.told, memo = excluded.memo
    `);
    this.#hold = db.prepare('UPDATE entry SET generation = ?, fence = ?, owner = ?, lease_until = ? WHERE id = ?');
    this.#renew = db.prepare('UPDATE entry SET lease_until = ? WHERE id = ?');
    this.#free = db.prepare(`UPDATE entry SET owner = '${NO_OWNER}', lease_until = 0 WHERE id = ?`);
    this.#tell = db.prepare('UPDATE entry SET told = ? WHERE id = ?');
    this.#keep = db.prepare('UPDATE entry SET memo = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM entry WHERE group_key = ? AND receiver = ? AND integration = ?');
    this.#deleteGroup = db.prepare('DELETE FROM entry WHERE group_key = ?');
    this.#rename = db.prepare('UPDATE entry SET group_key = ? WHERE group_key = ?');
    this.#all = db.prepare(`
      SELECT group_key AS groupKey, receiver, integration, generation, fence, told, memo FROM entry ORDER BY id
    `);
  }

  claim({ delivery, after, owner, lease }: Of<'claim'>, now: number): WriteResult {
    const found = this.#standing(delivery);
    if ((found?.generation ?? 0) !== after || isHeldByOther(found, owner, now)) return refused(found);
    if (delivery.generation <= after) throw new RangeError(`generation ${delivery.generation} claimed after ${after}`);
    const standing = found ?? this.#insert(delivery);
    const fence = standing.fence + 1;
    this.#hold.run(delivery.generation, fence, owner, now + lease, standing.id);
    this.#deliveries.supersede(delivery, null, now);
    this.#deliveries.insert(delivery, fence);
    return { granted: true, fence };
  }

  reclaim({ entry, generation, owner, lease }: Of<'reclaim'>, now: number): WriteResult {
    const found = this.#standing(entry);
    if (found === null || found.generation !== generation || isHeldByOther(found, owner, now)) return refused(found);
    const delivery = this.#deliveries.unsettled(entry, generation);
    if (delivery === null) return refused(found);
    const fence = found.fence + 1;
    this.#hold.run(generation, fence, owner, now + lease, found.id);
    this.#deliveries.take(delivery.id, fence);
    return { granted: true, fence };
  }

  renew({ entry, fence, lease }: Of<'renew'>, now: number): WriteResult {
    const found = this.#standing(entry);
    if (found === null || found.fence !== fence || found.owner === NO_OWNER) return refused(found);
    this.#renew.run(now + lease, found.id);
    return GRANTED;
  }

  settle(write: Of<'settle'>, now: number): WriteResult {
    const { entry, generation, fence, state } = write;
    const found = this.#standing(entry);
    if (found === null || found.fence !== fence || found.generation !== generation) return refused(found);
    const delivery = this.#deliveries.unsettled(entry, generation);
    if (delivery === null) return refused(found);
    this.#deliveries.settle(delivery.id, write, now);
    this.#free.run(found.id);
    if (state === 'sent') this.#tell.run(delivery.telling, found.id);
    if (write.memo !== null) this.#keep.run(write.memo, found.id);
    return GRANTED;
  }

  record({ entry, after, told }: Of<'record'>): WriteResult {
    const found = this.#standing(entry);
    if ((found?.generation ?? 0) !== after) return refused(found);
    const standing = found ?? this.#insert(entry);
    this.#tell.run(told === null ? null : toldText(told), standing.id);
    return GRANTED;
  }

  put(entries: readonly LogEntry[], now: number): void {
    for (const entry of entries) {
      const { groupKey, receiver, integration, generation, fence, told, memo } = entry;
      const text = told === null ? null : toldText(told);
      this.#put.run(groupKey, receiver, integration, generation, fence, text, memo);
      this.#deliveries.supersede(entry, generation, now);
    }
  }

  delete(entries: readonly EntryName[], now: number): void {
    for (const entry of entries) {
      this.#delete.run(entry.groupKey, entry.receiver, entry.integration);
      this.#deliveries.drop(entry, now);
    }
  }

  /** What stood under `to` gives way. */
  rename(from: string, to: string, now: number): void {
    this.#deleteGroup.run(to);
    this.#rename.run(to, from);
    this.#deliveries.rename(from, to, now);
  }

  all(): readonly EntryRow[] {
    return allRows(this.#all);
  }

  #standing({ groupKey, receiver, integration }: EntryName): Standing | null {
    return (this.#find.get(groupKey, receiver, integration) as unknown as Standing | undefined) ?? null;
  }

  #insert({ groupKey, receiver, integration }: EntryName): Standing {
    const { lastInsertRowid } = this.#put.run(groupKey, receiver, integration, 0, 0, null, null);
    return { id: Number(lastInsertRowid), generation: 0, fence: 0, owner: NO_OWNER, leaseUntil: 0 };
  }
}

const isHeldByOther = (found: Standing | null, owner: string, now: number): boolean =>
  found !== null && found.owner !== NO_OWNER && found.owner !== owner && found.leaseUntil > now;

const refused = (found: Standing | null): WriteResult => ({ granted: false, generation: found?.generation ?? 0 });
