// A new configuration: everything that can fail happens aside, then one assignment. A refused one changes nothing.
import type { EventRecorderConfig } from '../config/config.ts';
import type { Problem } from '../model/problem.ts';
import type { Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Recorder } from '../ports/recorder.ts';
import { adopt, continuation, type PriorGroup } from './adopt.ts';
import type { ReadFiles } from '../ports/watch.ts';
import { compileFiles, printProblems, type CompileOptions } from './compile.ts';
import type { LastLoad, Reload } from './contract.ts';
import type { Dispatcher } from './dispatcher.ts';
import { integrationsOf, type Compiled, type Generation } from './generation.ts';
import type { Group } from './groups.ts';
import type { Journal } from './journal.ts';
import type { KnownAlerts } from './known-alerts.ts';
import type { NotificationLog } from './notification-log.ts';
import type { LoadedRules } from './rules/load.ts';
import type { RuleService } from './rules/rule-service.ts';
import { Standing } from './rules/standing.ts';

export interface ReloadParts {
  readonly files: Files;
  readonly clock: Clock;
  readonly record: Recorder;
  readonly journal: Journal;
  readonly alerts: KnownAlerts;
  readonly log: NotificationLog;
  readonly options: CompileOptions;
  readonly notBefore: Instant;
  readonly startedAt: Instant;
  readonly generation: () => Generation;
  readonly swap: (next: Generation) => void;
  readonly rules: RuleService;
  readonly dispatcher: Pick<Dispatcher, 'conclude'>;
  /** Where events are written out from now on. */
  readonly streamTo: (outputs: EventRecorderConfig) => Promise<void>;
  /** The rule files to watch may be others. */
  readonly retarget: (read: ReadFiles) => void;
}

export class ConfigReload implements Reload {
  readonly #parts: ReloadParts;
  #running: Promise<string | null> = Promise.resolve(null);
  #last: LastLoad;
  readonly #standing = new Standing();
  /** Until files that lack rules have stood for long enough. */
  #waiting = new AbortController();

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#last = { ok: true, takenAt: parts.startedAt };
  }

  get last(): LastLoad {
    return this.#last;
  }

  /** One at a time, in the order they were asked for. */
  reload(): Promise<string | null> {
    const next = this.#running.then(() => this.#reload());
    this.#running = next.catch(() => null);
    return next;
  }

  /** Rule files changed under the same configuration. */
  rulesChanged(): void {
    this.#running = this.#running.then(() => this.#reloadRules()).catch((error: unknown) => this.#defect(error));
  }

  stop(): void {
    this.#waiting.abort();
  }

  async #reloadRules(): Promise<string | null> {
    const { generation, rules, clock } = this.#parts;
    this.#waiting.abort();
    const found = await rules.prepare(generation().config);
    const standsAt = this.#standing.standsAt(found.loaded.read, clock.now());
    const isEarly = clock.now() < standsAt && rules.isLosing(found);
    const prepared = isEarly ? rules.holdingLost(found) : found;
    if (isEarly) this.#lookAgain(standsAt);
    const refusal = rules.refusal(prepared);
    if (refusal !== null) return this.#refuse(refusal);
    return this.#taken(prepared.loaded, await rules.adopt(prepared, () => {}));
  }

  #lookAgain(at: Instant): void {
    const waiting = new AbortController();
    this.#waiting = waiting;
    const looked = this.#parts.clock.sleepUntil(at, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.rulesChanged();
    });
    looked.catch((error: unknown) => this.#defect(error));
  }

  #defect(error: unknown): null {
    this.#parts.record.defect('reload', error);
    return null;
  }

  async #reload(): Promise<string | null> {
    const { files, clock, options, rules } = this.#parts;
    this.#waiting.abort();
    this.#standing.forget();
    const result = await compileFiles(files, options);
    if (!result.ok) return this.#refuse(printProblems(result.problems));
    const prepared = await rules.prepare(result.compiled.config);
    const refusal = rules.refusal(prepared);
    if (refusal !== null) return this.#refuse(refusal);
    await this.#parts.streamTo(result.compiled.config.eventRecorder);
    const losses = await rules.adopt(prepared, () => this.#take(result.compiled, clock.now()));
    this.#parts.retarget(prepared.loaded.read);
    return this.#taken(prepared.loaded, [...result.warnings, ...losses]);
  }

  #refuse(detail: string): string {
    this.#tell('refused', detail);
    return detail;
  }

  /** The rest is in force; whoever asked must know of what is not. */
  #taken({ problems, warnings }: LoadedRules, more: readonly Problem[]): string | null {
    const outcome = problems.length === 0 ? 'taken' : 'taken in part';
    this.#tell(outcome, printProblems([...problems, ...more, ...warnings]));
    return outcome === 'taken' ? null : printProblems(problems);
  }

  #tell(outcome: 'taken' | 'taken in part' | 'refused', detail: string): void {
    const { clock, record, journal, generation } = this.#parts;
    const at = clock.now();
    const ok = outcome === 'taken';
    this.#last = { ok, takenAt: outcome === 'refused' ? this.#last.takenAt : at };
    const { config } = generation();
    record.configLoaded({ outcome, at, hash: config.hash, detail, integrations: integrationsOf(config) });
    journal.note([{ kind: 'event', event: { kind: 'reloaded', at, ok, detail } }]);
  }

  #take(compiled: Compiled, at: Instant): void {
    const { dispatcher, journal, alerts, log, notBefore, generation, swap } = this.#parts;
    dispatcher.conclude(continuation(compiled), at);
    const prior = Array.from(generation().groups.values(), priorOf);
    const next = adopt({ alerts, prior, log, compiled, notBefore }, at);
    swap(next.generation);
    journal.note(next.writes);
  }
}

function priorOf(group: Group): PriorGroup {
  const members = new Set(Array.from(group.members, (known) => known.id));
  return { stored: group.stored(), holds: (alert) => members.has(alert) };
}
