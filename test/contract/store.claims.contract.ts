// The right to send, as every adapter of the Store port must guard it: claims, leases, fences.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store, Write } from '../../src/ports/store.ts';
import * as make from './store.builders.ts';
import { commitOne, T0, type StoreHarness } from './store.builders.ts';

export function claimsContract(name: string, fresh: () => Promise<StoreHarness>): void {
  describe(`${name}: claims`, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeEach(async () => {
      harness = await fresh();
      store = harness.store;
    });
    afterEach(() => harness.dispose());

    const entry = make.entryName('g');
    const LEASE = 20_000;
    const at = (ms: number, write: Write) => commitOne(store, write, T0 + ms);
    const claim = (after: number, owner = 'one') => make.claim(entry, after, owner, LEASE);
    const reclaim = (generation: number, owner = 'one'): Write => {
      return { kind: 'reclaim', entry, generation, owner, lease: LEASE };
    };
    const renew = (fence: number): Write => ({ kind: 'renew', entry, fence, lease: LEASE });
    const settle = (generation: number, fence: number, state?: 'sent' | 'waiting' | 'parked' | 'dropped') =>
      make.settle(entry, generation, fence, state);
    const granted = (fence: number | null = null) => ({ granted: true, fence });
    const refused = (generation: number) => ({ granted: false, generation });
    const states = async () => {
      const { items } = await store.deliveries({ limit: 100 });
      return items.map((d) => `${d.generation} ${d.state}`);
    };

    interface Step {
      readonly ms: number;
      readonly write: Write;
      readonly result: unknown;
    }
    const step = (ms: number, write: Write, result: unknown): Step => ({ ms, write, result });

    test.for<[title: string, steps: readonly Step[]]>([
      ['the first claim is granted', [step(0, claim(0), granted(1))]],
      ['a claim after a generation that is not the entry’s is refused', [step(0, claim(1), refused(0))]],
      [
        'a claim while another’s lease runs is refused, and granted when it has run out',
        [
          step(0, claim(0), granted(1)),
          step(LEASE - 1, claim(1, 'two'), refused(1)),
          step(LEASE, claim(1, 'two'), granted(2)),
          step(LEASE, claim(1), refused(2)),
        ],
      ],
      [
        'the same owner may claim while its own lease runs',
        [step(0, claim(0), granted(1)), step(1, claim(1), granted(2))],
      ],
      [
        'a settled claim is free for everybody',
        [step(0, claim(0), granted(1)), step(1, settle(1, 1), granted()), step(2, claim(1, 'two'), granted(2))],
      ],
      [
        'a result with an old fence changes nothing',
        [
          step(0, claim(0), granted(1)),
          step(LEASE, reclaim(1, 'two'), granted(2)),
          step(LEASE, settle(1, 1), refused(1)),
          step(LEASE, renew(1), refused(1)),
          step(LEASE, settle(1, 2), granted()),
        ],
      ],
      [
        'a result of an older generation is refused',
        [step(0, claim(0), granted(1)), step(1, claim(1), granted(2)), step(2, settle(1, 1), refused(2))],
      ],
      [
        'a result counts after the lease has run out, if nobody else took it',
        [step(0, claim(0), granted(1)), step(LEASE * 2, settle(1, 1), granted())],
      ],
      [
        'a result comes once',
        [step(0, claim(0), granted(1)), step(1, settle(1, 1), granted()), step(2, settle(1, 1), refused(1))],
      ],
      [
        'a renewed lease runs longer',
        [
          step(0, claim(0), granted(1)),
          step(LEASE - 1, renew(1), granted()),
          step(LEASE + 1, claim(1, 'two'), refused(1)),
          step(LEASE * 2, claim(1, 'two'), granted(2)),
        ],
      ],
      [
        'what is settled cannot be renewed',
        [step(0, claim(0), granted(1)), step(1, settle(1, 1), granted()), step(2, renew(1), refused(1))],
      ],
      [
        'a delivery that waits is taken again by anybody, with a new fence each time',
        [
          step(0, claim(0), granted(1)),
          step(1, settle(1, 1, 'waiting'), granted()),
          step(2, reclaim(1, 'two'), granted(2)),
          step(3, reclaim(1), refused(1)),
          step(4, reclaim(1, 'two'), granted(3)),
          step(5, settle(1, 3, 'parked'), granted()),
          step(6, reclaim(1, 'two'), refused(1)),
        ],
      ],
      [
        'reclaim of another generation or of nothing is refused',
        [step(0, reclaim(1), refused(0)), step(0, claim(0), granted(1)), step(0, reclaim(2), refused(1))],
      ],
      ['renew and settle of nothing are refused', [step(0, renew(0), refused(0)), step(0, settle(0, 0), refused(0))]],
      [
        'a delivery that waits can be dropped without another attempt',
        [
          step(0, claim(0), granted(1)),
          step(1, settle(1, 1, 'waiting'), granted()),
          step(2, settle(1, 1, 'dropped'), granted()),
        ],
      ],
      [
        'record is granted while the generation stands, whoever holds the claim',
        [
          step(0, { kind: 'record', entry, after: 1, told: null }, refused(0)),
          step(0, { kind: 'record', entry, after: 0, told: null }, granted()),
          step(0, claim(0), granted(1)),
          step(0, { kind: 'record', entry, after: 0, told: null }, refused(1)),
          step(0, { kind: 'record', entry, after: 1, told: null }, granted()),
        ],
      ],
      [
        'a claim of a deleted entry starts anew',
        [
          step(0, claim(0), granted(1)),
          step(0, { kind: 'entries.delete', entries: [entry] }, granted()),
          step(0, claim(0, 'two'), granted(1)),
        ],
      ],
    ])('%s', async ([, steps]) => {
      for (const { ms, write, result } of steps) expect(await at(ms, write)).toEqual(result);
    });

    test('all of it holds across a restart', async () => {
      await at(0, claim(0));
      store = await harness.reopen();
      expect(await at(1, claim(1, 'two'))).toEqual(refused(1));
      expect(await at(2, settle(1, 1))).toEqual(granted());
    });

    test('a claimed delivery is loaded as it was claimed', async () => {
      await at(0, claim(0));
      store = await harness.reopen();
      const unattempted = { attempts: 0, nextAttemptAt: null, answer: '', answerReason: '', settledAt: null };
      const expected = { ...make.delivery(entry, 1), ...unattempted, state: 'sending', fence: 1 };
      expect((await store.load()).deliveries).toEqual([expected]);
      expect((await store.load()).entries).toEqual([{ ...entry, generation: 1, fence: 1, told: null, memo: null }]);
    });

    test('`sent` writes into the log what the message told, and ends the delivery', async () => {
      await at(0, claim(0));
      await at(5, settle(1, 1, 'sent'));
      const { entries, deliveries } = await store.load();
      expect(entries).toEqual([{ ...entry, generation: 1, fence: 1, told: make.told(T0), memo: 'after 1' }]);
      expect(deliveries).toEqual([]);
      const [sent] = (await store.deliveries({ limit: 1 })).items;
      expect(sent).toMatchObject({
        state: 'sent',
        settledAt: T0 + 5,
        attempts: 1,
        answer: 'ok',
        answerReason: 'answered',
      });
    });

    test.for(['waiting', 'parked', 'dropped'] as const)('`%s` leaves the log as it was', async (state) => {
      await at(0, claim(0));
      await at(5, settle(1, 1, state));
      expect((await store.load()).entries[0]!.told).toBeNull();
      const [row] = (await store.deliveries({ limit: 1 })).items;
      const waiting = state === 'waiting';
      expect(row).toMatchObject({
        state,
        settledAt: waiting ? null : T0 + 5,
        nextAttemptAt: waiting ? T0 + 60_000 : null,
      });
    });

    test('another attempt of a waiting delivery keeps its attempts and forgets its appointment', async () => {
      await at(0, claim(0));
      await at(1, settle(1, 1, 'waiting'));
      await at(2, reclaim(1));
      const [row] = (await store.load()).deliveries;
      expect(row).toMatchObject({ state: 'sending', attempts: 1, nextAttemptAt: null, fence: 2, answer: 'ok' });
    });

    test('a newer claim supersedes what is unsettled, and nothing else', async () => {
      for (const state of ['sent', 'parked', 'dropped', 'waiting'] as const) {
        const [row] = (await store.deliveries({ limit: 1 })).items;
        const generation = (row?.generation ?? 0) + 1;
        await at(0, claim(generation - 1));
        await at(1, settle(generation, generation, state));
      }
      await at(2, claim(4));
      await at(3, claim(5));
      expect(await states()).toEqual(['6 sending', '5 superseded', '4 superseded', '3 dropped', '2 parked', '1 sent']);
      const superseded = (await store.deliveries({ state: 'superseded', limit: 9 })).items;
      expect(superseded.map((d) => [d.settledAt, d.nextAttemptAt])).toEqual([
        [T0 + 3, null],
        [T0 + 2, null],
      ]);
    });

    test('a parked delivery is loaded while it is its entry’s newest', async () => {
      await at(0, claim(0));
      await at(1, settle(1, 1, 'parked'));
      expect((await store.load()).deliveries.map((d) => d.state)).toEqual(['parked']);
      await at(2, claim(1));
      expect((await store.load()).deliveries.map((d) => d.state)).toEqual(['sending']);
    });

    test('entries of one group do not know of each other', async () => {
      const other = make.entryName('g', { integration: 'webhook/1' });
      const third = make.entryName('g', { receiver: 'other' });
      await at(0, claim(0));
      expect(await at(0, make.claim(other, 0, 'two'))).toEqual(granted(1));
      expect(await at(0, make.claim(third, 0, 'three'))).toEqual(granted(1));
      expect(await states()).toEqual(['1 sending', '1 sending', '1 sending']);
    });

    test('`entries.put` overrides the row and supersedes unsettled deliveries of other generations', async () => {
      await at(0, claim(0));
      const known = { ...entry, generation: 4, fence: 8, told: make.told(T0 + 9), memo: 'known' };
      await at(1, { kind: 'entries.put', entries: [known] });
      expect((await store.load()).entries).toEqual([known]);
      expect(await states()).toEqual(['1 superseded']);
      expect(await at(2, claim(4))).toEqual(granted(9));
      await at(3, { kind: 'entries.put', entries: [{ ...known, generation: 5, fence: 9 }] });
      expect(await states()).toEqual(['5 sending', '1 superseded']);
    });

    test('`entries.delete` drops what is unsettled and keeps the history', async () => {
      await at(0, claim(0));
      await at(1, settle(1, 1, 'sent'));
      await at(2, claim(1));
      await at(3, { kind: 'entries.delete', entries: [entry] });
      expect((await store.load()).entries).toEqual([]);
      expect((await store.load()).deliveries).toEqual([]);
      expect(await states()).toEqual(['2 dropped', '1 sent']);
    });

    test('`group.rename` takes along the group, its releases, entries and deliveries', async () => {
      await at(0, { kind: 'groups.put', groups: [make.group('g')] });
      await at(0, { kind: 'group.release', groupKey: 'g', alerts: [1] });
      await at(0, claim(0));
      await at(1, settle(1, 1));
      await at(2, claim(1));
      await at(3, { kind: 'group.rename', from: 'g', to: 'h' });
      store = await harness.reopen();
      const { groups, releases, entries, deliveries } = await store.load();
      expect(groups).toEqual([make.group('h')]);
      expect(releases).toEqual([{ groupKey: 'h', alerts: [1] }]);
      expect(entries.map((e) => [e.groupKey, e.generation, e.fence])).toEqual([['h', 2, 2]]);
      expect(deliveries.map((d) => d.groupKey)).toEqual(['h']);
      const { items } = await store.deliveries({ limit: 9 });
      // What was said keeps the name it was said under.
      expect(items.map((d) => [d.groupKey, d.outwardKey])).toEqual([
        ['h', '{}:{group="g"}'],
        ['h', '{}:{group="g"}'],
      ]);
      expect(await at(4, make.settle(make.entryName('h'), 2, 2))).toEqual(granted());
    });

    test('`group.rename` makes what stood under the new key give way', async () => {
      const under = make.entryName('h', { integration: 'webhook/1' });
      await at(0, { kind: 'groups.put', groups: [make.group('g', { flushes: 3 }), make.group('h')] });
      await at(0, { kind: 'group.release', groupKey: 'h', alerts: [1] });
      await at(0, make.claim(make.entryName('h'), 0));
      await at(0, make.claim(under, 0));
      await at(1, claim(0));
      await at(2, { kind: 'group.rename', from: 'g', to: 'h' });
      const { groups, releases, entries, deliveries } = await store.load();
      expect(groups).toEqual([make.group('h', { flushes: 3 })]);
      expect(releases).toEqual([]);
      expect(entries.map((e) => [e.groupKey, e.integration])).toEqual([['h', 'webhook/0']]);
      expect(deliveries).toHaveLength(1);
      expect((await store.deliveries({ limit: 9 })).items.map((d) => d.state)).toEqual([
        'sending',
        'superseded',
        'superseded',
      ]);
    });

    test('`group.rename` to the same key changes nothing', async () => {
      await at(0, { kind: 'groups.put', groups: [make.group('g')] });
      await at(0, claim(0));
      await at(1, { kind: 'group.rename', from: 'g', to: 'g' });
      expect((await store.load()).groups).toEqual([make.group('g')]);
      expect(await at(2, settle(1, 1))).toEqual(granted());
    });
  });
}
