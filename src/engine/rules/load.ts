// The rule files that the configuration names, read and compiled one at a time; what has not changed since the last
// time is not compiled again. What a reload makes of the outcome is merge.ts' business.
import { hash } from 'node:crypto';
import type { RulesConfig } from '../../config/config.ts';
import { goQuote } from '../../model/go-quote.ts';
import type { Problem } from '../../model/problem.ts';
import type { Files } from '../../ports/files.ts';
import { dependencies } from '../../promql/uses.ts';
import { compileRuleFile, unreadableRuleFile, type CompiledRuleFile } from '../../rules/compile.ts';
import type { RuleOptions } from '../../rules/options.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import type { LoadedGroup } from './evaluator.ts';

/** What loading knew the last time, by file. */
export type RuleFileCache = Map<string, { readonly key: string; readonly compiled: CompiledRuleFile }>;

export interface LoadedRules {
  readonly groups: readonly LoadedGroup[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Ids of groups that are there, with something wrong in them. */
  readonly refused: ReadonlySet<string>;
  /** Files of which nobody can tell what groups they would have. */
  readonly unsure: ReadonlySet<string>;
  readonly files: number;
  /** No rule file is asked for: to have no rules then is no accident. */
  readonly isUnwanted: boolean;
  /** What groups may refer to. */
  readonly receivers: ReadonlySet<string>;
  readonly dataSources: ReadonlySet<string>;
}

/** Names that `notify` may give. */
export type Receivers = ReadonlySet<string>;

export async function loadRules(
  files: Files,
  config: RulesConfig,
  receivers: Receivers,
  cache: RuleFileCache = new Map(),
): Promise<LoadedRules> {
  const dataSources = new Set(config.dataSources.map(({ name }) => name));
  const options = optionsOf(config, receivers, dataSources);
  const paths = await pathsOf(files, config.ruleFiles);
  const gathered = new Gathered(options, cache);
  for (const path of paths) await gathered.take(files, path);
  gathered.forgetOthers();
  return { ...gathered.result(), isUnwanted: config.ruleFiles.length === 0, receivers, dataSources };
}

function optionsOf(config: RulesConfig, receivers: Receivers, dataSources: ReadonlySet<string>): RuleOptions {
  const { evaluationInterval, ruleQueryOffset, nameScheme } = config;
  return { evaluationInterval, ruleQueryOffset, nameScheme, receivers, dataSources, target: 'belfry', lint: 'none' };
}

/** Each once, whatever number of patterns it fits. */
async function pathsOf(files: Files, patterns: readonly string[]): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) for (const path of await files.glob(pattern)) paths.add(path);
  return [...paths];
}

class Gathered {
  readonly #options: RuleOptions;
  readonly #optionsText: string;
  readonly #cache: RuleFileCache;
  readonly #seen = new Set<string>();
  readonly #groups = new Map<string, LoadedGroup>();
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];
  readonly #refused = new Set<string>();
  readonly #unsure = new Set<string>();

  constructor(options: RuleOptions, cache: RuleFileCache) {
    this.#options = options;
    this.#optionsText = textOf(options);
    this.#cache = cache;
  }

  async take(files: Files, path: string): Promise<void> {
    this.#seen.add(path);
    const text = await files.read(path);
    const compiled = text.ok ? this.#compile(path, text.value) : unreadableRuleFile(text.problem);
    this.#problems.push(...compiled.problems);
    this.#warnings.push(...compiled.warnings);
    if (compiled.isUnsure) this.#unsure.add(path);
    for (const id of compiled.refused) this.#refused.add(id);
    for (const group of compiled.groups) this.#takeGroup(group);
  }

  #compile(file: string, text: string): CompiledRuleFile {
    const key = hash('sha256', `${this.#optionsText}\n${text}`, 'hex');
    const known = this.#cache.get(file);
    if (known?.key === key) return known.compiled;
    const compiled = compileRuleFile({ file, text }, this.#options);
    this.#cache.set(file, { key, compiled });
    return compiled;
  }

  /** Objects are told apart by their names, not by their files: two files may hold the same one. */
  #takeGroup(group: RuleGroup): void {
    const first = this.#groups.get(group.id);
    if (first === undefined) {
      this.#groups.set(group.id, { group, dependencies: dependenciesOf(group) });
      return;
    }
    const message = `group ${goQuote(group.name)} of ${group.file} is in ${first.group.at.file} already`;
    const hint = 'an object may come in one file only';
    this.#problems.push({ severity: 'error', code: 'rules/duplicate-group', message, at: group.at, hint });
  }

  forgetOthers(): void {
    for (const file of this.#cache.keys()) if (!this.#seen.has(file)) this.#cache.delete(file);
  }

  result(): Omit<LoadedRules, 'isUnwanted' | 'receivers' | 'dataSources'> {
    return {
      groups: [...this.#groups.values()],
      problems: this.#problems,
      warnings: this.#warnings,
      refused: this.#refused,
      unsure: this.#unsure,
      files: this.#seen.size,
    };
  }
}

const textOf = ({ receivers, dataSources, ...rest }: RuleOptions): string =>
  JSON.stringify([rest, [...(receivers ?? [])], [...(dataSources ?? [])]]);

/** Nobody knows what a nameless selector reads: then every rule waits for all before it. */
function dependenciesOf({ rules }: RuleGroup): LoadedGroup['dependencies'] {
  const found = dependencies(rules);
  return found.known ? found.reads : rules.map((_, index) => Array.from({ length: index }, (__, before) => before));
}
