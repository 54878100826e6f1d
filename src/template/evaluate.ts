// Compiles pipelines, commands and arguments to closures. Each sets `run.node` where Go does, because an error
// names the node that was last looked at, not the one whose rule was broken.
import { validate } from './assign.ts';
import { callWith, MISSING, type ArgEval, type Final } from './call.ts';
import type { FunctionTable } from './function-table.ts';
import { REFLECT, type GoType } from './go-type.ts';
import {
  nodeText,
  type ArgNode,
  type CommandNode,
  type IdentifierNode,
  type NumberNode,
  type PipeNode,
} from './node.ts';
import { member } from './member.ts';
import type { Run } from './run.ts';
import { Boxed, Complex, ofBasic, unbox, type Value } from './values.ts';

export type Eval = (run: Run, dot: Value) => Value;

type CommandEval = (run: Run, dot: Value, final: Final) => Value;

export function compilePipe(pipe: PipeNode, functions: FunctionTable): Eval {
  const commands = pipe.commands.map((command) => compileCommand(command, functions));
  const names = pipe.declared.map((variable) => variable.path[0]!);
  const { isAssign } = pipe;
  return (run, dot) => {
    run.spend(commands.length);
    run.node = pipe;
    let value: Final = MISSING;
    for (const command of commands) {
      value = command(run, dot, value);
      if (value === null || value instanceof Boxed) value = unbox(value);
    }
    const result: Value = value === MISSING ? undefined : value;
    for (const name of names) {
      if (isAssign) run.assign(name, result);
      else run.push(name, result);
    }
    return result;
  };
}

function compileCommand(command: CommandNode, functions: FunctionTable): CommandEval {
  const first = command.args[0]!;
  const args = command.args.slice(1).map((arg) => compileArg(arg, functions));
  switch (first.kind) {
    case 'field':
    case 'variable':
    case 'chain':
      return compilePath(first, args, functions);
    case 'identifier':
      return compileFunction(first, command, args, functions);
    case 'pipe': {
      const inner = compileParenthesised(first, functions);
      return (run, dot, final) => {
        refuseArguments(run, first, args, final);
        return inner(run, dot);
      };
    }
    default: {
      const constant = compileConstant(first);
      return (run, dot, final) => {
        run.node = first;
        refuseArguments(run, first, args, final);
        return constant(run, dot);
      };
    }
  }
}

function refuseArguments(run: Run, first: ArgNode, args: readonly ArgEval[], final: Final): void {
  if (args.length > 0 || final !== MISSING) {
    throw run.error(`can't give argument to non-function ${nodeText(first)}`);
  }
}

function compileParenthesised(pipe: PipeNode, functions: FunctionTable): Eval {
  const inner = compilePipe(pipe, functions);
  return (run, dot) => {
    run.enter();
    const value = inner(run, dot);
    run.leave();
    return value;
  };
}

/** A literal where no type is asked for, or the dot. */
function compileConstant(node: ArgNode): Eval {
  switch (node.kind) {
    case 'dot':
      return (_run, dot) => dot;
    case 'bool':
      return () => node.value;
    case 'string':
      return () => node.text;
    case 'number':
      return compileNumber(node);
    case 'nil':
      return (run) => {
        throw run.error('nil is not a command');
      };
    default:
      return (run) => {
        throw run.error(`can't evaluate command ${nodeText(node)}`);
      };
  }
}

/** The spelling decides the type: complex, float when it looks like one, else int. */
function compileNumber(node: NumberNode): Eval {
  const { text, constant } = node;
  if (constant.complex !== null) {
    const complex = new Complex(constant.complex.re, constant.complex.im);
    return () => complex;
  }
  const isHexInt = /^0[xX]./.test(text) && !/[pP]/.test(text);
  if (constant.float !== null && !isHexInt && !text.startsWith("'") && /[.eEpP]/.test(text)) {
    const { float } = constant;
    return () => float;
  }
  const { int } = constant;
  if (int !== null) return () => int;
  return (run) => {
    run.node = node;
    throw run.error(`${text} overflows int`);
  };
}

type PathNode = Extract<ArgNode, { kind: 'field' | 'variable' | 'chain' }>;

