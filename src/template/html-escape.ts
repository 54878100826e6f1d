// Rewrites templates so that what they insert is escaped for the place where it stands. The text of each template
// is followed through HTML; every action gets the escapers of its context behind it, and a template called in
// several contexts is made once for each. Mirrors html/template/escape.go; the trees are not changed, new ones come
// out. `escapeTemplates` fails when a place cannot be known: branches that end differently, a half-open tag.
import { contextText, failed, mangled, sameContext, START, type Context, type EscapeError } from './html-context.ts';
import { joinContexts } from './html-join.ts';
import { actionEscapers } from './html-action.ts';
import { withEscapers } from './html-rewrite.ts';
import { escapeTextNode } from './html-text.ts';
import {
  locate,
  type ActionNode,
  type BranchNode,
  type JumpNode,
  type ListNode,
  type Node,
  type StatementNode,
  type TemplateNode,
  type TextNode,
} from './node.ts';
import { quote } from './quote.ts';

export type Escaped =
  | { readonly ok: true; readonly templates: ReadonlyMap<string, ListNode> }
  | { readonly ok: false; readonly message: string; readonly node: Node | null };

/** Escapes the template `name` and all that it calls. */
export function escapeTemplates(name: string, lookup: (name: string) => ListNode | undefined): Escaped {
  const escaper = new Escaper(lookup);
  const end = escaper.escapeTree(START, null, name);
  if (end.context.error !== null) return failure(end.context.error, name);
  if (end.context.state !== 'stateText') {
    const message = `ends in a non-text context: ${contextText(end.context)}`;
    return failure({ node: null, line: 0, message }, name);
  }
  return { ok: true, templates: escaper.templates() };
}

function failure({ node, line, message }: EscapeError, name: string): Escaped {
  let where = name === '' ? ' ' : `${name}: `;
  if (line !== 0) where = `${name}:${line}: `;
  if (node !== null) {
    const at = locate(node.source.text, node.pos);
    where = `${node.source.name}:${at.line}:${at.column}: `;
  }
  return { ok: false, message: `html/template:${where}${message}`, node };
}

/** What the escaper found out; a trial run has its own, and it is kept or thrown away. */
class Findings {
  readonly outputs = new Map<string, Context>();
  readonly derived = new Map<string, ListNode>();
  readonly called = new Set<string>();
  readonly actions = new Map<ActionNode, readonly string[]>();
  readonly calls = new Map<TemplateNode, string>();
  readonly texts = new Map<TextNode, string>();

  keep(other: Findings): void {
    for (const [name, context] of other.outputs) this.outputs.set(name, context);
    for (const [name, list] of other.derived) this.derived.set(name, list);
    for (const name of other.called) this.called.add(name);
    for (const [node, escapers] of other.actions) this.actions.set(node, escapers);
    for (const [node, name] of other.calls) this.calls.set(node, name);
    for (const [node, text] of other.texts) this.texts.set(node, text);
  }
}

/** The contexts at the break and continue actions of a loop. */
interface Loop {
  readonly breaks: { readonly context: Context; readonly node: JumpNode }[];
  readonly continues: { readonly context: Context; readonly node: JumpNode }[];
}

class Escaper {
  readonly #lookup: (name: string) => ListNode | undefined;
  #found = new Findings();
  #loop: Loop | null = null;

  constructor(lookup: (name: string) => ListNode | undefined) {
    this.#lookup = lookup;
  }

  /** All templates that may be called, rewritten. */
  templates(): ReadonlyMap<string, ListNode> {
    const { outputs, actions, calls, texts } = this.#found;
    const rewritten = new Map<string, ListNode>();
    for (const name of outputs.keys()) {
      const list = this.#template(name);
      if (list !== undefined) rewritten.set(name, withEscapers(list, { actions, calls, texts }));
    }
    return rewritten;
  }

  escapeTree(
    c: Context,
    node: TemplateNode | null,
    name: string,
  ): { readonly context: Context; readonly name: string } {
    const own = mangled(name, c);
    this.#found.called.add(own);
    const known = this.#found.outputs.get(own);
    if (known !== undefined) return { context: known, name: own };
    const original = this.#template(name);
    if (original === undefined) return { context: failed(`no such template ${quote(name)}`, node), name: own };
    let list = original;
    if (own !== name) {
      list = this.#template(own) ?? copyOf(original);
      this.#found.derived.set(own, list);
    }
    return { context: this.#outputContext(c, own, list), name: own };
  }

  #template(name: string): ListNode | undefined {
    return this.#lookup(name) ?? this.#found.derived.get(name);
  }

