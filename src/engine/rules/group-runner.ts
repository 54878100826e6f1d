// One rule group at work: its slots, and inside a slot the order of its rules. A rule starts as soon as what it reads
// of the same group is written and acknowledged; rules that read nothing of each other run side by side. A group
// never overlaps itself: slots that pass meanwhile are missed, and counted.
import { dueSlot, phaseOf, slotAt } from '../../evaluate/schedule.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { AlertingRunner, RecordingRunner, type RuleChanges, type RuleRunner } from './rule-runner.ts';
import { compileTexts } from './expand-rule.ts';
import type { RuleWorld } from './world.ts';

export class GroupRunner {
  readonly group: RuleGroup;
  readonly rules: readonly RuleRunner[];
  readonly phase: DurationMs;
  lastSlot: Instant;
  /** Of the last evaluation. */
  seconds = 0;
  evaluatedAt: Instant | null = null;
  readonly #world: RuleWorld;
  readonly #dependencies: readonly (readonly number[])[];
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  /** @param dependencies per rule, the indexes of the earlier rules it reads */
  constructor(group: RuleGroup, dependencies: readonly (readonly number[])[], world: RuleWorld, now: Instant) {
    this.group = group;
    this.#world = world;
    this.#dependencies = dependencies;
    this.phase = phaseOf(group);
    this.lastSlot = slotAt(this.phase, group.interval, now);
    this.rules = group.rules.map((rule) =>
      rule.kind === 'recording'
        ? new RecordingRunner(group, rule, world)
        : new AlertingRunner(group, rule, world, compileTexts(rule, world.templates, world.externalURL)),
    );
  }

  get nextAt(): Instant {
    return this.lastSlot + this.group.interval;
  }

  /** Starts the slot that is due; null when none is. Not called again before it has ended. */
  tick(now: Instant): Promise<void> | null {
    const due = dueSlot(this.phase, this.group.interval, this.lastSlot, now);
    if (due === null) return null;
    if (due.missed > 0) this.#world.record.slotsMissed(this.group, due.missed);
    this.lastSlot = due.at;
    this.#running = this.#evaluate(due.at).finally(() => (this.#running = null));
    return this.#running;
  }

  /** No slot starts any more; the one underway is cut off and waited for. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #evaluate(slot: Instant): Promise<void> {
    const { clock, record, note } = this.#world;
    const startedAt = clock.now();
    const done: Promise<RuleChanges>[] = [];
    for (const [i, rule] of this.rules.entries()) {
      const earlier = (this.#dependencies[i] ?? []).map((index) => done[index]!);
      done.push(Promise.all(earlier).then(() => rule.evaluate(slot, this.#stop.signal)));
    }
    const changes = await Promise.all(done);
    if (this.#stop.signal.aborted) return;
    const put = changes.flatMap((change) => change.put);
    const gone = changes.flatMap((change) => change.gone);
    note([{ kind: 'rules.put', group: this.group.id, evaluatedAt: slot, put, gone }]);
    this.seconds = (clock.now() - startedAt) / 1000;
    this.evaluatedAt = startedAt;
    const samples = this.rules.reduce((sum, { past }) => sum + (past.last?.samples ?? 0), 0);
    record.groupEvaluated(this.group, { seconds: this.seconds, samples, late: startedAt - slot });
  }
}