/** `.a.b`, `$x.a.b`, `(pipe).a.b`: fields one after the other; the last may be a method that takes the arguments. */
function compilePath(node: PathNode, args: readonly ArgEval[], functions: FunctionTable): CommandEval {
  const path = node.kind === 'variable' ? node.path.slice(1) : node.path;
  const last = path.length - 1;
  const start = compilePathStart(node, functions);
  if (last < 0) {
    return (run, dot, final) => {
      const value = start(run, dot);
      refuseArguments(run, node, args, final);
      return value;
    };
  }
  return (run, dot, final) => {
    let receiver = start(run, dot);
    for (let i = 0; i < last; i++)
      receiver = member(run, dot, { node, name: path[i]!, args: [], final: MISSING }, receiver);
    return member(run, dot, { node, name: path[last]!, args, final }, receiver);
  };
}

function compilePathStart(node: PathNode, functions: FunctionTable): Eval {
  switch (node.kind) {
    case 'field':
      return (run, dot) => {
        run.node = node;
        return dot;
      };
    case 'variable': {
      const name = node.path[0]!;
      return (run) => {
        run.node = node;
        return run.variable(name);
      };
    }
    case 'chain': {
      const head = compileArg(node.head, functions);
      return (run, dot) => {
        run.node = node;
        return head(run, dot, null);
      };
    }
  }
}

function compileFunction(
  node: IdentifierNode,
  command: CommandNode | IdentifierNode,
  args: readonly ArgEval[],
  functions: FunctionTable,
): CommandEval {
  const { name } = node;
  const found = functions.get(name);
  const site = { node: command, name, argTexts: command.kind === 'command' ? command.args.slice(1).map(nodeText) : [] };
  return (run, dot, final) => {
    run.node = node;
    if (found === undefined) throw run.error(`"${name}" is not a defined function`);
    return callWith(run, dot, { ...site, fn: found, args, final, receiver: undefined });
  };
}

/** An argument; `type` is what the parameter wants, null when the value is only a step on the way. */
function compileArg(node: ArgNode, functions: FunctionTable): ArgEval {
  switch (node.kind) {
    case 'dot':
      return (run, dot, type) => {
        run.node = node;
        return validate(run, dot, type);
      };
    case 'nil':
      return (run, _dot, type) => {
        run.node = node;
        return validate(run, undefined, type, 'cannot assign nil to');
      };
    case 'field':
    case 'variable':
    case 'chain': {
      const path = compilePath(node, [], functions);
      return (run, dot, type) => {
        run.node = node;
        return validate(run, path(run, dot, MISSING), type);
      };
    }
    case 'pipe': {
      const pipe = compileParenthesised(node, functions);
      return (run, dot, type) => {
        run.node = node;
        return validate(run, pipe(run, dot), type);
      };
    }
    case 'identifier': {
      const call = compileFunction(node, node, [], functions);
      return (run, dot, type) => {
        run.node = node;
        return validate(run, call(run, dot, MISSING), type);
      };
    }
    case 'bool':
    case 'number':
    case 'string':
      return compileLiteralArg(node);
  }
}

type LiteralNode = Extract<ArgNode, { kind: 'bool' | 'number' | 'string' }>;

function compileLiteralArg(node: LiteralNode): ArgEval {
  const free = compileConstant(node);
  return (run, dot, type) => {
    run.node = node;
    if (type === null || type.kind === 'interface' || type === REFLECT) return free(run, dot);
    return literalOf(run, node, type);
  };
}

function literalOf(run: Run, node: LiteralNode, type: GoType): Value {
  const constant = node.kind === 'number' ? node.constant : null;
  switch (type.kind) {
    case 'bool':
      if (node.kind === 'bool') return ofBasic(type, node.value);
      throw run.error(`expected bool; found ${nodeText(node)}`);
    case 'string':
      if (node.kind === 'string') return ofBasic(type, node.text);
      throw run.error(`expected string; found ${nodeText(node)}`);
    case 'int':
      if (constant !== null && constant.int !== null) return ofBasic(type, constant.int);
      throw run.error(`expected integer; found ${nodeText(node)}`);
    case 'uint':
      if (constant !== null && constant.uint !== null) return ofBasic(type, constant.uint);
      throw run.error(`expected unsigned integer; found ${nodeText(node)}`);
    case 'float':
      if (constant !== null && constant.float !== null) return ofBasic(type, constant.float);
      throw run.error(`expected float; found ${nodeText(node)}`);
    case 'complex':
      if (constant?.complex) return new Complex(constant.complex.re, constant.complex.im);
      throw run.error(`expected complex; found ${nodeText(node)}`);
    default:
      throw run.error(`can't handle ${nodeText(node)} for arg of type ${type.name}`);
  }
}
