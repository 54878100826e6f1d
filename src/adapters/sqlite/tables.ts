// All tables of one open database, their statements prepared once, and what each kind of write does to them.
import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../model/time.ts';
import type { WriteResult } from '../../ports/store.ts';
import { AlertTable } from './alert-table.ts';
import { DeliveryTable } from './delivery-table.ts';
import { EntryTable, GRANTED } from './entry-table.ts';
import { EventTable } from './event-table.ts';
import { GroupTable } from './group-table.ts';
import { RuleTable } from './rule-table.ts';
import { SilenceTable } from './silence-table.ts';
import type { WireWrite } from './wire.ts';

export class Tables {
  readonly db: DatabaseSync;
  readonly alerts: AlertTable;
  readonly silences: SilenceTable;
  readonly groups: GroupTable;
  readonly deliveries: DeliveryTable;
  readonly entries: EntryTable;
  readonly events: EventTable;
  readonly rules: RuleTable;

  constructor(db: DatabaseSync) {
    this.db = db;
    this.alerts = new AlertTable(db);
    this.silences = new SilenceTable(db);
    this.groups = new GroupTable(db);
    this.deliveries = new DeliveryTable(db);
    this.entries = new EntryTable(db, this.deliveries);
    this.events = new EventTable(db);
    this.rules = new RuleTable(db);
  }

  /** Inside a transaction of the caller's. */
  apply(write: WireWrite, now: Instant): WriteResult {
    switch (write.kind) {
      case 'claim':
        return this.entries.claim(write, now);
      case 'reclaim':
        return this.entries.reclaim(write, now);
      case 'renew':
        return this.entries.renew(write, now);
      case 'settle':
        return this.entries.settle(write, now);
      case 'record':
        return this.entries.record(write);
      default:
        this.#applyAlways(write, now);
        return GRANTED;
    }
  }

  #applyAlways(
    write: Exclude<WireWrite, { kind: 'claim' | 'reclaim' | 'renew' | 'settle' | 'record' }>,
    now: Instant,
  ): void {
    switch (write.kind) {
      case 'alerts.put':
        return this.alerts.put(write.columns);
      case 'alerts.extend':
        return this.alerts.extend(write.columns);
      case 'alerts.delete':
        return this.alerts.delete(write.ids);
      case 'silence.put':
        return this.silences.put(write.row);
      case 'silences.delete':
        return this.silences.delete(write.ids);
      case 'groups.put':
        return this.groups.put(write.groups);
      case 'groups.delete':
        return this.groups.delete(write.keys);
      case 'group.release':
        return this.groups.release(write.groupKey, write.alerts);
      case 'releases.forget':
        return this.groups.forgetReleases(write.alerts);
      case 'group.rename':
        if (write.from === write.to) return;
        this.groups.rename(write.from, write.to);
        return this.entries.rename(write.from, write.to, now);
      case 'entries.put':
        return this.entries.put(write.entries, now);
      case 'entries.delete':
        return this.entries.delete(write.entries, now);
      case 'rules.put':
        return this.rules.put(write);
      case 'rules.delete':
        return this.rules.delete(write.groups);
      case 'event':
        return this.events.insert(write.event);
    }
  }
}
