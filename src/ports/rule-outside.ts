// The outside of the rules: whom they ask, where they write, whom they tell besides our own router. It lives as long
// as the process; a reload changes it in place, so that what waits for a target that stays is kept.
import type { RulesConfig } from '../config/config.ts';
import type { DurationMs } from '../model/time.ts';
import type { AlertSink } from './alert-sink.ts';
import type { DataSource } from './data-source.ts';
import type { SeriesWriter } from './series-writer.ts';

/** A data source, and how its answers are taken. */
export interface AskedSource {
  readonly source: DataSource;
  /** Of one question, retries included. */
  readonly timeout: DurationMs;
  /** What a partial answer is worth. */
  readonly partialAnswers: 'keep' | 'fail' | 'accept';
  /** How long nothing ends because a source has lost most of what it held; 0 believes it. */
  readonly holdVanished: DurationMs;
  /** `prove`: what rules have written is looked for before other rules read it. */
  readonly readAfterWrite: 'prove' | 'trust';
}

export interface RuleOutside {
  readonly writer: SeriesWriter;
  readonly sink: AlertSink;
  /** null is the default one. The configuration was checked for every name. */
  source(name: string | null): AskedSource;
  reconfigure(config: RulesConfig): void;
  /** Sends what waits, until the signal. */
  close(deadline: AbortSignal): Promise<void>;
}
