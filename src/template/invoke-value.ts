// The built-in `call`: a function that is a value, its arguments converted as Go does (integers of other sizes
// are accepted, nothing else is).
import { assignable, canBeNil, type GoType } from './go-type.ts';
import { CallError, type Run } from './run.ts';
import { Func, ofBasic, basicOf, typeOf, unbox, zeroOf, type Value } from './values.ts';

export function invokeValue(name: string, callee: Value, args: readonly Value[], run: Run): Value {
  const inner = unbox(callee);
  if (inner === undefined || inner === null) throw new CallError('call of nil');
  if (!(inner instanceof Func)) throw new CallError(`non-function ${name} of type ${typeOf(inner).name}`);
  const { params, variadic, call } = inner.callable;
  const fixed = variadic ? params.length - 1 : params.length;
  if (variadic ? args.length < fixed : args.length !== fixed) {
    const want = variadic ? `at least ${fixed}` : String(fixed);
    throw new CallError(`wrong number of args for ${name}: got ${args.length} want ${want}`);
  }
  const prepared = args.map((arg, i) => {
    const converted = prepareArg(unbox(arg), params[Math.min(i, params.length - 1)]!);
    if (!converted.ok) throw new CallError(`arg ${i}: ${converted.message}`);
    return converted.value;
  });
  return call(prepared, run, undefined);
}

export type Prepared = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };

export function prepareArg(value: Value, type: GoType): Prepared {
  if (value === undefined || value === null) {
    if (!canBeNil(type)) return { ok: false, message: `value is nil; should be of type ${type.name}` };
    return { ok: true, value: zeroOf(type) };
  }
  const own = typeOf(value);
  if (assignable(own, type)) return { ok: true, value };
  const basic = basicOf(value);
  if (typeof basic === 'bigint' && (type.kind === 'int' || type.kind === 'uint')) {
    const wrapped = type.kind === 'int' ? BigInt.asIntN(type.bits, basic) : BigInt.asUintN(type.bits, basic);
    return { ok: true, value: ofBasic(type, wrapped) };
  }
  return { ok: false, message: `value has type ${own.name}; should be ${type.name}` };
}
