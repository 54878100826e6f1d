// What each integration was last told about each group, and what is still underway to it: the memory that
// notify/plan.ts decides by. It outlives groups: an entry ends when its group is done with or it expires.
import type { Instant } from '../model/time.ts';
import type { Telling } from '../notify/plan.ts';
import type { EntryName, LogEntry, Told } from '../ports/store.ts';

export interface Undelivered {
  readonly generation: number;
  readonly telling: Telling;
  /** false: refused for good. */
  readonly underway: boolean;
}

export class Entry {
  readonly receiver: string;
  readonly integration: string;
  groupKey: string;
  generation = 0;
  fence = 0;
  undelivered: Undelivered | null = null;
  /** The integration's own, from its last message. */
  memo: string | null = null;
  /** Being claimed or sent at this moment: nothing newer may overtake it now. */
  busy = false;
  #told: { readonly telling: Telling; readonly expiresAt: Instant } | null = null;

  constructor(name: EntryName) {
    this.groupKey = name.groupKey;
    this.receiver = name.receiver;
    this.integration = name.integration;
  }

  get name(): EntryName {
    return { groupKey: this.groupKey, receiver: this.receiver, integration: this.integration };
  }

  /** null when nothing was told, or so long ago that it no longer counts. */
  told(now: Instant): Telling | null {
    return this.#told !== null && this.#told.expiresAt > now ? this.#told.telling : null;
  }

  remember(told: Told | null): void {
    this.#told = told === null ? null : { telling: tellingOf(told), expiresAt: told.expiresAt };
  }

  /** What was told, in the light of what happened since; how long it counts does not change. */
  correct(telling: Telling): void {
    if (this.#told !== null) this.#told = { ...this.#told, telling };
  }

  stored(): LogEntry {
    const told = this.#told === null ? null : storedTelling(this.#told.telling, this.#told.expiresAt);
    return { ...this.name, generation: this.generation, fence: this.fence, told, memo: this.memo };
  }

  /** Nothing underway and nobody believes anything is firing. */
  isDone(now: Instant): boolean {
    if (this.busy || this.undelivered?.underway === true) return false;
    return (this.told(now)?.firing.size ?? 0) === 0;
  }
}

export const tellingOf = (told: Told): Telling => ({
  at: told.at,
  firing: new Set(told.firing),
  resolved: new Set(told.resolved),
});

export const storedTelling = (telling: Telling, expiresAt: Instant): Told => ({
  at: telling.at,
  firing: [...telling.firing],
  resolved: [...telling.resolved],
  expiresAt,
});

export class NotificationLog {
  readonly #byGroup = new Map<string, Map<string, Entry>>();

  entry(name: EntryName): Entry {
    const entries = this.#byGroup.getOrInsertComputed(name.groupKey, () => new Map<string, Entry>());
    return entries.getOrInsertComputed(slot(name), () => new Entry(name));
  }

  find(name: EntryName): Entry | null {
    return this.#byGroup.get(name.groupKey)?.get(slot(name)) ?? null;
  }

  *[Symbol.iterator](): IterableIterator<Entry> {
    for (const entries of this.#byGroup.values()) yield* entries.values();
  }

  delete(entry: Entry): void {
    const entries = this.#byGroup.get(entry.groupKey);
    entries?.delete(slot(entry));
    if (entries?.size === 0) this.#byGroup.delete(entry.groupKey);
  }

  /** The group lives on under another key. */
  rename(from: string, to: string): void {
    const entries = this.#byGroup.get(from);
    if (entries === undefined || from === to) return;
    this.#byGroup.delete(from);
    for (const entry of entries.values()) entry.groupKey = to;
    this.#byGroup.set(to, entries);
  }
}

const slot = (name: { readonly receiver: string; readonly integration: string }): string =>
  `${name.integration}\u0000${name.receiver}`;
