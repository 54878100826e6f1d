// One step on an alert's way out: external labels where it lacks them, then relabeling. Remembered, as the same alerts
// are said again every minute.
import type { RelabelRule } from '../config/config.ts';
import type { LabelNameMode } from '../model/label-name.ts';
import { Labels, type LabelsKey } from '../model/labels.ts';
import { RecentMap } from '../model/recent-map.ts';
import { relabel } from './relabel.ts';

const MOST_KNOWN = 50_000;

export class LabelRewriter {
  readonly #changesNothing: boolean;
  readonly #rewrite: (labels: Labels) => Labels | null;
  readonly #known = new RecentMap<LabelsKey, Labels | 'dropped'>(MOST_KNOWN);

  constructor(options: {
    /** Added where they are lacking, first. */
    readonly externalLabels: Labels;
    readonly rules: readonly RelabelRule[];
    readonly names: LabelNameMode;
  }) {
    const { externalLabels, rules, names } = options;
    this.#changesNothing = externalLabels.size === 0 && rules.length === 0;
    this.#rewrite = (labels) =>
      relabel(rules, externalLabels.size === 0 ? labels : Labels.of([...externalLabels, ...labels]), names);
  }

  /** null: not to be sent. */
  labels(of: Labels): Labels | null {
    if (this.#changesNothing) return of;
    let known = this.#known.get(of.key);
    if (known === undefined) {
      known = this.#rewrite(of) ?? 'dropped';
      this.#known.set(of.key, known);
    }
    return known === 'dropped' ? null : known;
  }
}
