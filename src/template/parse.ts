// Tokens to trees. One text gives its own body and the templates it defines. The grammar, the order of checks
// and the complaints mirror Go's text/template/parse; nesting is limited so that hostile texts cannot exhaust
// the stack.
import type { Token } from './lex.ts';
import { isEmptyList, type BranchNode, type ListNode, type Source, type StatementNode } from './node.ts';
import { parsePipeline } from './parse-pipeline.ts';
import { Mistake, ParseState } from './parse-state.ts';
import { quote } from './quote.ts';

export interface Trees {
  readonly ok: true;
  readonly body: ListNode;
  readonly defines: ReadonlyMap<string, ListNode>;
}

/** Go's parser stops at the first mistake of a text. */
export interface ParseFailure {
  readonly ok: false;
  readonly message: string;
  readonly line: number;
  readonly pos: number;
  readonly length: number;
}

export interface ParseOptions {
  readonly hasFunction: (name: string) => boolean;
  /** Variables the text may use without declaring them, as `$labels`. */
  readonly variables?: readonly string[];
}

const LONGEST_TEXT = 1_048_576;

export function parse(source: Source, options: ParseOptions): Trees | ParseFailure {
  if (source.text.length > LONGEST_TEXT) {
    return { ok: false, message: `longer than ${LONGEST_TEXT} characters`, line: 1, pos: 0, length: 1 };
  }
  try {
    return new Parser(new ParseState(source, options.hasFunction, options.variables ?? [])).run();
  } catch (error) {
    if (error instanceof Mistake) {
      const { message, line, pos, length } = error;
      return { ok: false, message, line, pos, length };
    }
    throw error;
  }
}

/** Where a list ended. */
type Ending = { readonly kind: 'end' | 'else'; readonly pos: number };

class Parser {
  readonly #state: ParseState;
  readonly #defines = new Map<string, ListNode>();

  constructor(state: ParseState) {
    this.#state = state;
  }

  run(): Trees {
    const first = this.#state.peek();
    const nodes: StatementNode[] = [];
    while (this.#state.peek().kind !== 'eof') {
      if (this.#state.peek().kind === 'leftDelim') {
        const { mark } = this.#state;
        this.#state.next();
        if (this.#state.nextNonSpace().kind === 'define') {
          this.#definition();
          continue;
        }
        this.#state.reset(mark);
      }
      const node = this.#textOrAction();
      if ('ending' in node) this.#state.fail(`unexpected {{${node.ending.kind}}}`);
      else nodes.push(node.statement);
    }
    const body: ListNode = { kind: 'list', source: this.#state.source, pos: first.pos, nodes };
    this.#refuseSecond(this.#state.source.name, body);
    return { ok: true, body, defines: this.#defines };
  }

  #definition(): void {
    const outer = this.#state.scope;
    this.#state.scope = this.#state.newScope();
    const context = 'define clause';
    const token = this.#state.nextNonSpace();
    if (token.kind !== 'string' && token.kind !== 'rawString') this.#state.unexpected(token, context);
    const name = this.#state.unquoted(token);
    this.#state.expect('rightDelim', context);
    const { list, ending } = this.#itemList();
    if (ending.kind !== 'end') this.#state.fail(`unexpected {{${ending.kind}}} in ${context}`);
    this.#add(name, list);
    this.#state.scope = outer;
  }

  #add(name: string, list: ListNode): void {
    this.#refuseSecond(name, list);
    const before = this.#defines.get(name);
    if (before === undefined || isEmptyList(before)) this.#defines.set(name, list);
  }

