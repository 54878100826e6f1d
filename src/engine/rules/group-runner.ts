// One rule group at work: its slots, and inside a slot the order of its rules. A rule starts as soon as what it reads
// of the same group is written, acknowledged and there to be read; rules that read nothing of each other run side by side. A group
// never overlaps itself: slots that pass meanwhile are missed, and counted.
import { dueSlot, phaseOf, slotAt } from '../../evaluate/schedule.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import { Turns } from '../../model/turns.ts';
import type { Span } from '../../ports/tracer.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { AlertingRunner, NOT_EVALUATED, RecordingRunner } from './rule-runner.ts';
import type { Evaluated, EvaluationSignals, RuleRunner } from './rule-runner.ts';
import { readsInTemplates } from './expand-rule.ts';
import { SlotPatience } from './patience.ts';
import { ReadBack, type Written } from './read-back.ts';
import type { RuleWorld } from './world.ts';

/** One of each per rule. */
interface Started {
  readonly evaluated: readonly Promise<Evaluated>[];
  /** Settled when others may read what it has written: with what they are to be warned of. */
  readonly readable: readonly Promise<string | null>[];
}

/** A slot that was cut off: it is evaluated again, but for the rules that were done with it. */
interface CutOff {
  readonly slot: Instant;
  readonly done: ReadonlySet<string>;
}

const NO_WARNING = Promise.resolve(null);

export class GroupRunner {
  readonly group: RuleGroup;
  readonly rules: readonly RuleRunner[];
  readonly phase: DurationMs;
  lastSlot: Instant;
  /** Of the last evaluation. */
  seconds = 0;
  evaluatedAt: Instant | null = null;
  readonly #world: RuleWorld;
  /** Indexes of rules that others of the group read. */
  readonly #isRead: ReadonlySet<number>;
  readonly #readBack: ReadBack;
  /** Some template reads, nobody knows what: whatever is written may be waited for. */
  readonly #readsAnything: boolean;
  /** Some rule alerts: when it was last evaluated matters after a restart. */
  readonly #hasMemory: boolean;
  readonly #turns: Turns;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  /** Of the slot underway, ids of rules that need not be evaluated in it again. */
  #done = new Set<string>();
  #cutOff: CutOff | null = null;
  /** Of the slot underway, or the last one. */
  #patience: SlotPatience | null = null;

