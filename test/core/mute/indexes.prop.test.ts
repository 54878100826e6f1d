import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InhibitRule } from '../../../src/config/config.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Matcher, type MatcherOp } from '../../../src/model/matcher.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { InhibitIndex } from '../../../src/mute/inhibit-index.ts';
import { inhibitorOf, ruleBetween } from '../../../src/mute/inhibit.ts';
import { SilenceIndex } from '../../../src/mute/silence-index.ts';
import { silences, stateOf, type Silence } from '../../../src/mute/silence.ts';
import { t } from '../../support/builders.ts';

const names = fc.constantFrom('a', 'b', 'c');
const values = fc.constantFrom('', 'x', 'y', 'z');
const labelSets = fc
  .uniqueArray(fc.tuple(names, values), { selector: ([name]) => name, maxLength: 3 })
  .map((pairs) => Labels.of(pairs));
const matcher = fc
  .tuple(names, fc.constantFrom<MatcherOp>('=', '!=', '=~', '!~'), fc.constantFrom('', 'x', 'y', 'x|y', '.*'))
  .map(([name, op, value]) => new Matcher(name, op, value));
const matcherList = fc.array(matcher, { minLength: 1, maxLength: 3 });
const rule: fc.Arbitrary<InhibitRule> = fc.record({
  name: fc.constant(''),
  sourceMatchers: matcherList,
  targetMatchers: matcherList,
  equal: fc.uniqueArray(names, { maxLength: 2 }),
});

describe('InhibitIndex', () => {
  test('it answers as the slow question over the set of sources does, after any coming and going', () => {
    const steps = fc.array(fc.tuple(fc.nat(9), fc.boolean()), { maxLength: 30 });
    const sets = fc.array(labelSets, { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), sets, steps, (rules, all, moves) => {
        const index = new InhibitIndex(rules);
        const firing = new Set<Labels>();
        for (const [which, fires] of moves) {
          const source = all[which]!;
          if (fires === firing.has(source)) continue;
          if (fires) {
            firing.add(source);
            index.add(source);
          } else {
            firing.delete(source);
            index.remove(source);
          }
        }
        for (const target of all) {
          const slow = inhibitorOf(rules, firing, target);
          const quick = index.inhibitorOf(target, (source) => firing.has(source));
          const first = rules.find((rule) => inhibitorOf([rule], firing, target) !== null) ?? null;
          if (quick !== null) expect(ruleBetween(rules, quick, target)).toBe(first);
          expect(quick === null).toBe(slow === null);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('nothing inhibits itself', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), labelSets, (rules, only) => {
        expect(inhibitorOf(rules, [only], only)).toBeNull();
      }),
    );
  });
});

describe('SilenceIndex', () => {
  const silence = (id: string, list: readonly Matcher[], from: number): Silence => ({
    id,
    matchers: list,
    startsAt: t('0s') + from,
    endsAt: t('0s') + from + 10,
    updatedAt: 0,
    createdBy: '',
    comment: '',
    annotations: Pairs.none,
  });

  test('it finds what asking every silence finds, whatever was set, edited, deleted and asked before', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), id: fc.nat(30), list: matcherList, from: fc.nat(40) }),
      fc.record({ kind: fc.constant('delete' as const), id: fc.nat(30) }),
      fc.record({ kind: fc.constant('ask' as const), which: fc.nat(4), now: fc.nat(50) }),
    );
    const sets = fc.array(labelSets, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(sets, fc.array(act, { maxLength: 80 }), (all, acts) => {
        const index = new SilenceIndex();
        const known = new Map<string, Silence>();
        let made = 0;
        for (const each of acts) {
          if (each.kind === 'set') {
            // An id keeps its matchers for life.
            const before = known.get(String(each.id));
            const id = before?.id ?? String(each.id);
            const next = silence(id, before?.matchers ?? each.list, each.from);
            known.set(id, next);
            index.set(next);
            made++;
          } else if (each.kind === 'delete') {
            // Deleted ids never return.
            const before = known.get(String(each.id));
            if (before === undefined || made > 1000) continue;
            known.delete(before.id);
            index.delete(before.id);
          } else {
            const labels = all[each.which]!;
            const now = t('0s') + each.now;
            const slow = [...known.values()]
              .filter((one) => silences(one, labels) && stateOf(one, now) === 'active')
              .map((one) => one.id);
            expect(index.matching(labels, 'active', now)).toEqual(slow.toSorted());
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
