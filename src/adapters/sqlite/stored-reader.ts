// Rows back into what they stand for. A row that no longer makes sense is reported and left out: the others must
// not be lost for it.
import type { Alert } from '../../model/alert.ts';
import { Labels } from '../../model/labels.ts';
import { keptInstant, keptInstantOrNull, keptPairs, keptText } from '../../model/kept.ts';
import { Matcher, type MatcherOp } from '../../model/matcher.ts';
import { Pairs } from '../../model/pairs.ts';
import type { Instant } from '../../model/time.ts';
import type { Silence } from '../../mute/silence.ts';
import type {
  AlertId,
  DeliveryState,
  LogEntry,
  Page,
  Stored,
  StoredAlert,
  StoredDelivery,
  StoredGroup,
  StoredInstance,
  Unreadable,
} from '../../ports/store.ts';
import type { DeliveryRow } from './delivery-table.ts';
import type { EntryRow } from './entry-table.ts';
import type { GroupRow, ReleaseRow } from './group-table.ts';
import { parseInstance, type InstanceRow, type RuleGroupRow } from './rule-table.ts';
import { parseTold } from './told.ts';
import type { AlertColumns, SilenceRow } from './wire.ts';
import { messageOf } from '../../model/error-message.ts';

export type LoadChunk =
  | { readonly kind: 'alerts'; readonly columns: AlertColumns }
  | { readonly kind: 'silences'; readonly rows: readonly SilenceRow[] }
  | { readonly kind: 'groups'; readonly rows: readonly GroupRow[] }
  | { readonly kind: 'releases'; readonly rows: readonly ReleaseRow[] }
  | { readonly kind: 'entries'; readonly rows: readonly EntryRow[] }
  | { readonly kind: 'deliveries'; readonly rows: readonly DeliveryRow[] }
  | { readonly kind: 'rule groups'; readonly rows: readonly RuleGroupRow[] }
  | { readonly kind: 'instances'; readonly rows: readonly InstanceRow[] };

/** Gathers the chunks of one load. */
export class StoredReader {
  readonly #alerts: StoredAlert[] = [];
  readonly #silences: Silence[] = [];
  readonly #groups: StoredGroup[] = [];
  readonly #releases = new Map<string, AlertId[]>();
  readonly #entries: LogEntry[] = [];
  readonly #deliveries: StoredDelivery[] = [];
  readonly #ruleGroups = new Map<string, { readonly evaluatedAt: Instant; readonly instances: StoredInstance[] }>();
  readonly #unreadable: Unreadable[] = [];

  take(chunk: LoadChunk): void {
    switch (chunk.kind) {
      case 'alerts':
        for (let i = 0; i < chunk.columns.ids.length; i++) {
          this.#read('alert', String(chunk.columns.ids[i]), this.#alerts, () => readAlert(chunk.columns, i));
        }
        return;
      case 'silences':
        for (const row of chunk.rows) this.#read('silence', row.id, this.#silences, () => readSilence(row));
        return;
      case 'groups':
        for (const row of chunk.rows) this.#read('group', row.key, this.#groups, () => readGroup(row));
        return;
      case 'releases':
        for (const { groupKey, alertId } of chunk.rows) {
          this.#releases.getOrInsertComputed(groupKey, () => []).push(alertId);
        }
        return;
      case 'entries':
        for (const row of chunk.rows) this.#read('entry', row.groupKey, this.#entries, () => readEntry(row));
        return;
      case 'deliveries':
        for (const row of chunk.rows) this.#read('delivery', String(row.id), this.#deliveries, () => readDelivery(row));
        return;
      case 'rule groups':
        for (const row of chunk.rows) this.#readRuleGroup(row);
        return;
      case 'instances':
        for (const row of chunk.rows) this.#readInstance(row);
        return;
    }
  }

