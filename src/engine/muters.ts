// Why an alert is quiet right now, from the live indexes: what a flush acts on and what the API shows are the
// same answers.
import { isResolved } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Instant } from '../model/time.ts';
import type { Silence } from '../mute/silence.ts';
import type { SilenceIndex } from '../mute/silence-index.ts';
import type { Generation } from './generation.ts';
import type { Known, KnownAlerts } from './known-alerts.ts';

export class Muters {
  readonly #alerts: KnownAlerts;
  readonly #silences: SilenceIndex;

  constructor(alerts: KnownAlerts, silences: SilenceIndex) {
    this.#alerts = alerts;
    this.#silences = silences;
  }

  /** The label set of one firing source, or null. Sources found to have ended leave the index: nobody finds them again. */
  inhibitorOf(labels: Labels, generation: Generation, now: Instant): Labels | null {
    let ended: Known[] | null = null;
    const source = generation.inhibit.inhibitorOf(labels, (candidate) => {
      const known = this.#alerts.get(candidate);
      if (known === undefined || !isResolved(known.alert, now)) return known !== undefined;
      (ended ??= []).push(known);
      return false;
    });
    for (const known of ended ?? []) generation.membership.watch(known, now);
    return source;
  }

  silencedBy(labels: Labels, now: Instant): readonly string[] {
    return this.#silences.matching(labels, 'active', now);
  }

  silencesOf(labels: Labels, now: Instant): readonly Silence[] {
    return this.silencedBy(labels, now).flatMap((id) => this.#silences.get(id) ?? []);
  }

  isQuiet(labels: Labels, generation: Generation, now: Instant): boolean {
    return this.silencedBy(labels, now).length > 0 || this.inhibitorOf(labels, generation, now) !== null;
  }
}
