// A group speaks: members -> muted or not -> one decision per integration -> messages into the outbox. The order
// of the stages is the body of flush(). The decisions themselves are pure (mute/, notify/plan.ts); this only
// gathers what they need and carries out what they say.
import type { IntegrationEntry, Receiver } from '../config/config.ts';
import { isResolved, type Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import { mutedBy, timeMute } from '../mute/mute.ts';
import { messageAlerts } from '../notify/compose.ts';
import { renderRouteLabels } from '../notify/route-labels.ts';
import { plan, type Decision } from '../notify/plan.ts';
import type { Deadline } from '../ports/clock.ts';
import type { MuteReason, Recorder } from '../ports/recorder.ts';
import type { Write } from '../ports/store.ts';
import type { Span, Tracer } from '../ports/tracer.ts';
import { fallbackOf, handedOver } from './fallback.ts';
import { integrationName, receiverOf, type Generation } from './generation.ts';
import type { Flush, Group } from './groups.ts';
import type { Journal } from './journal.ts';
import type { Known } from './known-alerts.ts';
import type { Muters } from './muters.ts';
import type { StreamTeller } from './stream-teller.ts';
import { storedTelling, type Entry, type NotificationLog } from './notification-log.ts';
import type { Job, Outbox, Parcel } from './outbox.ts';
import { traceDecision, traceFlush, traceMutes, UNDERWAY, type MuteCounts } from './span-facts.ts';

export interface DispatcherParts {
  readonly generation: () => Generation;
  readonly muters: Muters;
  readonly log: NotificationLog;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly record: Recorder;
  readonly deadline: Deadline;
  readonly tracer: Tracer;
  readonly externalURL: string;
  /** --data.retention: nothing told is remembered longer. */
  readonly retention: DurationMs;
  readonly stream: StreamTeller | null;
}

/** Members by what is to be said of them. */
interface Heard {
  readonly firing: Voices;
  readonly resolved: Voices;
  readonly mutedResolved: Voices;
  /** By silences and inhibition; filled for the event stream alone. */
  readonly muted: Labels[];
}

class Voices {
  readonly alerts: Alert[] = [];
  readonly digests = new Set<string>();

  add(alert: Alert): void {
    this.alerts.push(alert);
    this.digests.add(alert.labels.digest);
  }
}

interface Moment {
  readonly group: Group;
  readonly generation: Generation;
  readonly receiver: Receiver;
  readonly heard: Heard;
  readonly now: Instant;
  readonly span: Span | null;
}

type Verdict =
  | { readonly kind: 'sent' }
  /** An older message is still on its way. */
  | { readonly kind: 'underway' }
  | { readonly kind: 'corrected'; readonly writes: readonly Write[] }
  | { readonly kind: 'quiet' };

export class Dispatcher {
  readonly #parts: DispatcherParts;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  get nextAt(): Instant | null {
    return this.#parts.generation().groups.nextAt;
  }

  tick(now: Instant): void {
    const { journal } = this.#parts;
    const generation = this.#parts.generation();
    const ticked: Group[] = [];
    const writes: Write[] = [];
    for (const group of generation.groups.popDue(now)) {
      writes.push(...this.#flush(group, generation, now));
      if (group.alive) ticked.push(group);
    }
    if (ticked.length > 0) writes.push({ kind: 'groups.put', groups: ticked.map((group) => group.stored()) });
    journal.note(writes);
  }

  /** Another configuration is about to come: who was told of what has ended, and will not be asked then, is told now. */
  conclude(isContinued: (group: Group, alert: Alert) => boolean, now: Instant): void {
    const generation = this.#parts.generation();
    const isLast = (group: Group, { alert }: Known): boolean => isResolved(alert, now) && !isContinued(group, alert);
    for (const group of [...generation.groups.values()]) {
      // One that has not spoken yet has told nobody.
      if (group.clock.flushes === 0 || !group.members.values().some((known) => isLast(group, known))) continue;
      this.#parts.journal.note(this.#flush(group, generation, now));
    }
  }

  /** A message of a flush is settled. */
  settled(job: Job, how: 'sent' | 'parked' | 'dropped', now: Instant): void {
    const generation = this.#parts.generation();
    const group = generation.groups.get(job.entry.groupKey);
    if (group === undefined) return;
    // What the message said is muted by now: say what is left, between ticks. The grid does not move.
    if (how === 'dropped') return this.#parts.journal.note(this.#flush(group, generation, now));
    if (how === 'parked') this.#handOver(job, group, generation, now);
    // Nothing of the group waits for what its fallback is told.
    if (job.entry.receiver !== group.route.receiver) return;
    const flush = group.lastFlush;
    if (flush === null || !flush.awaiting.delete(job.entry.integration)) return;
    if (how === 'parked') group.lastFlush = null;
    else if (flush.awaiting.size === 0) {
      group.lastFlush = null;
      this.#parts.journal.note(this.#release(group, flush.resolved, generation, now));
    }
  }

  /** Refused for good: the receiver's fallback is told instead. */
  #handOver(job: Job, group: Group, generation: Generation, now: Instant): void {
    const { log, outbox, journal, stream } = this.#parts;
    const to = fallbackOf(generation.config, job.entry.receiver);
    if (to === null) return;
    let isTold = false;
    for (const integration of to.integrations) {
      const entry = log.entry({ groupKey: group.key, receiver: to.name, integration: integrationName(integration) });
      const handed = handedOver(job, { group, entry, receiver: to.name, integration }, now);
      if (handed.kind === 'parcel') {
        stream?.handingOver(job.message.alerts, handed.parcel.alerts);
        outbox.claim(handed.parcel);
      }
      if (handed.kind === 'record') journal.note(correct(group, entry, handed, now));
      isTold ||= handed.kind === 'parcel';
    }
    if (!isTold) return;
    const { receiver, integration } = job.entry;
    const what = { groupKey: group.outwardKey, receiver, integration, to: to.name };
    journal.note([{ kind: 'event', event: { kind: 'handedOver', at: now, ...what } }]);
  }

  #flush(group: Group, generation: Generation, now: Instant): readonly Write[] {
    const span = this.#parts.tracer.start('dispatch.AggregationGroup.flush', null);
    if (span !== null) traceFlush(span, group);
    try {
      return this.#speak(group, generation, { now, span });
    } finally {
      span?.end();
    }
  }

  #speak(group: Group, generation: Generation, { now, span }: Pick<Moment, 'now' | 'span'>): readonly Write[] {
    const receiver = receiverOf(generation.config, group.route);
    const stage = this.#parts.tracer.start('notify.MuteStage.Exec', span);
    const { heard, counts } = this.#hear(group, generation, now);
    if (stage !== null) traceMutes(stage, group, counts);
    const moment: Moment = { group, generation, receiver, heard, now, span };
    const writes: Write[] = [];
    const awaiting = new Set<string>();
    let olderUnderway = false;
    for (const integration of receiver.integrations) {
      const verdict = this.#decide(moment, integration);
      if (verdict.kind === 'sent') awaiting.add(integrationName(integration));
      olderUnderway ||= verdict.kind === 'underway';
      if (verdict.kind === 'corrected') writes.push(...verdict.writes);
    }
    if (heard.firing.digests.size === 0) {
      for (const verdict of this.#endFallbacks(moment)) {
        if (verdict.kind === 'corrected') writes.push(...verdict.writes);
        olderUnderway ||= verdict.kind === 'underway';
      }
    }
    this.#parts.record.flushed({
      groupKey: group.outwardKey,
      receiver: receiver.name,
      firing: heard.firing.alerts.length,
      resolved: heard.resolved.alerts.length,
    });
    // Resolved alerts stay until nothing underway speaks of them; what an older message says is settled by the
    // next tick, not by this one.
    const resolved = resolvedMembers(group, now);
    group.lastFlush = awaiting.size > 0 && !olderUnderway ? { resolved, awaiting } : null;
    if (awaiting.size === 0 && !olderUnderway) writes.push(...this.#release(group, resolved, generation, now));
    return writes;
  }

  #release(group: Group, resolved: Flush['resolved'], generation: Generation, now: Instant): readonly Write[] {
    this.#parts.stream?.resolved(group, resolved, now);
    return generation.membership.release(group, resolved);
  }

  /** Who was told in the receiver's stead that something fires, or is about to be, is told its end, whoever is well again. */
  *#endFallbacks(moment: Moment): Generator<Verdict> {
    const { group, generation, now } = moment;
    const { log, record } = this.#parts;
    let to = fallbackOf(generation.config, moment.receiver.name);
    for (; to !== null; to = fallbackOf(generation.config, to.name)) {
      for (const integration of to.integrations) {
        const name = { groupKey: group.key, receiver: to.name, integration: integrationName(integration) };
        const entry = record.timed('nflog.query', 1, () => log.find(name));
        const believed = [entry?.told(now) ?? null, entry?.undelivered?.telling ?? null];
        if (believed.every((telling) => telling === null || telling.firing.size === 0)) continue;
        yield this.#decide({ ...moment, receiver: to }, integration);
      }
    }
  }

  /** One integration of the group's receiver: its decision, carried out. */
  #decide(moment: Moment, integration: IntegrationEntry): Verdict {
    const { group, receiver, heard, now } = moment;
    const { log, record } = this.#parts;
    const name = { groupKey: group.key, receiver: receiver.name, integration: integrationName(integration) };
    const entry = record.timed('nflog.query', 1, () => log.entry(name));
    const told = moment.span === null ? null : { parent: moment.span, group, entry };
    if (entry.busy) {
      if (told !== null) traceDecision(this.#parts.tracer, told, UNDERWAY);
      return { kind: 'underway' };
    }
    const decision = plan(
      {
        told: entry.told(now),
        undelivered: entry.undelivered,
        firing: heard.firing.digests,
        resolved: heard.resolved.digests,
        mutedResolved: heard.mutedResolved.digests,
        sendResolved: integration.sendResolved,
        repeatInterval: group.route.repeatInterval,
      },
      now,
    );
    if (told !== null) traceDecision(this.#parts.tracer, told, decision);
    switch (decision.kind) {
      case 'send':
        this.#parts.outbox.claim(this.#parcel(moment, integration, entry, decision));
        return { kind: 'sent' };
      case 'record':
        return { kind: 'corrected', writes: correct(group, entry, decision, now) };
      case 'nothing':
        return entry.undelivered?.underway === true ? { kind: 'underway' } : { kind: 'quiet' };
    }
  }

  /** Mutes, in upstream's order; each muted alert is counted under its first reason. */
  #hear(group: Group, generation: Generation, now: Instant): { readonly heard: Heard; readonly counts: MuteCounts } {
    const { muters, record, stream } = this.#parts;
    const counts = new Map<MuteReason, number>();
    const heard: Heard = { firing: new Voices(), resolved: new Voices(), mutedResolved: new Voices(), muted: [] };
    const time = timeMute(group.route, generation.config.timeIntervals, now);
    group.mutedBy = mutedBy(time);
    for (const known of group.members) {
      const ended = isResolved(known.alert, now);
      let reason: MuteReason | null = null;
      const inhibitor = muters.inhibitorOf(known.labels, generation, now);
      if (inhibitor !== null) reason = 'inhibition';
      else if (time.kind === 'muted') reason = time.reason;
      else if (muters.silencedBy(known.labels, now).length > 0) reason = 'silence';
      if (stream !== null && (reason === 'inhibition' || reason === 'silence')) {
        heard.muted.push(known.labels);
        if (inhibitor === null) stream.silenced(known.labels, now);
        else stream.inhibited(known.labels, inhibitor, generation, now);
      }
      if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (reason === null) (ended ? heard.resolved : heard.firing).add(known.alert);
      else if (ended) heard.mutedResolved.add(known.alert);
    }
    for (const [reason, muted] of counts) record.suppressed(reason, muted);
    return { heard, counts };
  }

  #parcel(moment: Moment, integration: IntegrationEntry, entry: Entry, decision: Decision & { kind: 'send' }): Parcel {
    const { group, generation, receiver, heard, now } = moment;
    const told = (alert: Alert): boolean => integration.sendResolved || decision.missed.has(alert.labels.digest);
    const alerts = messageAlerts([...heard.firing.alerts, ...heard.resolved.alerts.filter(told)], now);
    const { externalURL, deadline, retention, stream } = this.#parts;
    stream?.telling(alerts, {
      ...{ group, count: group.clock.flushes, muted: heard.muted },
      ...{ firing: heard.firing.alerts, resolved: heard.resolved.alerts },
    });
    const envelope = {
      receiver: receiver.name,
      reason: decision.reason,
      groupLabels: group.labels,
      externalURL,
      groupKey: group.outwardKey,
      at: now,
    };
    const fired = integration.sendResolved ? heard.firing.digests : heard.firing.digests.union(decision.missed);
    const telling = { at: now, firing: fired, resolved: heard.resolved.digests };
    // Long enough to be remembered at the next tick, however short the repeat_interval.
    const { repeatInterval, groupInterval } = group.route;
    const expiresAt = now + Math.min(retention, 2 * Math.max(repeatInterval, groupInterval));
    const routeLabels = renderRouteLabels(group.route, envelope, alerts, generation.templates, deadline(alerts.length));
    return {
      group,
      entry,
      receiver: receiver.name,
      integration,
      envelope: { ...envelope, routeLabels },
      alerts,
      telling: storedTelling(telling, expiresAt),
      trace: moment.span,
    };
  }
}

/** What the log says is corrected without a message. */
function correct(group: Group, entry: Entry, decision: Decision & { kind: 'record' }, now: Instant): readonly Write[] {
  entry.correct(decision.told);
  const { receiver, integration } = entry;
  const why = { groupKey: group.outwardKey, receiver, integration, reason: decision.reason };
  return [
    { kind: 'record', entry: entry.name, after: entry.generation, told: entry.stored().told },
    { kind: 'event', event: { kind: 'corrected', at: now, ...why } },
  ];
}

const resolvedMembers = (group: Group, now: Instant): Flush['resolved'] =>
  [...group.members].filter((known) => isResolved(known.alert, now)).map((known) => ({ known, alert: known.alert }));
