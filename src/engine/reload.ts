// A new configuration: everything that can fail happens aside, then one assignment. A refused one changes nothing.
import type { EventRecorderConfig } from '../config/config.ts';
import type { Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Recorder } from '../ports/recorder.ts';
import { adopt, type PriorGroup } from './adopt.ts';
import type { ReadFiles } from '../ports/watch.ts';
import { compileFiles, printProblems, type CompileOptions } from './compile.ts';
import type { Reload } from './contract.ts';
import { integrationsOf, type Compiled, type Generation } from './generation.ts';
import type { Group } from './groups.ts';
import type { Journal } from './journal.ts';
import type { KnownAlerts } from './known-alerts.ts';
import type { NotificationLog } from './notification-log.ts';
import { problemsText, type RuleService } from './rules/rule-service.ts';

export interface ReloadParts {
  readonly files: Files;
  readonly clock: Clock;
  readonly record: Recorder;
  readonly journal: Journal;
  readonly alerts: KnownAlerts;
  readonly log: NotificationLog;
  readonly options: CompileOptions;
  readonly notBefore: Instant;
  readonly generation: () => Generation;
  readonly swap: (next: Generation) => void;
  readonly rules: RuleService;
  /** Where events are written out from now on. */
  readonly streamTo: (outputs: EventRecorderConfig) => Promise<void>;
  /** The rule files to watch may be others. */
  readonly retarget: (read: ReadFiles) => void;
}

export class ConfigReload implements Reload {
  readonly #parts: ReloadParts;
  #running: Promise<string | null> = Promise.resolve(null);

  constructor(parts: ReloadParts) {
    this.#parts = parts;
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

  async #reloadRules(): Promise<string | null> {
    const { generation, rules, record, clock } = this.#parts;
    const { config } = generation();
    const prepared = await rules.prepare(config);
    const refusal = rules.refusal(prepared);
    if (refusal !== null) return this.#refuse(refusal);
    await rules.adopt(prepared);
    const { problems, warnings } = prepared.loaded;
    const detail = printProblems([...problems, ...warnings]);
    record.configLoaded({ ok: true, at: clock.now(), hash: config.hash, detail, integrations: integrationsOf(config) });
    return problems.length === 0 ? null : printProblems(problems);
  }

  #defect(error: unknown): null {
    this.#parts.record.defect('reload', error);
    return null;
  }

  async #reload(): Promise<string | null> {
    const { files, clock, options, rules } = this.#parts;
    const result = await compileFiles(files, options);
    if (!result.ok) return this.#refuse(printProblems(result.problems));
    const prepared = await rules.prepare(result.compiled.config);
    const refusal = rules.refusal(prepared);
    if (refusal !== null) return this.#refuse(refusal);
    await this.#parts.streamTo(result.compiled.config.eventRecorder);
    this.#take(result.compiled, printProblems([...result.warnings, ...prepared.loaded.warnings]), clock.now());
    await rules.adopt(prepared);
    this.#parts.retarget(prepared.loaded.read);
    // The rest is in force; whoever asked must know that these groups go on as they were.
    return prepared.loaded.problems.length === 0 ? null : problemsText(prepared.loaded);
  }

  #refuse(detail: string): string {
    const { clock, record, journal, generation } = this.#parts;
    const at = clock.now();
    const { config } = generation();
    record.configLoaded({ ok: false, at, hash: config.hash, detail, integrations: integrationsOf(config) });
    journal.note([{ kind: 'event', event: { kind: 'reloaded', at, ok: false, detail } }]);
    return detail;
  }

  #take(compiled: Compiled, detail: string, at: Instant): void {
    const { record, journal, alerts, log, notBefore, generation, swap } = this.#parts;
    const prior = Array.from(generation().groups.values(), priorOf);
    const next = adopt({ alerts, prior, log, compiled, notBefore }, at);
    swap(next.generation);
    const { config } = next.generation;
    record.configLoaded({ ok: true, at, hash: config.hash, detail, integrations: integrationsOf(config) });
    journal.note([...next.writes, { kind: 'event', event: { kind: 'reloaded', at, ok: true, detail } }]);
  }
}

function priorOf(group: Group): PriorGroup {
  const members = new Set(Array.from(group.members, (known) => known.id));
  return { stored: group.stored(), holds: (alert) => members.has(alert) };
}
