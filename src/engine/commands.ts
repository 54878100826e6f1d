// What people ask for: silences set and ended. Durable before they count, so that "yes" is never taken back. Between
// a decision and its commit others decide: of one silence they wait their turn, and what is being made is counted.
import type { TraceContext } from '../model/trace-context.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { EventStream } from '../ports/event-stream.ts';
import type { Recorder } from '../ports/recorder.ts';
import type { Write } from '../ports/store.ts';
import type { Tracer } from '../ports/tracer.ts';
import { decideSilence, expire, type Silence, type SilenceLimits } from '../mute/silence.ts';
import type { SilenceIndex } from '../mute/silence-index.ts';
import type { Commands, SilenceRequest, SilenceSet } from './contract.ts';
import type { Journal } from './journal.ts';
import { traceSilence } from './span-facts.ts';

export interface CommandParts {
  readonly silences: SilenceIndex;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly record: Recorder;
  readonly limits: SilenceLimits;
  readonly stream: EventStream | null;
  readonly tracer: Tracer;
}

type Change = 'created' | 'updated' | 'expired';

export class SilenceCommands implements Commands {
  readonly #parts: CommandParts;
  /** By id, the end of the last change asked for. */
  readonly #turns = new Map<string, Promise<void>>();
  /** New silences on their way into the store. */
  #coming = 0;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  setSilence(request: SilenceRequest, trace: TraceContext | null = null): Promise<SilenceSet> {
    const span = this.#parts.tracer.start('silences.Set', trace);
    const setting = request.id === '' ? this.#set(request) : this.#inTurn(request.id, () => this.#set(request));
    return span === null ? setting : traceSilence(span, setting);
  }

  expireSilence(id: string, trace: TraceContext | null = null): Promise<'expired' | 'unknown'> {
    const span = this.#parts.tracer.start('silences.Expire', trace);
    span?.set({ 'alerting.silence.id': id });
    const expiring = this.#inTurn(id, () => this.#expire(id));
    return span === null ? expiring : expiring.finally(() => span.end());
  }

  async #set(request: SilenceRequest): Promise<SilenceSet> {
    const { silences, clock, entropy, limits } = this.#parts;
    const known = request.id === '' ? null : silences.get(request.id);
    const input = { draft: request, known, newId: entropy.uuid(), count: silences.size + this.#coming, limits };
    const decision = decideSilence(input, clock.now());
    switch (decision.kind) {
      case 'unknown':
      case 'refused':
        return decision;
      case 'create':
        await this.#apply([['created', decision.silence]]);
        return { kind: 'set', id: decision.silence.id };
      case 'update':
        await this.#apply([['updated', decision.silence]]);
        return { kind: 'set', id: decision.silence.id };
      case 'replace':
        await this.#apply([
          ...(decision.ended === null ? [] : [['expired', decision.ended] as const]),
          ['created', decision.silence],
        ]);
        return { kind: 'set', id: decision.silence.id };
    }
  }

  async #expire(id: string): Promise<'expired' | 'unknown'> {
    const known = this.#parts.silences.get(id);
    if (known === null) return 'unknown';
    const ended = expire(known, this.#parts.clock.now());
    if (ended !== null) await this.#apply([['expired', ended]]);
    return 'expired';
  }

  async #apply(changes: readonly (readonly [Change, Silence])[]): Promise<void> {
    const { journal, silences, record, clock, stream } = this.#parts;
    const at = clock.now();
    const writes = changes.flatMap(([change, silence]): Write[] => [
      { kind: 'silence.put', silence },
      {
        kind: 'event',
        event: { kind: 'silence', at, change, id: silence.id, by: silence.createdBy, detail: silence.comment },
      },
    ]);
    const created = changes.filter(([change]) => change === 'created').length;
    this.#coming += created;
    try {
      await journal.require(writes);
    } finally {
      this.#coming -= created;
    }
    for (const [change, silence] of changes) {
      silences.set(silence);
      record.silence(change, silence.id, silence.createdBy, silence.comment);
      if (change === 'created') stream?.record({ kind: 'silenceCreated', at, silence });
      if (change === 'updated') stream?.record({ kind: 'silenceUpdated', at, silence });
    }
  }

  async #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id);
    const done = Promise.withResolvers<void>();
    this.#turns.set(id, done.promise);
    try {
      await before;
      return await work();
    } finally {
      if (this.#turns.get(id) === done.promise) this.#turns.delete(id);
      done.resolve();
    }
  }
}
