// An alert as external Alertmanagers get it: external labels where it lacks them, relabelled, as JSON.
import type { RelabelRule } from '../../config/config.ts';
import type { LabelNameMode } from '../../model/label-name.ts';
import { Labels, type LabelsKey } from '../../model/labels.ts';
import { printMillis } from '../../model/rfc3339.ts';
import { relabel } from '../../outbound/relabel.ts';
import type { SentAlert } from '../../ports/alert-sink.ts';
import { RecentMap } from '../../model/recent-map.ts';

const MOST_KNOWN = 50_000;

/** One step of relabeling, remembered: the same alerts are said again every minute. */
export class LabelRewriter {
  readonly #rewrite: (labels: Labels) => Labels | null;
  readonly #known = new RecentMap<LabelsKey, Labels | 'dropped'>(MOST_KNOWN);

  constructor(options: {
    /** Added where they are lacking, first. */
    readonly externalLabels: Labels;
    readonly rules: readonly RelabelRule[];
    readonly names: LabelNameMode;
  }) {
    const { externalLabels, rules, names } = options;
    this.#rewrite = (labels) =>
      relabel(rules, externalLabels.size === 0 ? labels : Labels.of([...externalLabels, ...labels]), names);
  }

  /** null: not to be sent. */
  labels(of: Labels): Labels | null {
    let known = this.#known.get(of.key);
    if (known === undefined) {
      known = this.#rewrite(of) ?? 'dropped';
      this.#known.set(of.key, known);
    }
    return known === 'dropped' ? null : known;
  }

  alerts(alerts: readonly SentAlert[]): readonly SentAlert[] {
    const kept: SentAlert[] = [];
    for (const alert of alerts) {
      const labels = this.labels(alert.labels);
      if (labels !== null) kept.push(labels === alert.labels ? alert : { ...alert, labels });
    }
    return kept;
  }
}

/** The body of a POST to API v2. */
export function alertsBody(alerts: readonly SentAlert[]): string {
  return `[${alerts.map(alertJson).join(',')}]`;
}

function alertJson({ labels, annotations, startsAt, endsAt, generatorURL }: SentAlert): string {
  const times = `"startsAt":"${printMillis(startsAt)}","endsAt":"${printMillis(endsAt)}"`;
  const source = generatorURL === '' ? '' : `,"generatorURL":${JSON.stringify(generatorURL)}`;
  return `{"labels":${labels.json},"annotations":${annotations.json},${times}${source}}`;
}
