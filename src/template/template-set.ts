// Templates of many files that call each other, and the inline texts of a config that use them. Parsing reports
// every file's mistake with its position; compiling an inline text is cached; rendering never throws: it ends with
// text or with Go's message.
import { compareUtf8 } from '../model/order.ts';
import type { Checked, Problem } from '../model/problem.ts';
import type { Instant } from '../model/time.ts';
import { wellFormed } from './bytes.ts';
import { compileList, type Linker } from './execute.ts';
import { functionTable, type FunctionTable } from './function-table.ts';
import { ALERTMANAGER_FUNCTIONS } from './functions-alertmanager.ts';
import { BUILTINS } from './functions-builtin.ts';
import { PROMETHEUS_FUNCTIONS } from './functions-prometheus.ts';
import { escapeTemplates } from './html-escape.ts';
import { HTML_FUNCTIONS } from './html-functions.ts';
import { inspect, type Inspected, type Own } from './inspect.ts';
import { isEmptyList, type ListNode, type Source } from './node.ts';
import { parse } from './parse.ts';
import { escapeProblem, parseProblem } from './place.ts';
import { asValue } from './plain-data.ts';
import { ExecError, Run, type Budget, type Compiled, type HostFunctions } from './run.ts';
import type { Value } from './values.ts';

export interface TemplateSource {
  readonly file: string;
  readonly text: string;
}

/** Which functions there are: notification templates or rule templates. */
export type Flavour = 'alertmanager' | 'prometheus';
export type Mode = 'text' | 'html';

export interface CompileOptions {
  /** What errors call the text; '' when it has no name. */
  readonly name?: string;
  /** Variables declared before the text begins, `$labels` for one; `RenderEnv.variables` gives their values. */
  readonly variables?: readonly string[];
}

export interface RenderEnv {
  readonly now: Instant;
  readonly budget?: Partial<Budget>;
  readonly functions?: HostFunctions;
  readonly variables?: readonly unknown[];
}

export type Rendered =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      /** `template: webhook:1:12: executing "x" at <.Foo>: …`, Go's words. */
      readonly message: string;
    };

export interface Template {
  render(data: unknown, env: RenderEnv): Rendered;
}

export class TemplateSet {
  readonly #flavour: Flavour;
  readonly #functions: FunctionTable;
  readonly #defines: ReadonlyMap<string, ListNode>;
  /** Of the user's files, each with its path. */
  readonly #own: ReadonlyMap<string, Own>;
  readonly #replaced: ReadonlySet<string>;
  readonly #linked = new Map<string, Compiled>();
  readonly #compiled = new Map<string, Checked<Template>>();

  private constructor(flavour: Flavour, { all, own, replaced }: Defines) {
    this.#flavour = flavour;
    this.#functions = FUNCTIONS[flavour];
    this.#defines = all;
    this.#own = own;
    this.#replaced = replaced;
  }

  /** In order: a later define of a name replaces an earlier one, unless it is empty. What is shipped comes first. */
  static parse(
    sources: readonly TemplateSource[],
    flavour: Flavour,
    shipped: readonly TemplateSource[] = [],
  ): Checked<TemplateSet> {
    const functions = FUNCTIONS[flavour];
    const problems: Problem[] = [];
    const paths = new Map<Source, string>();
    const addAll = (defines: Map<string, ListNode>, { file, text }: TemplateSource): Map<string, ListNode> => {
      // Go names a template after its file, without the folder; errors while rendering show that.
      const source: Source = { name: file.slice(file.lastIndexOf('/') + 1), text };
      paths.set(source, file);
      const parsed = parse(source, { hasFunction: (name) => functions.has(name) });
      if (parsed.ok) addDefines(defines, parsed.defines, { name: source.name, body: parsed.body });
      else problems.push(parseProblem(parsed, { name: file, text }));
      return defines;
    };
    const ours = shipped.reduce(addAll, new Map<string, ListNode>());
    const all = sources.reduce(addAll, new Map(ours));
    if (problems.length > 0) return { ok: false, problems };
    const own = new Map<string, Own>();
    for (const [name, list] of all) if (ours.get(name) !== list) own.set(name, { list, file: paths.get(list.source)! });
    const replaced = new Set([...own.keys()].filter((name) => ours.has(name)));
    return { ok: true, value: new TemplateSet(flavour, { all, own, replaced }), warnings: [] };
  }

