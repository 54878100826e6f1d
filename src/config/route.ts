// The routing tree: what a child does not say it inherits, so that walking needs no parents; keys and ids are
// made here. Walking is route/tree.ts. Not inherited: matchers, continue, and both lists of time intervals.
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName } from '../model/label-name.ts';
import { parseDuration } from '../model/duration.ts';
import { printMatchers, type MatcherMode } from '../model/matcher-parse.ts';
import { compareUtf8 } from '../model/order.ts';
import type { DurationMs } from '../model/time.ts';
import { readBool } from '../input/scalar.ts';
import { closest } from '../input/suggest.ts';
import type { Route } from './config.ts';
import { compileMatcherList, compileMatchers, labelNames } from './matchers.ts';
import type { CompileContext } from '../integrations/integration.ts';
import type { Node } from '../input/node.ts';

export interface RouteContext {
  readonly mode: MatcherMode;
  readonly template: CompileContext['template'];
  readonly retention: DurationMs;
  /** Names; null when they could not be told. */
  readonly receivers: ReadonlySet<string> | null;
  readonly timeIntervals: ReadonlySet<string> | null;
}

/** What a route hands down. */
type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval' | 'labels'>;

const DEFAULTS: Inherited = {
  receiver: '',
  groupBy: [],
  groupWait: 30_000, // group_wait
  groupInterval: 300_000, // group_interval
  repeatInterval: 14_400_000, // repeat_interval
  labels: [],
};

export function compileRoute(root: Node, context: RouteContext): Route {
  refuseInRoot(root, context.mode);
  const inherited = inherit(root, DEFAULTS, context);
  warnAboutTimers(root, inherited, context, true);
  const key = '{}';
  return {
    ...inherited,
    id: key,
    key,
    matchers: [],
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    routes: compileChildren(root, { ...inherited, id: key, key }, context),
  };
}

function refuseInRoot(root: Node, mode: MatcherMode): void {
  if (root.isMapping && root.at('receiver').text === '') {
    root.error(
      'config/required',
      'root route must specify a default receiver',
      'add receiver: and the name of one',
      'key',
    );
  }
  const refuse = (key: string, what: string): void => {
    const hint = 'the root takes every alert; put this on a child under routes';
    root.at(key).error('config/root-route', `root route must not have any ${what}`, hint, 'key');
  };
  for (const key of ['match', 'match_re']) if (root.at(key).fields().length > 0) refuse(key, 'matchers');
  if (compileMatcherList(root.at('matchers'), mode).length > 0) refuse('matchers', 'matchers');
  if (root.at('mute_time_intervals').items().length > 0) refuse('mute_time_intervals', 'mute time intervals');
  if (root.at('active_time_intervals').items().length > 0) refuse('active_time_intervals', 'active time intervals');
  if (isTrue(root.at('continue'))) {
    root
      .at('continue')
      .error('config/root-route', 'cannot have continue in root route', 'nothing comes after the root', 'key');
  }
}

function compileChildren(
  parent: Node,
  above: Inherited & { readonly id: string; readonly key: string },
  context: RouteContext,
): readonly Route[] {
  const routes: Route[] = [];
  for (const entry of parent.at('routes').items()) {
    if (entry.value === null)
      entry.error('config/null-entry', 'missing route: the list entry is empty', 'remove the dash or fill it in');
    else if (entry.isMapping) routes.push(compileChild(entry, routes, above, context));
  }
  return routes;
}

function compileChild(
  node: Node,
  earlier: readonly Route[],
  above: Inherited & { readonly id: string; readonly key: string },
  context: RouteContext,
): Route {
  const inherited = inherit(node, above, context);
  warnAboutTimers(node, inherited, context, false);
  const matchers = compileMatchers(node, { matchers: 'matchers', match: 'match', matchRe: 'match_re' }, context.mode);
  const text = printMatchers(matchers);
  const key = `${above.key}/${text}`;
  // Counted among its equals, not among all: another route put before it must not make it another one.
  const equals = earlier.filter((route) => route.key === key).length;
  const names = { id: `${above.id}/${text}/${equals}`, key };
  return {
    ...inherited,
    ...names,
    matchers,
    continue: isTrue(node.at('continue')),
    muteTimeIntervals: compileIntervalNames(node.at('mute_time_intervals'), context),
    activeTimeIntervals: compileIntervalNames(node.at('active_time_intervals'), context),
    routes: compileChildren(node, { ...inherited, ...names }, context),
  };
}

