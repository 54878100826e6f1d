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

/** One text of the rule, ready to be expanded for one element: an annotation for an alert that has its labels. */
export type Expand = (
  sample: Sample,
  alert: Labels | null,
) => { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** `isOfLabelsAlone`: nothing but the labels of the element goes into the text. */
export type NamedExpand = readonly [name: string, expand: Expand, isOfLabelsAlone?: boolean];

export interface Expansion {
  readonly labels: readonly NamedExpand[];
  readonly annotations: readonly NamedExpand[];
}

export type Expanded =
  | { readonly ok: true; readonly matches: readonly Match[]; readonly templateErrors: readonly string[] }
  | { readonly ok: false; readonly message: string };

interface Remembered {
  match: Match;
  turn: number;
}

/**
 * What was expanded for an element stays good while the element stays the same: templates without `query` depend
 * on nothing else. Keyed by the Labels object, which data sources reuse.
 */
export class ExpansionMemory {
  readonly #known = new Map<Labels, Remembered>();
  #turn = 1;
  /** Of this turn. */
  #used = 0;

  /** null when there is none, or its value is another now. */
  recall({ labels, value, histogram }: Sample): Match | null {
    const known = this.#known.get(labels);
    if (known === undefined || histogram !== null || !Object.is(known.match.value, value)) return null;
    this.#use(known);
    return known.match;
  }

  /** What it was with another value. */
  earlier({ labels }: Sample): Match | null {
    return this.#known.get(labels)?.match ?? null;
  }

  keep({ labels, histogram }: Sample, match: Match): void {
    if (histogram !== null) return;
    const known = this.#known.get(labels);
    if (known === undefined) {
      this.#known.set(labels, { match, turn: this.#turn });
      this.#used++;
    } else {
      known.match = match;
      this.#use(known);
    }
  }

  /** Elements not seen in this answer are forgotten. */
  turn(): void {
    if (this.#used < this.#known.size) {
      for (const [labels, { turn }] of this.#known) if (turn !== this.#turn) this.#known.delete(labels);
    }
    this.#turn++;
    this.#used = 0;
  }

  #use(known: Remembered): void {
    if (known.turn === this.#turn) return;
    known.turn = this.#turn;
    this.#used++;
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
      match = expandOne(rule, expansion, sample, templateErrors, memory?.earlier(sample) ?? null);
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

function expandOne(
  rule: Pick<AlertingRule, 'name'>,
  expansion: Expansion,
  sample: Sample,
  errors: string[],
  earlier: Match | null,
): Match {
  const text = ([name, expand]: NamedExpand, alert: Labels | null = null): [string, string] => {
    const result = expand(sample, alert);
    if (result.ok) return [name, result.text];
    errors.push(result.message);
    return [name, `<error expanding template: ${result.message}>`];
  };
  const labels =
    earlier !== null && isSteady(expansion.labels) ? earlier.labels : finalLabels(rule, sample, expansion, text);
  return {
    labels,
    annotations:
      earlier !== null && isSteady(expansion.annotations)
        ? earlier.annotations
        : Pairs.from(
            expansion.annotations.map((named) =>
              earlier !== null && named[2] === true
                ? [named[0], earlier.annotations.get(named[0])]
                : text(named, labels),
            ),
          ),
    value: sample.value,
  };
}

/** They are for one element what they were. */
const isSteady = (texts: readonly NamedExpand[]): boolean => texts.every((named) => named[2] === true);

function finalLabels(
  rule: Pick<AlertingRule, 'name'>,
  sample: Sample,
  expansion: Expansion,
  text: (named: NamedExpand) => [string, string],
): Labels {
  const labels = new Map(sample.labels);
  labels.delete('__name__');
  for (const [name, value] of expansion.labels.map((named) => text(named))) labels.set(name, value);
  labels.set('alertname', rule.name);
  return Labels.of(labels);
}