  /** The templates of the user's files as they stand there, looked through. */
  inspected(): readonly Inspected[] {
    const known = { functions: this.#functions, hasTemplate: (name: string): boolean => this.#defines.has(name) };
    const inOrder = [...this.#own].toSorted(([, a], [, b]) => compareUtf8(a.file, b.file) || a.list.pos - b.list.pos);
    return inOrder.map(([name, own]) => inspect({ ...own, name, isReplacing: this.#replaced.has(name) }, known));
  }

  /** Whether the user's files replace a shipped template with this prefix, or one of those that all kinds share. */
  isOverridden(prefix: string): boolean {
    return [...this.#replaced].some((name) => name.startsWith(prefix) || name.startsWith(SHARED_PREFIX));
  }

  /** The names that `{{ template "…" }}` may call. */
  get names(): readonly string[] {
    return [...this.#defines.keys()];
  }

  /** `html` escapes what is inserted by where it stands, as html/template does. */
  compile(text: string, mode: Mode, options: CompileOptions = {}): Checked<Template> {
    const { name = '', variables = [] } = options;
    const key = [mode, name, variables.join(' '), text].join('\0');
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const compiled = this.#compileText({ name, text }, mode, variables);
    if (this.#compiled.size >= MOST_COMPILED) this.#compiled.clear();
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #compileText(source: Source, mode: Mode, variables: readonly string[]): Checked<Template> {
    const functions = this.#functions;
    const parsed = parse(source, { hasFunction: (name) => functions.has(name), variables });
    if (!parsed.ok) return { ok: false, problems: [parseProblem(parsed, source)] };
    const own = new Map<string, ListNode>();
    addDefines(own, parsed.defines, { name: source.name, body: parsed.body });
    const linked = own.size === 1 ? this.#linked : new Map<string, Compiled>();
    const lookup = (name: string): ListNode | undefined => own.get(name) ?? this.#defines.get(name);
    const asText = linkerOf(functions, lookup, linked);
    if (mode === 'text') {
      const body = { name: source.name, body: compileList(parsed.body, asText) };
      return { ok: true, value: new CompiledTemplate(body, variables, asText), warnings: [] };
    }
    const escaped = escapeTemplates(source.name, lookup);
    if (!escaped.ok) return { ok: false, problems: [escapeProblem(escaped.message, escaped.node)] };
    const linker = linkerOf(HTML_TABLES[this.#flavour], (name) => escaped.templates.get(name), new Map());
    const body = linker.template(source.name)!;
    // What is included is text, escaped by where it is inserted.
    return { ok: true, value: new CompiledTemplate(body, variables, asText), warnings: [] };
  }
}

function linkerOf(
  functions: FunctionTable,
  lookup: (name: string) => ListNode | undefined,
  linked: Map<string, Compiled>,
): Linker {
  const linker: Linker = {
    functions,
    template: (name) => {
      const ready = linked.get(name);
      if (ready !== undefined) return ready;
      const list = lookup(name);
      if (list === undefined) return undefined;
      const fresh = { name, body: compileList(list, linker) };
      linked.set(name, fresh);
      return fresh;
    },
  };
  return linker;
}

interface Defines {
  readonly all: ReadonlyMap<string, ListNode>;
  readonly own: ReadonlyMap<string, Own>;
  readonly replaced: ReadonlySet<string>;
}

const MOST_COMPILED = 2000;
const SHARED_PREFIX = '__';

const FUNCTIONS: Readonly<Record<Flavour, FunctionTable>> = {
  alertmanager: functionTable(BUILTINS, ALERTMANAGER_FUNCTIONS),
  prometheus: functionTable(BUILTINS, PROMETHEUS_FUNCTIONS),
};

const HTML_TABLES: Readonly<Record<Flavour, FunctionTable>> = {
  alertmanager: functionTable(BUILTINS, ALERTMANAGER_FUNCTIONS, HTML_FUNCTIONS),
  prometheus: functionTable(BUILTINS, PROMETHEUS_FUNCTIONS, HTML_FUNCTIONS),
};

class CompiledTemplate implements Template {
  readonly #compiled: Compiled;
  readonly #variables: readonly string[];
  readonly #included: Linker;

  constructor(compiled: Compiled, variables: readonly string[], included: Linker) {
    this.#compiled = compiled;
    this.#variables = variables;
    this.#included = included;
  }

  render(data: unknown, env: RenderEnv): Rendered {
    const dot = asValue(data);
    const run = new Run(env.now, dot, env.functions ?? NO_FUNCTIONS, env.budget ?? {});
    run.templateName = this.#compiled.name;
    run.templates = this.#included.template;
    run.push('$', dot);
    this.#variables.forEach((name, i) => run.push(name, asValue(env.variables?.[i])));
    return finished(run, dot, this.#compiled);
  }
}

const NO_FUNCTIONS: HostFunctions = {};

function finished(run: Run, dot: Value, compiled: Compiled): Rendered {
  try {
    compiled.body(run, dot);
    return { ok: true, text: wellFormed(run.out) };
  } catch (error) {
    if (error instanceof ExecError) return { ok: false, message: wellFormed(error.message) };
    throw error;
  }
}

function addDefines(
  into: Map<string, ListNode>,
  defines: ReadonlyMap<string, ListNode>,
  file: { readonly name: string; readonly body: ListNode },
): void {
  for (const [name, list] of [...defines, [file.name, file.body] as const]) {
    if (!into.has(name) || !isEmptyList(list)) into.set(name, list);
  }
}