  /** A recursive template needs its own result: first the start is assumed, then what came of that. */
  #outputContext(c: Context, name: string, list: ListNode): Context {
    const first = this.#tryBody(name, list, c);
    if (first.fits) return first.context;
    const second = this.#tryBody(name, list, first.context);
    if (second.fits) return second.context;
    if (first.context.state === 'stateError') return first.context;
    return failed(`cannot compute output context for template ${name}`, list);
  }

  #tryBody(name: string, list: ListNode, assumed: Context): { readonly context: Context; readonly fits: boolean } {
    this.#found.outputs.set(name, assumed);
    return this.#trial(assumed, list, (found, end) => {
      if (end.state === 'stateError') return false;
      return !found.called.has(name) || sameContext(assumed, end);
    });
  }

  #trial(
    c: Context,
    list: ListNode,
    fits: (found: Findings, end: Context) => boolean,
  ): { readonly context: Context; readonly fits: boolean } {
    const outer = this.#found;
    const inner = new Findings();
    for (const [name, context] of outer.outputs) inner.outputs.set(name, context);
    for (const [name, derived] of outer.derived) inner.derived.set(name, derived);
    this.#found = inner;
    const context = this.#list(c, list);
    this.#found = outer;
    const kept = fits(inner, context);
    if (kept) outer.keep(inner);
    return { context, fits: kept };
  }

  #list(c: Context, list: ListNode | null): Context {
    let context = c;
    for (const node of list?.nodes ?? []) {
      context = this.#statement(context, node);
      if (context.state === 'stateDead') break;
    }
    return context;
  }

  #statement(c: Context, node: StatementNode): Context {
    switch (node.kind) {
      case 'text': {
        const { context, text } = escapeTextNode(c, node);
        if (text !== null) this.#found.texts.set(node, text);
        return context;
      }
      case 'action': {
        const { context, escapers } = actionEscapers(c, node);
        if (escapers.length > 0) this.#found.actions.set(node, escapers);
        return context;
      }
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(c, node);
      case 'template': {
        const { context, name } = this.escapeTree(c, node, node.name);
        if (name !== node.name) this.#found.calls.set(node, name);
        return context;
      }
      case 'break':
        this.#loop?.breaks.push({ context: c, node });
        return { ...START, state: 'stateDead' };
      case 'continue':
        this.#loop?.continues.push({ context: c, node });
        return { ...START, state: 'stateDead' };
    }
  }

  #branch(c: Context, node: BranchNode): Context {
    const body = node.kind === 'range' ? this.#rangeBody(c, node) : this.#list(c, node.list);
    if (node.kind === 'range' && body.state === 'stateError') return body;
    return joinContexts(body, this.#list(c, node.elseList), node, node.kind);
  }

  /** Once through the loop must lead to the same place as twice. */
  #rangeBody(c: Context, node: BranchNode): Context {
    const outer = this.#loop;
    const firstLoop: Loop = { breaks: [], continues: [] };
    this.#loop = firstLoop;
    let once = this.#list(c, node.list);
    this.#loop = outer;
    if (once.state !== 'stateError') once = joinJumps(once, firstLoop);
    if (once.state === 'stateError') return once;
    const secondLoop: Loop = { breaks: [], continues: [] };
    this.#loop = secondLoop;
    const { context: twice } = this.#trial(once, node.list, () => false);
    this.#loop = outer;
    const joined = joinContexts(once, twice, node, 'range');
    if (joined.error !== null) return described(joined, node, 'on range loop re-entry');
    return joinJumps(joined, secondLoop);
  }
}

function joinJumps(c: Context, loop: Loop): Context {
  let context = c;
  for (const [jumps, word] of [[loop.breaks, 'break'] as const, [loop.continues, 'continue'] as const]) {
    for (const jump of jumps) {
      context = joinContexts(context, jump.context, jump.node, 'range');
      if (context.error !== null) return described(context, jump.node, `at range loop ${word}`);
    }
  }
  return context;
}

function described(c: Context, node: Node, prefix: string): Context {
  const { error } = c;
  if (error === null) return c;
  const { line } = locate(node.source.text, node.pos);
  return { ...c, error: { ...error, line, message: `${prefix}: ${error.message}` } };
}

/** New nodes, because what is found out is kept by node. */
function copyOf(list: ListNode): ListNode {
  return { ...list, nodes: list.nodes.map(copyStatement) };
}

function copyStatement(node: StatementNode): StatementNode {
  if (node.kind !== 'if' && node.kind !== 'with' && node.kind !== 'range') return { ...node };
  return { ...node, list: copyOf(node.list), elseList: node.elseList === null ? null : copyOf(node.elseList) };
}
