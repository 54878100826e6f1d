// What must outlive the process. One method writes: a batch of facts that become durable together or not at
// all. Facts that race with another owner are conditional and answer in the result; a refusal is not an error.
// Built for several replicas from the first day: whoever sends holds a claim with a lease and a fence, and a
// result that carries an old fence changes nothing.
// Texts are well-formed Unicode (no lone surrogates) and come back unchanged, NUL and all.
import type { Alert } from '../model/alert.ts';
import type { DurationMs, Instant, Stamp } from '../model/time.ts';
import type { Instance } from '../evaluate/instance.ts';
import type { Silence } from '../mute/silence.ts';
import type { Event } from '../history/event.ts';

/** Given out by the store in ranges, never reused: a short name for a label set. */
export type AlertId = number;

export interface StoredAlert {
  readonly id: AlertId;
  readonly alert: Alert;
}

export interface StoredGroup {
  /** Route id and group labels: inner identity. */
  readonly key: string;
  readonly routeId: string;
  readonly receiver: string;
  /** The group_by that made it, as JSON text; with receiver and labels it finds the group again after a route edit. */
  readonly groupBy: string;
  /** The group labels' flat pairs. */
  readonly labels: readonly string[];
  readonly nextFlushAt: Instant;
  /** 0 before the first flush. */
  readonly flushes: number;
}

/** One row of the notification log: what this integration of this receiver was last told about this group. */
export interface LogEntry {
  readonly groupKey: string;
  readonly receiver: string;
  /** `webhook/0` */
  readonly integration: string;
  /** Counts claims. Orders messages; the clock does not. */
  readonly generation: number;
  readonly fence: number;
  readonly told: Told | null;
  /** What the integration keeps from message to message, as the message to edit; its own notation. */
  readonly memo: string | null;
}

