// Rules as a whole: loaded with the configuration, evaluated, told to our own router and to others. Everything that
// can fail in a reload happens before anything changes.
import type { Config, RulesConfig } from '../../config/config.ts';
import { printProblem, type Problem } from '../../model/problem.ts';
import { stampOf } from '../../model/rfc3339.ts';
import type { DurationMs, Instant, Stamp } from '../../model/time.ts';
import { LabelRewriter } from '../../outbound/label-rewriter.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { RuleCompiler } from '../../ports/rule-compiler.ts';
import type { RuleRecorder } from '../../ports/rule-recorder.ts';
import type { StoredRuleGroup, Write } from '../../ports/store.ts';
import type { Tracer } from '../../ports/tracer.ts';
import type { Rule, RuleGroup } from '../../rules/rule.ts';
import { TemplateSet } from '../../template/template-set.ts';
import type { Ingest, PostedAlert, RuleGroupView, RuleViews } from '../contract.ts';
import { Evaluator } from './evaluator.ts';
import { generatorURL } from './expand-rule.ts';
import { RuleLoader, type LoadedRules } from './load.ts';
import { lossWarnings } from './losses.ts';
import { mergeReload, type Merged, type MergeOptions } from './merge.ts';
import type { RuleOutside } from '../../ports/rule-outside.ts';
import type { WitnessBook } from './presence.ts';
import { viewOf } from './rule-view.ts';
import type { RuleWorld, Said } from './world.ts';

export interface RuleServiceParts {
  readonly files: Files;
  readonly compiler: RuleCompiler;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly record: RuleRecorder;
  readonly note: (writes: readonly Write[]) => void;
  readonly ingest: Pick<Ingest, 'post'>;
  readonly outside: RuleOutside;
  readonly defect: (where: string, error: unknown) => void;
  readonly externalURL: string;
  readonly resendDelay: DurationMs;
  readonly trace: RuleWorld['trace'];
  readonly wake: () => void;
  readonly merge: MergeOptions;
}

/** A configuration's rules, ready to be taken over. */
export interface PreparedRules {
  readonly config: RulesConfig;
  readonly loaded: LoadedRules;
  readonly holdsLost: boolean;
}

export class RuleService implements RuleViews {
  readonly #parts: RuleServiceParts;
  readonly #evaluator: Evaluator;
  readonly #loader: RuleLoader;
  readonly #witnesses: WitnessBook = new Map();
  #config: RulesConfig | null = null;
  /** What our own router gets to see of labels. */
  #inward: LabelRewriter | null = null;
  #groups: readonly RuleGroup[] = [];
  #outdated: ReadonlyMap<string, string> = new Map();
  #problems: readonly string[] = [];
  #waiting: Said[] = [];

  constructor(parts: RuleServiceParts, stored: readonly StoredRuleGroup[]) {
    this.#parts = parts;
    this.#loader = new RuleLoader(parts.files, parts.compiler);
    this.#evaluator = new Evaluator(stored, parts.defect, parts.wake);
  }

  get nextAt(): Instant | null {
    return this.#evaluator.nextAt;
  }

  tick(now: Instant): void {
    this.#evaluator.tick(now);
  }

  setBack(by: DurationMs): void {
    this.#evaluator.setBack(by, this.#parts.clock.now());
  }

