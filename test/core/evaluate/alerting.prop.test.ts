import fc from 'fast-check';
import { expect, test } from 'vitest';
import { step } from '../../../src/evaluate/alerting.ts';
import type { Instances } from '../../../src/evaluate/instance.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { labels } from '../../support/builders.ts';

const MINUTE = 60_000;

/** The slow, obvious reading of `for` and keep_firing_for: from the whole series of answers, for one label set. */
function stateAfter(answers: readonly boolean[], forMs: number, keepMs: number): string {
  let state = 'none';
  let activeAt = 0;
  let lastSeenFiring = 0;
  let resolvedAt = 0;
  answers.forEach((matches, slot) => {
    const now = slot * MINUTE;
    if (matches) {
      if (state === 'none' || state === 'resolved') activeAt = now;
      state = now - activeAt >= forMs ? 'firing' : 'pending';
    } else if (state === 'pending') state = 'none';
    else if (state === 'firing') {
      lastSeenFiring = now;
      state = keepMs > 0 ? 'kept' : 'resolved';
      resolvedAt = now;
    } else if (state === 'kept' && now - lastSeenFiring >= keepMs) {
      state = 'resolved';
      resolvedAt = now;
    } else if (state === 'resolved' && now - resolvedAt > 15 * MINUTE) state = 'none';
  });
  return state;
}

test('step() equals the slow reference model on random series of answers', () => {
  const series = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
  const minutes = fc.integer({ min: 0, max: 8 }).map((n) => n * MINUTE);
  fc.assert(
    fc.property(series, minutes, minutes, (answers, forMs, keepMs) => {
      const only = { labels: labels({ alertname: 'A' }), annotations: Pairs.none, value: 1 };
      let instances: Instances = new Map();
      answers.forEach((matches, slot) => {
        const input = { matches: matches ? [only] : [], absences: 'count' as const };
        instances = step(
          { for: forMs, keepFiringFor: keepMs, threshold: null },
          instances,
          input,
          slot * MINUTE,
        ).instances;
      });
      const [instance] = instances.values();
      expect(instance?.kind ?? 'none').toBe(stateAfter(answers, forMs, keepMs));
    }),
    { numRuns: 10_000 },
  );
});

test('every change of state is told as one transition, and nothing else is', () => {
  const names = fc.subarray(['a', 'b', 'c']);
  fc.assert(
    fc.property(fc.array(names, { maxLength: 30 }), fc.integer({ min: 0, max: 3 }), (answers, forMinutes) => {
      let instances: Instances = new Map();
      answers.forEach((present, slot) => {
        const matches = present.map((name) => ({ labels: labels({ name }), annotations: Pairs.none, value: 1 }));
        const after = step(
          { for: forMinutes * MINUTE, keepFiringFor: MINUTE, threshold: null },
          instances,
          { matches, absences: 'count' },
          slot * MINUTE,
        );
        const told = new Map(after.transitions.map((one) => [one.labels.key as string, `${one.from}>${one.to}`]));
        for (const key of new Set([...instances.keys(), ...after.instances.keys()])) {
          const from = instances.get(key)?.kind ?? 'none';
          const to = after.instances.get(key)?.kind ?? 'none';
          expect(told.get(key)).toBe(from === to ? undefined : `${from}>${to}`);
        }
        instances = after.instances;
      });
    }),
  );
});