export interface Told {
  /** The tick, not the end of the send. */
  readonly at: Instant;
  /** Label-set digests. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly expiresAt: Instant;
}

export interface EntryName {
  readonly groupKey: string;
  readonly receiver: string;
  readonly integration: string;
}

/** One message on its way, or told: the outbox and the notification history are the same rows. */
export interface Delivery extends EntryName {
  /** Upstream's group key text: what people call the group. What it was when the message was made stays. */
  readonly outwardKey: string;
  readonly generation: number;
  readonly idempotencyKey: string;
  readonly reason: string;
  readonly createdAt: Instant;
  /** The message, as JSON: rendered anew at each attempt, from the state of the flush. */
  readonly message: string;
  /** What the log will say once it is delivered. */
  readonly telling: Told;
}

export type DeliveryState = 'sending' | 'waiting' | 'sent' | 'parked' | 'superseded' | 'dropped';

export interface StoredDelivery extends Delivery {
  readonly state: DeliveryState;
  readonly fence: number;
  readonly attempts: number;
  /** Only while waiting. */
  readonly nextAttemptAt: Instant | null;
  /** The other side's last words. */
  readonly answer: string;
  readonly answerReason: string;
  readonly settledAt: Instant | null;
}

export type Write =
  | { readonly kind: 'alerts.put'; readonly alerts: readonly StoredAlert[] }
  /** Re-sends that moved nothing but the end. Columns of equal length. */
  | {
      readonly kind: 'alerts.extend';
      readonly ids: readonly AlertId[];
      readonly endsAt: readonly Stamp[];
      readonly updatedAt: Instant;
    }
  | { readonly kind: 'alerts.delete'; readonly ids: readonly AlertId[] }
  | { readonly kind: 'silence.put'; readonly silence: Silence }
  | { readonly kind: 'silences.delete'; readonly ids: readonly string[] }
  | { readonly kind: 'groups.put'; readonly groups: readonly StoredGroup[] }
  /** With their releases. Log entries stay. */
  | { readonly kind: 'groups.delete'; readonly keys: readonly string[] }
  /** Resolved alerts that a group has dealt with: they are not its members after a restart. */
  | { readonly kind: 'group.release'; readonly groupKey: string; readonly alerts: readonly AlertId[] }
  /** The alert came back: forget every release of it. */
  | { readonly kind: 'releases.forget'; readonly alerts: readonly AlertId[] }
  /**
   * Take the right to send one generation. Granted iff the entry's generation is still `after` and nobody
   * else's lease on it runs. An older unsettled delivery of the entry becomes `superseded`.
   */
  | {
      readonly kind: 'claim';
      readonly delivery: Delivery;
      readonly after: number;
      readonly owner: string;
      readonly lease: DurationMs;
    }
  /** Take it again for another attempt, or after a crash. Granted iff the generation stands, is unsettled, and no other's lease runs. */
  | {
      readonly kind: 'reclaim';
      readonly entry: EntryName;
      readonly generation: number;
      readonly owner: string;
      readonly lease: DurationMs;
    }
  /** Granted iff the fence is still mine and the claim not settled, even if the lease has run out meanwhile. */
  | { readonly kind: 'renew'; readonly entry: EntryName; readonly fence: number; readonly lease: DurationMs }
  /**
   * The result of an attempt. Granted iff the fence is still mine and the delivery unsettled. Ends the lease.
   * `waiting` leaves the delivery unsettled; `sent` also writes `telling` into the log.
   */
  | {
      readonly kind: 'settle';
      readonly entry: EntryName;
      readonly generation: number;
      readonly fence: number;
      readonly state: 'sent' | 'waiting' | 'parked' | 'dropped';
      readonly attempts: number;
      readonly nextAttemptAt: Instant | null;
      readonly answer: string;
      readonly answerReason: string;
      /** null: what was kept before stays. */
      readonly memo: string | null;
    }
  /** Correct the memory of what was told without sending. Granted iff the generation is still `after`. */
  | { readonly kind: 'record'; readonly entry: EntryName; readonly after: number; readonly told: Told | null }
  /**
   * What this owner knows, whatever the row says: after the store was away and messages went out without it.
   * Unsettled deliveries of other generations become `superseded`.
   */
  | { readonly kind: 'entries.put'; readonly entries: readonly LogEntry[] }
  /** With their deliveries kept as history; unsettled ones become `dropped`. */
  | { readonly kind: 'entries.delete'; readonly entries: readonly EntryName[] }
  /**
   * The group lives on under another key (a reload moved its route): itself, its releases, entries and
   * deliveries follow. What stood under the new key gives way; unsettled deliveries there become `superseded`.
   */
  | { readonly kind: 'group.rename'; readonly from: string; readonly to: string }
  /** One evaluation of a rule group: what of its state changed, and that it took place. */
  | {
      readonly kind: 'rules.put';
      readonly group: string;
      readonly evaluatedAt: Instant;
      readonly put: readonly StoredInstance[];
      /** Label-set digests. */
      readonly gone: readonly { readonly ruleId: string; readonly digest: string }[];
    }
  | { readonly kind: 'rules.delete'; readonly groups: readonly string[] }
  | { readonly kind: 'event'; readonly event: Event };

/**
 * In the order of the writes. Unconditional writes are always granted. `fence`: of a claim or reclaim, else null.
 * `generation`: where the entry stands, 0 when there is none.
 */
export type WriteResult =
  | { readonly granted: true; readonly fence: number | null }
  | { readonly granted: false; readonly generation: number };

export interface StoredInstance {
  readonly ruleId: string;
  readonly instance: Instance;
}

export interface StoredRuleGroup {
  readonly id: string;
  /** The slot of its last evaluation. */
  readonly evaluatedAt: Instant;
  readonly instances: readonly StoredInstance[];
}

export interface Stored {
  readonly alerts: readonly StoredAlert[];
  readonly silences: readonly Silence[];
  readonly groups: readonly StoredGroup[];
  readonly releases: readonly { readonly groupKey: string; readonly alerts: readonly AlertId[] }[];
  readonly entries: readonly LogEntry[];
  /** Unsettled ones (sending or waiting), and of the parked those that are their entry's newest generation. */
  readonly deliveries: readonly StoredDelivery[];
  readonly ruleGroups: readonly StoredRuleGroup[];
  /** Left out above because they no longer make sense, as a regex this version does not compile: to be reported. */
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  readonly kind: 'alert' | 'silence' | 'group' | 'entry' | 'delivery' | 'rule group' | 'instance';
  readonly id: string;
  readonly reason: string;
}

/** `from` is inclusive, `to` exclusive; both of `createdAt`. */
export interface HistoryQuery {
  readonly outwardKey?: string;
  readonly receiver?: string;
  readonly state?: DeliveryState;
  readonly from?: Instant;
  readonly to?: Instant;
  /** Exclusive: the `cursor` of the page before. One that the store never gave out finds nothing. */
  readonly cursor?: string;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** null on the last page. */
  readonly cursor: string | null;
}

export interface Store {
  load(): Promise<Stored>;
  /** All or nothing; resolves when durable. Concurrent calls may share one transaction. `now` dates leases. */
  commit(writes: readonly Write[], now: Instant): Promise<readonly WriteResult[]>;
  /** The first of `count` ids nobody else will get. */
  reserveAlertIds(count: number): Promise<AlertId>;
  /** Newest first. */
  deliveries(query: HistoryQuery): Promise<Page<StoredDelivery>>;
  events(query: { readonly from?: Instant; readonly cursor?: string; readonly limit: number }): Promise<Page<Event>>;
  /** Forget settled deliveries and events older than `before`. */
  prune(before: Instant): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot take writes. Everything else a store throws is a defect. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly reason: 'full' | 'io' | 'busy' | 'closed';
  constructor(reason: 'full' | 'io' | 'busy' | 'closed', options?: { cause: unknown }) {
    super(`the store cannot take writes: ${reason}`, options);
    this.reason = reason;
  }
}
