// May a value stand where a type is asked for? Go's rules of assignability, nil included, with one dereference.
import { assignable, canBeNil, type GoType } from './go-type.ts';
import type { Run } from './run.ts';
import { Boxed, Pointer, typeOf, unbox, zeroOf, type Value } from './values.ts';

export function validate(run: Run, value: Value, type: GoType | null, complaint = 'invalid value; expected'): Value {
  if (type === null) return value;
  if (type.kind === 'reflect') return value;
  if (value === undefined) {
    if (!canBeNil(type)) throw run.error(`${complaint} ${type.name}`);
    return type.kind === 'interface' ? undefined : zeroOf(type);
  }
  if (type.kind === 'interface') return unbox(value);
  const inner = value instanceof Boxed ? value.inner : value;
  if (inner === undefined) throw run.error(`${complaint} ${type.name}`);
  if (assignable(typeOf(inner), type)) return inner;
  if (inner instanceof Pointer && assignable(inner.type.elem!, type)) {
    if (inner.isNil) throw run.error(`dereference of nil pointer of type ${type.name}`);
    return inner.target;
  }
  throw run.error(`wrong type for value; expected ${type.name}; got ${typeOf(inner).name}`);
}
