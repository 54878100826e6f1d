// One rule: its expression read and checked, its templates read, its keys as Prometheus wants them. Every mistake is
// reported; a rule with any is none.
import type { Node } from '../input/node.ts';
import { isValidLabelName } from '../model/label-name.ts';
import { compareUtf8 } from '../model/order.ts';
import type { Position } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import type { Expr, PromqlOptions } from '../promql/ast.ts';
import { compilePromql } from '../promql/check.ts';
import { neededSelector } from '../promql/needs.ts';
import { printPromql } from '../promql/print.ts';
import { thresholdOf } from '../promql/threshold.ts';
import { checkTemplates } from './check-templates.ts';
import type { RuleIds } from './identity.ts';
import { GROUP_KEYS, MISPLACED, RULE_KEYS } from './keys.ts';
import { readsOf, type Read } from './lint-reads.ts';
import { lintRule } from './lint.ts';
import type { Refer, Referred } from './names.ts';
import type { RuleOptions } from './options.ts';
import type { Place } from './placed-doc.ts';
import {
  readDuration,
  readEntries,
  readFlag,
  readText,
  readWhole,
  refuseUnknownKeys,
  expectMapping,
  type Entry,
} from './read.ts';
import type { Rule, RuleThreshold } from './rule.ts';

/** What a rule takes from its group. */
export interface RuleContext {
  readonly options: RuleOptions;
  readonly interval: DurationMs;
  readonly labels: readonly Entry[];
  readonly notify: string | null;
  readonly debug: boolean;
  readonly ids: RuleIds;
  readonly refer: Refer;
  readonly position: (node: Node) => Position;
  readonly place: Place;
  /** Whether anything was refused since the group began. */
  readonly errors: () => number;
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly expr: Expr;
  /** For lints: none unless they are wanted. */
  readonly reads: readonly Read[];
}

/** update_entries_limit */
const REMEMBERED = 20;

/** null when something in it is wrong. */
export function compileRule(node: Node, context: RuleContext): CompiledRule | null {
  const before = context.errors();
  if (!node.isSet || !expectMapping(node, 'a rule')) {
    if (!node.isSet) node.error('rules/required', "one of 'record' or 'alert' must be set");
    return null;
  }
  const { options } = context;
  refuseUnknownKeys(node, RULE_KEYS, {
    what: 'a rule',
    target: options.target,
    elsewhere: [[GROUP_KEYS, 'the group'], ...MISPLACED],
  });
  const { kind, name } = readKind(node, options);
  const expr = readExpr(node, options);
  const labels = readLabels(node.at('labels'), options);
  const annotations = kind === 'alerting' || kind === null ? readAnnotations(node.at('annotations'), options) : [];
  if (kind === 'recording') refuseInRecording(node);
  const waits = {
    for: readDuration(node.at('for'), 'for') ?? 0,
    keep: readDuration(node.at('keep_firing_for'), 'keep_firing_for') ?? 0,
  };
  const notify = readName(node.at('notify'), 'receiver', context.refer);
  const debug = readFlag(node.at('debug'), 'debug') ?? context.debug;
  const remembered = readRemembered(node.at('update_entries_limit'));
  if (kind === 'alerting')
    checkTemplates(name, [
      ['label', labels],
      ['annotation', annotations],
    ]);
  if (kind === null || expr === null || context.errors() > before) return null;

  const merged = mergeLabels(context.labels, labels);
  const id = context.ids.next({ kind, name, labels: merged });
  const at = context.position(node.at(kind === 'alerting' ? 'alert' : 'record'));
  const any = {
    id,
    name,
    at,
    query: printPromql(expr),
    needs: neededSelector(expr),
    labels: merged,
    debug,
    remembered,
  };
  const rule: Rule =
    kind === 'recording'
      ? { ...any, kind }
      : {
          ...any,
          kind,
          for: waits.for,
          keepFiringFor: waits.keep,
          annotations: annotations.map(({ name: key, value }) => [key, value] as const),
          threshold: readThreshold(expr),
          notify: notify ?? context.notify,
        };
  lintRule(node, rule, { level: options.lint, interval: context.interval, expr, labels });
  const reads = options.lint === 'none' ? [] : readsOf(node.at('expr'), expr, context.place);
  return { rule, expr, reads };
}

interface Kind {
  readonly kind: 'recording' | 'alerting' | null;
  readonly name: string;
}

function readKind(node: Node, { nameScheme }: RuleOptions): Kind {
  const record = readText(node.at('record'), 'record');
  const alert = readText(node.at('alert'), 'alert');
  if (record !== '' && alert !== '') {
    node
      .at('alert')
      .error('rules/two-kinds', "only one of 'record' and 'alert' must be set", 'make it two rules', 'key');
    return { kind: null, name: alert };
  }
  if (record === '' && alert === '') {
    const given = ['record', 'alert'].map((key) => node.at(key)).find((key) => key.value !== undefined);
    const isMisshapen = given?.isSet === true && given.text === '' && typeof given.value !== 'string';
    if (!isMisshapen) (given ?? node).error('rules/required', "one of 'record' or 'alert' must be set");
    return { kind: null, name: '' };
  }
  if (record !== '') checkRecord(node.at('record'), nameScheme);
  if (alert !== '' && !alert.isWellFormed())
    node.at('alert').error('rules/bad-name', 'the alert name is not valid UTF-8');
  return record === '' ? { kind: 'alerting', name: alert } : { kind: 'recording', name: record };
}

