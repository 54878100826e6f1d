// Alerts of rules to external Alertmanagers: external labels, the relabeling all have in common, and then each
// target's own queue.
import type { AlertingConfig } from '../../config/config.ts';
import type { LabelNameMode } from '../../model/label-name.ts';
import type { Labels } from '../../model/labels.ts';
import type { DurationMs } from '../../model/time.ts';
import type { AlertSink, SentAlert } from '../../ports/alert-sink.ts';
import { LabelRewriter } from './outgoing.ts';
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
  #targets: readonly AlertTarget[];
  /** Those a reload has left out, on their way to the end. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(settings: AlertingSettings, parts: AlertSinkParts) {
    this.#parts = parts;
    this.#rewriter = rewriterOf(settings);
    this.#targets = settings.alerting.alertmanagers.map((config) => new AlertTarget(config, settings.names, parts));
  }

  send(alerts: readonly SentAlert[], headers: Headers): void {
    if (this.#targets.length === 0) return;
    const relabelled = this.#rewriter.alerts(alerts);
    for (const target of this.#targets) target.add(relabelled, headers);
  }

  targets(): readonly { readonly url: string; readonly lastError: string }[] {
    return this.#targets.map(({ url, lastError }) => ({ url, lastError }));
  }

  /** A reload: what waits for a target that is still there, by its URL, is kept. */
  reconfigure(settings: AlertingSettings): void {
    this.#rewriter = rewriterOf(settings);
    const before = new Map(this.#targets.map((target) => [target.url, target]));
    this.#targets = settings.alerting.alertmanagers.map((config) => {
      const target = before.get(config.url);
      if (target === undefined) return new AlertTarget(config, settings.names, this.#parts);
      before.delete(config.url);
      target.reconfigure(config, settings.names);
      return target;
    });
    const gone = [...before.values()].map((target) => target.close(AbortSignal.timeout(DRAIN_MS)));
    this.#leaving = Promise.all([this.#leaving, ...gone]);
  }

  /** What waits is sent, but not for longer than the signal allows; the rest is dropped, and counted. */
  async close(signal: AbortSignal = AbortSignal.timeout(DRAIN_MS)): Promise<void> {
    await Promise.all([this.#leaving, ...this.#targets.map((target) => target.close(signal))]);
  }
}

const rewriterOf = ({ alerting, externalLabels, names }: AlertingSettings): LabelRewriter =>
  new LabelRewriter({ externalLabels, rules: alerting.relabel, names });
