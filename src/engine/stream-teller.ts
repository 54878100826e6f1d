// What the engine tells the event stream, made only where there is one: who calls this has asked `!== null` before.
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Instant } from '../model/time.ts';
import { ruleBetween } from '../mute/inhibit.ts';
import type { MessageAlert } from '../notify/message.ts';
import type { StreamEvent, StreamFlush } from '../history/stream-event.ts';
import type { Clock } from '../ports/clock.ts';
import type { Courier } from '../ports/courier.ts';
import type { EventStream } from '../ports/event-stream.ts';
import type { Generation } from './generation.ts';
import type { Flush, Group } from './groups.ts';
import type { Known } from './known-alerts.ts';
import type { Muters } from './muters.ts';

export class StreamTeller {
  readonly #stream: EventStream;
  readonly #muters: Muters;
  /** By the alerts of a message, which are the same list from the decision to its arrival. */
  readonly #flushes = new WeakMap<readonly MessageAlert[], StreamFlush>();

  constructor(stream: EventStream, muters: Muters) {
    this.#stream = stream;
    this.#muters = muters;
  }

  created(alert: Alert, at: Instant): void {
    this.#stream.record({ kind: 'alertCreated', at, alert });
  }

  /** Upstream tells it each time an alert arrives, new or not. */
  grouped({ alert, groups }: Known, at: Instant): void {
    for (const group of groups) this.#stream.record({ kind: 'alertGrouped', at, alert, group });
  }

  /** Another configuration is in force: every alert is in a group that is new. */
  regrouped(generation: Generation, current: () => Generation, at: Instant): void {
    this.#stream.recordAll(membersOf(generation, current, at));
  }

  /** Of a flush that was told. */
  resolved(group: Group, resolved: Flush['resolved'], at: Instant): void {
    for (const { alert } of resolved) this.#stream.record({ kind: 'alertResolved', at, alert, group });
  }

  silenced(muted: Labels, at: Instant): void {
    for (const silence of this.#muters.silencesOf(muted, at)) {
      this.#stream.record({ kind: 'silenceMutedAlert', at, silence, muted });
    }
  }

  inhibited(muted: Labels, source: Labels, { config }: Generation, at: Instant): void {
    const rule = ruleBetween(config.inhibitRules, source, muted);
    if (rule !== null) this.#stream.record({ kind: 'inhibitionMutedAlert', at, rule, source, muted });
  }

  /** These alerts are about to be told. */
  telling(alerts: readonly MessageAlert[], flush: StreamFlush): void {
    this.#flushes.set(alerts, flush);
  }

  /** The same flush, told to another receiver. */
  handingOver(from: readonly MessageAlert[], to: readonly MessageAlert[]): void {
    const flush = this.#flushes.get(from);
    if (flush !== undefined) this.#flushes.set(to, flush);
  }

  /** Messages that arrive through it are told. */
  listeningTo(courier: Courier, clock: Pick<Clock, 'now'>): Courier {
    return {
      deliver: async (integration, letter) => {
        const delivered = await courier.deliver(integration, letter);
        if (delivered.outcome.kind === 'delivered') {
          const { message } = letter;
          this.#stream.record({
            ...{ kind: 'notification', at: clock.now(), message },
            integration: { kind: integration.config.kind, index: integration.index },
            flush: this.#flushes.get(message.alerts) ?? null,
          });
        }
        return delivered;
      },
    };
  }
}

/** As they are when they are asked for; none any more once the next configuration is in force. */
function* membersOf(generation: Generation, current: () => Generation, at: Instant): Generator<StreamEvent> {
  for (const group of generation.groups.values()) {
    for (const { alert } of group.members) {
      if (current() !== generation) return;
      yield { kind: 'alertGrouped', at, alert, group };
    }
  }
}
