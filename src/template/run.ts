// One rendering in progress: what was written, the variables in scope, where execution stands (for the message
// of an error), and the budget that ends a hostile template. Errors inside a rendering are exceptions because a
// template may fail at any depth; `render` turns both kinds back into values and none gets out.
import type { Instant } from '../model/time.ts';
import { locate, nodeText, type Node } from './node.ts';
import { quote } from './quote.ts';
import type { Value } from './values.ts';

export interface Budget {
  /** Commands executed, plus the size of what functions work through. */
  readonly steps: number;
  /** Templates within templates. */
  readonly depth: number;
  /** Characters of the result, and of any one value. */
  readonly output: number;
  /** Asked now and then: the time is up. The core has no clock, so the caller brings one. */
  readonly expired: (() => boolean) | null;
}

const DEFAULT_BUDGET: Budget = { steps: 1_000_000, depth: 100, output: 4_194_304, expired: null };

/** Functions only the caller can answer: routeLabels, lang, timezone, query, externalURL, pathPrefix. */
export type HostFunction = (...args: readonly string[]) => Value;
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/** How a statement ended: on to the next, or out of the loop, or on with the loop. */
export type Flow = 'next' | 'break' | 'continue';
export type Exec = (run: Run, dot: Value) => Flow;

/** A template, ready to run. */
export interface Compiled {
  readonly name: string;
  readonly body: Exec;
}

/** A function or method refuses: Go's second result. */
export class CallError extends Error {
  override readonly name = 'CallError';
}

/** The template cannot go on. The message is complete. */
export class ExecError extends Error {
  override readonly name = 'ExecError';
}

/** Nested control blocks, parentheses, templates and printed containers: bounds the stack. */
const MAX_LEVELS = 600;
/** Steps between two looks at the clock. */
const CLOCK_EVERY = 1024;

export class Run {
  readonly now: Instant;
  readonly host: HostFunctions;
  /** The data of the whole rendering; a template called inside it has a dot of its own. */
  readonly root: Value;
  out = '';
  names: string[] = [];
  values: Value[] = [];
  node: Node | null = null;
  templateName = '';
  /** What `include` may name. */
  templates: (name: string) => Compiled | undefined = () => undefined;
  #depth = 0;
  readonly #budget: Budget;
  #steps: number;
  #clockAt: number;
  #levels = 0;
  readonly #patterns = new Set<string>();

  constructor(now: Instant, root: Value, host: HostFunctions, budget: Partial<Budget>) {
    this.now = now;
    this.root = root;
    this.host = host;
    this.#budget = { ...DEFAULT_BUDGET, ...budget };
    this.#steps = this.#budget.steps;
    // The first step looks, too: many small renderings may share one time.
    this.#clockAt = this.#steps;
  }

  get maxText(): number {
    return this.#budget.output;
  }

  /** Pays for work before it is done. */
  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps > this.#clockAt) return;
    if (this.#steps < 0) throw this.error(`gave up after ${this.#budget.steps} steps`);
    this.#clockAt = Math.max(-1, this.#steps - CLOCK_EVERY);
    if (this.#budget.expired?.() === true) throw this.error('gave up: out of time');
  }

  write(text: string): void {
    this.room(this.out.length + text.length);
    this.out += text;
  }

  /** A text of this length is about to be made. */
  room(length: number): void {
    if (length > this.#budget.output) throw this.error(`gave up: more than ${this.#budget.output} characters`);
  }

  /** For a function that made a text of a size known only afterwards. */
  made(text: string): string {
    this.room(text.length);
    this.spend(text.length >> 6);
    return text;
  }

  /** The first time this rendering uses the pattern: it may have to be compiled. */
  firstUse(pattern: string): boolean {
    if (this.#patterns.has(pattern)) return false;
    this.#patterns.add(pattern);
    return true;
  }

  enter(): void {
    if (++this.#levels > MAX_LEVELS) throw this.error(`gave up: nested more than ${MAX_LEVELS} levels deep`);
  }

  leave(): void {
    this.#levels--;
  }

  checkDepth(): void {
    const { depth } = this.#budget;
    if (this.#depth >= depth) throw this.error(`exceeded maximum template depth (${depth})`);
  }

  /** One template in another: it sees none of the other's variables. */
  within(target: Compiled, dot: Value): void {
    const { names, values, templateName } = this;
    this.names = ['$'];
    this.values = [dot];
    this.templateName = target.name;
    this.#depth++;
    this.enter();
    this.spend(1);
    target.body(this, dot);
    this.leave();
    this.#depth--;
    this.names = names;
    this.values = values;
    this.templateName = templateName;
  }

  /** The text that a template makes of `dot`, for what is to be done with it. */
  include(name: string, dot: Value): string {
    const target = this.templates(name);
    if (target === undefined) throw new CallError(`template ${quote(name)} not defined`);
    this.checkDepth();
    const { out, node } = this;
    this.out = '';
    this.within(target, dot);
    const text = this.out;
    this.out = out;
    this.node = node;
    return this.made(text);
  }

  push(name: string, value: Value): void {
    this.names.push(name);
    this.values.push(value);
  }

  pop(mark: number): void {
    if (this.names.length === mark) return;
    this.names.length = mark;
    this.values.length = mark;
  }

  variable(name: string): Value {
    return this.values[this.#slot(name)];
  }

  assign(name: string, value: Value): void {
    this.values[this.#slot(name)] = value;
  }

  /** Declared by the parser's rules, yet never reached: in an argument that `and` or `or` skipped. */
  #slot(name: string): number {
    const slot = this.names.lastIndexOf(name);
    if (slot < 0) throw this.error(`undefined variable: ${name}`);
    return slot;
  }

  error(message: string): ExecError {
    const { node } = this;
    if (node === null) return new ExecError(`template: ${this.templateName}: ${message}`);
    const { line, column } = locate(node.source.text, node.pos);
    const where = `${node.source.name}:${line}:${column}`;
    return new ExecError(
      `template: ${where}: executing ${quote(this.templateName)} at <${nodeText(node)}>: ${message}`,
    );
  }
}
