// From the elements of an answer to matches: final labels and annotations, templates expanded. A template that fails
// does not lose the alert: its text says what went wrong.
//
// The label set of an alert is the answer's without `__name__`, the rule's labels over it (an empty expansion takes
// a label away), and `alertname`. Two elements with one final label set are an error of the rule: nobody could tell
// them apart.
import { Labels } from '../model/labels.ts';
import { Pairs } from '../model/pairs.ts';
import type { Sample, Vector } from '../model/sample.ts';
import type { AlertingRule } from '../rules/rule.ts';
import type { Match } from './alerting.ts';

/** One text of the rule, ready to be expanded for one element. */
export type Expand = (
  sample: Sample,
) => { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

export interface Expansion {
  readonly labels: readonly (readonly [name: string, expand: Expand])[];
  readonly annotations: readonly (readonly [name: string, expand: Expand])[];
}

export type Expanded =
  | { readonly ok: true; readonly matches: readonly Match[]; readonly templateErrors: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * What was expanded for an element stays good while the element stays the same: templates without `query` depend
 * on nothing else. Keyed by the Labels object, which data sources reuse.
 */
export class ExpansionMemory {
  #last = new Map<Labels, { readonly sample: Sample; readonly match: Match }>();
  #next = new Map<Labels, { readonly sample: Sample; readonly match: Match }>();

  recall({ labels, value, histogram }: Sample): Match | null {
    const known = this.#last.get(labels);
    if (known === undefined || histogram !== null || !Object.is(known.sample.value, value)) return null;
    this.#next.set(labels, known);
    return known.match;
  }

  keep(sample: Sample, match: Match): void {
    this.#next.set(sample.labels, { sample, match });
  }

  /** Elements not seen in this answer are forgotten. */
  turn(): void {
    this.#last = this.#next;
    this.#next = new Map();
  }
}

export function expandAll(
  rule: Pick<AlertingRule, 'name'>,
  expansion: Expansion,
  vector: Vector,
  memory: ExpansionMemory | null,
): Expanded {
  const matches: Match[] = [];
  const templateErrors: string[] = [];
  const taken = new Map<string, Labels>();
  for (const sample of vector) {
    let match = memory?.recall(sample) ?? null;
    if (match === null) {
      const errors = templateErrors.length;
      match = expandOne(rule, expansion, sample, templateErrors);
      if (templateErrors.length === errors) memory?.keep(sample, match);
    }
    const other = taken.get(match.labels.key);
    if (other !== undefined) {
      const both = `${other.toString()} and ${sample.labels.toString()}`;
      return {
        ok: false,
        message: `vector contains metrics with the same labelset after applying alert labels: ${both}`,
      };
    }
    taken.set(match.labels.key, sample.labels);
    matches.push(match);
  }
  memory?.turn();
  return { ok: true, matches, templateErrors };
}

function expandOne(rule: Pick<AlertingRule, 'name'>, expansion: Expansion, sample: Sample, errors: string[]): Match {
  const text = ([name, expand]: readonly [string, Expand]): [string, string] => {
    const result = expand(sample);
    if (result.ok) return [name, result.text];
    errors.push(result.message);
    return [name, `<error expanding template: ${result.message}>`];
  };
  const labels = new Map(sample.labels);
  labels.delete('__name__');
  for (const [name, value] of expansion.labels.map(text)) labels.set(name, value);
  labels.set('alertname', rule.name);
  return {
    labels: Labels.of(labels),
    annotations: Pairs.from(expansion.annotations.map(text)),
    value: sample.value,
  };
}
