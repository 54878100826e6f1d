// The engine, put together and set going: everything alive in one place, in the order it is built.
import type { DurationMs, Instant } from '../model/time.ts';
import type { Message } from '../notify/message.ts';
import type { Clock, Deadline } from '../ports/clock.ts';
import type { Courier } from '../ports/courier.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Files } from '../ports/files.ts';
import type { EventStream } from '../ports/event-stream.ts';
import type { RuleRecorder } from '../ports/rule-recorder.ts';
import type { Recorder } from '../ports/recorder.ts';
import type { Store } from '../ports/store.ts';
import type { Tracing } from '../ports/tracer.ts';
import { SilenceIndex } from '../mute/silence-index.ts';
import type { SilenceLimits } from '../mute/silence.ts';
import { adopt } from './adopt.ts';
import { AlertIds } from './alert-ids.ts';
import { SilenceCommands } from './commands.ts';
import { compileFiles, printProblems, type CompileOptions } from './compile.ts';
import type { Engine, StatusView } from './contract.ts';
import { Dispatcher } from './dispatcher.ts';
import { integrationsOf, type Generation } from './generation.ts';
import { Gauges } from './gauges.ts';
import { Housekeeping } from './housekeeping.ts';
import { AlertIngest } from './ingest.ts';
import { Journal } from './journal.ts';
import { KnownAlerts } from './known-alerts.ts';
import { Loop } from './loop.ts';
import { Muters } from './muters.ts';
import { NotificationLog } from './notification-log.ts';
import { Outbox, type Job } from './outbox.ts';
import { ConfigReload } from './reload.ts';
import { doubt, recall, resume } from './restore.ts';
import type { MergeOptions } from './rules/merge.ts';
import type { ReadFiles, Watch } from '../ports/watch.ts';
import type { RuleCompiler } from '../ports/rule-compiler.ts';
import type { RuleOutside } from '../ports/rule-outside.ts';
import { problemsText, RuleService } from './rules/rule-service.ts';
import { StreamTeller } from './stream-teller.ts';
import { EngineMessages } from './messages.ts';
import { EngineViews } from './views.ts';
import { traceCourier } from './trace-courier.ts';

export interface EngineOptions extends CompileOptions {
  readonly version: string;
  readonly externalURL: string;
  /** --dispatch.start-delay */
  readonly startDelay: DurationMs;
  /** --alerts.gc-interval */
  readonly alertsGcInterval: DurationMs;
  /** --data.maintenance-interval */
  readonly maintenanceInterval: DurationMs;
  readonly perAlertnameLimit: number;
  readonly silenceLimits: SilenceLimits;
  readonly cluster: StatusView['cluster'];
  readonly rules: RuleOptions;
}

export interface RuleOptions extends MergeOptions {
  /** --rules.alert.resend-delay */
  readonly resendDelay: DurationMs;
  /** --rules.alert.for-outage-tolerance */
  readonly forOutageTolerance: DurationMs;
  /** --rules.alert.for-grace-period */
  readonly forGracePeriod: DurationMs;
}

export interface EngineParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Of one rendering of templates. */
  readonly deadline: Deadline;
  readonly entropy: Entropy;
  readonly files: Files;
  readonly courier: Courier;
  readonly record: Recorder;
  readonly ruleRecord: RuleRecorder;
  readonly outside: RuleOutside;
  readonly compiler: RuleCompiler;
  readonly tracing: Tracing;
  /** null: nobody watches the rule files. */
  readonly watch: Watch | null;
  /** Who claims messages, to others that share the store. */
  readonly owner: string;
  /** null: nobody has asked for events to be written out. */
  readonly stream: EventStream | null;
}

