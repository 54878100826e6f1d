// The outside of the rules: whom they ask, where they write, whom they tell besides our own router. It lives as long
// as the process; a reload changes it in place, so that what waits for a target that stays is kept.
import type { RulesConfig } from '../../config/config.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { SeriesWriter } from '../../ports/series-writer.ts';
import type { AskedSource } from './world.ts';

export interface RuleOutside {
  readonly writer: SeriesWriter;
  readonly sink: AlertSink;
  /** null is the default one. The configuration was checked for every name. */
  source(name: string | null): AskedSource;
  reconfigure(config: RulesConfig): void;
  /** Sends what waits, until the signal. */
  close(deadline: AbortSignal): Promise<void>;
}
