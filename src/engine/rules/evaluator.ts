// All rule groups: which are due, what a reload keeps of them, and what happens to those that are gone.
import { alertSeries, SeriesNames } from '../../evaluate/alert-series.ts';
import { ended } from '../../evaluate/recording.ts';
import { resume } from '../../evaluate/restore.ts';
import type { Instance } from '../../evaluate/instance.ts';
import type { Labels } from '../../model/labels.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { StoredInstance, StoredRuleGroup } from '../../ports/store.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { Timers } from '../timers.ts';
import { GroupRunner } from './group-runner.ts';
import { AlertingRunner, type RuleRunner } from './rule-runner.ts';
import type { RuleWorld } from './world.ts';

export class Evaluator {
  readonly #runners = new Map<string, GroupRunner>();
  readonly #running = new Set<Promise<void>>();
  #timers = new Timers<GroupRunner>();
  /** What the last life of the process knew, by group, until the group asks for it. */
  readonly #stored: Map<string, StoredRuleGroup>;
  #isLoaded = false;
  readonly #stopping = new AbortController();
  #externalLabels: Labels | null = null;
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
      // A reload is on its way: it sets the timers anew.
      if (this.#runners.get(runner.group.id) !== runner || runner.isStopped || runner.isRunning) continue;
      const work = runner.tick(now);
      // While it runs no timer does: a slot that passes meanwhile is noticed when it ends.
      if (work === null) this.#timers.set(runner.nextAt, runner);
      else this.#track(work.finally(() => this.#schedule(runner)));
    }
  }

  /** Somebody set the wall clock back. */
  setBack(by: DurationMs, now: Instant): void {
    this.#timers = new Timers();
    for (const runner of this.groups()) {
      runner.setBack(by, now);
      if (!runner.isRunning) this.#timers.set(runner.nextAt, runner);
    }
  }

  #schedule(runner: GroupRunner): void {
    this.#timers.set(runner.nextAt, runner);
    this.#wake();
  }

  /** Groups whose text did not change run on untouched; others take their rules' memory along. */
  async load(groups: readonly RuleGroup[], world: RuleWorld): Promise<void> {
    const next = new Map(groups.map((group) => [group.id, group]));
    // Templates may read them.
    const isElsewhere = this.#externalLabels?.key !== world.externalLabels.key;
    this.#externalLabels = world.externalLabels;
    const isKept = ({ group }: GroupRunner): boolean =>
      !isElsewhere && next.get(group.id)?.fingerprint === group.fingerprint;
    const leaving = this.groups().filter((runner) => !isKept(runner));
    // All at once: what they ask may not be there any more.
    await Promise.all(leaving.map((runner) => runner.stop()));
    for (const runner of leaving) if (!next.has(runner.group.id)) this.#end(runner, world);
    const now = world.clock.now();
    const isFirst = !this.#isLoaded;
    this.#isLoaded = true;
    const runners = groups.map((group) => {
      const before = this.#runners.get(group.id);
      if (before !== undefined && isKept(before)) return before;
      const runner = new GroupRunner(group, world, now);
      if (before === undefined) this.#recall(runner, world, now, isFirst);
      else this.#inherit(runner, before, world, now);
      return runner;
    });
    this.#runners.clear();
    this.#timers = new Timers();
    for (const runner of runners) {
      this.#runners.set(runner.group.id, runner);
      // One that is kept and runs gets its timer when it ends: with two it would one day overlap itself.
      if (!runner.isRunning) this.#timers.set(runner.nextAt, runner);
    }
    if (isFirst) this.#forgetTheRest(world, now);
  }

  /** What is still on its way to others is theirs to finish. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.groups().map((runner) => runner.stop()));
    await Promise.all(this.#running);
  }

  #recall(runner: GroupRunner, world: RuleWorld, now: Instant, isFirst: boolean): void {
    const { id } = runner.group;
    const stored = this.#stored.get(id);
    this.#stored.delete(id);
    const gone = new Set(stored?.instances);
    const put: StoredInstance[] = [];
    for (const rule of runner.rules) {
      if (!(rule instanceof AlertingRunner)) continue;
      rule.isUntraced = isFirst && stored === undefined;
      if (stored === undefined) continue;
      const instances = new Map<string, Instance>();
      for (const known of stored.instances) {
        if (known.ruleId !== rule.rule.id) continue;
        const instance = resume(known.instance, stored.evaluatedAt, now);
        instances.set(instance.labels.key, instance);
        gone.delete(known);
        if (instance !== known.instance) put.push({ ruleId: rule.rule.id, instance });
      }
      rule.recall(instances, now, runner.nextAt);
    }
    // Of one time: what is resumed, and since when it is not evaluated. The next life would count this gap otherwise.
    if (stored !== undefined) {
      world.note([{ kind: 'rules.put', group: id, evaluatedAt: now, put, gone: Array.from(gone, digestOf) }]);
    }
  }

  /**
   * Groups that were taken away while the process was down have ended. Nobody says their alerts any more, and so those
   * end, too; how the rules would tell it is not known here.
   */
  #forgetTheRest(world: RuleWorld, now: Instant): void {
    const left = [...this.#stored.values()];
    this.#stored.clear();
    if (left.length === 0) return;
    world.note([{ kind: 'rules.delete', groups: left.map(({ id }) => id) }]);
    const samples = left.flatMap(({ instances }) => {
      const known = new Map(instances.map(({ ruleId, instance }) => [ruleId + instance.labels.key, instance]));
      const { series } = alertSeries({ labels: [] }, known, new Map(), new SeriesNames(), now);
      return [...ended(series, new Map(), now)];
    });
    if (samples.length === 0) return;
    this.#track(world.writer.write(samples, this.#stopping.signal, 'soon').then(() => undefined));
  }

  /** Rules of the same identity take their memory along; those that are gone have ended. */
  #inherit(runner: GroupRunner, before: GroupRunner, world: RuleWorld, now: Instant): void {
    const left = inherit(runner, before);
    const gone = left.flatMap((rule) => {
      const ruleId = rule.rule.id;
      const instances = rule instanceof AlertingRunner ? rule.instances.values() : [];
      return Array.from(instances, (instance) => digestOf({ ruleId, instance }));
    });
    const { id } = runner.group;
    if (gone.length > 0) world.note([{ kind: 'rules.put', group: id, evaluatedAt: before.lastSlot, put: [], gone }]);
    for (const rule of left) this.#track(endRule(rule, world, now, this.#stopping.signal));
  }

  /** Its alerts have ended and its series, too. */
  #end(runner: GroupRunner, world: RuleWorld): void {
    const now = world.clock.now();
    world.note([{ kind: 'rules.delete', groups: [runner.group.id] }]);
    for (const rule of runner.rules) this.#track(endRule(rule, world, now, this.#stopping.signal));
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#defect('rules', error))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

