// What spans say of alerts and silences that come in and of a group that speaks: names and attributes are Alertmanager's where it
// has them, and begin with belfry. where it has not.
import type { Decision } from '../notify/plan.ts';
import type { MuteReason } from '../ports/recorder.ts';
import type { Span, Tracer } from '../ports/tracer.ts';
import type { SilenceSet } from './contract.ts';
import type { Group } from './groups.ts';
import type { Entry } from './notification-log.ts';

export type MuteCounts = ReadonlyMap<MuteReason, number>;

export interface Taken {
  readonly firing: number;
  readonly resolved: number;
  readonly limited: number;
  readonly opened: readonly Group[];
}

export function traceIngest(span: Span, { firing, resolved, limited, opened }: Taken): void {
  span.set({
    'alerting.alerts.count': firing + resolved,
    ...(limited === 0 ? {} : { 'belfry.alerts.limited.count': limited }),
  });
  for (const group of opened) {
    group.openedBy = span;
    span.event('new AggregationGroup created', {
      'alerting.aggregation_group.key': group.outwardKey,
      'alerting.route.receiver.name': group.route.receiver,
    });
  }
}

export async function traceSilence(span: Span, setting: Promise<SilenceSet>): Promise<SilenceSet> {
  try {
    const set = await setting;
    span.set(set.kind === 'set' ? { 'alerting.silence.id': set.id } : { 'belfry.outcome': set.kind });
    if (set.kind === 'refused') span.fail(set.message);
    return set;
  } finally {
    span.end();
  }
}

/** It begins a trace: it speaks for many requests, or for none. The one that opened it is linked. */
export function traceFlush(span: Span, group: Group): void {
  span.set({
    'alerting.aggregation_group.key': group.outwardKey,
    'alerting.alerts.count': group.members.size,
    'alerting.notify.receiver.name': group.route.receiver,
  });
  if (group.openedBy !== null) span.link(group.openedBy);
  group.openedBy = null;
}

/** Of all that mutes at once, where Alertmanager has a stage for each. */
export function traceMutes(span: Span, group: Group, muted: MuteCounts): void {
  const count = muted.values().reduce((sum, some) => sum + some, 0);
  span.set({ 'alerting.alerts.count': group.members.size });
  if (count > 0) {
    span.set({
      'alerting.alerts.muted.count': count,
      'alerting.alerts.filtered.count': group.members.size - count,
      'alerting.suppressed.reason': [...muted.keys()].join(','),
    });
    for (const [reason, some] of muted) {
      span.event('muted', { 'alerting.suppressed.reason': reason, 'alerting.alerts.muted.count': some });
    }
  }
  span.end();
}

/** An older message of the entry is being claimed or sent: nothing is decided before that is known. */
export const UNDERWAY = { kind: 'nothing', reason: 'on its way already' } as const;

export interface Decided {
  readonly parent: Span;
  readonly group: Group;
  readonly entry: Entry;
}

export function traceDecision(tracer: Tracer, { parent, group, entry }: Decided, decision: Decision): void {
  const span = tracer.start('notify.DedupStage.Exec', parent);
  if (span === null) return;
  span.set({
    'alerting.group.key': group.outwardKey,
    'alerting.alerts.count': group.members.size,
    'alerting.notify.receiver.name': entry.receiver,
    'belfry.integration': entry.integration,
    'belfry.decision': decision.kind,
    'belfry.reason': decision.reason,
  });
  if (decision.kind === 'send') span.event('notify.DedupStage.Exec nflog needs update');
  span.end();
}