const LEGACY_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

function checkRecord(node: Node, scheme: 'utf8' | 'legacy'): void {
  const name = node.text;
  const brace = name.search(/[{}]/);
  if (brace !== -1) {
    const message = `braces present in the recording rule name; should it be in expr?: ${name}`;
    node.errorWithin(
      { offset: brace, length: name.length - brace },
      'rules/bad-name',
      message,
      'labels are set under labels:',
    );
  } else if (scheme === 'legacy' ? !LEGACY_METRIC.test(name) : !name.isWellFormed()) {
    const hint = scheme === 'legacy' ? 'letters, digits, _ and :, not beginning with a digit' : undefined;
    node.error('rules/bad-name', `invalid recording rule name: ${name}`, hint);
  }
}

/** Whoever evaluates may know what Prometheus hides behind flags. */
const EVERYTHING: PromqlOptions = { experimentalFunctions: true, fillModifiers: true, extendedRanges: true };
/** Of one expression: what follows from the first mistakes helps nobody. */
const MOST_PROBLEMS = 3;

function readExpr(node: Node, { target }: RuleOptions): Expr | null {
  const place = node.at('expr');
  const text = readText(place, 'expr');
  if (text === '') {
    if (!place.isSet || typeof place.value === 'string') {
      (place.value === undefined ? node : place).error('rules/required', "field 'expr' must be set in rule");
    }
    return null;
  }
  const parsed = compilePromql(text, target === 'prometheus' ? {} : EVERYTHING);
  if (parsed.ok) return parsed.expr;
  for (const { message, start, end } of parsed.problems.slice(0, MOST_PROBLEMS)) {
    const within = { offset: start, length: Math.max(1, end - start) };
    place.errorWithin(within, 'rules/bad-expr', `could not parse expression: parse error: ${message}`);
  }
  return null;
}

function readThreshold(expr: Expr): RuleThreshold | null {
  const found = thresholdOf(expr);
  return found === null ? null : { op: found.op, value: found.value, query: printPromql(found.watched) };
}

/** For groups and rules alike. */
export function readLabels(node: Node, { nameScheme }: RuleOptions): readonly Entry[] {
  const entries = readEntries(node, 'labels');
  for (const { name, value, node: entry } of entries) {
    if (name === '__name__' || !isValidLabelName(name, nameScheme)) {
      const hint = name === '__name__' ? 'the name of a series is what record says' : legacyHint(nameScheme);
      entry.error('rules/bad-label', `invalid label name: ${name}`, hint, 'key');
    }
    if (!value.isWellFormed()) entry.error('rules/bad-label', `invalid label value: ${value.toWellFormed()}`);
  }
  return entries;
}

function readAnnotations(node: Node, { nameScheme }: RuleOptions): readonly Entry[] {
  const entries = readEntries(node, 'annotations');
  for (const { name, node: entry } of entries) {
    if (isValidLabelName(name, nameScheme)) continue;
    entry.error('rules/bad-annotation', `invalid annotation name: ${name}`, legacyHint(nameScheme), 'key');
  }
  return entries;
}

const legacyHint = (scheme: 'utf8' | 'legacy'): string | undefined =>
  scheme === 'legacy' ? 'letters, digits and _, not beginning with a digit' : undefined;

function refuseInRecording(node: Node): void {
  const annotations = node.at('annotations');
  if (annotations.fields().length > 0) refuseField(annotations);
  for (const key of ['for', 'keep_firing_for']) {
    const { text } = node.at(key);
    if (text !== '' && !/^0[a-z]*$/.test(text)) refuseField(node.at(key));
  }
}

function refuseField(field: Node): void {
  const message = `invalid field '${String(field.path.at(-1))}' in recording rule`;
  field.error('rules/recording-field', message, 'it means something for alerts only: remove it', 'key');
}

function mergeLabels(group: readonly Entry[], own: readonly Entry[]): Rule['labels'] {
  const labels = new Map<string, string>();
  for (const { name, value } of [...group, ...own]) labels.set(name, value);
  return [...labels].toSorted(([a], [b]) => compareUtf8(a, b));
}

/** notify and datasource, in a group or a rule. */
export function readName(node: Node, what: Referred, refer: Refer): string | null {
  const name = readText(node, String(node.path.at(-1)));
  if (name === '') return null;
  refer(node, what);
  return name;
}

function readRemembered(node: Node): number {
  const count = readWhole(node, 'update_entries_limit') ?? REMEMBERED;
  if (count >= 1) return count;
  node.error('rules/bad-value', 'update_entries_limit must be at least 1');
  return REMEMBERED;
}
