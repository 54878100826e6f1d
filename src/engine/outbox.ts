// Messages on their way. A message is claimed durably before its first byte leaves, tried until it is delivered,
// refused for good or overtaken, and its result is durable before the log believes it.
//
//   claiming   the store is asked for the right to send this generation
//   ready      waits for a free place in its lane: each integration of each receiver has its own, so that one
//              that is stuck holds up nobody else
//   sending    at most one per entry, so that generations arrive in order; the lease is renewed meanwhile
//   waiting    failed this time: tried again by notify/retry.ts, whatever the group's timer does
//   settled    sent, parked (refused for good), superseded by a newer one, or dropped (muted meanwhile)
//
// With the store away a message goes out without a claim: a page twice is better than no page.
import { hash } from 'node:crypto';
import type { IntegrationEntry } from '../config/config.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import type { TraceContext } from '../model/trace-context.ts';
import { compose, type Envelope } from '../notify/compose.ts';
import type { Message, MessageAlert } from '../notify/message.ts';
import { encodeMessage } from '../notify/message-json.ts';
import type { Outcome } from '../notify/outcome.ts';
import { retryAfter } from '../notify/retry.ts';
import type { Clock } from '../ports/clock.ts';
import type { Courier } from '../ports/courier.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { IntegrationRef, Recorder } from '../ports/recorder.ts';
import { StoreUnavailable, type Told, type Write } from '../ports/store.ts';
import { findIntegration, integrationName, type Generation } from './generation.ts';
import type { Group } from './groups.ts';
import type { Journal } from './journal.ts';
import { Lanes } from './lanes.ts';
import { outOfTime } from './out-of-time.ts';
import { tellingOf, type Entry } from './notification-log.ts';
import { Timers } from './timers.ts';

const LEASE_MS = 20_000;
const RENEW_MS = 5_000;
/** Upstream gives a send the group_interval, but never less than this. */
export const SHORTEST_BUDGET_MS = 10_000;

const AFTER_A_DEFECT_MS = 60_000;
/** Why nobody waits any more. Without a reason abort() makes an error with a stack, for each message. */
const DONE = 'done';

/** A message as the dispatcher hands it over. */
export interface Parcel {
  readonly group: Group;
  readonly entry: Entry;
  readonly receiver: string;
  readonly integration: IntegrationEntry;
  readonly envelope: Omit<Envelope, 'idempotencyKey'>;
  readonly alerts: readonly MessageAlert[];
  readonly telling: Told;
  readonly trace: TraceContext | null;
}

export interface Job {
  readonly entry: Entry;
  readonly integration: IntegrationEntry;
  readonly generation: number;
  /** null: sent without a claim, the store being away. */
  fence: number | null;
  readonly message: Message;
  readonly telling: Told;
  readonly budget: DurationMs;
  /** Of the flush that spoke; null after a restart. */
  readonly trace: TraceContext | null;
  attempts: number;
  /** An earlier attempt ended without an answer. */
  mayHaveArrived: boolean;
  state: 'ready' | 'sending' | 'waiting';
}

type Result = Pick<Extract<Write, { kind: 'settle' }>, 'state' | 'answer' | 'answerReason' | 'nextAttemptAt' | 'memo'>;