export interface RunningEngine extends Engine {
  readonly gauges: Gauges;
  /** No new message starts; those underway may finish until the signal; then everything is durable. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** The configuration cannot be served; the message is all that is wrong with it. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
}

export async function startEngine(parts: EngineParts, options: EngineOptions): Promise<RunningEngine> {
  const { store, clock, deadline, entropy, files, record, owner, stream, tracing: tracer } = parts;
  const compiled = await compileFiles(files, options);
  if (!compiled.ok) throw new ConfigRefused(printProblems(compiled.problems));

  const startedAt = clock.now();
  const notBefore = options.startDelay === 0 ? 0 : startedAt + options.startDelay;
  const alerts = new KnownAlerts(options.perAlertnameLimit);
  const silences = new SilenceIndex((ask) => record.timed('silences.query', 1, ask));
  const log = new NotificationLog();
  const stored = await store.load();
  for (const { kind, id, reason } of stored.unreadable) record.unreadable(kind, id, reason);
  const prior = recall(stored, { alerts, silences, log }, startedAt);
  const adopted = adopt({ alerts, prior, log, compiled: compiled.compiled, notBefore }, startedAt);
  let current: Generation = adopted.generation;
  tracer.reconfigure(current.config.tracing);
  const generation = (): Generation => current;

  const journal = new Journal(store, clock, record);
  const muters = new Muters(alerts, silences);
  const teller = stream === null ? null : new StreamTeller(stream, muters);
  const traced = traceCourier(parts.courier, tracer);
  const courier = teller?.listeningTo(traced, clock) ?? traced;
  const isMuted = (message: Message): boolean => isAnyMuted(message, muters, current, clock.now());
  const settled = (job: Job, how: 'sent' | 'parked' | 'dropped'): void => dispatcher.settled(job, how, clock.now());
  const outbox = new Outbox({ courier, journal, clock, entropy, record, owner, generation, isMuted, settled });
  const { externalURL, retention } = options;
  const dispatcher = new Dispatcher({
    ...{ generation, muters, log, outbox, journal, record, deadline, tracer, externalURL, retention, stream: teller },
  });
  const housekeeping = new Housekeeping(
    {
      ...{ alerts, silences, log, journal, store, record, generation, retention },
      alertsEvery: options.alertsGcInterval,
      dataEvery: options.maintenanceInterval,
    },
    startedAt,
  );
  const loop = new Loop(clock, record, [
    {
      name: 'dispatcher',
      nextAt: () => dispatcher.nextAt,
      tick: (now) => dispatcher.tick(now),
      setBack: (by) => {
        current.groups.setBack(by);
        current.membership.watchAll(alerts, clock.now());
      },
      overslept: (from, now) => {
        doubt(alerts, from, now);
        current.membership.watchAll(alerts, now);
      },
    },
    {
      name: 'outbox',
      nextAt: () => outbox.nextAt,
      tick: (now) => outbox.tick(now),
      setBack: (by) => outbox.setBack(by),
    },
    {
      name: 'rules',
      nextAt: () => rules.nextAt,
      tick: (now) => rules.tick(now),
      setBack: (by) => rules.setBack(by),
    },
    { name: 'housekeeping', nextAt: () => housekeeping.nextAt, tick: (now) => housekeeping.tick(now) },
    { name: 'journal', nextAt: () => journal.nextAt, tick: () => journal.probe() },
  ]);
  outbox.onTimer(() => loop.wake());
  journal.onTimer(() => loop.wake());

  const ingest = new AlertIngest({
    ...{ alerts, journal, clock, record, generation, tracer },
    ids: await AlertIds.open(store),
    wake: () => loop.wake(),
    stream: teller,
  });
  const rules = new RuleService(
    {
      ...{ files, clock, ingest, tracer, externalURL },
      record: parts.ruleRecord,
      note: (writes) => journal.note(writes),
      outside: parts.outside,
      compiler: parts.compiler,
      defect: (where, error) => record.defect(where, error),
      resendDelay: options.rules.resendDelay,
      trace: { tolerance: options.rules.forOutageTolerance, grace: options.rules.forGracePeriod },
      merge: options.rules,
      wake: () => loop.wake(),
    },
    stored.ruleGroups,
  );
  const prepared = await rules.prepare(compiled.compiled.config);
  if (prepared.loaded.problems.length > 0) throw new ConfigRefused(problemsText(prepared.loaded));
  // Before the rules say anything: what they say may open again what this clears away.
  journal.note([
    ...adopted.writes,
    { kind: 'event', event: { kind: 'started', at: startedAt, version: options.version } },
  ]);
  await stream?.configure(current.config.eventRecorder);
  stream?.record({ kind: 'started', at: startedAt, version: options.version });
  teller?.regrouped(current, generation, startedAt);
  await rules.adopt(prepared, () => {});
  const watching = parts.watch?.start(prepared.loaded.read, () => reload.rulesChanged());
  const retarget = (read: ReadFiles): void => watching?.retarget(read);
  const swap = (next: Generation): void => {
    current = next;
    tracer.reconfigure(next.config.tracing);
    loop.wake();
    teller?.regrouped(next, generation, clock.now());
  };
  const reload = new ConfigReload({
    files,
    clock,
    record,
    journal,
    alerts,
    log,
    options,
    notBefore,
    startedAt,
    generation,
    swap,
    rules,
    dispatcher,
    retarget,
    streamTo: async (outputs) => stream?.configure(outputs),
  });
  const commands = new SilenceCommands({
    ...{ silences, journal, clock, entropy, record, stream, tracer },
    limits: options.silenceLimits,
  });
  const views = new EngineViews({
    ...{ alerts, silences, muters, store, clock, deadline, generation, startedAt, externalURL },
    cluster: options.cluster,
  });

  const messages = new EngineMessages({
    ...{ generation, alerts, clock, entropy, journal, deadline, externalURL },
    courier: traced,
  });

  const unreadable = resume(stored.deliveries, current, log, outbox, startedAt);
  for (const { kind, id, reason } of unreadable) record.unreadable(kind, id, reason);
  const detail = printProblems([...compiled.warnings, ...prepared.loaded.warnings]);
  const integrations = integrationsOf(current.config);
  record.configLoaded({ outcome: 'taken', at: startedAt, hash: current.config.hash, detail, integrations });

  const stopLoop = new AbortController();
  const running = loop.run(stopLoop.signal);
  const stop = async (deadline: AbortSignal): Promise<void> => {
    stopLoop.abort();
    watching?.stop();
    reload.stop();
    await running;
    await rules.stop(deadline);
    await outbox.close(deadline);
    journal.note([{ kind: 'event', event: { kind: 'stopped', at: clock.now() } }]);
    stream?.record({ kind: 'stopped', at: clock.now() });
    await journal.settled();
  };
  const gauges = new Gauges({ alerts, silences, muters, journal, outbox, generation, clock });
  return { ingest, commands, views, messages, reload, rules, gauges, stop };
}

/** A page waiting for its next attempt must not break a silence set meanwhile. */
function isAnyMuted(message: Message, muters: Muters, generation: Generation, now: Instant): boolean {
  return message.alerts.some(({ status, labels }) => status === 'firing' && muters.isQuiet(labels, generation, now));
}
