// A rule evaluator in virtual time, with a data source that answers as a test says and everything it does written down.
import { Evaluator } from '../../src/engine/rules/evaluator.ts';
import { AlertingRunner } from '../../src/engine/rules/rule-runner.ts';
import type { RuleWorld, Said } from '../../src/engine/rules/world.ts';
import { Labels } from '../../src/model/labels.ts';
import type { Histogram, Sample } from '../../src/model/sample.ts';
import type { Instant } from '../../src/model/time.ts';
import type { Answer, Question } from '../../src/ports/data-source.ts';
import type { Tracer } from '../../src/ports/tracer.ts';
import type { StoredRuleGroup, Write } from '../../src/ports/store.ts';
import type { WrittenSample } from '../../src/ports/series-writer.ts';
import { VirtualClock } from '../../src/scenario/virtual-clock.ts';
import { TemplateSet } from '../../src/template/template-set.ts';
import { ms, t } from './builders.ts';
import { compiled } from './fake-rules.ts';
import { noTracer } from './no-tracer.ts';
import { silentRuleRecorder } from './silent-recorder.ts';

/** Series by label text and value; a string is a failure; `partial` says that something may be missing. */
export type Told = Readonly<Record<string, number>> | { readonly partial: Readonly<Record<string, number>> } | string;

const STEP_MS = 5000;

const cost = { seconds: 0.01, bytes: 100, attempts: 1 };

export class RuleStage {
  readonly clock = new VirtualClock(t('0s'));
  tracer: Tracer = noTracer;
  /** The span that each question was asked in. */
  readonly traces: string[] = [];
  readonly asked: { readonly at: Instant; readonly query: string; readonly now: Instant }[] = [];
  readonly said: (Said & { readonly now: Instant })[] = [];
  readonly written: (WrittenSample & { readonly now: Instant })[] = [];
  /** Of each write, the first series and whether somebody waits for it. */
  readonly paces: string[] = [];
  readonly missed: number[] = [];
  readonly failures: string[] = [];
  readonly defects: unknown[] = [];
  /** What the store would hold. */
  readonly stored = new Map<string, StoredRuleGroup>();
  answer: (query: string, at: Instant) => Told | Promise<Told> = () => ({});
  /** Of every element of an answer. */
  histogram: Histogram | null = null;
  /** How long a write takes to be acknowledged; Infinity is until nobody waits any more. */
  writeTakes = 0;
  timeout = ms('30s');
  holdVanished = 0;
  /** What was made of rules that found nothing any more. */
  readonly verdicts: string[] = [];
  /** Whether what is written is looked for. */
  readAfterWrite: 'prove' | 'trust' = 'trust';
  /** What was seen of what was written. */
  readonly sightings: string[] = [];
  /** Why no sample is taken. */
  refusesWrites: string | null = null;
  /** What they say of it, while the first takes it. */
  otherTargets: readonly string[] = [];
  externalLabels = Labels.empty;
  #witnesses: RuleWorld['witnesses'] = new Map();
  evaluator = this.#evaluator();

  async load(...files: readonly string[]): Promise<void> {
    const groups = files.flatMap((text, i) => compiled(`rules-${i}.yml`, text));
    await this.evaluator.load(groups, this.#world());
  }

  /** The process ends at once, and a new one finds what the store holds. */
  async restart(down: string, ...files: readonly string[]): Promise<void> {
    const old = this.evaluator;
    this.#witnesses = new Map();
    this.evaluator = this.#evaluator();
    void old.stop();
    await this.clock.advanceTo(this.clock.now() + ms(down));
    await this.load(...files);
  }

  async until(offset: string): Promise<void> {
    while (this.clock.now() < t(offset)) {
      const next = Math.max(this.evaluator.nextAt ?? Infinity, this.clock.now());
      // In small steps: an evaluation that ends makes the next one due.
      await this.clock.advanceTo(Math.min(next, t(offset), this.clock.now() + STEP_MS));
      this.evaluator.tick(this.clock.now());
      await this.clock.advanceTo(this.clock.now());
    }
  }

  states(): string[] {
    return this.evaluator
      .groups()
      .flatMap((group) => group.rules)
      .flatMap((rule) => (rule instanceof AlertingRunner ? [...rule.instances.values()] : []))
      .map((instance) => `${instance.labels.get('alertname')} ${instance.kind}`);
  }

  #evaluator(): Evaluator {
    return new Evaluator(
      [...this.stored.values()],
      (_where, error) => void this.defects.push(error),
      () => {},
    );
  }

