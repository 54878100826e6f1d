// Random lives of a store, compared with the model after every batch and restart.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntryName, Write } from '../../src/ports/store.ts';
import * as make from './store.builders.ts';
import { everything, plain, T0, type StoreHarness } from './store.builders.ts';
import { ModelStore } from './store.model.ts';

/** A write that may depend on where the model stands: so that grants are as frequent as refusals. */
type Intent = (model: ModelStore) => Write;
type Step = { readonly intents: readonly Intent[]; readonly later: number; readonly restart: boolean };

const key = fc.constantFrom('g1', 'g2', 'g3');
const name: fc.Arbitrary<EntryName> = fc
  .tuple(key, fc.constantFrom({}, {}, { receiver: 'other' }, { integration: 'webhook/1' }))
  .map(([groupKey, other]) => make.entryName(groupKey, other));
const id = fc.integer({ min: 1, max: 4 });
const ids = fc.uniqueArray(id, { maxLength: 3 });
const owner = fc.constantFrom('one', 'two');
const lease = fc.constantFrom(10, 30);
const instant = fc.integer({ min: 0, max: 100 }).map((ms) => T0 + ms);
const told = fc.option(instant.map((at) => make.told(at)));
/** How far from the truth: mostly not at all. */
const skew = fc.constantFrom(0, 0, 0, 0, -1, 1);
const settleState = fc.constantFrom('sent', 'waiting', 'parked', 'dropped' as const);

const always = (write: fc.Arbitrary<Write>): fc.Arbitrary<Intent> => write.map((w) => () => w);

const putAlerts = fc.array(fc.tuple(id, instant), { maxLength: 3 }).map((given): Write => {
  const alerts = given.map(([i, at]) => make.alert(i, { updatedAt: at }));
  return { kind: 'alerts.put', alerts };
});
const extendAlerts = fc.tuple(ids, instant).map(([of, at]): Write => {
  const endsAt = of.map((i) => make.stamp(at + i));
  return { kind: 'alerts.extend', ids: of, endsAt, updatedAt: at };
});
const memo = fc.constantFrom(null, 'one', 'two');
const putEntries = fc.tuple(name, id, id, told, memo).map(([entry, generation, fence, what, kept]): Write => {
  return { kind: 'entries.put', entries: [{ ...entry, generation, fence, told: what, memo: kept }] };
});

const putRules = fc
  .tuple(key, instant, fc.subarray(make.instances('r1')), fc.subarray(make.instances('r2')))
  .map(([group, evaluatedAt, put, others]): Write => {
    const gone = others.map(({ instance }) => ({ ruleId: 'r1', digest: instance.labels.digest }));
    return { kind: 'rules.put', group, evaluatedAt, put: gone.length > 2 ? [] : put, gone };
  });

const unconditional: fc.Arbitrary<Intent> = fc.oneof(
  always(putAlerts),
  always(extendAlerts),
  always(ids.map((of) => ({ kind: 'alerts.delete', ids: of }))),
  always(fc.tuple(key, instant).map(([k, endsAt]) => ({ kind: 'silence.put', silence: make.silence(k, { endsAt }) }))),
  always(key.map((k) => ({ kind: 'silences.delete', ids: [k] }))),
  always(fc.tuple(key, id).map(([k, flushes]) => ({ kind: 'groups.put', groups: [make.group(k, { flushes })] }))),
  always(key.map((k) => ({ kind: 'groups.delete', keys: [k] }))),
  always(fc.tuple(key, ids).map(([groupKey, alerts]) => ({ kind: 'group.release', groupKey, alerts }))),
  always(ids.map((alerts) => ({ kind: 'releases.forget', alerts }))),
  always(fc.tuple(key, key).map(([from, to]) => ({ kind: 'group.rename', from, to }))),
  always(putEntries),
  always(name.map((entry) => ({ kind: 'entries.delete', entries: [entry] }))),
  always(putRules),
  always(key.map((k) => ({ kind: 'rules.delete', groups: [k] }))),
  always(instant.map((at) => ({ kind: 'event', event: { kind: 'stopped', at } }))),
);

const claim = fc.tuple(name, skew, owner, lease, instant).map(([entry, off, who, ms, createdAt]): Intent => {
  return (model) => {
    const after = Math.max(0, (model.find(entry)?.generation ?? 0) + off);
    const delivery = make.delivery(entry, after + 1, { createdAt, telling: make.told(createdAt) });
    return { kind: 'claim', delivery, after, owner: who, lease: ms };
  };
});
const reclaim = fc.tuple(name, skew, owner, lease).map(([entry, off, who, ms]): Intent => {
  return (model) => {
    const generation = (model.find(entry)?.generation ?? 0) + off;
    return { kind: 'reclaim', entry, generation, owner: who, lease: ms };
  };
});
const renew = fc.tuple(name, skew, lease).map(([entry, off, ms]): Intent => {
  return (model) => ({ kind: 'renew', entry, fence: (model.find(entry)?.fence ?? 0) + off, lease: ms });
});
const settle = fc.tuple(name, skew, skew, settleState).map(([entry, off, fenceOff, state]): Intent => {
  return (model) => {
    const at = model.find(entry);
    return make.settle(entry, (at?.generation ?? 0) + off, (at?.fence ?? 0) + fenceOff, state);
  };
});
const record = fc.tuple(name, skew, told).map(([entry, off, what]): Intent => {
  return (model) => ({ kind: 'record', entry, after: (model.find(entry)?.generation ?? 0) + off, told: what });
});

const conditional = fc.oneof(claim, claim, reclaim, renew, settle, settle, record);
const life: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    intents: fc.array(fc.oneof(conditional, unconditional), { minLength: 1, maxLength: 4 }),
    later: fc.constantFrom(0, 5, 20),
    restart: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 8 },
);

export function modelContract(name: string, fresh: () => Promise<StoreHarness>, lives: number): void {
  test(`${name}: ${lives} random lives go as the model's`, async () => {
    const law = fc.asyncProperty(life, async (steps) => {
      const harness = await fresh();
      try {
        await live(harness, steps);
      } finally {
        await harness.dispose();
      }
    });
    await fc.assert(law, { numRuns: lives });
  }, 60_000);
}

async function live(harness: StoreHarness, steps: readonly Step[]): Promise<void> {
  const model = new ModelStore();
  let { store } = harness;
  let now = T0;
  for (const { intents, later, restart } of steps) {
    now += later;
    const writes: Write[] = [];
    const expected = intents.map((intent) => {
      const write = intent(model);
      writes.push(write);
      return model.apply(write, now);
    });
    expect(await store.commit(writes, now)).toEqual(expected);
    if (restart) store = await harness.reopen();
  }
  expect(plain(await store.load())).toEqual(plain(model.stored()));
  const newestFirst = model.deliveries.toReversed().toSorted((a, b) => b.createdAt - a.createdAt);
  expect(await everything((cursor) => store.deliveries({ ...cursor, limit: 3 }))).toEqual(newestFirst);
  const events = model.events.toReversed().toSorted((a, b) => b.at - a.at);
  expect(await everything((cursor) => store.events({ ...cursor, limit: 2 }))).toEqual(events);
}
