// The engine in virtual time with an event stream that keeps what it is told, as JSON.
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { EventRecorderConfig } from '../../src/config/config.ts';
import { startEngine, type RunningEngine } from '../../src/engine/engine.ts';
import { compileHere } from '../../src/engine/rules/compile-here.ts';
import { printStreamEvent, type PrintedEvent } from '../../src/history/print-stream-event.ts';
import type { StreamEvent } from '../../src/history/stream-event.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import type { EventStream } from '../../src/ports/event-stream.ts';
import type { Store } from '../../src/ports/store.ts';
import { VirtualClock } from '../../src/scenario/virtual-clock.ts';
import { noTracer } from './no-tracer.ts';
import { silentRecorder, silentRuleRecorder } from './silent-recorder.ts';
import { TextFiles } from './text-files.ts';

class KeptEvents implements EventStream {
  readonly events: PrintedEvent[] = [];
  readonly configured: EventRecorderConfig[] = [];
  readonly #sender = { instance: 'vm', buildContext: '(node=v1)', uuidOf: () => 'a uuid' };

  record(event: StreamEvent): void {
    this.events.push(printStreamEvent(event, this.#sender));
  }

  recordAll(events: Iterable<StreamEvent>): void {
    for (const event of events) this.record(event);
  }

  async configure(outputs: EventRecorderConfig): Promise<void> {
    this.configured.push(outputs);
  }

  /** What came since it was last asked. */
  take(): readonly PrintedEvent[] {
    return this.events.splice(0);
  }
}

const CONFIG_FILE = '/etc/belfry.yml';

export class StreamScene {
  readonly clock: VirtualClock;
  readonly kept = new KeptEvents();
  readonly store: Store = new SqliteStore();
  readonly defects: unknown[] = [];
  /** What becomes of the next messages; then all are delivered. */
  readonly outcomes: Outcome[] = [];
  config: string;
  #engine: RunningEngine | null = null;

  constructor(config: string, start: number) {
    this.config = config;
    this.clock = new VirtualClock(start);
  }

  get engine(): RunningEngine {
    return this.#engine!;
  }

  async start(stream: EventStream | null = this.kept): Promise<void> {
    const { clock, store, defects } = this;
    let ids = 0;
    this.#engine = await startEngine(
      {
        ...{ clock, store, stream, record: silentRecorder(defects), ruleRecord: silentRuleRecorder },
        deadline: () => () => false,
        entropy: { uuid: () => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`, fraction: () => 0.5 },
        files: {
          read: (path) => new TextFiles({ [CONFIG_FILE]: this.config }).read(path),
          glob: () => Promise.resolve([]),
        },
        courier: {
          deliver: () => {
            const outcome = this.outcomes.shift() ?? { kind: 'delivered', detail: '' };
            return Promise.resolve({ outcome, templateError: null });
          },
        },
        outside: {
          source: () => {
            throw new Error('there are no rules');
          },
          reconfigure: () => {},
          writer: { hasTargets: false, write: () => Promise.resolve({ rejected: 0, isTaken: true, messages: [] }) },
          sink: { send: () => {}, targets: () => [] },
          close: () => Promise.resolve(),
        },
        ...{ compiler: compileHere, watch: null, tracing: noTracer, owner: 'scene' },
      },
      {
        ...{ file: CONFIG_FILE, matcherMode: 'fallback', shippedTemplates: [], eventRecorder: true },
        ...{ retention: 432_000_000, version: '0.1.0', externalURL: 'http://belfry.example', startDelay: 0 },
        ...{ alertsGcInterval: 1_800_000, maintenanceInterval: 900_000, perAlertnameLimit: 0, cluster: null },
        silenceLimits: { maxSilences: 0, maxSilenceSizeBytes: 0 },
        rules: {
          ...{ allOrNothing: false, allowEmpty: false },
          ...{ resendDelay: 60_000, forOutageTolerance: 3_600_000, forGracePeriod: 600_000 },
        },
      },
    );
  }

  /** While the engine ends its loop, time stands still. */
  async stop(): Promise<void> {
    const stopped = this.engine.stop(AbortSignal.abort());
    await this.clock.advanceTo(this.clock.now());
    await stopped;
  }
}
