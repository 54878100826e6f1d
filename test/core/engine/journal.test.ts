import { expect, test } from 'vitest';
import { Journal } from '../../../src/engine/journal.ts';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { StoreUnavailable, type Store, type StoredGroup, type Write } from '../../../src/ports/store.ts';
import { t } from '../../support/builders.ts';
import { silentRecorder } from '../../support/silent-recorder.ts';

test('a noted fact that the store cannot make sense of is a defect that is said, and not the end of the process', async () => {
  const defects: unknown[] = [];
  const clock = new VirtualClock(t('0s'));
  const journal = new Journal(new SqliteStore(), clock, silentRecorder(defects));
  const entry = { groupKey: 'g', receiver: 'team', integration: 'webhook/0' };
  const message = { outwardKey: 'g', idempotencyKey: 'k', reason: '', createdAt: t('0s'), message: '{}' };
  const telling = { at: t('0s'), firing: [], resolved: [], expiresAt: t('1h') };
  journal.note([
    { kind: 'claim', delivery: { ...entry, ...message, telling, generation: 0 }, after: 0, owner: 'me', lease: 1 },
  ]);
  await clock.advanceTo(t('1s'));
  expect(defects).toEqual([['journal', new RangeError('generation 0 claimed after 0')]]);
});

const groupOf = (key: string, nextFlushAt: number): StoredGroup => {
  return { key, routeId: '{}', receiver: 'team', groupBy: '[]', labels: [], nextFlushAt, flushes: 0 };
};
const groups = (...stored: readonly StoredGroup[]): Write => ({ kind: 'groups.put', groups: stored });
/** The column is one of whole numbers. */
const POISON = groupOf('poison', 1.5);

class Scene {
  readonly defects: unknown[] = [];
  readonly store = new SqliteStore();
  readonly clock = new VirtualClock(t('0s'));
  isAway = false;
  readonly journal: Journal;

  constructor() {
    const { store } = this;
    const failing: Store = {
      load: () => store.load(),
      deliveries: (query) => store.deliveries(query),
      events: (query) => store.events(query),
      prune: (before) => store.prune(before),
      close: () => store.close(),
      reserveAlertIds: (count) => this.#unlessAway(() => store.reserveAlertIds(count)),
      commit: (writes, now) => this.#unlessAway(() => store.commit(writes, now)),
    };
    this.journal = new Journal(failing, this.clock, silentRecorder(this.defects));
  }

  async keys(): Promise<readonly string[]> {
    return (await this.store.load()).groups.map(({ key }) => key).toSorted();
  }

  async #unlessAway<T>(work: () => Promise<T>): Promise<T> {
    if (this.isAway) throw new StoreUnavailable('full');
    return work();
  }
}

test('a write that the store makes no sense of takes no other with it: not of its commit, nor of its batch', async () => {
  const scene = new Scene();
  const { journal, defects } = scene;
  const settled = await Promise.allSettled([
    journal.require([groups(groupOf('a', 1))]),
    journal.state([groups(groupOf('b', 1)), groups(POISON, groupOf('c', 1))]),
    journal.require([groups(groupOf('d', 1)), groups(POISON)]),
    journal.require([groups(groupOf('e', 1))]),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(await scene.keys()).toEqual(['a', 'b', 'c', 'e']);
  expect(defects).toEqual([['journal', expect.objectContaining({ message: expect.stringMatching(/REAL/) as string })]]);
});

test('one that was owed while the store was away does not keep the rest out for ever', async () => {
  const scene = new Scene();
  const { journal, clock, defects } = scene;
  scene.isAway = true;
  journal.note([groups(groupOf('a', 1))]);
  journal.note([groups(POISON, groupOf('b', 1))]);
  await journal.settled();
  expect(journal.isAway).toBe(true);
  scene.isAway = false;
  await clock.advanceTo(t('2s'));
  await journal.require([groups(groupOf('c', 1))]);
  expect([journal.isAway, await scene.keys(), defects.length]).toEqual([false, ['a', 'b', 'c'], 1]);
  await journal.require([groups(groupOf('d', 1))]);
  expect(defects).toHaveLength(1);
});
