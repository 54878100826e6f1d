// Pipelines: what stands inside an action. `$x := .a.b | f 1 (g .)`: declarations, then commands, each of operands.
// Mirrors Go's text/template/parse.
import type { TokenKind } from './lex.ts';
import { nodeText, type ArgNode, type CommandNode, type PipeNode, type VariableNode } from './node.ts';
import { parseCharConstant, parseComplex, parseNumber } from './number-constant.ts';
import type { ParseState } from './parse-state.ts';
import { quote } from './quote.ts';

export function parsePipeline(state: ParseState, context: string, end: TokenKind): PipeNode {
  const { pos } = state.peekNonSpace();
  const declared: VariableNode[] = [];
  const isAssign = declarations(state, context, declared);
  const commands: CommandNode[] = [];
  for (;;) {
    const { mark } = state;
    const token = state.nextNonSpace();
    if (token.kind === end) break;
    if (!STARTS_OPERAND.has(token.kind)) state.unexpected(token, context);
    state.reset(mark);
    commands.push(parseCommand(state));
  }
  if (commands.length === 0) state.fail(`missing value for ${context}`);
  commands.slice(1).forEach((command, i) => {
    if (NOT_EXECUTABLE.has(command.args[0]!.kind)) {
      state.fail(`non executable command in pipeline stage ${i + 2}`);
    }
  });
  return { kind: 'pipe', source: state.source, pos, isAssign, declared, commands };
}

/** `$x :=`, `$x =`, and in a range `$i, $x :=`; true for an assignment. */
function declarations(state: ParseState, context: string, declared: VariableNode[]): boolean {
  for (;;) {
    const { mark } = state;
    const variable = state.nextNonSpace();
    if (variable.kind !== 'variable') {
      state.reset(mark);
      return false;
    }
    const next = state.peekNonSpace();
    const isList = next.kind === 'char' && next.text === ',';
    if (next.kind !== 'assign' && next.kind !== 'declare' && !isList) {
      state.reset(mark);
      return false;
    }
    state.nextNonSpace();
    declared.push({ kind: 'variable', source: state.source, pos: variable.pos, path: variable.text.split('.') });
    state.scope.variables.push(variable.text);
    if (!isList) return next.kind === 'assign';
    if (context !== 'range' || declared.length >= 2) state.fail(`too many declarations in ${context}`);
    const { kind } = state.peekNonSpace();
    if (kind !== 'variable' && kind !== 'rightDelim' && kind !== 'rightParen') {
      state.fail('range can only initialize variables');
    }
  }
}

function parseCommand(state: ParseState): CommandNode {
  const { pos } = state.peekNonSpace();
  const args: ArgNode[] = [];
  for (;;) {
    state.peekNonSpace();
    const operand = parseOperand(state);
    if (operand !== null) args.push(operand);
    const { mark } = state;
    const token = state.next();
    if (token.kind === 'space') continue;
    if (token.kind === 'rightDelim' || token.kind === 'rightParen') state.reset(mark);
    else if (token.kind !== 'pipe') state.unexpected(token, 'operand');
    break;
  }
  if (args.length === 0) state.fail('empty command');
  return { kind: 'command', source: state.source, pos, args };
}

/** A term and the fields that follow it. */
function parseOperand(state: ParseState): ArgNode | null {
  const term = parseTerm(state);
  if (term === null || state.peek().kind !== 'field') return term;
  const { pos } = state.peek();
  const path: string[] = [];
  while (state.peek().kind === 'field') path.push(state.next().text.slice(1));
  switch (term.kind) {
    case 'field':
    case 'variable':
      return { ...term, pos, path: [...term.path, ...path] };
    case 'bool':
    case 'string':
    case 'number':
    case 'nil':
    case 'dot':
      return state.fail(`unexpected . after term ${quote(nodeText(term))}`);
    default:
      return { kind: 'chain', source: state.source, pos, head: term, path };
  }
}

function parseTerm(state: ParseState): ArgNode | null {
  const { mark } = state;
  const token = state.nextNonSpace();
  const { pos, text } = token;
  const source = state.source;
  switch (token.kind) {
    case 'identifier':
      if (!state.hasFunction(text)) state.fail(`function ${quote(text)} not defined`);
      return { kind: 'identifier', source, pos, name: text };
    case 'dot':
      return { kind: 'dot', source, pos };
    case 'nil':
      return { kind: 'nil', source, pos };
    case 'variable':
      if (!state.scope.variables.includes(text)) state.fail(`undefined variable ${quote(text)}`);
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
      return number.ok ? { kind: 'number', source, pos, text, constant: number.constant } : state.fail(number.message);
    }
    case 'leftParen': {
      state.enter();
      const pipe = parsePipeline(state, 'parenthesized pipeline', 'rightParen');
      state.leave();
      return pipe;
    }
    case 'string':
    case 'rawString':
      return { kind: 'string', source, pos, quoted: text, text: state.unquoted(token) };
    default:
      state.reset(mark);
      return null;
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