const digestOf = ({ ruleId, instance }: StoredInstance): { readonly ruleId: string; readonly digest: string } => ({
  ruleId,
  digest: instance.labels.digest,
});

async function endRule(rule: RuleRunner, world: RuleWorld, now: Instant, signal: AbortSignal): Promise<void> {
  rule.presence.forget();
  if (rule instanceof AlertingRunner) rule.resolveAll(now);
  const samples = rule.endSeries(now - rule.group.queryOffset);
  if (samples.length > 0) await world.writer.write(samples, signal, 'soon');
}

/** Returns the rules that are gone. */
function inherit(runner: GroupRunner, before: GroupRunner): readonly RuleRunner[] {
  if (runner.phase === before.phase && runner.group.interval === before.group.interval) runner.succeed(before);
  const left = new Map(before.rules.map((rule) => [rule.rule.id, rule]));
  for (const rule of runner.rules) {
    const known = left.get(rule.rule.id);
    if (known === undefined || known.rule.kind !== rule.rule.kind) continue;
    left.delete(rule.rule.id);
    rule.series = known.series;
    rule.past.inherit(known.past);
    rule.presence.inherit(known.presence);
    if (rule instanceof AlertingRunner && known instanceof AlertingRunner) rule.inherit(known);
  }
  return [...left.values()];
}
