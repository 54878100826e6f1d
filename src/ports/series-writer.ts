// Where rules write what they find: remote write, to one target or several. Resolves when the targets have taken the
// samples or given them up: whoever reads them next waits for that. Once one has taken them, a target that does not
// answer is not waited for: it may be the one that nobody reads.
import type { Labels } from '../model/labels.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';
import type { Instant } from '../model/time.ts';

export interface WrittenSample {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly at: Instant;
  /** null is the stale marker: the series has ended. */
  readonly value: number | NativeHistogram | null;
}

export interface WriteReport {
  /** Refused for good by some target, or given up on. */
  readonly rejected: number;
  /** Some target has taken all of it, or none was to get anything. */
  readonly isTaken: boolean;
  readonly messages: readonly string[];
}

export type WritePace = 'at once' | 'soon';

export interface SeriesWriter {
  /** Without any, what is written is nowhere to be read. */
  readonly hasTargets: boolean;
  /**
   * In order per series: what was handed over earlier arrives earlier. The signal ends the waiting, not the writing.
   * 'soon' leaves a moment for others to go along; 'at once' is for what somebody waits to read.
   */
  write(samples: readonly WrittenSample[], signal: AbortSignal, pace: WritePace): Promise<WriteReport>;
}
