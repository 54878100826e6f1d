// Pages and pruning, as every adapter of the Store port must do them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HistoryQuery, Store } from '../../src/ports/store.ts';
import * as make from './store.builders.ts';
import { commitOne, everything, T0, type StoreHarness } from './store.builders.ts';

const GROUP_1_ODD_SENDING = {
  ...{ outwardKey: '{}:{group="1"}', receiver: 'odd', state: 'sending' as const },
  ...{ from: T0, to: T0 + 4 },
};

export function historyContract(name: string, fresh: () => Promise<StoreHarness>): void {
  describe(`${name}: history`, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeEach(async () => {
      harness = await fresh();
      store = harness.store;
    });
    afterEach(() => harness.dispose());

    /** Ten deliveries of five entries, two and two created in the same millisecond. */
    async function tenDeliveries(): Promise<void> {
      for (let i = 0; i < 10; i++) {
        const name = make.entryName(`g${i % 3}`, {
          receiver: i % 2 === 0 ? 'even' : 'odd',
          integration: `webhook/${i}`,
        });
        const delivery = make.delivery(name, 1, {
          outwardKey: `{}:{group="${i % 3}"}`,
          createdAt: T0 + Math.floor(i / 2),
          idempotencyKey: String(i),
        });
        await commitOne(store, { kind: 'claim', delivery, after: 0, owner: 'one', lease: 1 });
        if (i < 4) await commitOne(store, make.settle(name, 1, 1, i < 2 ? 'sent' : 'parked'), T0 + i);
      }
    }

    test.for<[title: string, query: Omit<HistoryQuery, 'limit'>, found: string]>([
      ['all', {}, '9876543210'],
      ['of a group, by the name people know', { outwardKey: '{}:{group="0"}' }, '9630'],
      ['of a receiver', { receiver: 'odd' }, '97531'],
      ['in a state', { state: 'parked' }, '32'],
      ['from an instant, inclusive', { from: T0 + 3 }, '9876'],
      ['to an instant, exclusive', { to: T0 + 1 }, '10'],
      ['with every condition', GROUP_1_ODD_SENDING, '7'],
      ['of an unknown group', { outwardKey: 'unknown' }, ''],
      ['of a key that only we know', { outwardKey: 'g0' }, ''],
      ['of a key that means something to SQL', { outwardKey: `' OR 1=1 --` }, ''],
    ])('`deliveries()` finds newest first %s', async ([, query, found]) => {
      await tenDeliveries();
      for (const limit of [1, 3, 10, 100]) {
        const items = await everything((cursor) => store.deliveries({ ...query, ...cursor, limit }));
        expect(items.map((d) => d.idempotencyKey).join('')).toBe(found);
      }
    });

    test('`deliveries()` gives pages of the limit and says when there is no more', async () => {
      await tenDeliveries();
      const first = await store.deliveries({ limit: 5 });
      expect(first.items).toHaveLength(5);
      const second = await store.deliveries({ limit: 5, cursor: first.cursor! });
      expect(second.items).toHaveLength(5);
      expect(second.cursor).toBeNull();
    });

    test('a page is not shifted by what arrives meanwhile', async () => {
      await tenDeliveries();
      const { cursor } = await store.deliveries({ limit: 5 });
      const name = make.entryName('new');
      const delivery = make.delivery(name, 1, { createdAt: T0 + 99, idempotencyKey: 'x' });
      await commitOne(store, { kind: 'claim', delivery, after: 0, owner: 'one', lease: 1 });
      const next = await store.deliveries({ limit: 5, cursor: cursor! });
      expect(next.items.map((d) => d.idempotencyKey).join('')).toBe('43210');
    });

    test.for(['', 'x', '1', '1.2.3', `1.1' --`, '9'.repeat(30)])(
      'a cursor it never gave out (%j) finds nothing',
      async (cursor) => {
        await tenDeliveries();
        await commitOne(store, { kind: 'event', event: { kind: 'stopped', at: T0 } });
        expect(await store.deliveries({ limit: 5, cursor })).toEqual({ items: [], cursor: null });
        expect(await store.events({ limit: 5, cursor })).toEqual({ items: [], cursor: null });
      },
    );

    test('`events()` finds newest first, in pages, from an instant on', async () => {
      for (const [i, at] of [T0, T0 + 2, T0 + 1, T0 + 2].entries()) {
        await commitOne(store, { kind: 'event', event: { kind: 'started', at, version: String(i) } });
      }
      for (const limit of [1, 2, 4, 9]) {
        const all = await everything((cursor) => store.events({ ...cursor, limit }));
        expect(all.map((e) => (e.kind === 'started' ? e.version : '?')).join('')).toBe('3120');
      }
      expect((await store.events({ from: T0 + 1, limit: 9 })).items).toHaveLength(3);
    });

    test('`prune()` forgets settled deliveries and events older than the instant, and nothing unsettled', async () => {
      await tenDeliveries();
      for (const at of [T0, T0 + 1, T0 + 2]) await commitOne(store, { kind: 'event', event: { kind: 'stopped', at } });
      await store.prune(T0 + 2);
      const left = await store.deliveries({ limit: 100 });
      expect(left.items.map((d) => d.idempotencyKey).join('')).toBe('98765432');
      expect((await store.events({ limit: 9 })).items.map((e) => e.at)).toEqual([T0 + 2]);
      expect((await store.load()).entries).toHaveLength(10);
    });
  });
}
