// `check`: the compilers that serve uses, run over files, and what they find printed. A configuration brings the rule
// files and templates it names; rule files that are given along with it are read as it would have them.
import type { Config } from '../config/config.ts';
import { meantAs } from './meant-as.ts';
import { printProblem, type Checked, type Problem } from '../model/problem.ts';
import type { Files } from '../ports/files.ts';
import { compileRuleFile, unreadableRuleFile } from '../rules/compile.ts';
import { lintReads, type GroupReads } from '../rules/lint-reads.ts';
import { checkNames, type Names } from '../rules/names.ts';
import type { LintLevel, RuleOptions } from '../rules/options.ts';
import type { RuleGroup } from '../rules/rule.ts';
import { warnUnwritten } from '../rules/unwritten.ts';

export interface CheckRequest {
  /** `-` is standard input. */
  readonly files: readonly string[];
  readonly lint: LintLevel;
  readonly target: 'belfry' | 'prometheus';
  readonly json: boolean;
}

export interface CheckWorld {
  readonly files: Files;
  readonly stdin: () => Promise<string>;
  /** A configuration and the templates it names, compiled as `serve` would. */
  readonly compile: (files: Files, file: string) => Promise<Checked<Config>>;
  readonly stdout: (text: string) => void;
}

/** Resolves with the exit code: 0 all is well, 1 errors, 3 only lints. */
export async function check(request: CheckRequest, world: CheckWorld): Promise<number> {
  const files = new FilesAndStdin(world.files, world.stdin);
  const run = new Run(files, request, world.compile);
  const paths = [...new Set(request.files.map((path) => (path === '-' ? STDIN : path)))];
  const rulePaths: string[] = [];
  for (const path of paths) {
    const text = await files.read(path);
    const { kind, doubt } = text.ok ? meantAs(path, text.value) : { kind: 'rules', doubt: null };
    if (doubt !== null) run.takeDoubt(doubt);
    if (kind === 'config') await run.takeConfig(path);
    else rulePaths.push(path);
  }
  for (const path of rulePaths) await run.takeRules(path);
  run.compareFiles();
  world.stdout(request.json ? run.json() : run.text());
  return run.exitCode();
}

const STDIN = '<stdin>';

class FilesAndStdin implements Files {
  readonly #files: Files;
  readonly #stdin: () => Promise<string>;
  #text: Promise<string> | null = null;

  constructor(files: Files, stdin: () => Promise<string>) {
    this.#files = files;
    this.#stdin = stdin;
  }

  async read(path: string): ReturnType<Files['read']> {
    if (path !== STDIN) return this.#files.read(path);
    this.#text ??= this.#stdin();
    return { ok: true, value: await this.#text };
  }

  glob(pattern: string): Promise<readonly string[]> {
    return this.#files.glob(pattern);
  }
}

interface CheckedFile {
  readonly file: string;
  readonly kind: 'rules' | 'config';
  readonly groups: number;
  readonly rules: number;
}

class Run {
  readonly #files: Files;
  readonly #request: CheckRequest;
  readonly #compile: CheckWorld['compile'];
  readonly #checked: CheckedFile[] = [];
  readonly #found: Problem[] = [];
  readonly #reads: GroupReads[] = [];
  readonly #groups: RuleGroup[] = [];
  /** Whether there is somewhere to write to; null when nobody knows. */
  #isWriting: boolean | null = null;
  #options: Omit<RuleOptions, 'lint' | 'target'> = {
    evaluationInterval: 60_000,
    ruleQueryOffset: 0,
    nameScheme: 'utf8',
  };
  #names: Names = { receivers: null, dataSources: null };

  constructor(files: Files, request: CheckRequest, compile: CheckWorld['compile']) {
    this.#files = files;
    this.#request = request;
    this.#compile = compile;
  }

