// From cases to one configuration file: a route tree with a branch for each case, whose names are the case's own, so
// that many cases live in one server without meeting each other. JSON is YAML.
import type { InhibitRule, RouteConfig, Setup } from './case.ts';

/** The label every alert of a case carries. */
export const CASE_LABEL = 'case';

export interface Branch {
  readonly id: string;
  readonly setup: Setup;
}

export const pathOf = (id: string, to: string): string => `/${id}/${to}`;

export function configText(branches: readonly Branch[], sinkUrl: string, global: object = {}): string {
  return JSON.stringify({
    global,
    route: { receiver: 'nowhere', routes: branches.map(topRoute) },
    receivers: [{ name: 'nowhere' }, ...branches.flatMap((branch) => receivers(branch, sinkUrl))],
    inhibit_rules: branches.flatMap(({ id, setup }) => (setup.inhibit ?? []).map((rule) => inhibitRule(id, rule))),
    time_intervals: branches.flatMap(({ id, setup }) =>
      Object.entries(setup.intervals ?? {}).map(([name, intervals]) => ({
        name: own(id, name),
        time_intervals: intervals,
      })),
    ),
  });
}

function topRoute({ id, setup }: Branch): object {
  const timers = { group_wait: '500ms', group_interval: '1s', repeat_interval: '1h' };
  const { matchers = [], ...mine } = route(id, setup.route);
  return {
    receiver: own(id, 'page'),
    group_by: ['alertname'],
    ...timers,
    ...mine,
    matchers: [ofCase(id), ...matchers],
  };
}

function route(id: string, config: RouteConfig): RouteConfig {
  const { receiver, mute_time_intervals, active_time_intervals, routes, ...rest } = config;
  return {
    ...rest,
    ...(receiver !== undefined && { receiver: own(id, receiver) }),
    ...(mute_time_intervals !== undefined && { mute_time_intervals: mute_time_intervals.map((name) => own(id, name)) }),
    ...(active_time_intervals !== undefined && {
      active_time_intervals: active_time_intervals.map((name) => own(id, name)),
    }),
    ...(routes !== undefined && { routes: routes.map((child) => route(id, child)) }),
  };
}

function receivers({ id, setup }: Branch, sinkUrl: string): readonly object[] {
  return Object.entries(setup.receivers ?? { page: [{}] }).map(([name, webhooks]) => ({
    name: own(id, name),
    webhook_configs: webhooks.map(({ to, ...webhook }, index) => ({
      url: sinkUrl + pathOf(id, to ?? (index === 0 ? name : `${name}-${index}`)),
      ...webhook,
    })),
  }));
}

function inhibitRule(id: string, { source, target, equal = [] }: InhibitRule): object {
  return { source_matchers: [ofCase(id), ...source], target_matchers: [ofCase(id), ...target], equal };
}

// The dot: a receiver's name is told regex-quoted.
const own = (id: string, name: string): string => `${id}.${name}`;
const ofCase = (id: string): string => `${CASE_LABEL}="${id}"`;
