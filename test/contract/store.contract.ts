// What every adapter of the Store port must do. An adapter's test calls this with a way to get a fresh store.
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { Pairs } from '../../src/model/pairs.ts';
import { StoreUnavailable, type Store, type Write } from '../../src/ports/store.ts';
import * as make from './store.builders.ts';
import { T0, plain, type StoreHarness } from './store.builders.ts';

export function storeContract(name: string, fresh: () => Promise<StoreHarness>): void {
  describe(name, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeEach(async () => {
      harness = await fresh();
      store = harness.store;
    });
    afterEach(() => harness.dispose());
    const restart = async (): Promise<Store> => (store = await harness.reopen());
    const found = async () => plain(await store.load());
    const write = (...writes: Write[]) => store.commit(writes, T0);

    test('`load()` of a new store finds nothing', async () => {
      const nothing = {
        alerts: [],
        silences: [],
        groups: [],
        releases: [],
        entries: [],
        deliveries: [],
        ruleGroups: [],
        unreadable: [],
      };
      expect(await store.load()).toEqual(nothing);
    });

    test('every kind of unconditional write is granted and there after a restart', async () => {
      const instances = make.instances();
      const entry = { ...make.entryName('g1'), generation: 7, fence: 9, told: make.told(T0), memo: 'its own' };
      const results = await write(
        { kind: 'alerts.put', alerts: [make.alert(1), make.alert(2)] },
        { kind: 'silence.put', silence: make.silence('s1') },
        { kind: 'groups.put', groups: [make.group('g1'), make.group('g2')] },
        { kind: 'group.release', groupKey: 'g1', alerts: [1, 2] },
        { kind: 'entries.put', entries: [entry] },
        { kind: 'event', event: { kind: 'started', at: T0, version: '1' } },
        { kind: 'rules.put', group: 'f;g', evaluatedAt: T0, put: instances, gone: [] },
      );
      expect(results).toEqual(new Array(7).fill({ granted: true, fence: null }));
      await restart();
      expect(await found()).toEqual(
        plain({
          alerts: [make.alert(1), make.alert(2)],
          silences: [make.silence('s1')],
          groups: [make.group('g1'), make.group('g2')],
          releases: [{ groupKey: 'g1', alerts: [1, 2] }],
          entries: [entry],
          deliveries: [],
          ruleGroups: [{ id: 'f;g', evaluatedAt: T0, instances }],
          unreadable: [],
        }),
      );
      expect((await store.events({ limit: 10 })).items).toEqual([{ kind: 'started', at: T0, version: '1' }]);
    });

    test('`load()` makes label sets and matchers that work', async () => {
      await write({ kind: 'alerts.put', alerts: [make.alert(1)] }, { kind: 'silence.put', silence: make.silence('s') });
      await restart();
      const { alerts, silences } = await store.load();
      expect(alerts[0]!.alert.labels.key).toBe(make.alert(1).alert.labels.key);
      expect(silences[0]!.matchers.map((m) => m.matches(Labels.of([['b', 'x']])))).toEqual([true, false]);
    });

    test('`alerts.put` again replaces, `alerts.extend` moves the end alone and only of known alerts', async () => {
      await write({ kind: 'alerts.put', alerts: [make.alert(1), make.alert(2)] });
      await write({ kind: 'alerts.put', alerts: [make.alert(1, { generatorURL: 'new', timeout: true })] });
      const ends = [make.stamp(T0 + 5), make.stamp(T0 + 6)];
      await write({ kind: 'alerts.extend', ids: [2, 3], endsAt: ends, updatedAt: T0 + 4 });
      expect((await found()).alerts).toEqual(
        plain({
          ...(await store.load()),
          alerts: [
            make.alert(1, { generatorURL: 'new', timeout: true }),
            make.alert(2, { endsAt: make.stamp(T0 + 5), updatedAt: T0 + 4 }),
          ],
        }).alerts,
      );
    });

    test('`alerts.put` keeps hundreds apart', async () => {
      const alerts = Array.from({ length: 777 }, (_, i) => make.alert(i + 1));
      await write({ kind: 'alerts.put', alerts });
      expect((await store.load()).alerts.map((a) => [a.id, a.alert.labels.get('instance')])).toEqual(
        alerts.map((a) => [a.id, `host-${a.id}`]),
      );
    });

    test('deletions delete what they name and what hangs on it', async () => {
      await write(
        { kind: 'alerts.put', alerts: [make.alert(1), make.alert(2)] },
        { kind: 'silence.put', silence: make.silence('s1') },
        { kind: 'silence.put', silence: make.silence('s2') },
        { kind: 'groups.put', groups: [make.group('g1'), make.group('g2')] },
        { kind: 'group.release', groupKey: 'g1', alerts: [1, 2] },
        { kind: 'group.release', groupKey: 'g2', alerts: [1, 2] },
        {
          kind: 'entries.put',
          entries: [{ ...make.entryName('g1'), generation: 1, fence: 1, told: null, memo: null }],
        },
      );
      await write(
        { kind: 'alerts.delete', ids: [1, 77] },
        { kind: 'silences.delete', ids: ['s1', 'unknown'] },
        { kind: 'groups.delete', keys: ['g1', 'unknown'] },
      );
      const left = await found();
      expect(left.alerts.map((a) => a.id)).toEqual([2]);
      expect(left.silences.map((s) => s.id)).toEqual(['s2']);
      expect(left.groups.map((g) => g.key)).toEqual(['g2']);
      expect(left.releases).toEqual([['g2', [2]]]);
      expect(left.entries).toHaveLength(1);
    });

    test('`releases.forget` forgets an alert in every group', async () => {
      await write(
        { kind: 'group.release', groupKey: 'g1', alerts: [1, 2] },
        { kind: 'group.release', groupKey: 'g2', alerts: [1] },
        { kind: 'group.release', groupKey: 'g1', alerts: [1] },
        { kind: 'releases.forget', alerts: [1] },
      );
      expect((await found()).releases).toEqual([['g1', [2]]]);
    });

    test('`silence.put` of a known id replaces it', async () => {
      await write({ kind: 'silence.put', silence: make.silence('s') });
      await write({ kind: 'silence.put', silence: make.silence('s', { comment: 'new', annotations: Pairs.none }) });
      expect((await store.load()).silences.map((s) => [s.comment, s.annotations.flat])).toEqual([['new', []]]);
    });

    test('a batch that cannot be stored leaves nothing behind, and the next one is stored', async () => {
      const impossible = make.group('g2', { nextFlushAt: Number.NaN });
      const bad = write({ kind: 'groups.put', groups: [make.group('g1')] }, make.claim(make.entryName('g1'), 0), {
        kind: 'groups.put',
        groups: [impossible],
      });
      await expect(bad).rejects.toThrow();
      await write({ kind: 'groups.put', groups: [make.group('g3')] });
      const left = await found();
      expect(left.groups.map((g) => g.key)).toEqual(['g3']);
      expect(left.entries).toEqual([]);
    });

    test('a refusal does not undo the rest of its batch', async () => {
      const name = make.entryName('g');
      const results = await write(
        { kind: 'groups.put', groups: [make.group('g')] },
        make.claim(name, 3),
        make.claim(name, 0),
      );
      expect(results).toEqual([
        { granted: true, fence: null },
        { granted: false, generation: 0 },
        { granted: true, fence: 1 },
      ]);
      expect((await found()).groups).toHaveLength(1);
    });

    test('commits made at once are all there, in their order, whatever becomes of their neighbours', async () => {
      const commits = Array.from({ length: 50 }, (_, i) => {
        const nextFlushAt = i % 10 === 9 ? Number.NaN : i;
        return store.commit([{ kind: 'groups.put', groups: [make.group(`g${i % 5}`, { nextFlushAt })] }], T0);
      });
      const outcomes = await Promise.allSettled(commits);
      expect(outcomes.map((o) => o.status === 'fulfilled')).toEqual(outcomes.map((_, i) => i % 10 !== 9));
      const last = new Map((await store.load()).groups.map((g) => [g.key, g.nextFlushAt]));
      expect(['g0', 'g1', 'g2', 'g3', 'g4'].map((key) => last.get(key))).toEqual([45, 46, 47, 48, 44]);
    });

    test('`reserveAlertIds()` never gives an id twice, not even after a restart', async () => {
      const first = await store.reserveAlertIds(10);
      const second = await store.reserveAlertIds(1);
      await restart();
      const third = await store.reserveAlertIds(5);
      expect(first).toBeGreaterThan(0);
      expect(second).toBeGreaterThanOrEqual(first + 10);
      expect(third).toBeGreaterThanOrEqual(second + 1);
    });

    test('names and values come back to the letter, JavaScript’s own included', async () => {
      const special = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '1', '0', '\u0000', '');
      const text = fc.oneof(special, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
      const pairs = fc.array(fc.tuple(text, text), { maxLength: 6 });
      let id = 0;
      const law = fc.asyncProperty(pairs, pairs, text, text, async (labels, annotations, url, key) => {
        const flat = Labels.of(labels);
        const put = make.alert(++id, { labels: flat, annotations: Pairs.from(annotations), generatorURL: url });
        const named = make.group(`${id}${key}`, { labels: flat.flat, receiver: url });
        const kept = make.silence(`${id}${key}`, {
          createdBy: url,
          comment: key,
          annotations: Pairs.from(annotations),
        });
        await write(
          { kind: 'alerts.put', alerts: [put] },
          { kind: 'groups.put', groups: [named] },
          { kind: 'silence.put', silence: kept },
        );
        const back = await store.load();
        expect(plain({ ...back, groups: back.groups })).toEqual(
          plain({ ...back, alerts: [put], groups: [named], silences: [kept] }),
        );
        expect(back.alerts[0]!.alert.labels.key).toBe(flat.key);
        await write(
          { kind: 'alerts.delete', ids: [id] },
          { kind: 'groups.delete', keys: [named.key] },
          { kind: 'silences.delete', ids: [kept.id] },
        );
      });
      await fc.assert(law, { numRuns: 100 });
    });

    test('`prune()` reaches the end of much', async () => {
      const events = Array.from({ length: 2500 }, (_, i) => {
        return { kind: 'event', event: { kind: 'stopped', at: T0 + i } } as const;
      });
      await store.commit(events, T0);
      await store.prune(T0 + 2400);
      expect((await store.events({ limit: 1000 })).items).toHaveLength(100);
    });

    test('after `close()` everything is refused as closed, and closing again is nothing', async () => {
      const before = write({ kind: 'groups.put', groups: [make.group('g')] });
      await store.close();
      await store.close();
      await expect(before).resolves.toHaveLength(1);
      const refusal = new StoreUnavailable('closed');
      const late = write({ kind: 'groups.put', groups: [make.group('late')] });
      await expect(late).rejects.toThrow(refusal);
      await expect(late).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.load()).rejects.toThrow(refusal);
      await restart();
      expect((await found()).groups.map((g) => g.key)).toEqual(['g']);
    });
  });
}