export interface OutboxParts {
  readonly courier: Courier;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly record: Recorder;
  /** This process, to others that share the store. */
  readonly owner: string;
  readonly generation: () => Generation;
  /** Whether what the message says is muted by now. */
  readonly isMuted: (message: Message) => boolean;
  /** The job is settled: `sent` releases what its flush had resolved; `dropped` asks the group to speak again. */
  readonly settled: (job: Job, how: 'sent' | 'parked' | 'dropped') => void;
}

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #jobs = new Map<Entry, Job>();
  readonly #sending = new Set<Job>();
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Timers<Job>();
  readonly #lanes = new Lanes<Job>((job) => this.#start(job));
  readonly #lifetime = new AbortController();
  #renewedAt: Instant = 0;
  #wake: () => void = () => {};
  #closing = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  get nextAt(): Instant | null {
    const { nextAt } = this.#timers;
    if (this.#sending.size === 0) return nextAt;
    return Math.min(nextAt ?? Infinity, this.#renewedAt + RENEW_MS);
  }

  /** Messages not settled yet. */
  get size(): number {
    return this.#jobs.size;
  }

  claim(parcel: Parcel): void {
    const { entry } = parcel;
    entry.busy = true;
    const claimed = this.#claim(parcel).catch((error: unknown) => {
      // A mistake of ours must not keep the group quiet for ever: its next tick decides anew.
      this.#giveWay(entry);
      throw error;
    });
    this.#track(claimed);
  }

  /** Called when a timer was set that the loop may not know of. */
  onTimer(wake: () => void): void {
    this.#wake = wake;
  }

  /** A message of an earlier life of the process: it was claimed and never settled. */
  resume(job: Job, at: Instant): void {
    this.#jobs.set(job.entry, job);
    this.#timers.set(at, job);
  }

  tick(now: Instant): void {
    for (const { what: job } of this.#timers.popDue(now)) {
      if (this.#jobs.get(job.entry) === job && job.state === 'waiting') this.#enqueue(job);
    }
    if (this.#sending.size === 0 || now < this.#renewedAt + RENEW_MS) return;
    this.#renewedAt = now;
    const writes: Write[] = [];
    for (const { entry, fence } of this.#sending) {
      if (fence !== null) writes.push({ kind: 'renew', entry: entry.name, fence, lease: LEASE_MS });
    }
    this.#parts.journal.note(writes);
  }

  /** Now is earlier than it was. */
  setBack(by: DurationMs): void {
    this.#timers.hasten(by);
    this.#renewedAt -= by;
  }

  /** No message starts any more; those underway get until the signal to finish, and are then cut off. */
  async close(deadline: AbortSignal): Promise<void> {
    this.#closing = true;
    const cut = (): void => this.#lifetime.abort();
    if (deadline.aborted) cut();
    else deadline.addEventListener('abort', cut, { once: true });
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #claim(parcel: Parcel): Promise<void> {
    const { entry, integration, telling } = parcel;
    const generation = entry.generation + 1;
    const idempotencyKey = keyOf(parcel, generation);
    const message = compose({ ...parcel.envelope, idempotencyKey }, parcel.alerts);
    const delivery = {
      ...entry.name,
      generation,
      outwardKey: message.groupKey,
      idempotencyKey,
      reason: message.reason,
      createdAt: message.at,
      message: encodeMessage(message),
      telling,
    };
    const { owner, journal, record } = this.#parts;
    let fence: number | null = null;
    try {
      const [result] = await journal.require([
        { kind: 'claim', delivery, after: entry.generation, owner, lease: LEASE_MS },
      ]);
      if (!result!.granted) {
        entry.generation = result!.generation;
        this.#giveWay(entry);
        return;
      }
      fence = result!.fence;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    entry.busy = false;
    entry.generation = generation;
    entry.fence = fence ?? entry.fence;
    entry.undelivered = { generation, telling: tellingOf(telling), underway: true };
    record.notification(refOf(parcel.receiver, integration), message.groupKey, message.reason);
    const budget = Math.max(SHORTEST_BUDGET_MS, parcel.group.route.groupInterval);
    const job: Job = {
      ...{ entry, integration, generation, fence, message, telling, budget, trace: parcel.trace },
      ...{ attempts: 0, mayHaveArrived: false, state: 'ready' },
    };
    this.#jobs.set(entry, job);
    this.#enqueue(job);
  }

  /** A claim that came to nothing: the older message that stood aside for it goes on. */
  #giveWay(entry: Entry): void {
    entry.busy = false;
    const older = this.#jobs.get(entry);
    if (older?.state === 'ready') this.#enqueue(older);
  }

  #enqueue(job: Job): void {
    job.state = 'ready';
    this.#lanes.add(laneOf(job), job);
  }

  #start(job: Job): Promise<void> | null {
    if (this.#closing || job.state !== 'ready' || this.#jobs.get(job.entry) !== job) return null;
    // Busy before its start: a newer message is being claimed, and will take its place.
    if (job.entry.busy) return null;
    const run = this.#attempt(job);
    this.#track(run);
    return run;
  }

  async #attempt(job: Job): Promise<void> {
    const { entry } = job;
    job.state = 'sending';
    entry.busy = true;
    this.#sending.add(job);
    if (this.#sending.size === 1) {
      this.#renewedAt = this.#parts.clock.now();
      this.#wake();
    }
    try {
      if (job.attempts > 0 && (this.#integrationOf(job) === null || !(await this.#reclaim(job))))
        return this.#forget(job);
      if (!this.#parts.isMuted(job.message)) return await this.#send(job);
    } catch (error) {
      this.#wait(job, this.#parts.clock.now() + AFTER_A_DEFECT_MS);
      throw error;
    } finally {
      this.#sending.delete(job);
      entry.busy = false;
    }
    // Not before it is free: the group speaks again, and what it says is being claimed when this returns.
    this.#drop(job);
  }

  /** As it is configured now; null: a reload took it away, and what waits for it would wait for ever. */
  #integrationOf({ entry }: Job): IntegrationEntry | null {
    return findIntegration(this.#parts.generation().config, entry.receiver, entry.integration);
  }

  /** The lease was let go while the message waited; somebody else may have taken it since. */
  async #reclaim(job: Job): Promise<boolean> {
    const { owner, journal } = this.#parts;
    const { entry, generation } = job;
    try {
      const [result] = await journal.require([
        { kind: 'reclaim', entry: entry.name, generation, owner, lease: LEASE_MS },
      ]);
      // A message that first went out while the store was away has no row to take.
      if (!result!.granted) return job.fence === null;
      job.fence = result!.fence;
      entry.fence = result!.fence ?? entry.fence;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    return true;
  }

  async #send(job: Job): Promise<void> {
    const { clock, courier, record, generation } = this.#parts;
    const current = generation();
    const integration = this.#integrationOf(job) ?? job.integration;
    const done = new AbortController();
    const late = new AbortController();
    const startedAt = clock.now();
    const cut = AbortSignal.any([done.signal, this.#lifetime.signal]);
    void clock.sleepUntil(startedAt + job.budget, cut).then(() => {
      // An error with its stack for each message in time would cost as much as sending it.
      if (!done.signal.aborted) late.abort(this.#lifetime.signal.aborted ? undefined : outOfTime());
    });
    const { outcome, templateError } = await courier
      .deliver(integration, {
        ...{ message: job.message, memo: job.entry.memo, templates: current.templates },
        ...{ signal: late.signal, mayHaveArrived: job.mayHaveArrived, trace: job.trace, attempt: job.attempts + 1 },
      })
      .catch((error: unknown) => this.#survived(error));
    done.abort(DONE);
    const now = clock.now();
    job.attempts++;
    job.mayHaveArrived ||= outcome.kind === 'retry' && outcome.mayHaveArrived === true;
    job.entry.memo = outcome.memo ?? job.entry.memo;
    const ref = refOf(job.entry.receiver, integration);
    if (templateError !== null) record.templateFailed(ref, job.message.groupKey, templateError);
    const retryInMs =
      outcome.kind === 'retry' ? retryAfter(job.attempts, outcome.after, this.#parts.entropy.fraction()) : null;
    record.attempt({
      integration: ref,
      groupKey: job.message.groupKey,
      seconds: (now - startedAt) / 1000,
      attempts: job.attempts,
      outcome: outcome.kind,
      reason: outcome.kind === 'delivered' ? null : outcome.reason,
      detail: outcome.detail,
      retryInMs,
    });
    this.#settle(job, outcome, retryInMs === null ? null : now + retryInMs);
  }

  /** A mistake of ours must not leave the message in mid-air, where nothing would ever be heard of it again. */
  #survived(error: unknown): Awaited<ReturnType<Courier['deliver']>> {
    this.#parts.record.defect('outbox', error);
    const detail = 'a mistake in the program';
    return {
      outcome: { kind: 'retry', reason: 'other', detail, after: AFTER_A_DEFECT_MS, mayHaveArrived: true },
      templateError: null,
    };
  }

  #settle(job: Job, outcome: Outcome, nextAttemptAt: Instant | null): void {
    const { entry } = job;
    const overtaken = this.#jobs.get(entry) !== job;
    if (!overtaken && outcome.kind === 'retry' && nextAttemptAt !== null) {
      this.#wait(job, nextAttemptAt);
    } else if (!overtaken) {
      this.#jobs.delete(entry);
      if (outcome.kind === 'delivered') {
        // repeat_interval counts from the arrival; the store keeps the tick, a little earlier, for a restart.
        entry.remember({ ...job.telling, at: this.#parts.clock.now() });
        entry.undelivered = null;
      } else if (entry.undelivered !== null) entry.undelivered = { ...entry.undelivered, underway: false };
    }
    const state = outcome.kind === 'delivered' ? 'sent' : outcome.kind === 'retry' ? 'waiting' : 'parked';
    this.#note(job, {
      ...{ state, nextAttemptAt, answer: outcome.detail, memo: outcome.memo ?? null },
      answerReason: outcome.kind === 'delivered' ? '' : outcome.reason,
    });
    if (!overtaken && state !== 'waiting') this.#parts.settled(job, state);
  }

  #wait(job: Job, until: Instant): void {
    job.state = 'waiting';
    this.#timers.set(until, job);
    this.#wake();
  }

  /** What else it said, and ended meanwhile, is still owed: hence not underway, but not forgotten. */
  #drop(job: Job): void {
    const undelivered = this.#jobs.get(job.entry) === job ? job.entry.undelivered : null;
    this.#forget(job);
    if (undelivered !== null) job.entry.undelivered = { ...undelivered, underway: false };
    const answer = 'muted before it could be sent';
    this.#note(job, { state: 'dropped', answer, answerReason: '', nextAttemptAt: null, memo: null });
    this.#parts.settled(job, 'dropped');
  }

  #forget(job: Job): void {
    if (this.#jobs.get(job.entry) !== job) return;
    this.#jobs.delete(job.entry);
    job.entry.undelivered = null;
    job.entry.busy = false;
  }

  #note(job: Job, result: Result): void {
    const { entry, generation, fence, attempts } = job;
    // Sent while the store was away: there is no row to settle, but the log must know.
    if (fence === null) return this.#parts.journal.note([{ kind: 'entries.put', entries: [entry.stored()] }]);
    this.#parts.journal.note([{ kind: 'settle', entry: entry.name, generation, fence, attempts, ...result }]);
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#parts.record.defect('outbox', error))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

const refOf = (receiver: string, { config, index }: IntegrationEntry): IntegrationRef => ({
  receiver,
  kind: config.kind,
  name: `${config.kind}[${index}]`,
});

const laneOf = (job: Job): string => `${job.entry.integration}\u0000${job.entry.receiver}`;

function keyOf({ entry, integration, envelope }: Parcel, generation: number): string {
  const parts = [entry.groupKey, entry.receiver, integrationName(integration), generation, envelope.at];
  return hash('sha256', JSON.stringify(parts), 'hex');
}
