import { describe, expect, it } from 'vitest';
import type { Route } from '../../../src/config/config.ts';
import { Labels } from '../../../src/model/labels.ts';
import { renderRouteLabels } from '../../../src/notify/route-labels.ts';
import { TemplateSet } from '../../../src/template/template-set.ts';

const HOSTILE = '{{ range 9223372036854775807 }}{{ end }}';
const never = (): boolean => false;
/** Time is up at the n-th look, whoever looks. */
const upAt = (n: number, looks = { count: 0 }): (() => boolean) => {
  return () => ++looks.count >= n;
};

function render(labels: Readonly<Record<string, string>>, expired: () => boolean): object {
  const templates = TemplateSet.parse([], 'alertmanager');
  if (!templates.ok) throw new Error('an empty set parses');
  const envelope = {
    ...{ receiver: 'team', reason: 'first notification', groupLabels: Labels.empty },
    ...{ externalURL: '', groupKey: '', at: 0 },
  };
  const route = { labels: Object.entries(labels) } as unknown as Route;
  return Object.fromEntries(renderRouteLabels(route, envelope, [], templates.value, expired));
}

describe('renderRouteLabels()', () => {
  it('renders one label by the others, and leaves out those that refer to one another in a circle', () => {
    const labels = { who: '{{ routeLabels "team" }}!', team: '{{ .Receiver }}', a: '{{ routeLabels "b" }}', b: 'b' };
    expect(render(labels, never)).toEqual({ a: 'b', b: 'b', team: 'team', who: 'team!' });
  });

  it('leaves out a label whose time is up', () => {
    expect(render({ hostile: HOSTILE, plain: 'text' }, upAt(5))).toEqual({ plain: 'text' });
  });

  it('gives all labels of a message one time together', () => {
    const looks = { count: 0 };
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`l${i}`, HOSTILE] as const));
    expect(render(many, upAt(5, looks))).toEqual({});
    expect(looks.count).toBe(5 + 999);
  });
});
