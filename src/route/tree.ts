// Which routes an alert takes. Depth first: a node takes part if all its matchers match; its children are tried
// in order up to the first that takes the alert without `continue`; if no child takes it, the node itself does.
// What a route means (timers, receiver) was settled when the config was compiled; this only walks.
import { goQuote } from '../model/go-quote.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Labels } from '../model/labels.ts';
import type { Route } from '../config/config.ts';

export function routesOf(root: Route, labels: Labels): readonly Route[] {
  const taken: Route[] = [];
  take(root, labels, taken);
  return taken;
}

function take(route: Route, labels: Labels, taken: Route[]): boolean {
  if (!matchesAll(route.matchers, labels)) return false;
  const before = taken.length;
  for (const child of route.routes) {
    if (take(child, labels, taken) && !child.continue) break;
  }
  if (taken.length === before) taken.push(route);
  return true;
}

/** Past the tree: the root's grouping and timers, another receiver. */
export function directRoute(root: Route, receiver: string): Route {
  const key = `${root.key}/{notify=${goQuote(receiver)}}`;
  return { ...root, id: key, key, receiver, routes: [] };
}

/** The labels by which this route puts an alert into a group: those of group_by that the alert has. */
export function groupLabelsOf(route: Route, labels: Labels): Labels {
  return route.groupBy === 'all' ? labels : labels.pick(route.groupBy);
}

export function* everyRoute(root: Route): IterableIterator<Route> {
  yield root;
  for (const child of root.routes) yield* everyRoute(child);
}
