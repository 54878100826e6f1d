// The store as one would write it down: maps and lists, no durability. What adapters are compared with.
import type { Event } from '../../src/history/event.ts';
import type { Instant } from '../../src/model/time.ts';
import type { Silence } from '../../src/mute/silence.ts';
import type {
  EntryName,
  Stored,
  StoredAlert,
  StoredDelivery,
  StoredGroup,
  StoredInstance,
  Told,
  Write,
  WriteResult,
} from '../../src/ports/store.ts';

interface ModelEntry extends EntryName {
  generation: number;
  fence: number;
  owner: string | null;
  leaseUntil: Instant;
  told: Told | null;
  memo: string | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const same = (a: EntryName, b: EntryName): boolean =>
  a.groupKey === b.groupKey && a.receiver === b.receiver && a.integration === b.integration;
const isUnsettled = (d: StoredDelivery): boolean => d.state === 'sending' || d.state === 'waiting';
const granted = (fence: number | null = null): WriteResult => ({ granted: true, fence });
const refused = (entry?: ModelEntry): WriteResult => ({ granted: false, generation: entry?.generation ?? 0 });

export class ModelStore {
  alerts = new Map<number, StoredAlert>();
  silences = new Map<string, Silence>();
  groups = new Map<string, StoredGroup>();
  releases: { groupKey: string; alert: number }[] = [];
  entries: ModelEntry[] = [];
  deliveries: Mutable<StoredDelivery>[] = [];
  events: Event[] = [];
  ruleGroups = new Map<string, { evaluatedAt: Instant; instances: StoredInstance[] }>();

  find(name: EntryName): ModelEntry | undefined {
    return this.entries.find((entry) => same(entry, name));
  }

  stored(): Stored {
    const keys = new Set(this.releases.map((r) => r.groupKey));
    return {
      alerts: [...this.alerts.values()],
      silences: [...this.silences.values()],
      groups: [...this.groups.values()],
      releases: [...keys].map((groupKey) => ({
        groupKey,
        alerts: this.releases.filter((r) => r.groupKey === groupKey).map((r) => r.alert),
      })),
      entries: this.entries.map(({ owner: _owner, leaseUntil: _leaseUntil, ...entry }) => entry),
      deliveries: this.deliveries.filter(
        (d) => isUnsettled(d) || (d.state === 'parked' && this.find(d)?.generation === d.generation),
      ),
      ruleGroups: Array.from(this.ruleGroups, ([id, group]) => ({ id, ...group })),
      unreadable: [],
    };
  }

  apply(write: Write, now: Instant): WriteResult {
    switch (write.kind) {
      case 'alerts.put':
        for (const stored of write.alerts) this.alerts.set(stored.id, stored);
        return granted();
      case 'alerts.extend':
        write.ids.forEach((id, i) => {
          const stored = this.alerts.get(id);
          if (stored === undefined) return;
          const alert = { ...stored.alert, endsAt: write.endsAt[i]!, updatedAt: write.updatedAt };
          this.alerts.set(id, { id, alert });
        });
        return granted();
      case 'alerts.delete':
        for (const id of write.ids) this.alerts.delete(id);
        this.releases = this.releases.filter((r) => !write.ids.includes(r.alert));
        return granted();
      case 'silence.put':
        this.silences.set(write.silence.id, write.silence);
        return granted();
      case 'silences.delete':
        for (const id of write.ids) this.silences.delete(id);
        return granted();
      case 'groups.put':
        for (const group of write.groups) this.groups.set(group.key, group);
        return granted();
      case 'groups.delete':
        for (const key of write.keys) this.groups.delete(key);
        this.releases = this.releases.filter((r) => !write.keys.includes(r.groupKey));
        return granted();
      case 'group.release':
        this.#forget(write.groupKey, write.alerts);
        this.releases.push(...write.alerts.map((alert) => ({ groupKey: write.groupKey, alert })));
        return granted();
      case 'releases.forget':
        this.releases = this.releases.filter((r) => !write.alerts.includes(r.alert));
        return granted();
      case 'group.rename':
        this.#rename(write.from, write.to, now);
        return granted();
      case 'entries.put':
        for (const known of write.entries) {
          const entry = this.#make(known);
          Object.assign(entry, known);
          this.#end('superseded', now, (d) => same(d, known) && d.generation !== known.generation);
        }
        return granted();
      case 'entries.delete':
        this.entries = this.entries.filter((entry) => !write.entries.some((name) => same(entry, name)));
        this.#end('dropped', now, (d) => write.entries.some((name) => same(d, name)));
        return granted();
      case 'rules.put': {
        const group = this.ruleGroups.getOrInsertComputed(write.group, () => ({ evaluatedAt: 0, instances: [] }));
        const replaced = new Set([
          ...write.gone.map(({ ruleId, digest }) => `${ruleId} ${digest}`),
          ...write.put.map(({ ruleId, instance }) => `${ruleId} ${instance.labels.digest}`),
        ]);
        group.evaluatedAt = write.evaluatedAt;
        group.instances = group.instances.filter(
          ({ ruleId, instance }) => !replaced.has(`${ruleId} ${instance.labels.digest}`),
        );
        group.instances.push(...write.put);
        return granted();
      }
      case 'rules.delete':
        for (const group of write.groups) this.ruleGroups.delete(group);
        return granted();
      case 'event':
        this.events.push(write.event);
        return granted();
      default:
        return this.#applyConditional(write, now);
    }
  }

