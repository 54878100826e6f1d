// Remote write to several targets: each has its own queue and pace. A write is done when all of them are, or when one
// has taken it and the others do not answer: nobody here knows which of them the rules read, but that it is none that
// does not answer is a better guess than to keep every rule from being evaluated in time.
import type { RemoteWriteConfig } from '../../config/config.ts';
import type { DurationMs } from '../../model/time.ts';
import type { SeriesWriter, WritePace, WriteReport, WrittenSample } from '../../ports/series-writer.ts';
import { TargetSet } from '../target-set.ts';
import { WriteReceipt } from './receipt.ts';
import { RemoteWriteTarget, type RemoteWriteParts } from './target.ts';

/** So long after one target has taken all of it, others that are well may still take theirs. */
const LAG_MS: DurationMs = 500;

/** How long the end waits for samples to leave. */
const DRAIN_MS: DurationMs = 60_000;

interface Delivery {
  readonly target: RemoteWriteTarget;
  readonly receipt: WriteReceipt;
}

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

  async write(samples: readonly WrittenSample[], signal: AbortSignal, pace: WritePace): Promise<WriteReport> {
    const all = this.#targets.all.map((target): Delivery => {
      const receipt = new WriteReceipt(target.name, samples.length);
      target.add(samples, receipt, pace);
      return { target, receipt };
    });
    // Those that relabeling leaves something for.
    const waiting = all.filter(({ receipt }) => !receipt.isSettled);
    if (waiting.length === 1) await waiting[0]!.receipt.settled(signal);
    else if (waiting.length > 1) await this.#enough(waiting, signal);
    return {
      rejected: all.reduce((sum, { receipt }) => sum + receipt.rejected, 0),
      isTaken: (waiting.length > 0 ? waiting : all).some(({ receipt }) => receipt.isTaken) || all.length === 0,
      messages: all.flatMap(({ receipt }) => receipt.messages),
    };
  }

  async #enough(waiting: readonly Delivery[], signal: AbortSignal): Promise<void> {
    const patience = new AbortController();
    const end = (): void => patience.abort('over');
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const { clock } = this.#parts;
    const settling = waiting.map(async ({ receipt }) => {
      await receipt.settled(patience.signal);
      const left = waiting.filter((other) => !other.receipt.isSettled);
      if (left.length === 0) end();
      if (!receipt.isTaken) return;
      if (left.some(({ target }) => target.isWell)) {
        await clock.sleepUntil(clock.now() + LAG_MS, patience.signal);
      }
      end();
    });
    await Promise.all(settling);
    signal.removeEventListener('abort', end);
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
