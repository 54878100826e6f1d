// All rule groups: which are due, what a reload keeps of them, and what happens to those that are gone.
import { resume } from '../../evaluate/restore.ts';
import type { Instance } from '../../evaluate/instance.ts';
import type { Instant } from '../../model/time.ts';
import type { StoredRuleGroup } from '../../ports/store.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { Timers } from '../timers.ts';
import { GroupRunner } from './group-runner.ts';
import { AlertingRunner, type RuleRunner } from './rule-runner.ts';
import type { RuleWorld } from './world.ts';

export interface LoadedGroup {
  readonly group: RuleGroup;
  /** Per rule, the indexes of the earlier rules it reads. */
  readonly dependencies: readonly (readonly number[])[];
}

export class Evaluator {
  readonly #runners = new Map<string, GroupRunner>();
  readonly #running = new Set<Promise<void>>();
  #timers = new Timers<GroupRunner>();
  /** What the last life of the process knew, by group, until the group asks for it. */
  readonly #stored: Map<string, StoredRuleGroup>;
  #isLoaded = false;
  readonly #defect: (where: string, error: unknown) => void;
  readonly #wake: () => void;

  constructor(stored: readonly StoredRuleGroup[], defect: (where: string, error: unknown) => void, wake: () => void) {
    this.#stored = new Map(stored.map((group) => [group.id, group]));
    this.#defect = defect;
    this.#wake = wake;
  }

  get nextAt(): Instant | null {
    return this.#timers.nextAt;
  }

  groups(): readonly GroupRunner[] {
    return [...this.#runners.values()];
  }

  tick(now: Instant): void {
    for (const { what: runner } of this.#timers.popDue(now)) {
      if (this.#runners.get(runner.group.id) !== runner) continue;
      const work = runner.tick(now);
      // While it runs no timer does: a slot that passes meanwhile is noticed when it ends.
      if (work === null) this.#timers.set(runner.nextAt, runner);
      else this.#track(work.finally(() => this.#schedule(runner)));
    }
  }

  #schedule(runner: GroupRunner): void {
    this.#timers.set(runner.nextAt, runner);
    this.#wake();
  }

  /** Groups whose text did not change run on untouched; others take their rules' memory along. */
  async load(groups: readonly LoadedGroup[], world: RuleWorld): Promise<void> {
    const next = new Map(groups.map((loaded) => [loaded.group.id, loaded]));
    for (const [id, runner] of this.#runners) {
      const loaded = next.get(id);
      if (loaded?.group.fingerprint === runner.group.fingerprint) continue;
      await runner.stop();
      if (loaded === undefined) this.#end(runner, world);
    }
    const now = world.clock.now();
    const isFirst = !this.#isLoaded;
    this.#isLoaded = true;
    const runners = groups.map(({ group, dependencies }) => {
      const before = this.#runners.get(group.id);
      if (before?.group.fingerprint === group.fingerprint) return before;
      const runner = new GroupRunner(group, dependencies, world, now);
      if (before === undefined) this.#recall(runner, now, isFirst);
      else for (const gone of inherit(runner, before)) this.#track(endRule(gone, world, now));
      return runner;
    });
    this.#runners.clear();
    this.#timers = new Timers();
    for (const runner of runners) {
      this.#runners.set(runner.group.id, runner);
      this.#timers.set(runner.nextAt, runner);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.groups().map((runner) => runner.stop()));
    await Promise.all(this.#running);
  }

  #recall(runner: GroupRunner, now: Instant, isFirst: boolean): void {
    const stored = this.#stored.get(runner.group.id);
    this.#stored.delete(runner.group.id);
    for (const rule of runner.rules) {
      if (!(rule instanceof AlertingRunner)) continue;
      rule.isUntraced = isFirst && stored === undefined;
      if (stored === undefined) continue;
      const instances = new Map<string, Instance>();
      for (const { ruleId, instance } of stored.instances) {
        if (ruleId === rule.rule.id) instances.set(instance.labels.key, resume(instance, stored.evaluatedAt, now));
      }
      rule.instances = instances;
      rule.isUnsure = instances.size > 0;
      rule.recallSeries(now);
    }
  }

  /** Its alerts have ended and its series, too. */
  #end(runner: GroupRunner, world: RuleWorld): void {
    const now = world.clock.now();
    world.note([{ kind: 'rules.delete', groups: [runner.group.id] }]);
    for (const rule of runner.rules) this.#track(endRule(rule, world, now));
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#defect('rules', error))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

async function endRule(rule: RuleRunner, world: RuleWorld, now: Instant): Promise<void> {
  if (rule instanceof AlertingRunner) rule.resolveAll(now);
  const samples = rule.endSeries(now);
  if (samples.length > 0) await world.writer.write(samples, new AbortController().signal);
}

/** Rules of the same identity take their memory along. Returns those that are gone. */
function inherit(runner: GroupRunner, before: GroupRunner): readonly RuleRunner[] {
  if (runner.phase === before.phase && runner.group.interval === before.group.interval)
    runner.lastSlot = before.lastSlot;
  const left = new Map(before.rules.map((rule) => [rule.rule.id, rule]));
  for (const rule of runner.rules) {
    const known = left.get(rule.rule.id);
    if (known === undefined || known.rule.kind !== rule.rule.kind) continue;
    left.delete(rule.rule.id);
    rule.series = known.series;
    if (rule instanceof AlertingRunner && known instanceof AlertingRunner) rule.instances = known.instances;
  }
  return [...left.values()];
}
