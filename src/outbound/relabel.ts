// Relabeling: rules that rewrite a label set, or drop what carries it. Prometheus' semantics, down to the order in
// which labelmap meets labels that earlier rules have added. What rules may say is checked in compile-relabel.ts.
import { hash } from 'node:crypto';
import type { RelabelRule } from '../config/config.ts';
import { isValidLabelName, type LabelNameMode } from '../model/label-name.ts';
import { Labels } from '../model/labels.ts';
import { caseByRune } from '../model/letter-case.ts';
import { compileRegex, type CompiledSearch, type SearchRegex } from '../model/regex.ts';
import { expand, parseReplacement, type Replacement } from '../model/replacement.ts';

/** null: dropped. The same object when nothing changed. */
export function relabel(rules: readonly RelabelRule[], labels: Labels, names: LabelNameMode = 'utf8'): Labels | null {
  if (rules.length === 0) return labels;
  const draft = new Draft(labels);
  for (const rule of rules) if (!apply(rule, draft, names)) return null;
  return draft.finish();
}

/** Anchored at both ends, and a dot is any character at all. */
export function compileRelabelRegex(pattern: string): CompiledSearch {
  return compileRegex(`^(?s:${pattern})$`);
}

/** false: dropped. */
function apply(rule: RelabelRule, draft: Draft, names: LabelNameMode): boolean {
  const { regex, target, replacement } = preparedOf(rule);
  const value = rule.sourceLabels.map((name) => draft.get(name)).join(rule.separator);
  switch (rule.action) {
    case 'keep':
      return regex.test(value);
    case 'drop':
      return !regex.test(value);
    case 'keepequal':
      return draft.get(rule.targetLabel) === value;
    case 'dropequal':
      return draft.get(rule.targetLabel) !== value;
    case 'replace': {
      const [match] = regex.matches(value);
      if (match === undefined) return true;
      const name = expand(target, match);
      if (isValidLabelName(name, names)) draft.set(name, expand(replacement, match));
      return true;
    }
    case 'lowercase':
      draft.set(rule.targetLabel, caseByRune(value, 'lower'));
      return true;
    case 'uppercase':
      draft.set(rule.targetLabel, caseByRune(value, 'upper'));
      return true;
    case 'hashmod':
      draft.set(rule.targetLabel, hashMod(value, rule.modulus));
      return true;
    case 'labelmap':
      for (const [name, kept] of draft.entries()) {
        if (regex.test(name)) draft.set(replaceAll(regex, name, replacement), kept);
      }
      return true;
    case 'labeldrop':
      for (const [name] of draft.entries()) if (regex.test(name)) draft.delete(name);
      return true;
    case 'labelkeep':
      for (const [name] of draft.entries()) if (!regex.test(name)) draft.delete(name);
      return true;
  }
}

interface Prepared {
  readonly regex: SearchRegex;
  readonly target: Replacement;
  readonly replacement: Replacement;
}

const PREPARED = new WeakMap<RelabelRule, Prepared>();

function preparedOf(rule: RelabelRule): Prepared {
  const known = PREPARED.get(rule);
  if (known !== undefined) return known;
  const compiled = compileRelabelRegex(rule.regex);
  if (!compiled.ok) throw new Error(`a relabel rule was not checked: ${compiled.message}`);
  const prepared = {
    regex: compiled.regex,
    target: parseReplacement(rule.targetLabel),
    replacement: parseReplacement(rule.replacement),
  };
  PREPARED.set(rule, prepared);
  return prepared;
}

function replaceAll(regex: SearchRegex, text: string, replacement: Replacement): string {
  let out = '';
  let from = 0;
  for (const match of regex.matches(text)) {
    out += text.slice(from, match.start) + expand(replacement, match);
    from = match.end;
  }
  return out + text.slice(from);
}

function hashMod(value: string, modulus: number): string {
  const bits = hash('md5', value, 'buffer').readBigUInt64BE(8);
  return String(bits % BigInt(modulus));
}

/** A label set under change. What was there and stays untouched comes first, then what was set, in that order. */
class Draft {
  readonly #base: Labels;
  readonly #set = new Map<string, string>();
  readonly #gone = new Set<string>();

  constructor(base: Labels) {
    this.#base = base;
  }

  get(name: string): string {
    const set = this.#set.get(name);
    if (set !== undefined) return set;
    return this.#gone.has(name) ? '' : this.#base.get(name);
  }

  /** An empty value deletes. */
  set(name: string, value: string): void {
    if (value === '') this.delete(name);
    else this.#set.set(name, value);
  }

  delete(name: string): void {
    this.#set.delete(name);
    this.#gone.add(name);
  }

  /** As it is now: later changes do not show. */
  entries(): readonly (readonly [name: string, value: string])[] {
    const untouched = [...this.#base].filter(([name]) => !this.#gone.has(name) && !this.#set.has(name));
    return [...untouched, ...this.#set];
  }

  finish(): Labels {
    if (this.#set.size === 0 && this.#gone.size === 0) return this.#base;
    const labels = Labels.of(this.entries());
    return labels.key === this.#base.key ? this.#base : labels;
  }
}
