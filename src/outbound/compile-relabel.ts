// Lists of relabeling rules in a configuration: their shape, and Prometheus' rules about which field goes with
// which action. What rules do is in relabel.ts.
import type { RelabelAction, RelabelRule } from '../config/config.ts';
import { readInt } from '../input/scalar.ts';
import { closest } from '../input/suggest.ts';
import { goQuote } from '../model/go-quote.ts';
import { isValidLabelName, type LabelNameMode } from '../model/label-name.ts';
import { compileRelabelRegex } from './relabel.ts';
import type { Path } from '../input/doc.ts';
import type { Report } from '../input/node.ts';
import { Section } from './section.ts';

const text = { type: ['string', 'null'] };

/** A list of rules as JSON Schema. */
export const relabelSchema = {
  type: ['array', 'null'],
  items: {
    type: ['object', 'null'],
    properties: {
      source_labels: { type: ['array', 'null'], items: { type: 'string' } },
      separator: text,
      regex: text,
      modulus: { type: ['string', 'null'], format: 'uint' },
      target_label: text,
      replacement: text,
      action: text,
    },
    additionalProperties: false,
  },
} as const;

export interface RelabelContext {
  readonly report: Report;
  readonly names: LabelNameMode;
  /** What a null entry is called, as `alert relabeling rule`. */
  readonly what: string;
}

/** The rules that are right; what is wrong is reported. */
export function compileRelabel(value: unknown, path: Path, context: RelabelContext): readonly RelabelRule[] {
  if (!Array.isArray(value)) return [];
  const rules: RelabelRule[] = [];
  value.forEach((entry: unknown, index) => {
    const at = [...path, index];
    if (entry === null) {
      const message = `empty or null ${context.what}`;
      context.report(at, 'value', 'config/null-entry', message, 'remove the dash or fill it in');
    } else if (typeof entry === 'object') {
      const rule = compileRule(Section.open(entry, at, context.report, ''), context.names);
      if (rule !== null) rules.push(rule);
    }
  });
  return rules;
}

const ACTIONS: readonly RelabelAction[] = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
];
const DEFAULTS = { separator: ';', regex: '(.*)', replacement: '$1' } as const;

/** Those that write target_label, or compare with it. */
const TARGETING: readonly RelabelAction[] = ['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal'];

function compileRule(section: Section, names: LabelNameMode): RelabelRule | null {
  const action = compileAction(section);
  const regex = given(section, 'regex', DEFAULTS.regex);
  const compiled = compileRelabelRegex(regex);
  if (!compiled.ok) section.refuseValue('regex', 'config/bad-value', compiled.message);
  if (action === null || section.refused) return null;
  const rule: RelabelRule = {
    action,
    sourceLabels: section.list('source_labels'),
    separator: given(section, 'separator', DEFAULTS.separator),
    regex,
    modulus: readInt(section.text('modulus')) ?? 0,
    targetLabel: section.text('target_label'),
    replacement: given(section, 'replacement', DEFAULTS.replacement),
  };
  refuseFields(section, rule, names);
  return section.refused ? null : rule;
}

/** A key that is written without a value is the empty text here, unlike elsewhere. */
function given(section: Section, key: string, otherwise: string): string {
  return section.raw(key) === undefined ? otherwise : section.text(key);
}

function compileAction(section: Section): RelabelAction | null {
  const raw = section.raw('action');
  if (raw === undefined) return 'replace';
  if (raw === null) {
    section.refuse('action', 'config/required', 'relabel action cannot be empty', `one of ${ACTIONS.join(', ')}`);
    return null;
  }
  const lower = section.text('action').toLowerCase();
  const action = ACTIONS.find((known) => known === lower);
  if (action !== undefined) return action;
  const meant = closest(lower, ACTIONS);
  const hint = meant === null ? `one of ${ACTIONS.join(', ')}` : `did you mean "${meant}"?`;
  const message = `unknown relabel action ${goQuote(section.text('action'))}`;
  section.refuseValue('action', 'config/bad-value', message, hint);
  return null;
}

/** One message for one mistake: the first rule that is broken speaks. */
function refuseFields(section: Section, rule: RelabelRule, names: LabelNameMode): void {
  const { action, targetLabel } = rule;
  if (action === 'hashmod' && rule.modulus === 0) {
    const message = 'relabel configuration for hashmod requires non-zero modulus';
    section.refuse('modulus', 'config/required', message);
  } else if (TARGETING.includes(action) && targetLabel === '') {
    const message = `relabel configuration for ${action} action requires 'target_label' value`;
    section.refuse('target_label', 'config/required', message);
  } else if (TARGETING.includes(action) && !isTarget(targetLabel, action, names)) {
    const message = `${goQuote(targetLabel)} is invalid 'target_label' for ${action} action`;
    section.refuseValue('target_label', 'config/bad-label-name', message);
  } else if (COMPARING_OR_CASE.includes(action) && rule.replacement !== DEFAULTS.replacement) {
    section.refuse('replacement', 'config/not-allowed', `'replacement' can not be set for ${action} action`);
  } else if (action === 'labelmap' && !isNameTemplate(rule.replacement, names)) {
    const message = `${goQuote(rule.replacement)} is invalid 'replacement' for ${action} action`;
    section.refuseValue('replacement', 'config/bad-label-name', message);
  } else {
    refuseForeignFields(section, rule);
  }
}

const COMPARING_OR_CASE: readonly RelabelAction[] = ['lowercase', 'uppercase', 'keepequal', 'dropequal'];

function refuseForeignFields(section: Section, rule: RelabelRule): void {
  const { action } = rule;
  const foreign: readonly (readonly [key: string, isForeign: boolean])[] = [
    ['regex', section.raw('regex') !== undefined],
    ['source_labels', (section.raw('source_labels') ?? null) !== null],
    ['target_label', rule.targetLabel !== ''],
    ['modulus', rule.modulus !== 0],
    ['separator', rule.separator !== DEFAULTS.separator],
    ['replacement', rule.replacement !== DEFAULTS.replacement],
  ];
  const refuse = (own: readonly string[], message: string): void => {
    const key = foreign.find(([name, isForeign]) => isForeign && !own.includes(name))?.[0];
    if (key !== undefined) section.refuse(key, 'config/not-allowed', message, 'remove it');
  };
  if (action === 'keepequal' || action === 'dropequal') {
    const message = `${action} action requires only 'source_labels' and \`target_label\`, and no other fields`;
    refuse(['source_labels', 'target_label'], message);
  } else if (action === 'labeldrop' || action === 'labelkeep') {
    refuse(['regex'], `${action} action requires only 'regex', and no other fields`);
  }
}

function isTarget(label: string, action: RelabelAction, names: LabelNameMode): boolean {
  return action === 'replace' && label.includes('$') ? isNameTemplate(label, names) : isValidLabelName(label, names);
}

/** Text with variables that may become a label name. */
const LEGACY_TEMPLATE = /^(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))(?:\w|\$(?:\{\w+\}|\w+))*$/;

function isNameTemplate(template: string, names: LabelNameMode): boolean {
  return names === 'legacy' ? LEGACY_TEMPLATE.test(template) : isValidLabelName(template, names);
}
