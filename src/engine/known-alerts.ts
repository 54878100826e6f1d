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
  readonly #limit: number;
  /** By alertname, those that have one of its places. Empty without a limit. */
  readonly #placed = new Map<string, Set<Known>>();

  /** @param perAlertnameLimit --alerts.per-alertname-limit; 0 is none */
  constructor(perAlertnameLimit: number) {
    this.#limit = perAlertnameLimit;
  }

  get size(): number {
    return this.#byLabels.size;
  }

  get(labels: Labels): Known | undefined {
    return this.#byLabels.get(labels.key);
  }

  values(): IterableIterator<Known> {
    return this.#byLabels.values();
  }

  /** Whether or not there was room: what is restored is not turned away. */
  add(known: Known): void {
    this.#byLabels.set(known.labels.key, known);
    if (this.#limit > 0) this.#placedLike(known.labels).add(known);
  }

  delete(known: Known): void {
    if (!this.#byLabels.delete(known.labels.key) || this.#limit === 0) return;
    const placed = this.#placedLike(known.labels);
    placed.delete(known);
    if (placed.size === 0) this.#placed.delete(known.labels.get('alertname'));
  }

  /** Whether an alert with these labels may be added. One that has ended gives its place up, and stays known. */
  hasRoomFor(labels: Labels, now: Instant): boolean {
    if (this.#limit === 0) return true;
    const placed = this.#placedLike(labels);
    if (placed.size < this.#limit) return true;
    for (const known of placed) {
      if (isResolved(known.alert, now)) return placed.delete(known);
    }
    return false;
  }

  /** One that has ended and may have given its place up fires again. */
  mayReturn(known: Known, now: Instant): boolean {
    if (this.#limit === 0) return true;
    if (this.#placedLike(known.labels).has(known)) return true;
    if (!this.hasRoomFor(known.labels, now)) return false;
    this.#placedLike(known.labels).add(known);
    return true;
  }

  #placedLike(labels: Labels): Set<Known> {
    return this.#placed.getOrInsertComputed(labels.get('alertname'), () => new Set<Known>());
  }
}
