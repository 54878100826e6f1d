// Which routes an alert takes. Depth first: a node takes part if all its matchers match; its children are tried
// in order up to the first that takes the alert without `continue`; if no child takes it, the node itself does.
// What a route means (timers, receiver) was settled when the config was compiled; this only walks.
//
// A thousand children tried one by one cost more than everything else about an alert, so children are kept by an
// equality matcher where they have one: tried are those whose value the alert has, and those without.
import type { Route } from '../config/config.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';

export class RouteTree {
  readonly #root: Branch;

  constructor(root: Route) {
    this.#root = new Branch(root);
  }

  routesOf(labels: Labels): readonly Route[] {
    const taken: Route[] = [];
    this.#root.take(labels, taken);
    return taken;
  }
}

class Branch {
  readonly #route: Route;
  readonly #children: readonly Branch[];
  /** Label name -> value -> positions of children, ascending, as all positions here are. */
  readonly #byPair = new Map<string, Map<string, number[]>>();
  readonly #always: number[] = [];

  constructor(route: Route) {
    this.#route = route;
    this.#children = route.routes.map((child) => new Branch(child));
    for (const [position, { matchers }] of route.routes.entries()) {
      const key = matchers.find((matcher) => matcher.op === '=' && matcher.value !== '');
      if (key === undefined) this.#always.push(position);
      else {
        const byValue = this.#byPair.getOrInsertComputed(key.name, () => new Map<string, number[]>());
        byValue.getOrInsertComputed(key.value, () => []).push(position);
      }
    }
  }

  /** Whether it takes part. */
  take(labels: Labels, taken: Route[]): boolean {
    if (!matchesAll(this.#route.matchers, labels)) return false;
    const before = taken.length;
    for (const position of this.#candidates(labels)) {
      const child = this.#children[position]!;
      if (child.take(labels, taken) && !child.#route.continue) break;
    }
    if (taken.length === before) taken.push(this.#route);
    return true;
  }

  #candidates(labels: Labels): readonly number[] {
    let found: readonly number[] = this.#always;
    for (const [name, byValue] of this.#byPair) {
      const positions = byValue.get(labels.get(name));
      if (positions === undefined) continue;
      found = found.length === 0 ? positions : [...found, ...positions].sort((a, b) => a - b);
    }
    return found;
  }
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
