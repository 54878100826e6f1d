// The tables rule_group and instance: pending, firing, kept and resolved alerts of rules, and when their group was
// last evaluated.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Instance } from '../../evaluate/instance.ts';
import { Labels } from '../../model/labels.ts';
import { Pairs } from '../../model/pairs.ts';
import { keptInstant, keptInstantOrNull, keptPairs, keptText } from '../../model/kept.ts';
import type { Instant } from '../../model/time.ts';
import { allRows } from './all-rows.ts';

export interface RuleGroupRow {
  readonly id: string;
  readonly evaluatedAt: Instant;
}

export interface InstanceRow {
  readonly groupId: string;
  readonly ruleId: string;
  readonly body: string;
}

/** As writes bring it: the digest names the row. */
export interface InstanceText {
  readonly ruleId: string;
  readonly digest: string;
  readonly body: string;
}

export class RuleTable {
  readonly #evaluated: StatementSync;
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #forgetGroup: StatementSync;
  readonly #forgetInstances: StatementSync;
  readonly #groups: StatementSync;
  readonly #instances: StatementSync;

  constructor(db: DatabaseSync) {
    this.#evaluated = db.prepare(
      'INSERT INTO rule_group (id, evaluated_at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET evaluated_at = excluded.evaluated_at',
    );
    this.#put = db.prepare(
      'INSERT INTO instance (group_id, rule_id, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    );
    this.#drop = db.prepare('DELETE FROM instance WHERE group_id = ? AND rule_id = ? AND digest = ?');
    this.#forgetGroup = db.prepare('DELETE FROM rule_group WHERE id = ?');
    this.#forgetInstances = db.prepare('DELETE FROM instance WHERE group_id = ?');
    this.#groups = db.prepare('SELECT id, evaluated_at AS evaluatedAt FROM rule_group ORDER BY id');
    this.#instances = db.prepare('SELECT group_id AS groupId, rule_id AS ruleId, body FROM instance');
  }

  put(write: {
    readonly group: string;
    readonly evaluatedAt: Instant;
    readonly put: readonly InstanceText[];
    readonly gone: readonly { readonly ruleId: string; readonly digest: string }[];
  }): void {
    this.#evaluated.run(write.group, write.evaluatedAt);
    for (const { ruleId, digest } of write.gone) this.#drop.run(write.group, ruleId, digest);
    for (const { ruleId, digest, body } of write.put) this.#put.run(write.group, ruleId, digest, body);
  }

  delete(groups: readonly string[]): void {
    for (const group of groups) {
      this.#forgetGroup.run(group);
      this.#forgetInstances.run(group);
    }
  }

  groups(): readonly RuleGroupRow[] {
    return allRows(this.#groups);
  }

  instances(): readonly InstanceRow[] {
    return allRows(this.#instances);
  }
}

type Body = [
  kind: Instance['kind'],
  labels: readonly string[],
  annotations: readonly string[],
  /** Text: NaN and the infinities are values, too. */
  value: string,
  activeAt: Instant,
  firedAt: Instant | null,
  lastSentAt: Instant | null,
  /** keptSince or resolvedAt */
  sinceAt: Instant | null,
  /** Both absent in rows of before messages told them. */
  peak?: string,
  endValue?: string | null,
];

export function instanceText(instance: Instance): string {
  const { kind, labels, annotations, value, peak, activeAt } = instance;
  const fired = instance.kind === 'pending' ? [null, null] : [instance.firedAt, instance.lastSentAt];
  const since =
    instance.kind === 'kept' ? instance.keptSince : instance.kind === 'resolved' ? instance.resolvedAt : null;
  const end = instance.kind === 'resolved' && instance.endValue !== null ? String(instance.endValue) : null;
  const times = [activeAt, ...fired, since];
  return JSON.stringify([kind, labels.flat, annotations.flat, String(value), ...times, String(peak), end]);
}

export function parseInstance(text: string): Instance {
  const body = JSON.parse(text) as Body;
  const [kind, labels, annotations, value, activeAt, firedAt, lastSentAt, sinceAt, peak = value, end = null] = body;
  const seen = {
    labels: Labels.ofFlat(keptPairs(labels)),
    annotations: Pairs.ofFlat(keptPairs(annotations)),
    value: Number(keptText(value)),
    peak: Number(keptText(peak)),
    activeAt: keptInstant(activeAt),
  };
  if (kind === 'pending') return { ...seen, kind };
  const fired = { ...seen, firedAt: keptInstant(firedAt), lastSentAt: keptInstantOrNull(lastSentAt) };
  switch (kind) {
    case 'firing':
      return { ...fired, kind };
    case 'kept':
      return { ...fired, kind, keptSince: keptInstant(sinceAt) };
    case 'resolved':
      return {
        ...fired,
        ...{ kind, resolvedAt: keptInstant(sinceAt), endValue: end === null ? null : Number(keptText(end)) },
      };
    default:
      throw new TypeError(`${keptText(kind)} is no state`);
  }
}
