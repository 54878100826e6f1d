// A new configuration: everything that can fail happens aside, then one assignment. A refused one changes nothing.
import type { DurationMs } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Recorder } from '../ports/recorder.ts';
import { adopt, type PriorGroup } from './adopt.ts';
import { compileFiles, printProblems, type CompileOptions } from './compile.ts';
import type { Reload } from './contract.ts';
import type { Generation } from './generation.ts';
import type { Group } from './groups.ts';
import type { Journal } from './journal.ts';
import type { KnownAlerts } from './known-alerts.ts';
import type { NotificationLog } from './notification-log.ts';

export interface ReloadParts {
  readonly files: Files;
  readonly clock: Clock;
  readonly record: Recorder;
  readonly journal: Journal;
  readonly alerts: KnownAlerts;
  readonly log: NotificationLog;
  readonly options: CompileOptions;
  readonly notBefore: DurationMs;
  readonly generation: () => Generation;
  readonly swap: (next: Generation) => void;
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

  async #reload(): Promise<string | null> {
    const { files, clock, record, journal, alerts, log, options, notBefore, generation, swap } = this.#parts;
    const result = await compileFiles(files, options);
    const at = clock.now();
    if (!result.ok) {
      const detail = printProblems(result.problems);
      record.configLoaded({ ok: false, at, hash: generation().config.hash, detail });
      journal.note([{ kind: 'event', event: { kind: 'reloaded', at, ok: false, detail } }]);
      return detail;
    }
    const prior = Array.from(generation().groups.values(), priorOf);
    const next = adopt({ alerts, prior, log, compiled: result.compiled, notBefore }, at);
    swap(next.generation);
    const detail = printProblems(result.warnings);
    record.configLoaded({ ok: true, at, hash: next.generation.config.hash, detail });
    journal.note([...next.writes, { kind: 'event', event: { kind: 'reloaded', at, ok: true, detail } }]);
    return null;
  }
}

function priorOf(group: Group): PriorGroup {
  const members = new Set(Array.from(group.members, (known) => known.id));
  return { stored: group.stored(), holds: (alert) => members.has(alert) };
}
