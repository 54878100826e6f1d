// One rule and what it remembers, evaluated slot by slot. The pure steps are in evaluate/; here they get their
// answers, and what they decide is written, told and kept.
import { alertSeries, SeriesNames } from '../../evaluate/alert-series.ts';
import { isActive, step, type Match } from '../../evaluate/alerting.ts';
import type { Expanded } from '../../evaluate/expand.ts';
import { moved, type Instance, type Instances } from '../../evaluate/instance.ts';
import { ended, record, type SeriesSet } from '../../evaluate/recording.ts';
import { turnUntil } from '../../evaluate/schedule.ts';
import { endOf, isDue, said } from '../../evaluate/sending.ts';
import type { Labels } from '../../model/labels.ts';
import type { Reading } from '../../model/reading.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Answer } from '../../ports/data-source.ts';
import type { WritePace, WrittenSample } from '../../ports/series-writer.ts';
import type { Span } from '../../ports/tracer.ts';
import type { AlertingRule, RecordingRule, Rule, RuleGroup } from '../../rules/rule.ts';
import { withEndValues } from './end-values.ts';
import { compileTexts, expandRule, type RuleTexts } from './expand-rule.ts';
import { Past, PastEvaluation } from './past.ts';
import { traced } from './trace.ts';
import { askTraced, failed as spanFailed, writeTraced } from './spans.ts';
import type { AskedSource } from '../../ports/rule-outside.ts';
import { Presence } from './presence.ts';
import type { SlotPatience } from './patience.ts';
import type { Written } from './read-back.ts';
import { changesBetween, NO_CHANGES, type RuleChanges } from './rule-changes.ts';
import type { RuleWorld } from './world.ts';

export interface Evaluated {
  readonly changes: RuleChanges;
  /**
   * Settled when what it found is written: what depends on it may ask then. Or when its slot's patience is over: a
   * target that takes nothing must not keep alerts from beginning and ending. null when there is nothing, or nowhere to write it.
   */
  readonly written: Promise<Written | null>;
}

export interface EvaluationTerms {
  /** What is known against this evaluation before it begins. */
  readonly warnings: readonly string[];
  /** Of what it writes. */
  readonly pace: WritePace;
  /** What it belongs to. */
  readonly span: Span | null;
}

export interface EvaluationSignals {
  /** Nothing of it is wanted any more. */
  readonly stop: AbortSignal;
  /** For what is written. */
  readonly patience: SlotPatience;
}

/** What was said before a restart is believed after it for twice the interval, or five minutes: see engine/restore.ts. */
const SOON_MS: DurationMs = 60_000;

const NOTHING_WRITTEN = Promise.resolve(null);
export const NOT_EVALUATED: Evaluated = { changes: NO_CHANGES, written: NOTHING_WRITTEN };

type Step = ReturnType<typeof step>;
type Vector = Answer & { kind: 'vector' };
type Result =
  | { readonly ok: true; readonly written: readonly WrittenSample[]; readonly changes: RuleChanges }
  | { readonly ok: false; readonly reason: string; readonly message: string };

export abstract class RuleRunner {
  abstract readonly rule: Rule;
  readonly past: Past;
  readonly presence: Presence;
  readonly group: RuleGroup;
  protected readonly world: RuleWorld;
  /** What it wrote last: what of it is missing next time has ended. */
  series: SeriesSet = new Map();

  constructor(group: RuleGroup, rule: Rule, world: RuleWorld) {
    this.group = group;
    this.world = world;
    this.past = new Past(rule.remembered);
    this.presence = new Presence(group, rule, world);
  }

  get health(): 'unknown' | 'ok' | 'err' {
    const { last } = this.past;
    return last === null ? 'unknown' : last.error === '' ? 'ok' : 'err';
  }

  evaluate(slot: Instant, signals: EvaluationSignals, terms: EvaluationTerms): Promise<Evaluated> {
    const span = this.world.tracer.start('rule', terms.span);
    if (span === null) return this.#evaluate(slot, signals, terms);
    span.set({ name: this.rule.name, 'belfry.rule.kind': this.rule.kind });
    return this.#evaluate(slot, signals, { ...terms, span }).finally(() => span.end());
  }