  /** Reads and checks the rule files; changes nothing. */
  async prepare({ rules, receivers }: Config): Promise<PreparedRules> {
    return { config: rules, loaded: await this.#loader.load(rules, new Set(receivers.keys())), holdsLost: false };
  }

  /** The same, with what would end. */
  holdingLost(prepared: PreparedRules): PreparedRules {
    return { ...prepared, holdsLost: true };
  }

  /** Whether groups or rules would end. */
  isLosing(prepared: PreparedRules): boolean {
    const merged = this.#merge(this.holdingLost(prepared));
    return merged.kind === 'taken' && merged.lost.length > 0;
  }

  /** What keeps the whole of it from being taken over, or null. */
  refusal(prepared: PreparedRules): string | null {
    const merged = this.#merge(prepared);
    if (merged.kind === 'taken') return null;
    return merged.reason === 'problems'
      ? problemsText(prepared.loaded)
      : 'the rule files have no rules any more (--rules.allow-empty takes that over)';
  }

  /**
   * Groups with something wrong in them go on in their old version. Only what refusal() lets pass.
   * @param takeOver puts the rest of the configuration in force: the ends of rules that are gone are said before it, to
   * those who were told of them
   * @returns what to warn of
   */
  async adopt(prepared: PreparedRules, takeOver: () => void): Promise<readonly Problem[]> {
    const { config, loaded } = prepared;
    const merged = this.#merge(prepared);
    if (merged.kind === 'refused') throw new Error(`rules were adopted that are refused: ${merged.reason}`);
    this.#parts.outside.reconfigure(config);
    this.#config = config;
    this.#inward ??= inwardOf(config);
    this.#groups = merged.groups;
    this.#outdated = new Map(merged.kept.map((id) => [id, problemsText(loaded)]));
    this.#problems = loaded.problems.map(printProblem);
    await this.#evaluator.load(merged.groups, this.#world(config));
    this.#flush();
    this.#inward = inwardOf(config);
    takeOver();
    this.#parts.wake();
    return lossWarnings(merged.lost, prepared);
  }

  async stop(deadline: AbortSignal): Promise<void> {
    await this.#evaluator.stop();
    this.#flush();
    await this.#parts.outside.close(deadline);
  }

  groups(): readonly RuleGroupView[] {
    return viewOf(this.#evaluator.groups(), this.#outdated);
  }

  problems(): readonly string[] {
    return this.#problems;
  }

  alertmanagers(): readonly { readonly url: string; readonly lastError: string }[] {
    return this.#parts.outside.sink.targets();
  }

  generatorURL(group: RuleGroup, rule: Rule): string {
    return generatorURL(group, rule, this.#parts.externalURL);
  }

  dataSourceURL(name: string | null): string | null {
    const sources = this.#config?.dataSources ?? [];
    return (name === null ? sources[0] : sources.find((source) => source.name === name))?.externalUrl ?? null;
  }

  #merge({ loaded, holdsLost }: PreparedRules): Merged {
    return mergeReload(this.#groups, loaded, { ...this.#parts.merge, holdsLost });
  }

  #world(config: RulesConfig): RuleWorld {
    const { clock, tracer, record, note, externalURL, resendDelay, trace, outside } = this.#parts;
    return {
      ...{ clock, tracer, record, note, externalURL, resendDelay, trace },
      source: (name) => outside.source(name),
      writer: outside.writer,
      witnesses: this.#witnesses,
      tell: (said) => this.#tell(said),
      templates: ruleTemplates,
      externalLabels: config.externalLabels,
    };
  }

  /** Many rules speak in one slot: they are told together. */
  #tell(said: readonly Said[]): void {
    if (this.#waiting.length === 0) void Promise.resolve().then(() => this.#flush());
    for (const alert of said) this.#waiting.push(alert);
  }

  #flush(): void {
    const said = this.#waiting;
    this.#waiting = [];
    if (said.length === 0) return;
    const { ingest, defect, outside } = this.#parts;
    // They are only told; our own router has work with them.
    for (const [headers, alerts] of byHeaders(said)) outside.sink.send(alerts, headers);
    const told = posted(said, this.#inward);
    if (told.length > 0) ingest.post(told).catch((error: unknown) => defect('rules', error));
  }
}

const parsedTemplates = TemplateSet.parse([], 'prometheus');
if (!parsedTemplates.ok) throw new Error('an empty set of templates does not parse');
const ruleTemplates = parsedTemplates.value;

export const problemsText = ({ problems }: Pick<LoadedRules, 'problems'>): string =>
  problems.map(printProblem).join('\n');

/** Alerts that are told together begin and end at few instants. */
function stamps(): (at: Instant) => Stamp {
  const made = new Map<Instant, Stamp>();
  return (at) => made.getOrInsertComputed(at, stampOf);
}

/** What is relabelled away, or is left without a label, is told to nobody. */
function posted(said: readonly Said[], inward: LabelRewriter | null): readonly PostedAlert[] {
  const stamp = stamps();
  return said.flatMap((alert): readonly PostedAlert[] => {
    const { annotations, startsAt, endsAt, generatorURL: url, notify, reading } = alert;
    const labels = inward === null ? alert.labels : inward.labels(alert.labels);
    if (labels === null || labels.size === 0) return [];
    const span = { startsAt: stamp(startsAt), endsAt: stamp(endsAt) };
    return [{ labels, annotations, ...span, generatorURL: url, notify, reading }];
  });
}

const inwardOf = ({ externalLabels, alerting, nameScheme }: RulesConfig): LabelRewriter =>
  new LabelRewriter({ externalLabels, rules: alerting.relabel, names: nameScheme });

function byHeaders(said: readonly Said[]): ReadonlyMap<Said['notifierHeaders'], readonly Said[]> {
  const groups = new Map<Said['notifierHeaders'], Said[]>();
  for (const alert of said) groups.getOrInsertComputed(alert.notifierHeaders, () => []).push(alert);
  return groups;
}
