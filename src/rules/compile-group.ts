// One group: how and when it is evaluated, and its rules. A group with any mistake in it is none, and takes no other
// group with it.
import type { Node } from '../input/node.ts';
import { goQuote } from '../model/go-quote.ts';
import type { Position } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import { dependencies } from '../promql/uses.ts';
import { compileRule, readLabels, readName, type CompiledRule, type RuleContext } from './compile-rule.ts';
import { fingerprintOf, RuleIds } from './identity.ts';
import { GROUP_KEYS, RULE_KEYS } from './keys.ts';
import type { GroupReads } from './lint-reads.ts';
import type { Refer, Referred } from './names.ts';
import type { RuleOptions } from './options.ts';
import type { Place } from './placed-doc.ts';
import {
  expectList,
  expectMapping,
  readDuration,
  readFlag,
  readText,
  readTexts,
  readWhole,
  refuseUnknownKeys,
} from './read.ts';
import type { RuleGroup } from './rule.ts';

export interface GroupContext {
  readonly options: RuleOptions;
  /** What its id begins with. */
  readonly file: string;
  readonly position: (node: Node) => Position;
  readonly place: Place;
  /** How much has been refused in this group so far. */
  readonly errors: () => number;
  /** The same place, with this said in front of what is wrong there. */
  readonly about: (node: Node, subject: string) => Node;
  /** The same of a name that stands there. */
  readonly refer: (node: Node, subject: string, what: Referred) => void;
}

/** What is said in front of whatever is wrong in a group. */
export const groupSubject = (name: string): string => (name === '' ? '' : `group ${goQuote(name)}: `);

export const groupId = (file: string, name: string): string => `${file};${name}`;

/** null when something in it is wrong. Stops before each rule. */
export function* compileGroup(node: Node, context: GroupContext): Generator<undefined, GroupReads | null> {
  const { options, file } = context;
  const name = node.at('name').text;
  const { target } = options;
  refuseUnknownKeys(node, GROUP_KEYS, {
    what: 'a group',
    target,
    elsewhere: [
      [RULE_KEYS, 'a rule'],
      [FILE_LEVEL, 'the top level'],
    ],
  });
  refuseForeign(node);
  const interval = readDuration(node.at('interval'), 'interval') || options.evaluationInterval;
  const labels = readLabels(node.at('labels'), options);
  const refer: Refer = (at, what) => context.refer(at, groupSubject(name), what);
  const group = {
    id: groupId(file, name),
    file,
    name,
    at: context.position(node.at('name')),
    interval,
    ...readTiming(node, interval, options),
    limit: Math.max(0, readWhole(node.at('limit'), 'limit') ?? 0),
    concurrency: readConcurrency(node.at('concurrency')),
    datasource: readName(node.at('datasource'), 'data source', refer),
    notify: readName(node.at('notify'), 'receiver', refer),
    params: readParams(node.at('params')),
    headers: withTenants(node.at('source_tenants'), readHeaders(node.at('headers'), 'headers')),
    notifierHeaders: readHeaders(node.at('notifier_headers'), 'notifier_headers'),
    partialResponse: readPartialResponse(node.at('partial_response_strategy')),
    sourceTenants: readTexts(node.at('source_tenants'), 'source_tenants'),
  };
  const compiled = yield* compileRules(node.at('rules'), name, context, {
    options,
    interval,
    labels,
    notify: group.notify,
    debug: readFlag(node.at('debug'), 'debug') ?? false,
    ids: new RuleIds(),
    position: context.position,
    place: context.place,
    errors: context.errors,
  });
  if (context.errors() > 0) return null;
  const rules = compiled.map(({ rule }) => rule);
  const whole = { ...group, rules, dependencies: dependenciesOf(compiled) };
  const reads = compiled.map((rule) => rule.reads);
  return { group: { ...whole, fingerprint: fingerprintOf(whole) }, reads };
}

const FILE_LEVEL = new Map([['groups', 'prometheus' as const]]);

/** Nobody knows what a nameless selector reads: then every rule waits for all before it. */
function dependenciesOf(rules: readonly CompiledRule[]): RuleGroup['dependencies'] {
  const found = dependencies(rules.map(({ rule: { kind, name }, expr }) => ({ kind, name, expr })));
  return found.known ? found.reads : rules.map((_, index) => Array.from({ length: index }, (__, before) => before));
}

function* compileRules(
  list: Node,
  group: string,
  context: GroupContext,
  shared: Omit<RuleContext, 'refer'>,
): Generator<undefined, readonly CompiledRule[]> {
  if (!expectList(list, 'rules')) return [];
  const rules: CompiledRule[] = [];
  for (const [index, entry] of list.items().entries()) {
    yield;
    const name = entry.at('alert').text || entry.at('record').text;
    const subject = `group ${goQuote(group)}, rule ${index + 1}, ${goQuote(name)}: `;
    const refer: Refer = (node, what) => context.refer(node, subject, what);
    const rule = compileRule(context.about(entry, subject), { ...shared, refer });
    if (rule !== null) rules.push(rule);
  }
  return rules;
}