function inherit(node: Node, above: Inherited, context: RouteContext): Inherited {
  return {
    receiver: compileReceiver(node.at('receiver'), context) ?? above.receiver,
    groupBy: compileGroupBy(node.at('group_by'), context.mode) ?? above.groupBy,
    groupWait: compileTimer(node.at('group_wait')) ?? above.groupWait,
    groupInterval: compileTimer(node.at('group_interval'), 'never zero') ?? above.groupInterval,
    repeatInterval: compileTimer(node.at('repeat_interval'), 'never zero') ?? above.repeatInterval,
    labels: compileLabels(node.at('labels'), above.labels, context),
  };
}

function compileReceiver(node: Node, context: RouteContext): string | null {
  if (node.text === '') return null;
  if (context.receivers !== null && !context.receivers.has(node.text)) {
    const message = `undefined receiver ${goQuote(node.text)} used in route`;
    node.error('config/undefined-receiver', message, nearestOf(node.text, 'receivers', context.receivers));
  }
  return node.text;
}

function compileGroupBy(node: Node, mode: MatcherMode): Route['groupBy'] | null {
  if (!Array.isArray(node.value)) return null;
  const names: string[] = [];
  let all: Node | null = null;
  for (const entry of node.entries('label name')) {
    if (entry.text === '...') {
      all = entry;
    } else if (!isValidLabelName(entry.text, labelNames(mode))) {
      entry.error('config/bad-label-name', `invalid label name ${goQuote(entry.text)} in group_by list`);
    } else if (names.includes(entry.text)) {
      entry.error('config/bad-group-by', `duplicated label ${goQuote(entry.text)} in group_by`);
    } else {
      names.push(entry.text);
    }
  }
  if (all !== null && names.length > 0) {
    const message = 'cannot have wildcard group_by (`...`) and other labels at the same time';
    all.error('config/bad-group-by', message, "group_by: ['...'] alone groups by all labels");
  }
  return all === null ? names : 'all';
}

/** The schema has refused what is no duration. */
function compileTimer(node: Node, zero?: 'never zero'): DurationMs | null {
  if (typeof node.value !== 'string') return null;
  const parsed = parseDuration(node.value);
  if (!parsed.ok) return null;
  if (parsed.ms === 0 && zero !== undefined) {
    node.error('config/zero-timer', `${node.path.at(-1)} cannot be zero`, 'the shortest is 1ms');
    return null;
  }
  return parsed.ms;
}

function compileLabels(node: Node, above: Route['labels'], { mode, template }: RouteContext): Route['labels'] {
  const labels = new Map(above);
  for (const [name, entry] of node.fields()) {
    template(entry.path, entry.text, 'text');
    if (isValidLabelName(name, labelNames(mode))) labels.set(name, entry.text);
    else entry.error('config/bad-label-name', `invalid label name ${goQuote(name)} in route labels`, undefined, 'key');
  }
  return [...labels].toSorted(([a], [b]) => compareUtf8(a, b));
}

function compileIntervalNames(list: Node, context: RouteContext): readonly string[] {
  const names: string[] = [];
  for (const entry of list.entries('time interval name')) {
    if (typeof entry.value !== 'string') continue;
    names.push(entry.text);
    if (context.timeIntervals === null || context.timeIntervals.has(entry.text)) continue;
    const message = `undefined time interval ${goQuote(entry.text)} used in route`;
    entry.error(
      'config/undefined-time-interval',
      message,
      nearestOf(entry.text, 'time intervals', context.timeIntervals),
    );
  }
  return names;
}

function nearestOf(name: string, what: string, known: ReadonlySet<string>): string {
  const nearest = closest(name, known);
  if (nearest !== null) return `did you mean ${goQuote(nearest)}?`;
  if (known.size === 0) return `there are no ${what}`;
  const few = [...known].slice(0, 5).map(goQuote).join(', ');
  return `known ${what}: ${few}${known.size > 5 ? ', …' : ''}`;
}

/** Said where a route sets one of the timers: what it only inherits has been said above it. */
function warnAboutTimers(node: Node, timers: Inherited, context: RouteContext, isRoot: boolean): void {
  const own = ['repeat_interval', 'group_interval'].map((key) => node.at(key)).find((timer) => timer.isSet);
  const place = own ?? (isRoot ? node : null);
  if (place === null) return;
  if (timers.repeatInterval > context.retention && (isRoot || node.at('repeat_interval').isSet)) {
    const message = 'repeat_interval is greater than the data retention period';
    place.warn(
      'config/repeat-interval',
      message,
      'notifications can repeat more often than it says: raise --data.retention',
    );
  }
  if (timers.repeatInterval < timers.groupInterval) {
    const message = 'repeat_interval is less than group_interval';
    place.warn('config/repeat-interval', message, 'notifications do not repeat until the next group_interval');
  }
}

const isTrue = (node: Node): boolean => readBool(node.text) === true;
