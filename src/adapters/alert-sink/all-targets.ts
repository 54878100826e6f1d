// Alerts of rules to external Alertmanagers: external labels, the relabeling all have in common, and then each
// target's own queue.
import type { AlertingConfig, AlertmanagerTarget } from '../../config/config.ts';
import type { LabelNameMode } from '../../model/label-name.ts';
import type { Labels } from '../../model/labels.ts';
import type { DurationMs } from '../../model/time.ts';
import type { AlertSink, SentAlert } from '../../ports/alert-sink.ts';
import { TargetSet } from '../target-set.ts';
import { LabelRewriter } from '../../outbound/label-rewriter.ts';
import { rewritten } from './outgoing.ts';
import { AlertTarget, type AlertSinkParts, type Headers } from './target.ts';

export interface AlertingSettings {
  readonly alerting: AlertingConfig;
  /** global.external_labels */
  readonly externalLabels: Labels;
  /** global.metric_name_validation_scheme */
  readonly names: LabelNameMode;
}

/** How long the end waits for alerts to leave. */
const DRAIN_MS: DurationMs = 30_000;

export class ExternalAlertmanagers implements AlertSink {
  readonly #parts: AlertSinkParts;
  #rewriter: LabelRewriter;
  readonly #targets = new TargetSet<AlertmanagerTarget, AlertTarget>(({ url }) => url, DRAIN_MS);

  constructor(settings: AlertingSettings, parts: AlertSinkParts) {
    this.#parts = parts;
    this.#rewriter = rewriterOf(settings);
    this.reconfigure(settings);
  }

  send(alerts: readonly SentAlert[], headers: Headers): void {
    const targets = this.#targets.all;
    if (targets.length === 0) return;
    const relabelled = rewritten(alerts, this.#rewriter);
    for (const target of targets) target.add(relabelled, headers);
  }

  targets(): readonly { readonly url: string; readonly lastError: string }[] {
    return this.#targets.all.map(({ url, lastError }) => ({ url, lastError }));
  }

  /** A reload: what waits for a target that is still there, by its URL, is kept. */
  reconfigure(settings: AlertingSettings): void {
    this.#rewriter = rewriterOf(settings);
    this.#targets.replace(settings.alerting.alertmanagers, (config, known) => {
      known?.reconfigure(config, settings.names);
      return known ?? new AlertTarget(config, settings.names, this.#parts);
    });
  }

  /** What waits is sent, but not for longer than the signal allows; the rest is dropped, and counted. */
  close(signal?: AbortSignal): Promise<void> {
    return this.#targets.close(signal);
  }
}

const rewriterOf = ({ alerting, externalLabels, names }: AlertingSettings): LabelRewriter =>
  new LabelRewriter({ externalLabels, rules: alerting.relabel, names });