  #applyConditional(
    write: Extract<Write, { kind: 'claim' | 'reclaim' | 'renew' | 'settle' | 'record' }>,
    now: Instant,
  ): WriteResult {
    const name = write.kind === 'claim' ? write.delivery : write.entry;
    const entry = this.find(name);
    const heldByOther = (owner: string): boolean =>
      entry !== undefined && entry.owner !== null && entry.owner !== owner && entry.leaseUntil > now;
    const unsettled = (generation: number) =>
      this.deliveries.find((d) => same(d, name) && d.generation === generation && isUnsettled(d));
    switch (write.kind) {
      case 'claim': {
        if ((entry?.generation ?? 0) !== write.after || heldByOther(write.owner)) return refused(entry);
        const claimed = this.#make(name);
        claimed.generation = write.delivery.generation;
        claimed.fence++;
        claimed.owner = write.owner;
        claimed.leaseUntil = now + write.lease;
        this.#end('superseded', now, (d) => same(d, name));
        const fresh = { attempts: 0, nextAttemptAt: null, answer: '', answerReason: '', settledAt: null };
        this.deliveries.push({ ...write.delivery, ...fresh, state: 'sending', fence: claimed.fence });
        return granted(claimed.fence);
      }
      case 'reclaim': {
        const open = unsettled(write.generation);
        if (entry?.generation !== write.generation || open === undefined || heldByOther(write.owner)) {
          return refused(entry);
        }
        entry.fence++;
        entry.owner = write.owner;
        entry.leaseUntil = now + write.lease;
        Object.assign(open, { state: 'sending', fence: entry.fence, nextAttemptAt: null });
        return granted(entry.fence);
      }
      case 'renew':
        if (entry === undefined || entry.fence !== write.fence || entry.owner === null) return refused(entry);
        entry.leaseUntil = now + write.lease;
        return granted();
      case 'settle': {
        const open = unsettled(write.generation);
        if (entry?.fence !== write.fence || entry.generation !== write.generation || open === undefined) {
          return refused(entry);
        }
        const { state, attempts, answer, answerReason } = write;
        const waiting = state === 'waiting';
        const nextAttemptAt = waiting ? write.nextAttemptAt : null;
        Object.assign(open, { state, attempts, nextAttemptAt, answer, answerReason, settledAt: waiting ? null : now });
        if (state === 'sent') entry.told = open.telling;
        entry.memo = write.memo ?? entry.memo;
        entry.owner = null;
        return granted();
      }
      case 'record':
        if ((entry?.generation ?? 0) !== write.after) return refused(entry);
        this.#make(name).told = write.told;
        return granted();
    }
  }

  #make({ groupKey, receiver, integration }: EntryName): ModelEntry {
    const found = this.find({ groupKey, receiver, integration });
    if (found !== undefined) return found;
    const fresh = { generation: 0, fence: 0, owner: null, leaseUntil: 0, told: null, memo: null };
    const entry = { groupKey, receiver, integration, ...fresh };
    this.entries.push(entry);
    return entry;
  }

  #end(state: 'superseded' | 'dropped', now: Instant, which: (delivery: StoredDelivery) => boolean): void {
    for (const delivery of this.deliveries.filter((d) => isUnsettled(d) && which(d))) {
      Object.assign(delivery, { state, nextAttemptAt: null, settledAt: now });
    }
  }

  #forget(groupKey: string, alerts: readonly number[]): void {
    this.releases = this.releases.filter((r) => r.groupKey !== groupKey || !alerts.includes(r.alert));
  }

  #rename(from: string, to: string, now: Instant): void {
    if (from === to) return;
    const group = this.groups.get(from);
    this.groups.delete(from);
    this.groups.delete(to);
    if (group !== undefined) this.groups.set(to, { ...group, key: to });
    this.releases = this.releases.filter((r) => r.groupKey !== to);
    this.entries = this.entries.filter((e) => e.groupKey !== to);
    this.#end('superseded', now, (d) => d.groupKey === to);
    for (const named of [...this.releases, ...this.entries, ...this.deliveries] as { groupKey: string }[]) {
      if (named.groupKey === from) named.groupKey = to;
    }
  }
}