/** What only a server of another kind could carry out. */
function refuseForeign(node: Node): void {
  const type = node.at('type');
  if (type.text !== '' && type.text !== 'prometheus') {
    const isKnown = ['graphite', 'vlogs'].includes(type.text);
    const message = isKnown
      ? `groups of type ${goQuote(type.text)} are not supported`
      : `unknown group type ${goQuote(type.text)}`;
    type.error('rules/unsupported', message, 'the only type here is "prometheus"');
  }
  if (node.at('remote_write').isSet) {
    const hint = 'it is in the configuration, for all groups';
    node.at('remote_write').error('rules/unsupported', 'remote_write is not supported in a group', hint, 'key');
  }
  if (node.at('tenant').isSet) {
    const hint = 'choose a datasource with that tenant';
    node.at('tenant').error('rules/unsupported', 'tenant is not supported in a group', hint, 'key');
  }
}

type Timing = Pick<RuleGroup, 'queryOffset' | 'evalOffset' | 'isAligned'>;

/** query_offset, eval_delay and evaluation_delay are three names of one thing. */
function readTiming(node: Node, interval: DurationMs, { ruleQueryOffset }: RuleOptions): Timing {
  const delays = ['query_offset', 'eval_delay', 'evaluation_delay'].filter((key) => node.at(key).isSet);
  const offsets = delays.map((key) => readDuration(node.at(key), key));
  const [queryOffset = null] = offsets;
  const other = offsets.findIndex((offset) => offset !== queryOffset);
  if (other !== -1) {
    const message = `${delays[0]} and ${delays[other]} mean the same: give one`;
    node.at(delays[other]!).error('rules/exclusive', message, undefined, 'key');
  }
  const alignments = ['eval_alignment', 'align_evaluation_time_on_interval'];
  const isAligned = alignments.map((key) => readFlag(node.at(key), key)).some((flag) => flag === true);
  return { queryOffset: queryOffset ?? ruleQueryOffset, evalOffset: readEvalOffset(node, interval), isAligned };
}

function readEvalOffset(node: Node, interval: DurationMs): DurationMs | null {
  const place = node.at('eval_offset');
  const offset = readDuration(place, 'eval_offset', 'any');
  if (offset === null) return null;
  if (!node.at('interval').isSet) {
    place.error('rules/bad-value', 'eval_offset needs an interval in the group', 'add interval:', 'key');
  } else if (Math.abs(offset) > interval) {
    place.error('rules/bad-value', 'eval_offset must not be longer than the interval');
  }
  if (node.at('eval_delay').isSet) {
    place.error('rules/exclusive', 'eval_offset and eval_delay cannot both be set', undefined, 'key');
  }
  return ((offset % interval) + interval) % interval;
}

function readConcurrency(node: Node): number | null {
  const count = readWhole(node, 'concurrency');
  if (count !== null && count < 0) node.error('rules/bad-value', 'concurrency cannot be negative');
  return count === null || count < 1 ? null : count;
}

/** What every question brings itself; a timeout of the group's own may be shorter. */
const OWN_PARAMS: ReadonlyMap<string, string> = new Map([
  ['query', 'it is the expression of the rule'],
  ['time', 'it is the time of the evaluation'],
]);

function readParams(node: Node): RuleGroup['params'] {
  if (!expectMapping(node, 'params')) return [];
  for (const [name, place] of node.fields()) {
    const why = OWN_PARAMS.get(name);
    if (why === undefined) continue;
    place.error('rules/bad-value', `params cannot set ${goQuote(name)}: ${why}`, undefined, 'key');
  }
  return node.fields().map(([name, values]) => [name, readTexts(values, `params ${goQuote(name)}`)] as const);
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function readHeaders(list: Node, what: string): RuleGroup['headers'] {
  if (!expectList(list, what)) return [];
  const headers: (readonly [string, string])[] = [];
  for (const item of list.items()) {
    const text = readText(item, what);
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(0, colon)).trim();
    const value = text.slice(colon + 1).trim();
    if (TOKEN.test(name) && !/[\0-\x08\x0a-\x1f\x7f]/.test(value)) headers.push([name, value]);
    else if (typeof item.value === 'string') {
      item.error('rules/bad-value', `${what}: ${goQuote(text)} is not a header`, 'as in "X-Scope-OrgID: team"');
    }
  }
  return headers;
}

const TENANT_HEADER = 'X-Scope-OrgID';
const TENANT = /^[A-Za-z0-9!\-_.*'()]+$/;

/** source_tenants: all of them are asked at once, by naming them in one header. */
function withTenants(list: Node, headers: RuleGroup['headers']): RuleGroup['headers'] {
  const tenants = readTexts(list, 'source_tenants');
  if (tenants.length === 0) return headers;
  if (headers.some(([name]) => name.toLowerCase() === TENANT_HEADER.toLowerCase())) {
    const message = `source_tenants and the header ${TENANT_HEADER} mean the same: give one`;
    list.error('rules/exclusive', message, undefined, 'key');
  }
  for (const item of list.items()) {
    if (typeof item.value !== 'string' || TENANT.test(item.value)) continue;
    const message = `source_tenants: ${goQuote(item.value)} is not the name of a tenant`;
    item.error('rules/bad-value', message, "letters, digits and !-_.*'()");
  }
  return [...headers, [TENANT_HEADER, tenants.join('|')]];
}

function readPartialResponse(node: Node): RuleGroup['partialResponse'] {
  const text = readText(node, 'partial_response_strategy').toLowerCase();
  if (text === '' || text === 'abort' || text === 'warn') return text === '' ? null : text;
  node.error('rules/bad-value', `partial_response_strategy: ${goQuote(node.text)} is none of "abort", "warn"`);
  return null;
}
