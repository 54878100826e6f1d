// The rule files that the configuration names, read and compiled; what has not changed since the last time is not
// compiled again. What a reload makes of the outcome is merge.ts' business.
import type { RulesConfig } from '../../config/config.ts';
import { contentDigest } from '../../model/content-digest.ts';
import { goQuote } from '../../model/go-quote.ts';
import type { Problem } from '../../model/problem.ts';
import type { Files, FileText } from '../../ports/files.ts';
import type { RuleCompiler } from '../../ports/rule-compiler.ts';
import type { ReadFiles } from '../../ports/watch.ts';
import { unreadableRuleFile, type CompiledRuleFile } from '../../rules/compile.ts';
import { checkNames, type Names } from '../../rules/names.ts';
import type { RuleOptions } from '../../rules/options.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { warnUnwritten } from '../../rules/unwritten.ts';

export interface LoadedRules {
  readonly groups: readonly RuleGroup[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Ids of groups that are there, with something wrong in them. */
  readonly refused: ReadonlySet<string>;
  /** Files of which nobody can tell what groups they would have. */
  readonly unsure: ReadonlySet<string>;
  readonly read: ReadFiles;
  /** No rule file is asked for: to have no rules then is no accident. */
  readonly isUnwanted: boolean;
  /** What groups may refer to. */
  readonly receivers: ReadonlySet<string>;
  readonly dataSources: ReadonlySet<string>;
}

export class RuleLoader {
  readonly #files: Files;
  readonly #compiler: RuleCompiler;
  /** What the last load compiled, by path; the key is all it came of. */
  #compiled: ReadonlyMap<string, { readonly key: string; readonly file: CompiledRuleFile }> = new Map();

  constructor(files: Files, compiler: RuleCompiler) {
    this.#files = files;
    this.#compiler = compiler;
  }

  /** @param receivers names that `notify` may give */
  async load(config: RulesConfig, receivers: ReadonlySet<string>): Promise<LoadedRules> {
    const dataSources = new Set(config.dataSources.map(({ name }) => name));
    const gathered = new Gathered({ receivers, dataSources });
    const texts = new Map<string, FileText>();
    for (const { pattern, unmatched } of config.ruleFiles) {
      const paths = await this.#files.glob(pattern);
      if (paths.length === 0) gathered.warn(unmatched);
      for (const path of paths) if (!texts.has(path)) texts.set(path, await this.#files.read(path));
    }
    const contents = new Map(Array.from(texts, ([path, text]) => [path, contentDigest(text)]));
    for (const file of await this.#compile(texts, contents, optionsOf(config))) gathered.take(file);
    const result = gathered.result();
    return {
      ...result,
      warnings: [...result.warnings, ...warnUnwritten(result.groups, config.remoteWrite.length > 0)],
      read: { patterns: config.ruleFiles.map(({ pattern }) => pattern), contents },
      isUnwanted: config.ruleFiles.length === 0,
      receivers,
      dataSources,
    };
  }

  async #compile(
    texts: ReadonlyMap<string, FileText>,
    contents: ReadonlyMap<string, string>,
    options: RuleOptions,
  ): Promise<readonly Found[]> {
    const optionsText = JSON.stringify(options);
    const keyOf = (path: string): string => `${optionsText} ${contents.get(path)!}`;
    const sources = [...texts].flatMap(([path, text]) =>
      text.ok && this.#compiled.get(path)?.key !== keyOf(path) ? [{ file: path, text: text.value }] : [],
    );
    const fresh = sources.length === 0 ? [] : await this.#compiler.compile(sources, options);
    const freshByPath = new Map(sources.map(({ file }, i) => [file, fresh[i]!]));
    const found = Array.from(texts, ([path, text]) => ({
      path,
      file: text.ok ? (freshByPath.get(path) ?? this.#compiled.get(path)!.file) : unreadableRuleFile(text.problem),
    }));
    this.#compiled = new Map(found.map(({ path, file }) => [path, { key: keyOf(path), file }]));
    return found;
  }
}

interface Found {
  readonly path: string;
  readonly file: CompiledRuleFile;
}

function optionsOf({ evaluationInterval, ruleQueryOffset, nameScheme }: RulesConfig): RuleOptions {
  return { evaluationInterval, ruleQueryOffset, nameScheme, target: 'belfry', lint: 'none' };
}

class Gathered {
  readonly #names: Names;
  readonly #groups = new Map<string, RuleGroup>();
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];
  readonly #refused = new Set<string>();
  readonly #unsure = new Set<string>();

  constructor(names: Names) {
    this.#names = names;
  }

  warn(problem: Problem): void {
    this.#warnings.push(problem);
  }

  take({ path, file }: Found): void {
    const { groups, problems, warnings, refused, isUnsure } = checkNames(file, this.#names);
    this.#problems.push(...problems);
    this.#warnings.push(...warnings);
    if (isUnsure) this.#unsure.add(path);
    for (const id of refused) this.#refused.add(id);
    for (const group of groups) this.#takeGroup(group);
  }

  /** Objects are told apart by their names, not by their files: two files may hold the same one. */
  #takeGroup(group: RuleGroup): void {
    const first = this.#groups.get(group.id);
    if (first === undefined) {
      this.#groups.set(group.id, group);
      return;
    }
    const message = `group ${goQuote(group.name)} of ${group.file} is in ${first.at.file} already`;
    const hint = 'an object may come in one file only';
    this.#problems.push({ severity: 'error', code: 'rules/duplicate-group', message, at: group.at, hint });
  }

  result(): Pick<LoadedRules, 'groups' | 'problems' | 'warnings' | 'refused' | 'unsure'> {
    return {
      groups: [...this.#groups.values()],
      problems: this.#problems,
      warnings: this.#warnings,
      refused: this.#refused,
      unsure: this.#unsure,
    };
  }
}
