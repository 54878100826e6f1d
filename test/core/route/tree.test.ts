import { describe, expect, test } from 'vitest';
import { groupLabelsOf, RouteTree } from '../../../src/route/tree.ts';
import { labels, matchers, route } from '../../support/builders.ts';

const root = route({
  receiver: 'root',
  routes: [
    route({
      receiver: 'web',
      matchers: matchers('team=web'),
      routes: [route({ receiver: 'web-pager', matchers: matchers('severity=critical') })],
    }),
    route({ receiver: 'audit', matchers: matchers('audit=~"yes|maybe"'), continue: true }),
    route({ receiver: 'db', matchers: matchers('team=db'), continue: true }),
    route({ receiver: 'db-too', matchers: matchers('team=db') }),
    route({ receiver: 'unnamed', matchers: matchers('team=""') }),
  ],
});

describe('RouteTree.routesOf()', () => {
  test.each([
    ['the root takes what no child takes', { team: 'other' }, ['root']],
    ['a child takes its own', { team: 'web' }, ['web']],
    ['the deepest match wins over its parent', { team: 'web', severity: 'critical' }, ['web-pager']],
    ['continue goes on to the next sibling', { team: 'db' }, ['db', 'db-too']],
    ['continue, and nobody else takes it', { team: 'other', audit: 'yes' }, ['audit']],
    ['a missing label is the empty string', {}, ['unnamed']],
    ['continue before the sibling without', { audit: 'maybe', team: 'web' }, ['web']],
  ])('%s', (_title, pairs, receivers) => {
    expect(new RouteTree(root).routesOf(labels(pairs)).map((taken) => taken.receiver)).toEqual(receivers);
  });
});

describe('groupLabelsOf()', () => {
  test.each([
    ['only what the alert has', ['team', 'zone'], { team: 'web', x: 'y' }, '{team="web"}'],
    ['nothing for an empty group_by', [], { team: 'web' }, '{}'],
    ['everything for ...', 'all' as const, { team: 'web', x: 'y' }, '{team="web", x="y"}'],
  ])('%s', (_title, groupBy, pairs, text) => {
    expect(groupLabelsOf(route({ groupBy }), labels(pairs)).toString()).toBe(text);
  });
});
