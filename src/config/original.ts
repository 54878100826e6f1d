// The configuration written back as YAML: what /api/v2/status shows and `amtool config show` and `config routes test`
// read. Defaults filled in where upstream fills them, secrets hidden. Keys that amtool 0.25 does not know appear
// only when the file has them, so that it can read this too.
import { readBool } from '../input/scalar.ts';
import { CommentedOut, printYaml, type Printable } from '../input/print-yaml.ts';
import { integrationKinds } from '../integrations/registry.ts';
import { parseDuration, printDuration } from '../model/duration.ts';
import { compareMatchers } from '../model/matcher.ts';
import { parseMatchers, printMatcher, type MatcherMode } from '../model/matcher-parse.ts';
import { printHttpConfig, printTls } from '../outbound/print.ts';
import type { Config, Receiver, RulesConfig, TimeInterval, TimeIntervalElement } from './config.ts';
import { printEventRecorder } from './event-recorder.ts';
import { globalFields, type Global, type GlobalForm } from './global.ts';
import type { Intervals } from './intervals.ts';
import type { Node } from '../input/node.ts';
import { printRuleGlobals, printRules } from './print-rules.ts';
import { printRange, printTimeOfDay, weekdayName } from './ranges.ts';
import { isUpstreamKey } from './receivers.ts';
import { printTracing } from './tracing.ts';

type Field = readonly [key: string, value: Printable];

export interface Compiled {
  readonly global: Global;
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly intervals: Intervals;
  readonly templates: Config['templates'];
  readonly rules: RulesConfig;
  readonly eventRecorder: Config['eventRecorder'];
  readonly tracing: Config['tracing'];
  readonly mode: MatcherMode;
}

export function printOriginal(root: Node, compiled: Compiled): string {
  const { global, receivers, intervals, templates, rules, eventRecorder, tracing, mode } = compiled;
  return printYaml(
    new Map<string, Printable>([
      ['global', new Map([...printGlobal(root.at('global'), global), ...printRuleGlobals(rules)])],
      ['route', printRoute(root.at('route'), mode)],
      ...some(
        'inhibit_rules',
        root
          .at('inhibit_rules')
          .items()
          .map((rule) => printInhibitRule(rule, mode)),
      ),
      ...some(
        'receivers',
        root
          .at('receivers')
          .items()
          .map((entry) => printReceiver(entry, receivers)),
      ),
      ['templates', templates.map(({ pattern }) => pattern)],
      ...some('mute_time_intervals', intervals.muteTimeIntervals.map(printInterval)),
      ...some('time_intervals', intervals.timeIntervals.map(printInterval)),
      ...printTracing(tracing),
      ...printEventRecorder(eventRecorder),
      ...printRules(rules),
    ]),
  );
}

const some = (key: string, list: readonly Printable[]): readonly Field[] => (list.length === 0 ? [] : [[key, list]]);

function printGlobal(node: Node, global: Global): readonly Field[] {
  const fields: Field[] = [];
  for (const { key, form, otherwise = '' } of globalFields) {
    const text = node.at(key).isSet ? node.at(key).text : otherwise;
    if (form === 'http') fields.push([key, printHttpConfig(global.http)]);
    else if (form === 'tls')
      fields.push(...(global.smtpTls === null ? [] : [[key, printTls(global.smtpTls)] as const]));
    else if (text !== '') fields.push([key, printForm(form, text)]);
  }
  return fields;
}

function printForm(form: GlobalForm, text: string): Printable {
  switch (form) {
    case 'secret':
    case 'secret-url':
      return '<secret>';
    case 'bool':
      return readBool(text) === true;
    case 'duration':
      return printTimer(text);
    default:
      return text;
  }
}

function printTimer(text: string): string {
  const parsed = parseDuration(text);
  return parsed.ok ? printDuration(parsed.ms) : text;
}

