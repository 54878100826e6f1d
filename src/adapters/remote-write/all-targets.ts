// Remote write to several targets: each has its own queue and pace, and a write is done when all of them are.
import type { RemoteWriteConfig } from '../../config/config.ts';
import type { DurationMs } from '../../model/time.ts';
import type { SeriesWriter, WritePace, WriteReport, WrittenSample } from '../../ports/series-writer.ts';
import { TargetSet } from '../target-set.ts';
import { WriteReceipt } from './receipt.ts';
import { RemoteWriteTarget, type RemoteWriteParts } from './target.ts';

/** How long the end waits for samples to leave. */
const DRAIN_MS: DurationMs = 60_000;

export class RemoteWrite implements SeriesWriter {
  readonly #parts: RemoteWriteParts;
  readonly #targets = new TargetSet<RemoteWriteConfig, RemoteWriteTarget>(({ name }) => name, DRAIN_MS);

  constructor(configs: readonly RemoteWriteConfig[], parts: RemoteWriteParts) {
    this.#parts = parts;
    this.reconfigure(configs);
  }

  get hasTargets(): boolean {
    return this.#targets.all.length > 0;
  }

  write(samples: readonly WrittenSample[], signal: AbortSignal, pace: WritePace): Promise<WriteReport> {
    const targets = this.#targets.all;
    const receipt = new WriteReceipt(samples.length * targets.length);
    for (const target of targets) target.add(samples, receipt, pace);
    return receipt.report(signal);
  }

  /** A reload: what waits for a target that is still there, by its name, is kept. */
  reconfigure(
    configs: readonly RemoteWriteConfig[],
    parts: Pick<RemoteWriteParts, 'externalLabels' | 'names'> = this.#parts,
  ): void {
    this.#targets.replace(configs, (config, known) => {
      known?.reconfigure(config, parts);
      return known ?? new RemoteWriteTarget(config, { ...this.#parts, ...parts });
    });
  }

  /** What waits is sent, but not for longer than the signal allows; the rest is given up, and counted. */
  close(signal?: AbortSignal): Promise<void> {
    return this.#targets.close(signal);
  }
}
