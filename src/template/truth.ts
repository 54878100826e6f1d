// What counts as true: not the zero of its type; a struct always.
import { Complex, Func, Mapping, Pointer, Slice, Scalar, unbox, type Value } from './values.ts';

export function isTrue(value: Value): boolean {
  const inner = unbox(value);
  switch (typeof inner) {
    case 'undefined':
      return false;
    case 'string':
      return inner !== '';
    case 'boolean':
      return inner;
    case 'bigint':
      return inner !== 0n;
    case 'number':
      return inner !== 0;
    default:
      break;
  }
  if (inner instanceof Slice) return inner.items.length > 0;
  if (inner instanceof Mapping) return inner.size > 0;
  if (inner instanceof Scalar) return isTrue(inner.value);
  if (inner instanceof Pointer) return !inner.isNil;
  if (inner instanceof Complex) return inner.re !== 0 || inner.im !== 0;
  return inner instanceof Func || inner !== null;
}