  async #evaluate(
    slot: Instant,
    { stop: signal, patience }: EvaluationSignals,
    { warnings, pace, span }: EvaluationTerms,
  ): Promise<Evaluated> {
    const { clock, record: tell } = this.world;
    const startedAt = clock.now();
    const asked = this.world.source(this.group.datasource);
    const at = slot - this.group.queryOffset;
    const question = { query: this.rule.query, at, params: this.group.params, headers: this.group.headers };
    const deadline = startedAt + asked.timeout;
    const turnBy = turnUntil(slot, this.group.interval, startedAt);
    const sent = { ...question, deadline, turnBy, signal, trace: span };
    const answer = await askTraced(this.world.tracer, asked.source, sent);
    const doubt = await this.#doubt(answer, slot, signal);
    // What was not heard to its end is no evaluation: nothing of it is remembered, told or counted.
    if (signal.aborted) return NOT_EVALUATED;
    const result =
      answer.kind === 'failure'
        ? failed(answer.reason, answer.message)
        : await this.#take(answer, { asked, isDoubted: doubt.length > 0 }, slot, signal);
    if (signal.aborted && !result.ok) return NOT_EVALUATED;
    const seconds = (clock.now() - startedAt) / 1000;
    const samples = answer.kind === 'vector' ? answer.vector.length : null;
    const found = {
      ...{ slot, startedAt, seconds, samples },
      seriesFetched: answer.kind === 'vector' ? answer.seriesFetched : null,
      error: result.ok ? '' : result.message,
      warnings: answer.kind === 'vector' ? [...warnings, ...doubt, ...answer.warnings] : warnings,
    };
    const past = new PastEvaluation(found, asked.source, question);
    this.past.add(past);
    if (!result.ok) {
      if (span !== null) spanFailed(span, result.reason, result.message);
      tell.ruleFailed(this.group, this.rule, result.reason, result.message, { seconds, cost: answer.cost });
      return { changes: this.keepAlive(slot), written: NOTHING_WRITTEN };
    }
    tell.ruleEvaluated(this.group, this.rule, { seconds, samples: samples ?? 0, cost: answer.cost });
    return { changes: result.changes, written: this.#write(result.written, past, { patience, pace, span }) };
  }

  async #write(
    samples: readonly WrittenSample[],
    past: PastEvaluation,
    { patience, pace, span }: Pick<EvaluationTerms, 'pace' | 'span'> & Pick<EvaluationSignals, 'patience'>,
  ): Promise<Written | null> {
    if (samples.length === 0) return null;
    const { writer, clock, record: tell } = this.world;
    const from = clock.now();
    const report = await patience.write((signal) => writeTraced(this.world, span, [samples, signal, pace]));
    const { isTaken } = report;
    const messages = report.messages.join('; ');
    if (report.rejected > 0) {
      tell.writeRejected(this.group, report.rejected, messages);
      past.error = `${report.rejected} samples were not taken: ${messages}`;
    }
    return writer.hasTargets ? { samples, took: clock.now() - from, isTaken, trouble: messages } : null;
  }

  /** The rule is gone: its series end. */
  endSeries(at: Instant): readonly WrittenSample[] {
    return [...ended(this.series, new Map(), at)];
  }

  /** Its last answer had something that this one may lack. */
  protected abstract get isFinding(): boolean;

  protected abstract take(
    vector: Vector,
    absences: 'count' | 'mean nothing',
    slot: Instant,
    signal: AbortSignal,
  ): Promise<Result>;

  /** Nobody could be asked: nothing starts, nothing ends. */
  keepAlive(_slot: Instant): RuleChanges {
    return NO_CHANGES;
  }

  /** What stands against believing that nothing is found any more. */
  async #doubt(answer: Answer, slot: Instant, signal: AbortSignal): Promise<readonly string[]> {
    if (answer.kind === 'failure') return [];
    if (answer.vector.length > 0) this.presence.found();
    if (answer.vector.length > 0 || answer.isPartial || !this.isFinding) return [];
    const verdict = await this.presence.lost(slot, signal);
    this.world.record.foundNothing(this.group, this.rule, verdict);
    return verdict.kind === 'believe' ? [] : [`nothing was found, and it is not believed yet: ${verdict.reason}`];
  }

  async #take(
    answer: Vector,
    { asked, isDoubted }: { readonly asked: AskedSource; readonly isDoubted: boolean },
    slot: Instant,
    signal: AbortSignal,
  ): Promise<Result> {
    const policy =
      this.group.partialResponse === 'abort'
        ? 'fail'
        : this.group.partialResponse === 'warn'
          ? 'keep'
          : asked.partialAnswers;
    if (answer.isPartial && policy === 'fail')
      return failed('partial answer', `partial answer: ${answer.warnings.join('; ')}`);
    const meansNothing = isDoubted || (answer.isPartial && policy === 'keep');
    return this.take(answer, meansNothing ? 'mean nothing' : 'count', slot, signal);
  }
}

