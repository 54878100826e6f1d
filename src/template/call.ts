// Calls a function or method: counts and checks the arguments against the parameters, then wraps what it refuses
// in Go's words. `and` and `or` stop at the deciding argument; `call` calls one of its arguments.
import { validate } from './assign.ts';
import type { TemplateFunction } from './function-table.ts';
import { REFLECT, type Callable, type GoType } from './go-type.ts';
import { invokeValue } from './invoke-value.ts';
import type { Node } from './node.ts';
import { CallError, type Run } from './run.ts';
import { isTrue } from './truth.ts';
import { basicOf, typeOf, unbox, type Value } from './values.ts';

/** The result of the command before in the pipeline; MISSING for the first one. */
export const MISSING: unique symbol = Symbol('missing');
export type Final = Value | typeof MISSING;

export type ArgEval = (run: Run, dot: Value, type: GoType | null) => Value;

export interface Call {
  /** Named by an error that the function itself raises. */
  readonly node: Node;
  readonly name: string;
  readonly args: readonly ArgEval[];
  /** How the arguments are written: `call` names the callee by it. */
  readonly argTexts: readonly string[];
  readonly final: Final;
  readonly fn: TemplateFunction;
  readonly receiver: Value;
}

export function callWith(run: Run, dot: Value, call: Call): Value {
  const { callable, special } = call.fn;
  checkCount(run, call);
  if (callable.refused !== undefined) throw run.error(callable.refused);
  if (special === 'and' || special === 'or') return shortCircuit(run, dot, call);
  const args = evaluateArgs(run, dot, call);
  try {
    if (special !== 'call') return callable.call(args, run, call.receiver);
    const callee = call.argTexts[0] ?? calleeText(call.final);
    return invokeValue(callee, args[0], args.slice(1), run);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    run.node = call.node;
    throw run.error(`error calling ${call.name}: ${error.message}`);
  }
}

/** As Go shows a value that is no string. */
function calleeText(final: Final): string {
  if (final === MISSING || final === undefined) return '<invalid Value>';
  const text = basicOf(final);
  return typeof text === 'string' ? text : `<${typeOf(final).name} Value>`;
}

function checkCount(run: Run, call: Call): void {
  const fault = countFault(call.name, call.fn.callable, { written: call.args.length, isPiped: call.final !== MISSING });
  if (fault !== null) throw run.error(fault);
}

/** What is wrong with so many arguments, whatever they are. */
export function countFault(
  name: string,
  { params, variadic }: Callable,
  { written, isPiped }: { readonly written: number; readonly isPiped: boolean },
): string | null {
  const given = written + (isPiped ? 1 : 0);
  const least = variadic ? params.length - 1 : params.length;
  if (variadic) return given < least ? `wrong number of args for ${name}: want at least ${least} got ${written}` : null;
  return given === least ? null : `wrong number of args for ${name}: want ${least} got ${given}`;
}

function evaluateArgs(run: Run, dot: Value, call: Call): Value[] {
  const { callable } = call.fn;
  const args: Value[] = [];
  for (const arg of call.args) args.push(arg(run, dot, paramType(callable, args.length)));
  if (call.final !== MISSING) args.push(validate(run, call.final, paramType(callable, args.length)));
  return args;
}

/** The type of parameter `i`; the elements of a variadic one repeat. */
const paramType = (callable: Callable, i: number): GoType =>
  callable.params[Math.min(i, callable.params.length - 1)] ?? REFLECT;

function shortCircuit(run: Run, dot: Value, call: Call): Value {
  const deciding = call.fn.special === 'or';
  let value: Value;
  for (const arg of call.args) {
    value = arg(run, dot, REFLECT);
    if (isTrue(value) === deciding) return value;
  }
  return call.final === MISSING ? value : unbox(call.final);
}