  constructor(group: RuleGroup, world: RuleWorld, now: Instant) {
    this.group = group;
    this.#world = world;
    this.#isRead = new Set(group.dependencies.flat());
    this.#readBack = new ReadBack(group, world);
    this.#readsAnything = group.rules.some(readsInTemplates);
    this.#turns = new Turns(group.concurrency ?? Infinity);
    this.phase = phaseOf(group);
    this.lastSlot = slotAt(this.phase, group.interval, now);
    this.#hasMemory = group.rules.some(({ kind }) => kind === 'alerting');
    this.rules = group.rules.map((rule) =>
      rule.kind === 'recording' ? new RecordingRunner(group, rule, world) : new AlertingRunner(group, rule, world),
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
    this.#done = new Set(this.#cutOff?.slot === due.at ? this.#cutOff.done : []);
    this.#cutOff = null;
    this.#running = this.#evaluate(due.at).finally(() => (this.#running = null));
    return this.#running;
  }

  /** Somebody set the wall clock back: its next slot is the one that comes next by the clock. */
  setBack(by: DurationMs, now: Instant): void {
    this.lastSlot = slotAt(this.phase, this.group.interval, now);
    for (const rule of this.rules) if (rule instanceof AlertingRunner) rule.setBack(by);
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** No slot starts any more; the one underway is cut off and waited for. What fails in it is told elsewhere. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#patience?.over();
    if (this.#running === null) return;
    await this.#running.catch(() => undefined);
    this.#cutOff = { slot: this.lastSlot, done: this.#done };
  }

  /** In the place of one that was stopped, at the same slots: the one that was cut off is due at once. */
  succeed(before: GroupRunner): void {
    this.#cutOff = before.#cutOff;
    this.lastSlot = this.#cutOff === null ? before.lastSlot : this.#cutOff.slot - this.group.interval;
  }

  async #inTurn(evaluate: () => Promise<Evaluated>): Promise<Evaluated> {
    if (!(await this.#turns.take(this.#stop.signal))) return NOT_EVALUATED;
    try {
      return await evaluate();
    } finally {
      this.#turns.done();
    }
  }

  async #see(index: number, written: Written | null, slot: Instant, patience: SlotPatience): Promise<string | null> {
    if (written === null || !this.#isRead.has(index)) return null;
    return this.#readBack.see(this.rules[index]!.rule, written, slot, patience);
  }

  async #evaluate(slot: Instant): Promise<void> {
    const { clock, tracer } = this.#world;
    const startedAt = clock.now();
    const untakenSlots = this.#patience?.untakenSlots ?? 0;
    const patience = new SlotPatience({ clock, slot, interval: this.group.interval, untakenSlots });
    this.#patience = patience;
    const failures: unknown[] = [];
    const span = tracer.start('rules.Group.evaluate', null);
    span?.set({ 'belfry.rule_group.name': this.group.name, 'belfry.rule_group.file': this.group.file });
    const signals = { stop: this.#stop.signal, patience };
    const kept = this.#keepAlive(slot, patience.end);
    const { evaluated, readable } = this.#start(slot, { signals, span }, failures);
    const seconds = Promise.all(evaluated).then(() => (clock.now() - startedAt) / 1000);
    await Promise.all([seconds, ...readable]).finally(() => {
      patience.over();
      span?.end();
    });
    // What is kept of alerts must not be ahead of their series: after a kill they could not be ended any more.
    this.#conclude(slot, [...(await kept), ...(await Promise.all(evaluated))], { startedAt, seconds: await seconds });
    if (failures.length > 0) throw failures[0];
  }

  /** What fires goes on being said in slots that pass meanwhile, or it would end where it is listened to. */
  async #keepAlive(slot: Instant, end: AbortSignal): Promise<readonly Evaluated[]> {
    const alerting = this.rules.filter((rule) => rule instanceof AlertingRunner);
    const kept: Evaluated[] = [];
    if (alerting.length === 0) return kept;
    for (let at = slot + this.group.interval; ; at += this.group.interval) {
      await this.#world.clock.sleepUntil(at, end);
      if (end.aborted) return kept;
      for (const rule of alerting) kept.push({ ...NOT_EVALUATED, changes: rule.keepAlive(at) });
    }
  }

  /** A rule that fails by a mistake of ours takes nothing from the others: what they decided is kept. */
  #start(
    slot: Instant,
    { signals, span }: { readonly signals: EvaluationSignals; readonly span: Span | null },
    failures: unknown[],
  ): Started {
    const evaluated: Promise<Evaluated>[] = [];
    const readable: Promise<string | null>[] = [];
    for (const [i, rule] of this.rules.entries()) {
      const earlier = (this.group.dependencies[i] ?? []).map((index) => readable[index]!);
      const pace = this.#readsAnything || this.#isRead.has(i) ? 'at once' : 'soon';
      if (this.#done.has(rule.rule.id)) {
        evaluated.push(Promise.resolve(NOT_EVALUATED));
        readable.push(NO_WARNING);
        continue;
      }
      const evaluation = Promise.all(earlier).then((found) => {
        const warnings = found.filter((warning) => warning !== null);
        return this.#inTurn(() =>
          rule.evaluate(slot, signals, { warnings, pace, span }).catch((error: unknown) => {
            failures.push(error);
            return NOT_EVALUATED;
          }),
        );
      });
      evaluated.push(evaluation);
      const seen = evaluation.then(async ({ written }) => this.#see(i, await written, slot, signals.patience));
      readable.push(seen);
      const isReady = this.#isRead.has(i) ? seen : evaluation;
      // What fails is told by whoever waits for it.
      const done = (): unknown => signals.stop.aborted || this.#done.add(rule.rule.id);
      isReady.then(done, () => undefined);
    }
    return { evaluated, readable };
  }

  #conclude(
    slot: Instant,
    evaluated: readonly Evaluated[],
    { startedAt, seconds }: { readonly startedAt: Instant; readonly seconds: number },
  ): void {
    const { record, note } = this.#world;
    const put = evaluated.flatMap(({ changes }) => changes.put);
    const gone = evaluated.flatMap(({ changes }) => changes.gone);
    // Cut off, it was no evaluation; but what its first rules decided is decided, and may have been told.
    const isDecided = put.length + gone.length > 0;
    if (isDecided || (this.#hasMemory && !this.isStopped)) {
      note([{ kind: 'rules.put', group: this.group.id, evaluatedAt: slot, put, gone }]);
    }
    if (this.isStopped) return;
    this.seconds = seconds;
    this.evaluatedAt = startedAt;
    const samples = this.rules.reduce((sum, { past }) => sum + (past.last?.samples ?? 0), 0);
    record.groupEvaluated(this.group, { seconds, samples, late: startedAt - slot });
  }
}
