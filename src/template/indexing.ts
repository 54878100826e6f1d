// index, slice and len: strings count bytes, a missing map key is the zero of what the map holds.
import { byteLength, sliceBytes, toBytes } from './bytes.ts';
import {
  typeOf,
  basicOf,
  elementOf,
  Mapping,
  Pointer,
  Scalar,
  Slice,
  unbox,
  zeroOf,
  type Key,
  type Value,
} from './values.ts';
import { UINT8 } from './go-type.ts';
import { prepareArg } from './invoke-value.ts';
import { CallError } from './run.ts';

export function index(item: Value, indexes: readonly Value[]): Value {
  let current = unbox(item);
  if (current === undefined) throw new CallError('index of untyped nil');
  for (const one of indexes) current = indexOnce(current, unbox(one));
  return current;
}

function indexOnce(item: Value, at: Value): Value {
  const container = followed(item, 'index');
  if (typeof container === 'string') {
    const bytes = toBytes(container);
    return new Scalar(UINT8, BigInt(checkedByte(bytes, indexOf(at, bytes.length))));
  }
  if (container instanceof Slice) {
    const i = indexOf(at, container.items.length);
    if (i >= container.items.length) throw new CallError(`reflect: slice index out of range`);
    return elementOf(container.type, container.items[i]);
  }
  if (container instanceof Mapping) {
    const key = prepareArg(at, container.type.key!);
    if (!key.ok) throw new CallError(key.message);
    const found = keyOf(key.value);
    if (found === undefined || !container.has(found)) return zeroOf(container.type.elem!);
    return elementOf(container.type, container.get(found));
  }
  throw new CallError(`can't index item of type ${typeOf(container).name}`);
}

const keyOf = (value: Value): Key | undefined => basicOf(unbox(value));

function checkedByte(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new CallError('reflect: string index out of range');
  return byte;
}

export function slice(item: Value, indexes: readonly Value[]): Value {
  const first = unbox(item);
  if (first === undefined) throw new CallError('slice of untyped nil');
  const whole = followed(first, 'slice');
  if (indexes.length > 3) throw new CallError(`too many slice indexes: ${indexes.length}`);
  const isText = typeof basicOf(whole) === 'string';
  if (!isText && !(whole instanceof Slice)) throw new CallError(`can't slice item of type ${typeOf(whole).name}`);
  if (isText && indexes.length === 3) throw new CallError('cannot 3-index slice a string');
  const length = whole instanceof Slice ? whole.items.length : byteLength(String(basicOf(whole)));
  // Unlike index, Go's slice does not look into an interface for its bounds.
  const bounds = indexes.map((one) => indexOf(one, length));
  const [from = 0, to = length, cap = length] = bounds;
  if (from > to) throw new CallError(`invalid slice index: ${from} > ${to}`);
  if (to > cap) throw new CallError(`invalid slice index: ${to} > ${cap}`);
  if (whole instanceof Slice) return new Slice(whole.type, whole.items.slice(from, to));
  const part = sliceBytes(String(basicOf(whole)), from, to);
  return whole instanceof Scalar ? new Scalar(whole.type, part) : part;
}

export function length(item: Value): bigint {
  if (item === undefined) throw new CallError('reflect: call of reflect.Value.Type on zero Value');
  const inner = followed(item, 'len');
  if (inner instanceof Slice) return BigInt(inner.items.length);
  if (inner instanceof Mapping) return BigInt(inner.size);
  const text = basicOf(inner);
  if (typeof text === 'string') return BigInt(byteLength(text));
  throw new CallError(`len of type ${typeOf(inner).name}`);
}

/** What a pointer points at. */
function followed(item: Value, verb: string): Exclude<Value, undefined | null> {
  let inner = unbox(item);
  while (inner instanceof Pointer && !inner.isNil) inner = unbox(inner.target);
  if (inner === undefined || inner === null || inner instanceof Pointer) throw new CallError(`${verb} of nil pointer`);
  return inner;
}

function indexOf(at: Value, capacity: number): number {
  if (at === undefined) throw new CallError('cannot index slice/array with nil');
  const position = basicOf(at);
  if (typeof position !== 'bigint') {
    throw new CallError(`cannot index slice/array with type ${typeOf(at).name}`);
  }
  if (position < 0n || position > BigInt(capacity)) {
    throw new CallError(`index out of range: ${BigInt.asIntN(64, position)}`);
  }
  return Number(position);
}
