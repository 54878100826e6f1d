// What running rules need of everything else: whom they ask, where they write, whom they tell.
import type { Labels } from '../../model/labels.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Reading } from '../../model/reading.ts';
import type { Pairs } from '../../model/pairs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AskedSource } from '../../ports/rule-outside.ts';
import type { SeriesWriter } from '../../ports/series-writer.ts';
import type { RuleRecorder } from '../../ports/rule-recorder.ts';
import type { Write } from '../../ports/store.ts';
import type { Tracer } from '../../ports/tracer.ts';
import type { TemplateSet } from '../../template/template-set.ts';
import type { WitnessBook } from './presence.ts';

export interface RuleWorld {
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly record: RuleRecorder;
  readonly note: (writes: readonly Write[]) => void;
  /** null is the default one. */
  readonly source: (name: string | null) => AskedSource;
  readonly writer: SeriesWriter;
  readonly witnesses: WitnessBook;
  readonly tell: (said: readonly Said[]) => void;
  /** Functions and defines that labels and annotations may use. */
  readonly templates: TemplateSet;
  readonly externalLabels: Labels;
  readonly externalURL: string;
  /** --rules.alert.resend-delay */
  readonly resendDelay: DurationMs;
  /** --rules.alert.for-outage-tolerance, --rules.alert.for-grace-period */
  readonly trace: { readonly tolerance: DurationMs; readonly grace: DurationMs };
}

/** One alert, as it goes to our own router and to external Alertmanagers. */
export interface Said {
  readonly labels: Labels;
  readonly annotations: Pairs;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly generatorURL: string;
  /** Straight to this receiver of our own; null goes through the tree. */
  readonly notify: string | null;
  readonly notifierHeaders: readonly (readonly [name: string, value: string])[];
  readonly reading: Reading;
}