  takeDoubt(doubt: Problem): void {
    if (this.#request.lint !== 'none') this.#found.push(doubt);
  }

  async takeConfig(path: string): Promise<void> {
    this.#checked.push({ file: path, kind: 'config', groups: 0, rules: 0 });
    const result = await this.#compile(this.#files, path);
    if (!result.ok) {
      this.#found.push(...result.problems);
      return;
    }
    this.#found.push(...result.warnings);
    const config = result.value;
    const { evaluationInterval, ruleQueryOffset, nameScheme } = config.rules;
    this.#options = { evaluationInterval, ruleQueryOffset, nameScheme };
    this.#names = namesOf(config);
    if (this.#request.target === 'belfry') this.#isWriting = config.rules.remoteWrite.length > 0;
    for (const { pattern, unmatched } of config.rules.ruleFiles) {
      const paths = await this.#files.glob(pattern);
      if (paths.length === 0 && this.#request.lint !== 'none') this.#found.push(unmatched);
      for (const file of paths) await this.takeRules(file);
    }
  }

  async takeRules(path: string): Promise<void> {
    if (this.#checked.some(({ file }) => file === path)) return;
    const text = await this.#files.read(path);
    const { lint, target } = this.#request;
    const compiled = text.ok
      ? checkNames(compileRuleFile({ file: path, text: text.value }, { ...this.#options, lint, target }), this.#names)
      : unreadableRuleFile(text.problem);
    const rules = compiled.groups.reduce((sum, group) => sum + group.rules.length, 0);
    this.#checked.push({ file: path, kind: 'rules', groups: compiled.groups.length, rules });
    this.#reads.push(...compiled.reads);
    this.#groups.push(...compiled.groups);
    this.#found.push(...[...compiled.problems, ...compiled.warnings].toSorted(byPlace));
  }

  /** What only all files together show. */
  compareFiles(): void {
    this.#found.push(...lintReads(this.#reads), ...warnUnwritten(this.#groups, this.#isWriting ?? true));
  }

  exitCode(): number {
    if (this.#count('error') > 0) return 1;
    return this.#found.some(isLint) ? 3 : 0;
  }

  text(): string {
    const findings = this.#found.map((problem) => `${printProblem(problem)}\n`);
    return `${findings.join('')}${this.#summary()}\n`;
  }

  json(): string {
    const findings = this.#found.map(({ severity, code, message, at, hint }) => ({
      severity,
      code,
      message,
      file: at?.file ?? null,
      line: at?.line ?? null,
      column: at?.column ?? null,
      length: at?.length ?? null,
      hint: hint ?? null,
    }));
    const summary = { errors: this.#count('error'), warnings: this.#count('warning') };
    return `${JSON.stringify({ files: this.#checked, findings, summary }, null, 2)}\n`;
  }

  #count(severity: Problem['severity']): number {
    return this.#found.filter((problem) => problem.severity === severity).length;
  }

  #summary(): string {
    const sum = (of: 'groups' | 'rules'): number => this.#checked.reduce((total, file) => total + file[of], 0);
    const [errors, warnings] = [this.#count('error'), this.#count('warning')];
    const findings = [
      ...(errors > 0 ? [many(errors, 'error')] : []),
      ...(warnings > 0 ? [many(warnings, 'warning')] : []),
    ];
    const hasRules = this.#checked.some(({ kind }) => kind === 'rules');
    const good = hasRules ? `, ${many(sum('rules'), 'good rule')} in ${many(sum('groups'), 'group')}` : '';
    return `${many(this.#checked.length, 'file')}${good}: ${findings.join(', ') || 'nothing wrong'}`;
  }
}

const namesOf = ({ receivers, rules }: Config): Names => ({
  receivers: new Set(receivers.keys()),
  dataSources: new Set(rules.dataSources.map(({ name }) => name)),
});

const isLint = ({ code }: Problem): boolean => code.startsWith('lint/');

const byPlace = (a: Problem, b: Problem): number =>
  (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
