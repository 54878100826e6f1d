// What /metrics reads at the moment it is asked.
import { isResolved } from '../model/alert.ts';
import { stateOf, type SilenceState } from '../mute/silence.ts';
import type { SilenceIndex } from '../mute/silence-index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Generation } from './generation.ts';
import type { Journal } from './journal.ts';
import type { KnownAlerts } from './known-alerts.ts';
import type { Muters } from './muters.ts';
import type { Outbox } from './outbox.ts';

export interface GaugeParts {
  readonly alerts: KnownAlerts;
  readonly silences: SilenceIndex;
  readonly muters: Muters;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly generation: () => Generation;
  readonly clock: Clock;
}

export class Gauges {
  readonly #parts: GaugeParts;

  constructor(parts: GaugeParts) {
    this.#parts = parts;
  }

  alerts(): { readonly active: number; readonly suppressed: number } {
    const { alerts, muters, generation, clock } = this.#parts;
    const now = clock.now();
    const current = generation();
    const counts = { active: 0, suppressed: 0 };
    for (const known of alerts.values()) {
      if (isResolved(known.alert, now)) continue;
      counts[muters.isQuiet(known.labels, current, now) ? 'suppressed' : 'active']++;
    }
    return counts;
  }

  silences(): Readonly<Record<SilenceState, number>> {
    const now = this.#parts.clock.now();
    const counts = { active: 0, pending: 0, expired: 0 };
    for (const silence of this.#parts.silences.values()) counts[stateOf(silence, now)]++;
    return counts;
  }

  aggregationGroups(): number {
    return this.#parts.generation().groups.size;
  }

  config(): { readonly receivers: number; readonly integrations: number; readonly inhibitionRules: number } {
    const { config } = this.#parts.generation();
    let integrations = 0;
    for (const receiver of config.receivers.values()) integrations += receiver.integrations.length;
    return { receivers: config.receivers.size, integrations, inhibitionRules: config.inhibitRules.length };
  }

  outbox(): number {
    return this.#parts.outbox.size;
  }

  storeIsAway(): boolean {
    return this.#parts.journal.isAway;
  }
}