function printRoute(node: Node, mode: MatcherMode): Printable {
  // Unlike upstream, an explicit empty group_by is shown: it overrides the parent's.
  const groupBy = node.at('group_by');
  return new Map<string, Printable>([
    ...textField(node, 'receiver'),
    ...(Array.isArray(groupBy.value) ? [['group_by', textsOf(groupBy)] as const] : []),
    ...mappingField(node, 'match'),
    ...mappingField(node, 'match_re'),
    ...matchersField(node, 'matchers', mode),
    ...some('mute_time_intervals', textsOf(node.at('mute_time_intervals'))),
    ...some('active_time_intervals', textsOf(node.at('active_time_intervals'))),
    ['continue', readBool(node.at('continue').text) === true],
    ...some(
      'routes',
      node
        .at('routes')
        .items()
        .map((child) => printRoute(child, mode)),
    ),
    ...timerField(node, 'group_wait'),
    ...timerField(node, 'group_interval'),
    ...timerField(node, 'repeat_interval'),
    ...mappingField(node, 'labels'),
  ]);
}

function printInhibitRule(node: Node, mode: MatcherMode): Printable {
  const sides = ['source', 'target'].flatMap((side) => [
    ...mappingField(node, `${side}_match`),
    ...mappingField(node, `${side}_match_re`),
    ...matchersField(node, `${side}_matchers`, mode),
  ]);
  return new Map<string, Printable>([
    ...textField(node, 'name'),
    ...sides,
    ...some('equal', textsOf(node.at('equal'))),
  ]);
}

function printReceiver(entry: Node, receivers: ReadonlyMap<string, Receiver>): Printable {
  const name = entry.at('name').text;
  const receiver = receivers.get(name);
  const lists = integrationKinds.flatMap((kind) => {
    const own = receiver?.integrations.filter(({ config }) => config.kind === kind.kind) ?? [];
    const printed = own.map(
      ({ sendResolved, config }) => new Map<string, Printable>([['send_resolved', sendResolved], ...config.print()]),
    );
    if (printed.length === 0) return [];
    // amtool refuses a file with keys it does not know.
    return [[kind.key, isUpstreamKey(kind.key) ? printed : new CommentedOut(printed)] as const];
  });
  const labels = entry.at('labels').fields().length === 0 ? [] : [['labels', new Map(receiver?.labels ?? [])] as const];
  const ours = ['language', 'timezone', 'fallback'].flatMap((key) =>
    entry.at(key).isSet ? [[key, new CommentedOut(entry.at(key).text)] as const] : [],
  );
  return new Map<string, Printable>([['name', name], ...labels, ...lists, ...ours]);
}

function printInterval({ name, elements }: TimeInterval): Printable {
  return new Map<string, Printable>([
    ['name', name],
    ['time_intervals', elements.map(printElement)],
  ]);
}

function printElement(element: TimeIntervalElement): Printable {
  const times = element.times.map(
    ({ startMinute, endMinute }) =>
      new Map([
        ['start_time', printTimeOfDay(startMinute)],
        ['end_time', printTimeOfDay(endMinute)],
      ]),
  );
  return new Map<string, Printable>([
    ...some('times', times),
    ...some(
      'weekdays',
      element.weekdays.map((range) => printRange(range, weekdayName)),
    ),
    ...some(
      'days_of_month',
      element.daysOfMonth.map((range) => printRange(range)),
    ),
    ...some(
      'months',
      element.months.map((range) => printRange(range)),
    ),
    ...some(
      'years',
      element.years.map((range) => printRange(range)),
    ),
    ...(element.location === 'UTC' ? [] : [['location', element.location] as const]),
  ]);
}

function textField(node: Node, key: string): readonly Field[] {
  return node.at(key).text === '' ? [] : [[key, node.at(key).text]];
}

function timerField(node: Node, key: string): readonly Field[] {
  return node.at(key).isSet ? [[key, printTimer(node.at(key).text)]] : [];
}

function mappingField(node: Node, key: string): readonly Field[] {
  const fields = node
    .at(key)
    .fields()
    .map(([name, value]) => [name, value.text] as const);
  return fields.length === 0 ? [] : [[key, new Map(fields)]];
}

function matchersField(node: Node, key: string, mode: MatcherMode): readonly Field[] {
  const matchers = textsOf(node.at(key)).flatMap((text) => {
    const parsed = parseMatchers(text, mode);
    return parsed.ok ? parsed.matchers : [];
  });
  return some(key, matchers.toSorted(compareMatchers).map(printMatcher));
}

const textsOf = (list: Node): readonly string[] => list.items().map((item) => item.text);
