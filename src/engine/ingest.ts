// The one door for alerts: whoever sends them, here they become known, join their groups, and become durable
// before the sender hears "yes". What is said again unchanged costs a look-up and one moved deadline.
import { isExtension, isResolved, succeed, type Alert } from '../model/alert.ts';
import type { DurationMs, Instant, Stamp } from '../model/time.ts';
import { stampOf } from '../model/rfc3339.ts';
import type { TraceContext } from '../model/trace-context.ts';
import type { Clock } from '../ports/clock.ts';
import type { Recorder } from '../ports/recorder.ts';
import type { Span, Tracer } from '../ports/tracer.ts';
import type { AlertId, StoredAlert, Write } from '../ports/store.ts';
import type { Ingest, Ingested, PostedAlert } from './contract.ts';
import type { Generation } from './generation.ts';
import type { Group } from './groups.ts';
import type { Journal } from './journal.ts';
import type { StreamTeller } from './stream-teller.ts';
import { Known, type KnownAlerts } from './known-alerts.ts';
import { traceIngest } from './span-facts.ts';

/** Alerts that wait for their commit; more are sent away with Retry-After. */
const MOST_WAITING = 100_000;
const RETRY_AFTER_SECONDS = 5;

export interface IngestParts {
  readonly alerts: KnownAlerts;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly record: Recorder;
  readonly ids: { next(): AlertId };
  readonly generation: () => Generation;
  readonly tracer: Tracer;
  /** A group may be due sooner than the loop sleeps. */
  readonly wake: () => void;
  readonly stream: StreamTeller | null;
}

/** What one POST changes, gathered by kind so that the store sees columns. */
class Changes {
  readonly put: StoredAlert[] = [];
  readonly extended: { readonly ids: AlertId[]; readonly endsAt: Stamp[] } = { ids: [], endsAt: [] };
  readonly returned: AlertId[] = [];
  readonly opened: Group[] = [];
  firing = 0;
  resolved = 0;
  limited = 0;

  writes(updatedAt: Instant): readonly Write[] {
    const writes: Write[] = [];
    if (this.put.length > 0) writes.push({ kind: 'alerts.put', alerts: this.put });
    if (this.extended.ids.length > 0) writes.push({ kind: 'alerts.extend', ...this.extended, updatedAt });
    if (this.returned.length > 0) writes.push({ kind: 'releases.forget', alerts: this.returned });
    if (this.opened.length > 0) writes.push({ kind: 'groups.put', groups: this.opened.map((group) => group.stored()) });
    return writes;
  }
}

export class AlertIngest implements Ingest {
  readonly #parts: IngestParts;
  #waiting = 0;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  get resolveTimeout(): DurationMs {
    return this.#parts.generation().config.resolveTimeout;
  }

  post(posted: readonly PostedAlert[], trace: TraceContext | null = null): Promise<Ingested> {
    const span = this.#parts.tracer.start('provider.mem.Put', trace, 'producer');
    const taking = this.#post(posted, span);
    return span === null ? taking : taking.finally(() => span.end());
  }

  async #post(posted: readonly PostedAlert[], span: Span | null): Promise<Ingested> {
    const { journal, clock, record, generation, wake } = this.#parts;
    if (this.#waiting > 0 && this.#waiting + posted.length > MOST_WAITING) {
      record.ingestRefused(this.#waiting);
      span?.fail('too many alerts wait for the store');
      return { kind: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
    }
    const now = clock.now();
    const current = generation();
    const changes = new Changes();
    record.timed('alerts', posted.length, () => {
      for (const alert of posted)
        this.#take(complete(alert, current.config.resolveTimeout, now), current, now, changes);
    });
    record.alertsReceived(changes);
    if (span !== null) traceIngest(span, changes);
    if (changes.opened.length > 0) wake();
    this.#waiting += posted.length;
    try {
      await journal.state(changes.writes(now));
    } finally {
      this.#waiting -= posted.length;
    }
    return { kind: 'taken' };
  }

  #take(next: Alert, generation: Generation, now: Instant, changes: Changes): void {
    const { alerts, stream } = this.#parts;
    if (isResolved(next, now)) changes.resolved++;
    else changes.firing++;
    const known = alerts.get(next.labels);
    if (known === undefined) {
      this.#welcome(next, generation, now, changes);
      return;
    }
    const before = known.alert;
    const after = succeed(before, { ...next, labels: known.labels }, now);
    const wasResolved = isResolved(before, now);
    if (wasResolved && !isResolved(after, now) && !alerts.mayReturn(known, now)) {
      changes.limited++;
      return;
    }
    if (!wasResolved && isExtension(before, after)) {
      // The parts that are equal stay the old objects: new ones would make everything known young again, twice.
      known.alert = { ...before, endsAt: after.endsAt, updatedAt: after.updatedAt, reading: after.reading };
      changes.extended.ids.push(known.id);
      changes.extended.endsAt.push(after.endsAt);
      generation.membership.watch(known, now);
      stream?.grouped(known, now);
      return;
    }
    known.alert = after;
    changes.put.push({ id: known.id, alert: after });
    // It may have left some of its groups when it was resolved.
    if (wasResolved) changes.returned.push(known.id);
    this.#place(known, generation, now, changes);
  }

  #welcome(alert: Alert, generation: Generation, now: Instant, changes: Changes): void {
    if (!this.#parts.alerts.hasRoomFor(alert.labels, now)) {
      changes.limited++;
      return;
    }
    const known = new Known(this.#parts.ids.next(), alert);
    this.#parts.alerts.add(known);
    changes.put.push({ id: known.id, alert });
    this.#parts.stream?.created(alert, now);
    this.#place(known, generation, now, changes);
  }

  #place(known: Known, generation: Generation, now: Instant, changes: Changes): void {
    generation.membership.watch(known, now);
    changes.opened.push(...generation.membership.join(known, now));
    this.#parts.stream?.grouped(known, now);
  }
}

/** What the sender left out: no start is its end or now; no end is a guess, resolve_timeout from now. */
function complete(posted: PostedAlert, resolveTimeout: DurationMs, now: Instant): Alert {
  const { labels, annotations, generatorURL, notify, reading } = posted;
  const timeout = posted.endsAt === null;
  const endsAt = posted.endsAt ?? stampOf(now + resolveTimeout);
  const startsAt = posted.startsAt ?? posted.endsAt ?? stampOf(now);
  return { labels, annotations, generatorURL, notify, reading, startsAt, endsAt, timeout, updatedAt: now };
}
