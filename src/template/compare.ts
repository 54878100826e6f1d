// eq, ne, lt, le, gt, ge: values of the same basic kind compare; signed with unsigned integers too; everything
// else is refused, int with float included.
import { compareUtf8 } from '../model/order.ts';
import { sprintf } from './printf.ts';
import { CallError, type Run } from './run.ts';
import { GoTime } from './time.ts';
import { basicOf, Complex, Func, Mapping, Pointer, Slice, Struct, typeOf, unbox, type Value } from './values.ts';

export function equalToAny(first: Value, others: readonly Value[], run: Run): boolean {
  if (others.length === 0) throw new CallError('missing argument for comparison');
  const left = unbox(first);
  return others.some((other) => equal(left, unbox(other), run));
}

function equal(left: Value, right: Value, run: Run): boolean {
  const leftKind = basicKind(left);
  const rightKind = basicKind(right);
  if (leftKind !== rightKind) {
    if (isIntegerKind(leftKind) && isIntegerKind(rightKind)) return basicOf(left) === basicOf(right);
    if (isNothing(left) || isNothing(right)) return false;
    throw incompatible(left, right);
  }
  if (leftKind === 'complex') return sameComplex(left, right);
  if (leftKind !== null) return basicOf(left) === basicOf(right);
  return equalOthers(left, right, run);
}

function equalOthers(left: Value, right: Value, run: Run): boolean {
  if (isNothing(left) || isNothing(right)) return isNil(left) === isNil(right);
  const leftType = typeOf(left);
  const rightType = typeOf(right);
  if (leftType.kind !== rightType.kind) {
    const shown = `${sprintf('%s', [left], run)}: ${leftType.name}, ${rightType.name}: ${sprintf('%v', [right], run)}`;
    throw new CallError(`non-comparable types ${shown}`);
  }
  if (isNil(left) || isNil(right)) return isNil(left) === isNil(right);
  if (!rightType.comparable) {
    throw new CallError(`non-comparable type ${sprintf('%s', [right], run)}: ${rightType.name}`);
  }
  return identical(left, right);
}

export function less(first: Value, second: Value): boolean {
  const left = unbox(first);
  const right = unbox(second);
  const leftKind = basicKind(left);
  const rightKind = basicKind(right);
  if (leftKind === null || rightKind === null) throw badType();
  const a = basicOf(left);
  const b = basicOf(right);
  if (leftKind !== rightKind) {
    if (typeof a === 'bigint' && typeof b === 'bigint') return a < b;
    throw incompatible(left, right);
  }
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b) < 0;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b;
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  throw badType();
}

export const lessOrEqual = (first: Value, second: Value, run: Run): boolean =>
  less(first, second) || equalToAny(first, [second], run);

const badType = (): CallError => new CallError('invalid type for comparison');

function incompatible(left: Value, right: Value): CallError {
  return new CallError(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
}

const typeName = (value: Value): string => (value === undefined ? 'nil' : typeOf(value).name);

type BasicKind = 'bool' | 'int' | 'uint' | 'float' | 'complex' | 'string';

function basicKind(value: Value): BasicKind | null {
  if (isNothing(value)) return null;
  const { kind } = typeOf(value);
  switch (kind) {
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
    case 'complex':
    case 'string':
      return kind;
    default:
      return null;
  }
}

const isIntegerKind = (kind: BasicKind | null): boolean => kind === 'int' || kind === 'uint';
const isNothing = (value: Value): value is undefined | null => value === undefined || value === null;

function isNil(value: Value): boolean {
  if (isNothing(value)) return true;
  return (value instanceof Slice || value instanceof Mapping || value instanceof Pointer) && value.isNil;
}

function sameComplex(left: Value, right: Value): boolean {
  return left instanceof Complex && right instanceof Complex && left.re === right.re && left.im === right.im;
}

/** Go's == on two values of comparable types. */
function identical(left: Value, right: Value): boolean {
  const a = unbox(left);
  const b = unbox(right);
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (typeOf(a).name !== typeOf(b).name) return false;
  if (a instanceof GoTime && b instanceof GoTime) return a.compare(b) === 0 && a.zone === b.zone;
  if (a instanceof Struct && b instanceof Struct) return a.values.every((value, i) => identical(value, b.values[i]));
  if (a instanceof Complex) return sameComplex(a, b);
  if (a instanceof Pointer || a instanceof Func) return a === b;
  return basicOf(a) === basicOf(b);
}
