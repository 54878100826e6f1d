// Two names for a group. Outwardly upstream's text, which two equal sibling routes share; inwardly one that only
// this group has.
import type { Route } from '../config/config.ts';
import type { Labels } from '../model/labels.ts';

/** `{}/{team="web"}:{alertname="HighLoad"}`: in messages, and hashed into providers' keys. */
export const outwardKey = (route: Route, labels: Labels): string => `${route.key}:${labels.toString()}`;

export const innerKey = (route: Route, labels: Labels): string => `${route.id}\u0000${labels.key}`;

/** What a group keeps when its route moves: by this it is found again after an edit of the tree. */
export const groupByText = (route: Route): string => JSON.stringify(route.groupBy);
