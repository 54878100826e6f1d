import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Route } from '../../../src/config/config.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Matcher, matchesAll } from '../../../src/model/matcher.ts';
import { RouteTree } from '../../../src/route/tree.ts';
import { route } from '../../support/builders.ts';

const name = fc.constantFrom('team', 'zone', 'job');
const value = fc.constantFrom('', 'a', 'b', 'c');

const matcher = fc
  .tuple(name, fc.constantFrom('=' as const, '=' as const, '!=' as const, '=~' as const, '!~' as const), value)
  .map(([label, op, text]) => new Matcher(label, op, text));

const tree = fc.letrec<{ node: Route }>((tie) => ({
  node: fc
    .record({
      matchers: fc.array(matcher, { maxLength: 2 }),
      continue: fc.boolean(),
      routes: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('node'), { maxLength: 6 })),
    })
    .map(route),
})).node;

const labelSet = fc.array(fc.tuple(name, value), { maxLength: 3 }).map((pairs) => Labels.of(pairs));

/** Upstream's words, child by child. */
function slowly(node: Route, labels: Labels): readonly Route[] {
  if (!matchesAll(node.matchers, labels)) return [];
  const taken: Route[] = [];
  for (const child of node.routes) {
    const below = slowly(child, labels);
    taken.push(...below);
    if (below.length > 0 && !child.continue) break;
  }
  return taken.length === 0 ? [node] : taken;
}

test('`RouteTree` finds the routes that trying every child finds, in that order', () => {
  fc.assert(
    fc.property(tree, fc.array(labelSet, { maxLength: 10 }), (root, sets) => {
      const routes = new RouteTree(root);
      for (const labels of sets) expect(routes.routesOf(labels)).toEqual(slowly(root, labels));
    }),
    { numRuns: 300 },
  );
});
