// Remote write to several targets: each has its own queue and pace, and a write is done when all of them are.
import type { RemoteWriteConfig } from '../../config/config.ts';
import type { DurationMs } from '../../model/time.ts';
import type { SeriesWriter, WriteReport, WrittenSample } from '../../ports/series-writer.ts';
import { WriteReceipt } from './receipt.ts';
import { RemoteWriteTarget, type RemoteWriteParts } from './target.ts';

/** How long the end waits for samples to leave. */
const DRAIN_MS: DurationMs = 60_000;

export class RemoteWrite implements SeriesWriter {
  readonly #parts: RemoteWriteParts;
  #targets: readonly RemoteWriteTarget[];
  /** Those a reload has left out, on their way to the end. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(configs: readonly RemoteWriteConfig[], parts: RemoteWriteParts) {
    this.#parts = parts;
    this.#targets = configs.map((config) => new RemoteWriteTarget(config, parts));
  }

  write(samples: readonly WrittenSample[], signal: AbortSignal): Promise<WriteReport> {
    const targets = this.#targets;
    const receipt = new WriteReceipt(samples.length * targets.length);
    for (const target of targets) target.add(samples, receipt);
    return receipt.report(signal);
  }

  /** A reload: what waits for a target that is still there, by its name, is kept. */
  reconfigure(
    configs: readonly RemoteWriteConfig[],
    parts: Pick<RemoteWriteParts, 'externalLabels' | 'names'> = this.#parts,
  ): void {
    const before = new Map(this.#targets.map((target) => [target.name, target]));
    this.#targets = configs.map((config) => {
      const target = before.get(config.name);
      if (target === undefined) return new RemoteWriteTarget(config, { ...this.#parts, ...parts });
      before.delete(config.name);
      target.reconfigure(config, parts);
      return target;
    });
    const gone = [...before.values()].map((target) => target.close(AbortSignal.timeout(DRAIN_MS)));
    this.#leaving = Promise.all([this.#leaving, ...gone]);
  }

  /** What waits is sent, but not for longer than the signal allows; the rest is given up, and counted. */
  async close(signal: AbortSignal = AbortSignal.timeout(DRAIN_MS)): Promise<void> {
    await Promise.all([this.#leaving, ...this.#targets.map((target) => target.close(signal))]);
  }
}