export class RecordingRunner extends RuleRunner {
  override readonly rule: RecordingRule;
  readonly #names = new WeakMap<Labels, Labels>();

  constructor(group: RuleGroup, rule: RecordingRule, world: RuleWorld) {
    super(group, rule, world);
    this.rule = rule;
  }

  protected override get isFinding(): boolean {
    return this.series.size > 0;
  }

  protected override async take(
    { vector }: Vector,
    absences: 'count' | 'mean nothing',
    slot: Instant,
  ): Promise<Result> {
    const before = absences === 'count' ? this.series : new Map<string, Labels>();
    const input = { vector, before, limit: this.group.limit, memory: this.#names };
    const recorded = record(this.rule, input, slot - this.group.queryOffset);
    if (!recorded.ok) return failed('rule', recorded.message);
    this.series = absences === 'count' ? recorded.series : new Map([...this.series, ...recorded.series]);
    return { ok: true, written: recorded.samples, changes: NO_CHANGES };
  }
}

export class AlertingRunner extends RuleRunner {
  override readonly rule: AlertingRule;
  instances: Instances = new Map();
  /** After a restart the first good answer proves nothing absent: the source may just be coming up as well. */
  isUnsure = false;
  /** Our store has never heard of it: ALERTS_FOR_STATE may have. */
  isUntraced = false;
  #compiled: RuleTexts | null = null;
  readonly #names = new SeriesNames();

  constructor(group: RuleGroup, rule: AlertingRule, world: RuleWorld) {
    super(group, rule, world);
    this.rule = rule;
  }

  /** Compiled when there is something to say: most rules are quiet, and all are loaded at once. */
  get #texts(): RuleTexts {
    return (this.#compiled ??= compileTexts(this.group, this.rule, this.world));
  }

  protected override get isFinding(): boolean {
    return this.instances.values().some(({ kind }) => kind === 'pending' || kind === 'firing');
  }

  protected override async take(
    answer: Vector,
    absences: 'count' | 'mean nothing',
    slot: Instant,
    signal: AbortSignal,
  ): Promise<Result> {
    const { group, rule, world, instances: before } = this;
    const isQuiet = answer.vector.length === 0 && this.#compiled === null;
    const expanded = isQuiet
      ? NOTHING_FOUND
      : await expandRule(this.#texts, { group, rule, world, instances: before, slot, signal }, answer);
    if (!expanded.ok) return failed('rule', expanded.message);
    const stepped = this.#step(expanded.matches, absences, slot);
    if (typeof stepped === 'string') return failed('limit', stepped);
    const context = { group, rule, world, slot, signal };
    const since = this.isUntraced ? await traced(stepped.instances, context) : stepped.instances;
    const instances = await withEndValues(since, before, context);
    if (signal.aborted) return failed('aborted', 'the evaluation was given up');
    for (const message of expanded.templateErrors) world.record.templateFailed(group, rule, message);
    if (stepped.transitions.length > 0) world.record.transitions(group, rule, stepped.transitions);
    if (absences === 'count') this.isUnsure = false;
    this.isUntraced = false;
    return this.#settle(instances, slot);
  }

  /** A text is what stands against it; then nothing has changed. */
  #step(matches: readonly Match[], absences: 'count' | 'mean nothing', slot: Instant): Step | string {
    const { group, rule } = this;
    const before = this.instances;
    const found = { matches, absences: this.isUnsure ? 'mean nothing' : absences } as const;
    const stepped = step(rule, before, found, slot);
    const active = countActive(stepped.instances);
    if (group.limit > 0 && active > group.limit) {
      return `exceeded limit of ${group.limit} with ${active} alerts`;
    }
    return stepped;
  }

