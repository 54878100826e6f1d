// Tokens to trees. One text gives its own body and the templates it defines. The grammar, the order of checks
// and the complaints mirror Go's text/template/parse; nesting is limited so that hostile texts cannot exhaust
// the stack.
import { byteLength } from './bytes.ts';
import { lex, KEYWORDS, type Token, type TokenKind } from './lex.ts';
import {
  isEmptyList,
  nodeText,
  type ArgNode,
  type BranchNode,
  type CommandNode,
  type ListNode,
  type PipeNode,
  type Source,
  type StatementNode,
  type VariableNode,
} from './node.ts';
import { parseCharConstant, parseComplex, parseNumber } from './number-constant.ts';
import { quote, unquote } from './quote.ts';

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

export function parse(source: Source, options: ParseOptions): Trees | ParseFailure {
  try {
    return new Parser(source, options).run();
  } catch (error) {
    if (error instanceof Mistake) return { ok: false, ...error.at, message: error.message };
    throw error;
  }
}

const MAX_NESTING = 400;

class Mistake extends Error {
  override readonly name = 'Mistake';
  readonly at: { readonly line: number; readonly pos: number; readonly length: number };
  constructor(message: string, token: Token) {
    super(message);
    const length = token.kind === 'error' || token.kind === 'eof' ? 1 : Math.max(1, token.text.length);
    this.at = { line: token.line, pos: token.pos, length };
  }
}

/** What Go keeps per template body: an error names the line of the newest token this body asked for. */
interface Scope {
  readonly variables: string[];
  rangeDepth: number;
  actionLine: number;
  newest: Token;
}

/** Where a list ended. */
type Ending = { readonly kind: 'end' | 'else'; readonly pos: number };

class Parser {
  readonly #source: Source;
  readonly #options: ParseOptions;
  readonly #tokens: readonly Token[];
  readonly #defines = new Map<string, ListNode>();
  #at = 0;
  #fetched = 0;
  #nesting = 0;
  #scope: Scope;

  constructor(source: Source, options: ParseOptions) {
    this.#source = source;
    this.#options = options;
    this.#tokens = lex(source.text);
    this.#scope = this.#newScope();
  }

  run(): Trees {
    const first = this.#peek();
    const nodes: StatementNode[] = [];
    while (this.#peek().kind !== 'eof') {
      if (this.#peek().kind === 'leftDelim') {
        const mark = this.#at;
        this.#next();
        if (this.#nextNonSpace().kind === 'define') {
          this.#definition();
          continue;
        }
        this.#at = mark;
      }
      const node = this.#textOrAction();
      if ('ending' in node) this.#fail(`unexpected {{${node.ending.kind}}}`);
      else nodes.push(node.statement);
    }
    const body: ListNode = { kind: 'list', source: this.#source, pos: first.pos, nodes };
    return { ok: true, body, defines: this.#defines };
  }

  #definition(): void {
    const outer = this.#scope;
    this.#scope = this.#newScope();
    const context = 'define clause';
    const token = this.#nextNonSpace();
    if (token.kind !== 'string' && token.kind !== 'rawString') this.#unexpected(token, context);
    const name = this.#unquoted(token);
    this.#expect('rightDelim', context);
    const { list, ending } = this.#itemList();
    if (ending.kind !== 'end') this.#fail(`unexpected {{${ending.kind}}} in ${context}`);
    this.#add(name, list);
    this.#scope = outer;
  }

  #add(name: string, list: ListNode): void {
    const before = this.#defines.get(name);
    if (before === undefined || isEmptyList(before)) this.#defines.set(name, list);
    else if (!isEmptyList(list)) this.#fail(`template: multiple definition of template ${quote(name)}`);
  }

