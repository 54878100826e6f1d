// The engine in virtual time, with files in memory that can be changed under it and a data source in which whatever a
// rule asks for is there: all that is said of loading it, and all that goes out.
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { startEngine, type RunningEngine } from '../../src/engine/engine.ts';
import { compileHere } from '../../src/engine/rules/compile-here.ts';
import type { RulesConfig } from '../../src/config/config.ts';
import { Labels } from '../../src/model/labels.ts';
import type { Answer, Question } from '../../src/ports/data-source.ts';
import type { Recorder } from '../../src/ports/recorder.ts';
import type { ReadFiles } from '../../src/ports/watch.ts';
import { VirtualClock } from '../../src/scenario/virtual-clock.ts';
import { ms, t } from './builders.ts';
import { noTracer } from './no-tracer.ts';
import { silentRecorder, silentRuleRecorder } from './silent-recorder.ts';
import { TextFiles } from './text-files.ts';

const CONFIG_FILE = '/etc/belfry.yml';

type Loaded = Parameters<Recorder['configLoaded']>[0];

export class ReloadScene {
  readonly clock = new VirtualClock(t('0s'));
  readonly files: TextFiles;
  readonly loads: Loaded[] = [];
  readonly defects: unknown[] = [];
  /** `20s default firing A, B`, in the order they left. */
  readonly messages: string[] = [];
  /** What the data source has of a question. */
  answer: (query: string) => readonly Readonly<Record<string, string>>[] = () => [{}];
  /** What the watch was last told to compare with. */
  watched: ReadFiles | null = null;
  /** What the watch says when it has noticed something. */
  noticed: () => void = () => {};
  #engine: RunningEngine | null = null;

  /** @param files rule files by their name; `rule_files` is up to the configuration */
  constructor(config: string, files: Readonly<Record<string, string>>) {
    const rules = Object.entries(files).map(([name, text]) => [`/etc/${name}`, text] as const);
    this.files = new TextFiles({ [CONFIG_FILE]: config, ...Object.fromEntries(rules) });
  }

  get engine(): RunningEngine {
    return this.#engine!;
  }

  /** null: there is none of that name any more. */
  write(name: string, text: string | null): void {
    if (text === null) this.files.texts.delete(`/etc/${name}`);
    else this.files.texts.set(`/etc/${name}`, text);
  }

  configure(config: string): void {
    this.files.texts.set(CONFIG_FILE, config);
  }

  /** Label sets of what fires, as our own router knows them. */
  firing(): readonly string[] {
    const all = { active: true, silenced: true, inhibited: true, unprocessed: true };
    const filter = { ...all, matchers: [], receiver: null, receiverMatchers: [] };
    return this.engine.views.alerts(filter).map(({ alert }) => alert.labels.toString());
  }

  async until(offset: string): Promise<void> {
    await this.clock.advanceTo(t(offset));
  }

  /** A reload is over when time has stood still for a moment. */
  async reload(): Promise<string | null> {
    const reloaded = this.engine.reload.reload();
    await this.clock.advanceTo(this.clock.now());
    return reloaded;
  }

  async start(rules: { readonly allOrNothing?: boolean; readonly allowEmpty?: boolean } = {}): Promise<void> {
    let ids = 0;
    const { clock, files } = this;
    this.#engine = await startEngine(
      {
        ...{ clock, files, store: new SqliteStore(), stream: null, ruleRecord: silentRuleRecorder },
        record: { ...silentRecorder(this.defects), configLoaded: (event) => void this.loads.push(event) },
        deadline: () => () => false,
        entropy: { uuid: () => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`, fraction: () => 0.5 },
        courier: {
          deliver: async (_integration, { message }) => {
            const at = (clock.now() - t('0s')) / 1000;
            const told = message.alerts.map(({ status, labels }) => `${labels.get('alertname')} ${status}`);
            this.messages.push(`${at}s ${message.receiver}: ${told.toSorted().join(', ')}`);
            return { outcome: { kind: 'delivered', detail: '' }, templateError: null };
          },
        },
        outside: {
          source: () => ({
            source: { name: 'fake', ask: (question) => this.#ask(question), curl: ({ query }) => `curl ${query}` },
            ...{ timeout: ms('30s'), partialAnswers: 'keep', holdVanished: 0, readAfterWrite: 'trust' },
          }),
          reconfigure: (_config: RulesConfig) => {},
          writer: { hasTargets: true, write: () => Promise.resolve({ rejected: 0, isTaken: true, messages: [] }) },
          sink: { send: () => {}, targets: () => [] },
          close: () => Promise.resolve(),
        },
        watch: {
          start: (read, changed) => {
            this.watched = read;
            this.noticed = changed;
            return { retarget: (next) => void (this.watched = next), stop: () => {} };
          },
        },
        ...{ compiler: compileHere, tracing: noTracer, owner: 'scene' },
      },
      {
        ...{ file: CONFIG_FILE, matcherMode: 'fallback', shippedTemplates: [], eventRecorder: false },
        ...{ retention: 432_000_000, version: '0.1.0', externalURL: 'http://belfry.example', startDelay: 0 },
        ...{ alertsGcInterval: 1_800_000, maintenanceInterval: 900_000, perAlertnameLimit: 0, cluster: null },
        silenceLimits: { maxSilences: 0, maxSilenceSizeBytes: 0 },
        rules: {
          ...{ allOrNothing: false, allowEmpty: false, ...rules },
          ...{ resendDelay: 60_000, forOutageTolerance: 3_600_000, forGracePeriod: 600_000 },
        },
      },
    );
    await clock.advanceTo(clock.now());
  }

  async stop(): Promise<void> {
    const stopped = this.engine.stop(AbortSignal.abort());
    await this.clock.advanceTo(this.clock.now());
    await stopped;
  }

  async #ask({ query, at }: Question): Promise<Answer> {
    const found = this.answer(query);
    const vector = found.map((labels) => ({
      labels: Labels.of(Object.entries(labels)),
      at,
      value: 1,
      histogram: null,
    }));
    const cost = { seconds: 0.01, bytes: 100, attempts: 1 };
    return { kind: 'vector', vector, warnings: [], infos: [], isPartial: false, seriesFetched: null, cost };
  }
}
