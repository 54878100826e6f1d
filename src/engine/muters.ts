// Why an alert is quiet right now, from the live indexes: what a flush acts on and what the API shows are the
// same answers.
import { isResolved } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Instant } from '../model/time.ts';
import type { SilenceIndex } from '../mute/silence-index.ts';
import type { Generation } from './generation.ts';
import type { KnownAlerts } from './known-alerts.ts';

export class Muters {
  readonly #alerts: KnownAlerts;
  readonly #silences: SilenceIndex;

  constructor(alerts: KnownAlerts, silences: SilenceIndex) {
    this.#alerts = alerts;
    this.#silences = silences;
  }

  /** The label set of one firing source, or null. */
  inhibitorOf(labels: Labels, generation: Generation, now: Instant): Labels | null {
    return generation.inhibit.inhibitorOf(labels, (source) => {
      const known = this.#alerts.get(source);
      return known !== undefined && !isResolved(known.alert, now);
    });
  }

  silencedBy(labels: Labels, now: Instant): readonly string[] {
    return this.#silences.matching(labels, 'active', now);
  }

  isQuiet(labels: Labels, generation: Generation, now: Instant): boolean {
    return this.silencedBy(labels, now).length > 0 || this.inhibitorOf(labels, generation, now) !== null;
  }
}