  #settle(instances: Instances, slot: Instant): Result {
    const { group, rule } = this;
    const before = this.instances;
    this.instances = this.#say(instances, slot);
    const written = alertSeries(rule, this.instances, this.series, this.#names, slot - group.queryOffset);
    this.series = written.series;
    return { ok: true, written: written.samples, changes: changesBetween(rule, before, this.instances) };
  }

  /** What fires goes on being said, or it would end by itself where it is listened to. */
  override keepAlive(slot: Instant): RuleChanges {
    const before = this.instances;
    this.instances = this.#say(before, slot);
    return changesBetween(this.rule, before, this.instances);
  }

  /** Somebody set the wall clock back: what it remembers keeps its age. */
  setBack(by: DurationMs): void {
    this.instances = new Map(Array.from(this.instances, ([key, instance]) => [key, moved(instance, -by)]));
  }

  /** What the same rule knew before a reload. */
  inherit({ instances, isUnsure, isUntraced }: AlertingRunner): void {
    this.instances = instances;
    this.isUnsure = isUnsure;
    this.isUntraced = isUntraced;
  }

  /**
   * After a restart. The series its instances had are known, so that they end when the instances do. What fires is
   * said at once when its first slot is far away: nobody may go on believing it until then. Else the first answer
   * says it, and better: it has the values of now.
   */
  recall(instances: Instances, now: Instant, firstSlot: Instant): void {
    this.isUnsure = instances.size > 0;
    this.instances = firstSlot - now > SOON_MS ? this.#say(instances, now) : instances;
    this.series = alertSeries(this.rule, this.instances, new Map(), this.#names, now).series;
  }

  /** The rule is gone: what fires has ended. */
  resolveAll(now: Instant): void {
    const instances = new Map<string, Instance>();
    for (const [key, instance] of this.instances) {
      if (instance.kind === 'firing' || instance.kind === 'kept') instances.set(key, resolvedAt(instance, now));
    }
    this.#say(instances, now);
  }

  #say(instances: Instances, slot: Instant): Instances {
    const { world, group, rule } = this;
    const due: (readonly [key: string, instance: Instance])[] = [];
    for (const [key, instance] of instances) {
      // Kept alive beyond this slot, it was said later than its end.
      const hasJustEnded = instance.kind === 'resolved' && (this.instances.get(key)?.kind ?? 'resolved') !== 'resolved';
      if (hasJustEnded || isDue(instance, world.resendDelay, slot)) due.push([key, instance]);
    }
    if (due.length === 0) return instances;
    const now = new Map(instances);
    world.tell(
      due.map(([key, instance]) => {
        now.set(key, said(instance, slot));
        const { labels, annotations } = instance;
        return {
          labels,
          annotations,
          startsAt: instance.kind === 'pending' ? slot : instance.firedAt,
          endsAt: endOf(instance, group.interval, world.resendDelay, slot),
          generatorURL: this.#texts.generatorURL,
          notify: rule.notify,
          notifierHeaders: group.notifierHeaders,
          reading: readingOf(instance, rule),
        };
      }),
    );
    world.record.said(due.length);
    return now;
  }
}

function readingOf(instance: Instance, { threshold }: AlertingRule): Reading {
  const value = instance.kind === 'resolved' ? instance.endValue : instance.value;
  return {
    value,
    peak: instance.peak,
    threshold: threshold === null ? null : { op: threshold.op, value: threshold.value },
  };
}

const NOTHING_FOUND: Expanded = { ok: true, matches: [], templateErrors: [] };

const failed = (reason: string, message: string): Result => ({ ok: false, reason, message });

function countActive(instances: Instances): number {
  let count = 0;
  for (const instance of instances.values()) if (isActive(instance)) count++;
  return count;
}

function resolvedAt(instance: Instance & { kind: 'firing' | 'kept' }, now: Instant): Instance {
  const { labels, annotations, value, peak, activeAt, firedAt, lastSentAt } = instance;
  const known = { labels, annotations, value, peak, activeAt, firedAt, lastSentAt };
  return { ...known, kind: 'resolved', resolvedAt: now, endValue: null };
}
