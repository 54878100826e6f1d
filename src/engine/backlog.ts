// Facts the store could not take while it was away, the newest per subject: an alert's last state, a group's last
// timer, an entry's last memory, the result of its last attempt. Its size is bounded by what exists. Claims are not
// kept: a message that went out without one is remembered by its entry.
import type { Write } from '../ports/store.ts';

export class Backlog {
  readonly #bySubject = new Map<string, Write>();

  add(writes: readonly Write[]): void {
    for (const write of writes) this.#addOne(write);
  }

  writes(): readonly Write[] {
    return [...this.#bySubject.values()];
  }

  clear(): void {
    this.#bySubject.clear();
  }

  #addOne(write: Write): void {
    switch (write.kind) {
      case 'alerts.put':
        for (const stored of write.alerts) this.#keep(`alert ${stored.id}`, { kind: 'alerts.put', alerts: [stored] });
        return;
      case 'alerts.extend':
        this.#extend(write);
        return;
      case 'alerts.delete':
        for (const id of write.ids) this.#keep(`alert ${id}`, { kind: 'alerts.delete', ids: [id] });
        return;
      case 'groups.put':
        for (const group of write.groups) this.#keep(`group ${group.key}`, { kind: 'groups.put', groups: [group] });
        return;
      case 'groups.delete':
        for (const key of write.keys) this.#keep(`group ${key}`, { kind: 'groups.delete', keys: [key] });
        return;
      case 'group.release':
        for (const id of write.alerts) {
          this.#keep(`release ${id} ${write.groupKey}`, {
            kind: 'group.release',
            groupKey: write.groupKey,
            alerts: [id],
          });
        }
        return;
      case 'releases.forget':
        for (const id of write.alerts) this.#keep(`release ${id}`, { kind: 'releases.forget', alerts: [id] });
        return;
      case 'silence.put':
        this.#keep(`silence ${write.silence.id}`, write);
        return;
      case 'silences.delete':
        for (const id of write.ids) this.#keep(`silence ${id}`, { kind: 'silences.delete', ids: [id] });
        return;
      case 'entries.put':
        for (const entry of write.entries)
          this.#keep(`entry ${entryText(entry)}`, { kind: 'entries.put', entries: [entry] });
        return;
      case 'entries.delete':
        for (const entry of write.entries)
          this.#keep(`entry ${entryText(entry)}`, { kind: 'entries.delete', entries: [entry] });
        return;
      case 'rules.put':
        this.#rules(write);
        return;
      case 'rules.delete':
        for (const group of write.groups) this.#keep(`rules ${group}`, { kind: 'rules.delete', groups: [group] });
        return;
      case 'group.rename':
        this.#keep(`rename ${write.from}`, write);
        return;
      case 'settle':
        this.#keep(`settle ${entryText(write.entry)}`, write);
        return;
      case 'record':
        this.#keep(`entry ${entryText(write.entry)}`, write);
        return;
      case 'claim':
      case 'reclaim':
      case 'renew':
      case 'event':
        return;
    }
  }

  /** One instance at a time: the newest of each counts. */
  #rules({ group, evaluatedAt, put, gone }: Write & { kind: 'rules.put' }): void {
    const of = (subject: string, change: Pick<Write & { kind: 'rules.put' }, 'put' | 'gone'>): void =>
      this.#keep(subject, { kind: 'rules.put', group, evaluatedAt, ...change });
    of(`rules ${group}`, { put: [], gone: [] });
    for (const one of put)
      of(`instance ${group} ${one.ruleId} ${one.instance.labels.digest}`, { put: [one], gone: [] });
    for (const one of gone) of(`instance ${group} ${one.ruleId} ${one.digest}`, { put: [], gone: [one] });
  }

  /** An end that moved, of an alert whose last full state may itself be waiting here. */
  #extend(write: Write & { kind: 'alerts.extend' }): void {
    write.ids.forEach((id, i) => {
      const subject = `alert ${id}`;
      const endsAt = write.endsAt[i]!;
      const waiting = this.#bySubject.get(subject);
      if (waiting?.kind === 'alerts.put') {
        const alerts = waiting.alerts.map((stored) => ({
          id,
          alert: { ...stored.alert, endsAt, updatedAt: write.updatedAt },
        }));
        this.#keep(subject, { kind: 'alerts.put', alerts });
      } else this.#keep(subject, { kind: 'alerts.extend', ids: [id], endsAt: [endsAt], updatedAt: write.updatedAt });
    });
  }

  /** Last in goes last: order between subjects is the order of their newest fact. */
  #keep(subject: string, write: Write): void {
    this.#bySubject.delete(subject);
    this.#bySubject.set(subject, write);
  }
}

const entryText = (entry: { groupKey: string; receiver: string; integration: string }): string =>
  JSON.stringify([entry.groupKey, entry.receiver, entry.integration]);
