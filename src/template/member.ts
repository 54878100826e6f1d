// `.name` on a value: a method, a field of a struct, or a key of a map, in that order.
import { callWith, MISSING, type ArgEval, type Final } from './call.ts';
import { assignable, STRING, type GoType } from './go-type.ts';
import type { Node } from './node.ts';
import type { Run } from './run.ts';
import { elementOf, Mapping, Pointer, Struct, typeOf, unbox, zeroOf, type Value } from './values.ts';

export interface Access {
  readonly node: Node;
  readonly name: string;
  readonly args: readonly ArgEval[];
  readonly final: Final;
}

export function member(run: Run, dot: Value, access: Access, receiver: Value): Value {
  if (receiver === undefined) return undefined;
  const { name } = access;
  const shownType = typeOf(receiver).name;
  let inner = unbox(receiver);
  while (inner instanceof Pointer && !inner.isNil) inner = unbox(inner.target);
  if (inner === undefined) throw run.error(`nil pointer evaluating ${shownType}.${name}`);
  const type = typeOf(inner);
  const method = type.methods.get(name);
  if (method !== undefined) {
    const fn = { callable: method, special: null };
    return callWith(run, dot, { ...access, argTexts: [], fn, receiver: inner });
  }
  if (inner instanceof Mapping && assignable(STRING, type.key!)) {
    if (hasArguments(access)) throw run.error(`${name} is not a method but has arguments`);
    return inner.has(name) ? elementOf(type, inner.get(name)) : zeroOf(type.elem!);
  }
  if (type.kind === 'struct') {
    const value = field(run, access, { inner, type, shownType });
    if (value !== ABSENT) return value;
  }
  if (inner instanceof Pointer && type.elem!.fields.some((one) => one.name === name)) {
    throw run.error(`nil pointer evaluating ${shownType}.${name}`);
  }
  throw run.error(`can't evaluate field ${name} in type ${shownType}`);
}

const ABSENT: unique symbol = Symbol('absent');

interface Owner {
  readonly inner: Value;
  readonly type: GoType;
  readonly shownType: string;
}

function field(run: Run, access: Access, owner: Owner): Value | typeof ABSENT {
  const { fields } = owner.type;
  const at = fields.findIndex((one) => one.name === access.name);
  if (at < 0) return ABSENT;
  const { type, json } = fields[at]!;
  if (json === null) throw run.error(`${access.name} is an unexported field of struct type ${owner.shownType}`);
  if (hasArguments(access)) throw run.error(`${access.name} has arguments but cannot be invoked as function`);
  const value = owner.inner instanceof Struct ? owner.inner.values[at] : undefined;
  return type.kind === 'interface' ? elementOf({ ...type, elem: type }, value) : value;
}

const hasArguments = (access: Access): boolean => access.args.length > 0 || access.final !== MISSING;