  #world(): RuleWorld {
    const templates = TemplateSet.parse([], 'prometheus');
    if (!templates.ok) throw new Error('no templates');
    return {
      clock: this.clock,
      tracer: this.tracer,
      record: {
        ...silentRuleRecorder,
        foundNothing: (_group, rule, { kind, reason }) => void this.verdicts.push(`${rule.name} ${kind}: ${reason}`),
        readBack: (_group, rule, { sighting, reason }) =>
          void this.sightings.push(`${rule.name} ${sighting}: ${reason}`),
        slotsMissed: (_group, missed) => void this.missed.push(missed),
        ruleFailed: (_group, rule, reason, message) => void this.failures.push(`${rule.name}: ${reason}: ${message}`),
      },
      witnesses: this.#witnesses,
      note: (writes) => writes.forEach((write) => this.#store(write)),
      source: () => ({
        source: { name: 'fake', ask: (question) => this.#ask(question), curl: ({ query }) => `curl ${query}` },
        timeout: this.timeout,
        partialAnswers: 'keep',
        holdVanished: this.holdVanished,
        readAfterWrite: this.readAfterWrite,
      }),
      writer: {
        hasTargets: true,
        write: async (samples, signal, pace) => {
          this.paces.push(`${samples[0]!.labels.get('__name__')} ${pace}`);
          const takenAt = this.clock.now() + this.writeTakes;
          const givenUp = new Promise<'given up'>((resolve) => {
            signal.addEventListener('abort', () => resolve('given up'));
            if (signal.aborted) resolve('given up');
          });
          const taking = this.clock.sleepUntil(takenAt).then(() => this.#take(samples));
          if (this.writeTakes > 0 && (await Promise.race([taking, givenUp])) === 'given up') {
            return { rejected: 0, isTaken: false, messages: ['on their way'] };
          }
          await taking;
          if (this.refusesWrites !== null) {
            return { rejected: samples.length, isTaken: false, messages: [this.refusesWrites] };
          }
          return { rejected: 0, isTaken: true, messages: this.otherTargets };
        },
      },
      tell: (said) => void this.said.push(...said.map((one) => ({ ...one, now: this.clock.now() }))),
      templates: templates.value,
      externalLabels: this.externalLabels,
      externalURL: 'http://belfry/base',
      resendDelay: ms('1m'),
      trace: { tolerance: ms('1h'), grace: ms('10m') },
    };
  }

  #take(samples: readonly WrittenSample[]): void {
    if (this.refusesWrites !== null) return;
    for (const sample of samples) this.written.push({ ...sample, now: this.clock.now() });
  }

  async #ask({ query, at, deadline, trace, signal }: Question): Promise<Answer> {
    if (trace) this.traces.push(trace.spanId);
    this.asked.push({ at, query, now: this.clock.now() });
    if (deadline <= this.clock.now()) return { kind: 'failure', reason: 'timeout', message: 'too late', cost };
    const givenUp = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    const told = await Promise.race([this.answer(query, at), givenUp]);
    if (told === null) return { kind: 'failure', reason: 'aborted', message: 'given up', cost };
    if (deadline < this.clock.now()) return { kind: 'failure', reason: 'timeout', message: 'too slow', cost };
    if (typeof told === 'string') return { kind: 'failure', reason: 'unavailable', message: told, cost };
    const isPartial = 'partial' in told && typeof told.partial === 'object';
    const series = (isPartial ? told.partial : told) as Readonly<Record<string, number>>;
    const vector = Object.entries(series).map(([text, value]): Sample => ({
      labels: parse(text),
      at,
      value,
      histogram: this.histogram,
    }));
    return { kind: 'vector', vector, warnings: [], infos: [], isPartial, seriesFetched: null, cost };
  }

  #store(write: Write): void {
    if (write.kind === 'rules.delete') for (const id of write.groups) this.stored.delete(id);
    if (write.kind !== 'rules.put') return;
    const gone = new Set([
      ...write.gone.map(({ ruleId, digest }) => ruleId + digest),
      ...write.put.map(({ ruleId, instance }) => ruleId + instance.labels.digest),
    ]);
    const before = this.stored.get(write.group)?.instances ?? [];
    const instances = [
      ...before.filter(({ ruleId, instance }) => !gone.has(ruleId + instance.labels.digest)),
      ...write.put,
    ];
    this.stored.set(write.group, { id: write.group, evaluatedAt: write.evaluatedAt, instances });
  }
}

/** `up{job="x"}` and the like: pairs in braces. */
function parse(text: string): Labels {
  const [, name = '', pairs = ''] = /^([^{]*)(?:\{(.*)\})?$/.exec(text) ?? [];
  const labels = [...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value] as const);
  return Labels.of([['__name__', name], ...labels]);
}