  #itemList(): { readonly list: ListNode; readonly ending: Ending } {
    const { pos } = this.#peekNonSpace();
    const nodes: StatementNode[] = [];
    this.#enter();
    while (this.#peekNonSpace().kind !== 'eof') {
      const node = this.#textOrAction();
      if ('ending' in node) {
        this.#nesting--;
        return { list: { kind: 'list', source: this.#source, pos, nodes }, ending: node.ending };
      }
      nodes.push(node.statement);
    }
    return this.#fail('unexpected EOF');
  }

  #textOrAction(): { readonly statement: StatementNode } | { readonly ending: Ending } {
    const token = this.#nextNonSpace();
    if (token.kind === 'text') {
      return { statement: { kind: 'text', source: this.#source, pos: token.pos, text: token.text } };
    }
    if (token.kind !== 'leftDelim') return this.#unexpected(token, 'input');
    this.#scope.actionLine = token.line;
    const node = this.#action();
    this.#scope.actionLine = 0;
    return node;
  }

  #action(): { readonly statement: StatementNode } | { readonly ending: Ending } {
    const mark = this.#at;
    const token = this.#nextNonSpace();
    const source = this.#source;
    switch (token.kind) {
      case 'block':
        return { statement: this.#block() };
      case 'break':
      case 'continue': {
        const end = this.#nextNonSpace();
        if (end.kind !== 'rightDelim') this.#unexpected(end, `{{${token.kind}}}`);
        if (this.#scope.rangeDepth === 0) this.#fail(`{{${token.kind}}} outside {{range}}`);
        return { statement: { kind: token.kind, source, pos: token.pos } };
      }
      case 'else': {
        const next = this.#peekNonSpace();
        if (next.kind === 'if' || next.kind === 'with') return { ending: { kind: 'else', pos: next.pos } };
        return { ending: { kind: 'else', pos: this.#expect('rightDelim', 'else').pos } };
      }
      case 'end':
        return { ending: { kind: 'end', pos: this.#expect('rightDelim', 'end').pos } };
      case 'if':
      case 'range':
      case 'with':
        return { statement: this.#control(token.kind) };
      case 'template': {
        const nameToken = this.#nextNonSpace();
        const name = this.#templateName(nameToken, 'template clause');
        const before = this.#at;
        const bare = this.#nextNonSpace().kind === 'rightDelim';
        if (!bare) this.#at = before;
        const pipe = bare ? null : this.#pipeline('template clause', 'rightDelim');
        return { statement: { kind: 'template', source, pos: nameToken.pos, name, pipe } };
      }
      default: {
        this.#at = mark;
        const { pos } = this.#peekNonSpace();
        return { statement: { kind: 'action', source, pos, pipe: this.#pipeline('command', 'rightDelim') } };
      }
    }
  }

  #block(): StatementNode {
    const context = 'block clause';
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipeline(context, 'rightDelim');
    const outer = this.#scope;
    this.#scope = this.#newScope();
    const { list, ending } = this.#itemList();
    const inner = this.#scope;
    this.#scope = outer;
    if (ending.kind !== 'end') this.#fail(`unexpected {{${ending.kind}}} in ${context}`);
    this.#scope = inner;
    this.#add(name, list);
    this.#scope = outer;
    return { kind: 'template', source: this.#source, pos: token.pos, name, pipe };
  }

  #control(kind: 'if' | 'range' | 'with'): BranchNode {
    const { variables } = this.#scope;
    const mark = variables.length;
    const pipe = this.#pipeline(kind, 'rightDelim');
    if (kind === 'range') this.#scope.rangeDepth++;
    const { list, ending } = this.#itemList();
    if (kind === 'range') this.#scope.rangeDepth--;
    const elseList = ending.kind === 'end' ? null : this.#elseList(kind, ending.pos);
    variables.length = mark;
    return { kind, source: this.#source, pos: pipe.pos, pipe, list, elseList };
  }

  /** `{{else if x}}` is `{{else}}{{if x}}` that shares its {{end}}. */
  #elseList(kind: 'if' | 'range' | 'with', pos: number): ListNode {
    if (kind !== 'range' && this.#peek().kind === kind) {
      this.#next();
      this.#enter();
      const nodes = [this.#control(kind)];
      this.#nesting--;
      return { kind: 'list', source: this.#source, pos, nodes };
    }
    const { list, ending } = this.#itemList();
    if (ending.kind !== 'end') this.#fail(`expected end; found {{${ending.kind}}}`);
    return list;
  }

  #pipeline(context: string, end: TokenKind): PipeNode {
    const { pos } = this.#peekNonSpace();
    const declared: VariableNode[] = [];
    const isAssign = this.#declarations(context, declared);
    const commands: CommandNode[] = [];
    for (;;) {
      const mark = this.#at;
      const token = this.#nextNonSpace();
      if (token.kind === end) break;
      if (!STARTS_OPERAND.has(token.kind)) this.#unexpected(token, context);
      this.#at = mark;
      commands.push(this.#command());
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.slice(1).forEach((command, i) => {
      if (NOT_EXECUTABLE.has(command.args[0]!.kind)) {
        this.#fail(`non executable command in pipeline stage ${i + 2}`);
      }
    });
    return { kind: 'pipe', source: this.#source, pos, isAssign, declared, commands };
  }

  /** `$x :=`, `$x =`, and in a range `$i, $x :=`; true for an assignment. */
  #declarations(context: string, declared: VariableNode[]): boolean {
    for (;;) {
      const mark = this.#at;
      const variable = this.#nextNonSpace();
      if (variable.kind !== 'variable') {
        this.#at = mark;
        return false;
      }
      const next = this.#peekNonSpace();
      const isList = next.kind === 'char' && next.text === ',';
      if (next.kind !== 'assign' && next.kind !== 'declare' && !isList) {
        this.#at = mark;
        return false;
      }
      this.#nextNonSpace();
      declared.push({ kind: 'variable', source: this.#source, pos: variable.pos, path: variable.text.split('.') });
      this.#scope.variables.push(variable.text);
      if (!isList) return next.kind === 'assign';
      if (context !== 'range' || declared.length >= 2) this.#fail(`too many declarations in ${context}`);
      const { kind } = this.#peekNonSpace();
      if (kind !== 'variable' && kind !== 'rightDelim' && kind !== 'rightParen') {
        this.#fail('range can only initialize variables');
      }
    }
  }

  #command(): CommandNode {
    const { pos } = this.#peekNonSpace();
    const args: ArgNode[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== null) args.push(operand);
      const mark = this.#at;
      const token = this.#next();
      if (token.kind === 'space') continue;
      if (token.kind === 'rightDelim' || token.kind === 'rightParen') this.#at = mark;
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) this.#fail('empty command');
    return { kind: 'command', source: this.#source, pos, args };
  }

  /** A term and the fields that follow it. */
  #operand(): ArgNode | null {
    const term = this.#term();
    if (term === null || this.#peek().kind !== 'field') return term;
    const { pos } = this.#peek();
    const path: string[] = [];
    while (this.#peek().kind === 'field') path.push(this.#next().text.slice(1));
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, pos, path: [...term.path, ...path] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${quote(nodeText(term))}`);
      default:
        return { kind: 'chain', source: this.#source, pos, head: term, path };
    }
  }

  #term(): ArgNode | null {
    const mark = this.#at;
    const token = this.#nextNonSpace();
    const { pos, text } = token;
    const source = this.#source;
    switch (token.kind) {
      case 'identifier':
        if (!this.#options.hasFunction(text)) this.#fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', source, pos, name: text };
      case 'dot':
        return { kind: 'dot', source, pos };
      case 'nil':
        return { kind: 'nil', source, pos };
      case 'variable':
        if (!this.#scope.variables.includes(text)) this.#fail(`undefined variable ${quote(text)}`);
        return { kind: 'variable', source, pos, path: [text] };
      case 'field':
        return { kind: 'field', source, pos, path: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', source, pos, value: text === 'true' };
      case 'charConstant':
      case 'complex':
      case 'number': {
        const read = { charConstant: parseCharConstant, complex: parseComplex, number: parseNumber }[token.kind];
        const number = read(text);
        return number.ok
          ? { kind: 'number', source, pos, text, constant: number.constant }
          : this.#fail(number.message);
      }
      case 'leftParen': {
        this.#enter();
        const pipe = this.#pipeline('parenthesized pipeline', 'rightParen');
        this.#nesting--;
        return pipe;
      }
      case 'string':
      case 'rawString':
        return { kind: 'string', source, pos, quoted: text, text: this.#unquoted(token) };
      default:
        this.#at = mark;
        return null;
    }
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') this.#unexpected(token, context);
    return this.#unquoted(token);
  }

  #unquoted(token: Token): string {
    return unquote(token.text) ?? this.#fail('invalid syntax');
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#nextNonSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
    return token;
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return this.#fail(`unexpected ${tokenText(token)} in ${context}`);
    const { actionLine } = this.#scope;
    if (actionLine === 0 || actionLine === token.line) return this.#fail(token.text);
    const started = `started at ${this.#source.name}:${actionLine}`;
    return this.#fail(`${token.text}${token.text.endsWith(' action') ? '' : ' in action'} ${started}`);
  }

  #fail(message: string): never {
    throw new Mistake(message, this.#scope.newest);
  }

  #enter(): void {
    if (++this.#nesting > MAX_NESTING) this.#fail(`nested more than ${MAX_NESTING} levels deep`);
  }

  #newScope(): Scope {
    const variables = ['$', ...(this.#options.variables ?? [])];
    return { variables, rangeDepth: 0, actionLine: 0, newest: this.#tokens[this.#at] ?? this.#tokens.at(-1)! };
  }

  #next(): Token {
    const token = this.#peek();
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  #peek(): Token {
    const token = this.#tokens[this.#at]!;
    if (this.#at >= this.#fetched) {
      this.#fetched = this.#at + 1;
      this.#scope.newest = token;
    }
    return token;
  }

  #nextNonSpace(): Token {
    let token = this.#next();
    while (token.kind === 'space') token = this.#next();
    return token;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === 'space') this.#next();
    return this.#peek();
  }
}

const STARTS_OPERAND: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

const NOT_EXECUTABLE: ReadonlySet<ArgNode['kind']> = new Set<ArgNode['kind']>([
  'bool',
  'dot',
  'nil',
  'number',
  'string',
]);

/** A token as it appears in a complaint. */
function tokenText(token: Token): string {
  if (token.kind === 'eof') return 'EOF';
  if (KEYWORDS.has(token.kind) || token.kind === 'dot') return `<${token.text}>`;
  if (byteLength(token.text) <= 10) return quote(token.text);
  return `${quote([...token.text].slice(0, 10).join(''))}...`;
}