  /** One text may define a name once, empty bodies apart. */
  #refuseSecond(name: string, list: ListNode): void {
    const before = this.#defines.get(name);
    if (before === undefined || isEmptyList(before) || isEmptyList(list)) return;
    this.#state.fail(`template: multiple definition of template ${quote(name)}`);
  }

  #itemList(): { readonly list: ListNode; readonly ending: Ending } {
    const { pos } = this.#state.peekNonSpace();
    const nodes: StatementNode[] = [];
    this.#state.enter();
    while (this.#state.peekNonSpace().kind !== 'eof') {
      const node = this.#textOrAction();
      if ('ending' in node) {
        this.#state.leave();
        return { list: { kind: 'list', source: this.#state.source, pos, nodes }, ending: node.ending };
      }
      nodes.push(node.statement);
    }
    return this.#state.fail('unexpected EOF');
  }

  #textOrAction(): { readonly statement: StatementNode } | { readonly ending: Ending } {
    const token = this.#state.nextNonSpace();
    if (token.kind === 'text') {
      return { statement: { kind: 'text', source: this.#state.source, pos: token.pos, text: token.text } };
    }
    if (token.kind !== 'leftDelim') return this.#state.unexpected(token, 'input');
    this.#state.scope.actionLine = token.line;
    const node = this.#action();
    this.#state.scope.actionLine = 0;
    return node;
  }

  #action(): { readonly statement: StatementNode } | { readonly ending: Ending } {
    const { mark } = this.#state;
    const token = this.#state.nextNonSpace();
    const source = this.#state.source;
    switch (token.kind) {
      case 'block':
        return { statement: this.#block() };
      case 'break':
      case 'continue': {
        const end = this.#state.nextNonSpace();
        if (end.kind !== 'rightDelim') this.#state.unexpected(end, `{{${token.kind}}}`);
        if (this.#state.scope.rangeDepth === 0) this.#state.fail(`{{${token.kind}}} outside {{range}}`);
        return { statement: { kind: token.kind, source, pos: token.pos } };
      }
      case 'else': {
        const next = this.#state.peekNonSpace();
        if (next.kind === 'if' || next.kind === 'with') return { ending: { kind: 'else', pos: next.pos } };
        return { ending: { kind: 'else', pos: this.#state.expect('rightDelim', 'else').pos } };
      }
      case 'end':
        return { ending: { kind: 'end', pos: this.#state.expect('rightDelim', 'end').pos } };
      case 'if':
      case 'range':
      case 'with':
        return { statement: this.#control(token.kind) };
      case 'template': {
        const nameToken = this.#state.nextNonSpace();
        const name = this.#templateName(nameToken, 'template clause');
        const { mark: before } = this.#state;
        const bare = this.#state.nextNonSpace().kind === 'rightDelim';
        if (!bare) this.#state.reset(before);
        const pipe = bare ? null : parsePipeline(this.#state, 'template clause', 'rightDelim');
        return { statement: { kind: 'template', source, pos: nameToken.pos, name, pipe } };
      }
      default: {
        this.#state.reset(mark);
        const { pos } = this.#state.peekNonSpace();
        return {
          statement: { kind: 'action', source, pos, pipe: parsePipeline(this.#state, 'command', 'rightDelim') },
        };
      }
    }
  }

  #block(): StatementNode {
    const context = 'block clause';
    const token = this.#state.nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = parsePipeline(this.#state, context, 'rightDelim');
    const outer = this.#state.scope;
    this.#state.scope = this.#state.newScope();
    const { list, ending } = this.#itemList();
    const inner = this.#state.scope;
    this.#state.scope = outer;
    if (ending.kind !== 'end') this.#state.fail(`unexpected {{${ending.kind}}} in ${context}`);
    this.#state.scope = inner;
    this.#add(name, list);
    this.#state.scope = outer;
    return { kind: 'template', source: this.#state.source, pos: token.pos, name, pipe };
  }

  #control(kind: 'if' | 'range' | 'with'): BranchNode {
    const { variables } = this.#state.scope;
    const mark = variables.length;
    const pipe = parsePipeline(this.#state, kind, 'rightDelim');
    if (kind === 'range') this.#state.scope.rangeDepth++;
    const { list, ending } = this.#itemList();
    if (kind === 'range') this.#state.scope.rangeDepth--;
    const elseList = ending.kind === 'end' ? null : this.#elseList(kind, ending.pos);
    variables.length = mark;
    return { kind, source: this.#state.source, pos: pipe.pos, pipe, list, elseList };
  }

  /** `{{else if x}}` is `{{else}}{{if x}}` that shares its {{end}}. */
  #elseList(kind: 'if' | 'range' | 'with', pos: number): ListNode {
    if (kind !== 'range' && this.#state.peek().kind === kind) {
      this.#state.next();
      this.#state.enter();
      const nodes = [this.#control(kind)];
      this.#state.leave();
      return { kind: 'list', source: this.#state.source, pos, nodes };
    }
    const { list, ending } = this.#itemList();
    if (ending.kind !== 'end') this.#state.fail(`expected end; found {{${ending.kind}}}`);
    return list;
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') this.#state.unexpected(token, context);
    return this.#state.unquoted(token);
  }
}
