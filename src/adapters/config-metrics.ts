// What became of loading the configuration, under the names of everyone whose part we play.
import type { Instant } from '../model/time.ts';
import type { Counter, Gauge, MetricsRegistry } from './metrics-registry.ts';

export class ConfigMetrics {
  readonly #hash: Gauge;
  readonly #ok: readonly Gauge[];
  readonly #at: readonly Gauge[];
  readonly #reloads: Counter;
  readonly #refusals: Counter;
  #isStarted = false;

  constructor(registry: MetricsRegistry) {
    const ok = '1 when the last load of the configuration succeeded, rules and all';
    const at = 'When a configuration was last taken over as a whole';
    this.#hash = registry.gauge('alertmanager_config_hash', 'A number that changes with the configuration');
    this.#ok = ROLES.map((role) => registry.gauge(`${role}_config_last_reload_successful`, ok));
    this.#at = ROLES.map((role) => registry.gauge(`${role}_config_last_reload_success_timestamp_seconds`, at));
    this.#reloads = registry.counter('vmalert_config_last_reload_total', 'Reloads of the configuration');
    this.#refusals = registry.counter(
      'vmalert_config_last_reload_errors_total',
      'Reloads that were refused or taken in part',
    );
  }

  loaded(hash: number, at: Instant): void {
    this.#hash.set(hash);
    for (const gauge of this.#ok) gauge.set(1);
    for (const gauge of this.#at) gauge.set(at / 1000);
    // The load at the start is none of the reloads.
    if (this.#isStarted) this.#reloads.inc();
    this.#isStarted = true;
  }

  /** Whoever watches over reloads must hear of it: it is no success. */
  takenInPart(hash: number): void {
    this.#hash.set(hash);
    this.refused();
  }

  refused(): void {
    for (const gauge of this.#ok) gauge.set(0);
    this.#reloads.inc();
    this.#refusals.inc();
  }
}

const ROLES = ['alertmanager', 'prometheus', 'vmalert'];
