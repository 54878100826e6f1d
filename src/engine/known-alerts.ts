// Every alert the engine knows, by label set. The alert itself is replaced as it changes; what belongs to the
// label set (its id in the store, its groups) stays with the `Known`.
import { isResolved, type Alert } from '../model/alert.ts';
import type { Labels, LabelsKey } from '../model/labels.ts';
import type { Instant } from '../model/time.ts';
import type { AlertId } from '../ports/store.ts';
import type { Group } from './groups.ts';

export class Known {
  readonly id: AlertId;
  alert: Alert;
  /** The groups it is a member of. */
  groups: readonly Group[] = NO_GROUPS;
  /** Whether it stands in the inhibition index as a source. */
  indexed = false;

  constructor(id: AlertId, alert: Alert) {
    this.id = id;
    this.alert = alert;
  }

  /** Always the object of the first arrival: indexes hold it by identity. */
  get labels(): Labels {
    return this.alert.labels;
  }
}

const NO_GROUPS: readonly Group[] = [];

export class KnownAlerts {
  readonly #byLabels = new Map<LabelsKey, Known>();
  readonly #perName = new Map<string, number>();

  get size(): number {
    return this.#byLabels.size;
  }

  get(labels: Labels): Known | undefined {
    return this.#byLabels.get(labels.key);
  }

  values(): IterableIterator<Known> {
    return this.#byLabels.values();
  }

  add(known: Known): void {
    this.#byLabels.set(known.labels.key, known);
    const name = known.labels.get('alertname');
    this.#perName.set(name, (this.#perName.get(name) ?? 0) + 1);
  }

  delete(known: Known): void {
    if (!this.#byLabels.delete(known.labels.key)) return;
    const name = known.labels.get('alertname');
    const left = this.#perName.get(name)! - 1;
    if (left === 0) this.#perName.delete(name);
    else this.#perName.set(name, left);
  }

  /** How many label sets carry this alertname: --alerts.per-alertname-limit. */
  countNamed(name: string): number {
    return this.#perName.get(name) ?? 0;
  }

  /** Of that alertname, one that has resolved and that no group holds: it may make room. */
  evictable(name: string, now: Instant): Known | null {
    for (const known of this.#byLabels.values()) {
      if (known.labels.get('alertname') === name && isResolved(known.alert, now)) return known;
    }
    return null;
  }
}
