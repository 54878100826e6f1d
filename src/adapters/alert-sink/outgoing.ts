// Alerts as external Alertmanagers get them: relabelled, as JSON.
import { printMillis } from '../../model/rfc3339.ts';
import type { LabelRewriter } from '../../outbound/label-rewriter.ts';
import type { SentAlert } from '../../ports/alert-sink.ts';

export function rewritten(alerts: readonly SentAlert[], rewriter: LabelRewriter): readonly SentAlert[] {
  const kept: SentAlert[] = [];
  for (const alert of alerts) {
    const labels = rewriter.labels(alert.labels);
    if (labels !== null) kept.push(labels === alert.labels ? alert : { ...alert, labels });
  }
  return kept;
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