  stored(): Stored {
    return {
      alerts: this.#alerts,
      silences: this.#silences,
      groups: this.#groups,
      releases: Array.from(this.#releases, ([groupKey, alerts]) => ({ groupKey, alerts })),
      entries: this.#entries,
      deliveries: this.#deliveries,
      ruleGroups: Array.from(this.#ruleGroups, ([id, group]) => ({ id, ...group })),
      unreadable: this.#unreadable,
    };
  }

  #readInstance({ groupId, ruleId, body }: InstanceRow): void {
    const instances = this.#ruleGroups.get(groupId)?.instances;
    if (instances === undefined) return;
    this.#read('instance', `${groupId} ${ruleId}`, instances, () => ({ ruleId, instance: parseInstance(body) }));
  }

  #readRuleGroup({ id, evaluatedAt }: RuleGroupRow): void {
    const push = (at: Instant) => this.#ruleGroups.set(id, { evaluatedAt: at, instances: [] });
    this.#read('rule group', id, { push }, () => keptInstant(evaluatedAt));
  }

  #read<T>(kind: Unreadable['kind'], id: string, into: { push(item: T): unknown }, read: () => T): void {
    try {
      into.push(read());
    } catch (error) {
      this.#unreadable.push({ kind, id, reason: messageOf(error) });
    }
  }
}

/** What damage has made unreadable is not worth the rest of its page. */
export function readDeliveryPage({ items, cursor }: Page<DeliveryRow>): Page<StoredDelivery> {
  const read: StoredDelivery[] = [];
  for (const row of items) {
    try {
      read.push(readDelivery(row));
    } catch {
      continue;
    }
  }
  return { items: read, cursor };
}

type AlertBody = [
  labels: string[],
  annotations: string[],
  startsAt: number,
  startText: string,
  timeout: 0 | 1,
  generatorURL: string,
  /** Absent in rows of before there were rules. */
  notify?: string | null,
];

function readAlert({ ids, bodies, endsAt, endTexts, updatedAt }: AlertColumns, i: number): StoredAlert {
  const body = JSON.parse(bodies[i]!) as AlertBody;
  const [labels, annotations, startsAt, startText, timeout, generatorURL, notify = null] = body;
  const alert: Alert = {
    labels: Labels.ofFlat(keptPairs(labels)),
    annotations: Pairs.ofFlat(keptPairs(annotations)),
    startsAt: { at: keptInstant(startsAt), text: keptText(startText) },
    endsAt: { at: keptInstant(endsAt[i]), text: keptText(endTexts[i]) },
    timeout: timeout === 1,
    updatedAt: keptInstant(updatedAt[i]),
    generatorURL: keptText(generatorURL),
    notify: notify === null ? null : keptText(notify),
    reading: null,
  };
  return { id: ids[i]!, alert };
}

function readSilence(row: SilenceRow): Silence {
  const matchers = JSON.parse(row.matchers) as readonly (readonly unknown[])[];
  return {
    id: row.id,
    matchers: matchers.map(readMatcher),
    startsAt: keptInstant(row.startsAt),
    endsAt: keptInstant(row.endsAt),
    updatedAt: keptInstant(row.updatedAt),
    createdBy: row.createdBy,
    comment: row.comment,
    annotations: Pairs.ofFlat(keptPairs(JSON.parse(row.annotations))),
  };
}

function readMatcher([name, op, value]: readonly unknown[]): Matcher {
  if (!OPS.has(op)) throw new TypeError(`${String(op)} is no operator`);
  return new Matcher(keptText(name), op as MatcherOp, keptText(value));
}

const OPS: ReadonlySet<unknown> = new Set<MatcherOp>(['=', '!=', '=~', '!~']);

const readGroup = (row: GroupRow): StoredGroup => ({
  ...row,
  labels: keptPairs(JSON.parse(row.labels)),
  nextFlushAt: keptInstant(row.nextFlushAt),
});

const readEntry = (row: EntryRow): LogEntry => ({ ...row, told: row.told === null ? null : parseTold(row.told) });

function readDelivery(row: DeliveryRow): StoredDelivery {
  return {
    groupKey: row.groupKey,
    receiver: row.receiver,
    integration: row.integration,
    generation: row.generation,
    outwardKey: row.outwardKey,
    idempotencyKey: row.idempotencyKey,
    reason: row.reason,
    createdAt: keptInstant(row.createdAt),
    message: row.message,
    telling: parseTold(row.telling),
    state: row.state as DeliveryState,
    fence: row.fence,
    attempts: row.attempts,
    nextAttemptAt: keptInstantOrNull(row.nextAttemptAt),
    answer: row.answer,
    answerReason: row.answerReason,
    settledAt: keptInstantOrNull(row.settledAt),
  };
}
