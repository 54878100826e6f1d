// Compiles the statements of a template to closures, once, and runs them. Order of evaluation, scopes and the
// node an error points at mirror Go's text/template/exec.go; option missingkey=zero is built in.
import { compilePipe, type Eval } from './evaluate.ts';
import type { FunctionTable } from './function-table.ts';
import { nodeText, type BranchNode, type ListNode, type StatementNode, type TemplateNode } from './node.ts';
import { printable, sprint } from './print.ts';
import { quote } from './quote.ts';
import type { Compiled, Exec, Flow, Run } from './run.ts';
import { isTrue } from './truth.ts';
import { basicOf, elementOf, Func, Mapping, ofBasic, Pointer, Slice, typeOf, unbox, type Value } from './values.ts';

export interface Linker {
  readonly functions: FunctionTable;
  /** Looked up when the call is reached: an undefined template fails only there. */
  readonly template: (name: string) => Compiled | undefined;
}

export function compileList(list: ListNode, linker: Linker): Exec {
  const parts = list.nodes.map((node) => compileStatement(node, linker));
  if (parts.length === 1) return parts[0]!;
  return (run, dot) => {
    for (const part of parts) {
      const flow = part(run, dot);
      if (flow !== 'next') return flow;
    }
    return 'next';
  };
}

function compileStatement(node: StatementNode, linker: Linker): Exec {
  switch (node.kind) {
    case 'text': {
      const { text } = node;
      return (run) => {
        run.node = node;
        run.write(text);
        return 'next';
      };
    }
    case 'action': {
      const pipe = compilePipe(node.pipe, linker.functions);
      const silent = node.pipe.declared.length > 0;
      return (run, dot) => {
        const value = pipe(run, dot);
        if (silent) return 'next';
        run.node = node;
        if (typeof value === 'string') run.write(value);
        else writeValue(run, node, value);
        return 'next';
      };
    }
    case 'if':
    case 'with':
      return compileCondition(node, linker);
    case 'range':
      return compileRange(node, linker);
    case 'template':
      return compileTemplate(node, linker);
    case 'break':
    case 'continue':
      return () => node.kind;
  }
}

function writeValue(run: Run, node: StatementNode, value: Value): void {
  const shown = printable(value);
  if (shown instanceof Func) throw run.error(`can't print ${nodeText(node)} of type ${shown.type.name}`);
  run.write(shown === undefined ? '<no value>' : sprint([shown], run));
}

function compileCondition(node: BranchNode, linker: Linker): Exec {
  const pipe = compilePipe(node.pipe, linker.functions);
  const list = compileList(node.list, linker);
  const otherwise = node.elseList === null ? null : compileList(node.elseList, linker);
  const setsDot = node.kind === 'with';
  return (run, dot) => {
    const mark = run.names.length;
    run.enter();
    const value = pipe(run, dot);
    let flow: Flow = 'next';
    if (isTrue(value)) flow = list(run, setsDot ? value : dot);
    else if (otherwise !== null) flow = otherwise(run, dot);
    run.pop(mark);
    run.leave();
    return flow;
  };
}

function compileTemplate(node: TemplateNode, linker: Linker): Exec {
  const pipe: Eval | null = node.pipe === null ? null : compilePipe(node.pipe, linker.functions);
  const { name } = node;
  return (run, dot) => {
    run.node = node;
    const target = linker.template(name);
    if (target === undefined) throw run.error(`template ${quote(name)} not defined`);
    run.checkDepth();
    run.within(target, pipe === null ? undefined : pipe(run, dot));
    return 'next';
  };
}

function compileRange(node: BranchNode, linker: Linker): Exec {
  const pipe = compilePipe(node.pipe, linker.functions);
  const list = compileList(node.list, linker);
  const otherwise = node.elseList === null ? null : compileList(node.elseList, linker);
  const names = node.pipe.declared.map((variable) => variable.path[0]!);
  const { isAssign } = node.pipe;

  /** One turn; true to go on. */
  function turn(run: Run, index: Value, element: Value): boolean {
    const top = run.values.length;
    run.spend(1);
    if (isAssign) {
      if (names.length === 1) run.assign(names[0]!, element);
      else if (names.length === 2) {
        run.assign(names[0]!, index);
        run.assign(names[1]!, element);
      }
    } else if (names.length > 0) {
      run.values[top - 1] = element;
      if (names.length === 2) run.values[top - 2] = index;
    }
    const flow = list(run, element);
    run.pop(top);
    return flow !== 'break';
  }

  return (run, dot) => {
    const mark = run.names.length;
    run.enter();
    const value = pointee(pipe(run, dot));
    const ran = rangeOver(run, value, names.length, turn);
    let flow: Flow = 'next';
    if (!ran && otherwise !== null) flow = otherwise(run, dot);
    run.pop(mark);
    run.leave();
    return flow;
  };
}

type Turn = (run: Run, index: Value, element: Value) => boolean;

/** True when there was something to iterate over. */
function rangeOver(run: Run, value: Value, variables: number, turn: Turn): boolean {
  if (value === undefined || value === null) return false;
  if (value instanceof Slice) {
    for (let i = 0; i < value.items.length; i++) {
      if (!turn(run, BigInt(i), elementOf(value.type, value.items[i]))) break;
    }
    return value.items.length > 0;
  }
  if (value instanceof Mapping) {
    run.spend(value.size);
    for (const [key, element] of value.sorted()) {
      if (!turn(run, ofBasic(value.type.key!, key), elementOf(value.type, element))) break;
    }
    return value.size > 0;
  }
  const count = basicOf(value);
  if (typeof count !== 'bigint') throw run.error(`range can't iterate over ${sprint([value], run)}`);
  if (variables > 1) throw run.error(`can't use ${sprint([value], run)} to iterate over more than one variable`);
  const type = typeOf(value);
  // More turns than any budget allows need no exact end.
  const turns = Number(count);
  for (let i = 0; i < turns; i++) if (!turn(run, undefined, ofBasic(type, BigInt(i)))) break;
  return turns > 0;
}

function pointee(value: Value): Value {
  let inner = unbox(value);
  while (inner instanceof Pointer) inner = unbox(inner.target);
  return inner;
}
