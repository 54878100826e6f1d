// The values a template sees. Go's basic types are JavaScript's own: string, boolean, bigint for `int`, number
// for `float64`; every other type is a `Typed`. Two kinds of nothing are kept apart because Go's rules do:
// `undefined` is no value at all, `null` an interface that holds nothing (a missing key of a map of anything).
// Strings may hold single bytes that are not UTF-8 (see bytes.ts).
import type { Pairs } from '../model/pairs.ts';
import { compareUtf8 } from '../model/order.ts';
import {
  ANY,
  ANY_MAP,
  ANYS,
  BOOL,
  COMPLEX128,
  FLOAT64,
  INT,
  STRING,
  STRING_MAP,
  STRINGS,
  type Callable,
  type GoType,
} from './go-type.ts';

export type Value = undefined | null | string | boolean | bigint | number | Typed;
export type Key = string | boolean | bigint | number;
/** What a basic type holds, whatever its name. */
export type Basic = string | boolean | bigint | number;

export abstract class Typed {
  abstract readonly type: GoType;
}

/** A named or sized basic type: time.Duration, uint8, template.HTML. */
export class Scalar extends Typed {
  readonly type: GoType;
  readonly value: Basic;
  constructor(type: GoType, value: Basic) {
    super();
    this.type = type;
    this.value = value;
  }
}

export class Complex extends Typed {
  readonly type: GoType = COMPLEX128;
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    super();
    this.re = re;
    this.im = im;
  }
}

export class Slice extends Typed {
  readonly type: GoType;
  readonly items: readonly Value[];
  readonly isNil: boolean;
  constructor(type: GoType, items: readonly Value[], isNil = false) {
    super();
    this.type = type;
    this.items = items;
    this.isNil = isNil;
  }
}

export class Mapping extends Typed {
  readonly type: GoType;
  readonly isNil: boolean;
  readonly #entries: ReadonlyMap<Key, Value>;
  constructor(type: GoType, entries: ReadonlyMap<Key, Value>, isNil = false) {
    super();
    this.type = type;
    this.isNil = isNil;
    this.#entries = entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value {
    return this.#entries.get(key);
  }

  /** In the order Go prints and ranges over a map. */
  sorted(): readonly (readonly [Key, Value])[] {
    return [...this.#entries].sort((a, b) => compareKeys(a[0], b[0]));
  }
}

/** A map[string]string over model Pairs: labels are looked up a hundred thousand times and never copied. */
export class PairsMapping extends Mapping {
  readonly #pairs: Pairs;
  constructor(type: GoType, pairs: Pairs) {
    super(type, NO_ENTRIES);
    this.#pairs = pairs;
  }

  override get size(): number {
    return this.#pairs.size;
  }

  override has(key: Key): boolean {
    return typeof key === 'string' && this.get(key) !== undefined;
  }

  override get(key: Key): Value {
    const { flat } = this.#pairs;
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === key) return flat[i + 1];
    return undefined;
  }

  override sorted(): readonly (readonly [Key, Value])[] {
    return [...this.#pairs];
  }
}

/** Field values in the order of the type's fields. */
export class Struct extends Typed {
  readonly type: GoType;
  readonly values: readonly Value[];
  constructor(type: GoType, values: readonly Value[]) {
    super();
    this.type = type;
    this.values = values;
  }
}

export class Pointer extends Typed {
  readonly type: GoType;
  readonly target: Value;
  constructor(type: GoType, target: Value) {
    super();
    this.type = type;
    this.target = target;
  }

  get isNil(): boolean {
    return this.target === undefined;
  }
}

export class Func extends Typed {
  readonly type: GoType;
  readonly callable: Callable;
  constructor(type: GoType, callable: Callable) {
    super();
    this.type = type;
    this.callable = callable;
  }
}

/** An interface with something in it: an element of []any or a value of map[string]any before Go looks inside. */
export class Boxed extends Typed {
  readonly type: GoType = ANY;
  readonly inner: Value;
  constructor(inner: Value) {
    super();
    this.inner = inner;
  }
}

const NO_ENTRIES: ReadonlyMap<Key, Value> = new Map();

export const strings = (items: readonly string[]): Slice => new Slice(STRINGS, items);
export const list = (items: readonly Value[]): Slice => new Slice(ANYS, items);
export const anyMap = (entries: ReadonlyMap<Key, Value>): Mapping => new Mapping(ANY_MAP, entries);
export const stringMap = (pairs: Pairs): Mapping => new PairsMapping(STRING_MAP, pairs);

/** What an element of a container looks like when read: one of `any` is still inside its interface. */
export function elementOf(container: GoType, value: Value): Value {
  if (container.elem?.kind !== 'interface') return value;
  return value === undefined || value === null ? null : new Boxed(value);
}

/** Looks through an interface: Go does so after every command of a pipeline. */
export function unbox(value: Value): Value {
  if (value === null) return undefined;
  return value instanceof Boxed ? value.inner : value;
}

/** The type of a value that is there. */
export function typeOf(value: Exclude<Value, undefined>): GoType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return FLOAT64;
    default:
      return value === null ? ANY : value.type;
  }
}

/** The basic content of a value, undefined when it is no basic type. */
export function basicOf(value: Value): Basic | undefined {
  if (value instanceof Scalar) return value.value;
  return typeof value === 'object' ? undefined : value;
}

/** The text of a string, '' of anything else: parameters of type string are checked before the call. */
export function textOf(value: Value): string {
  const basic = basicOf(value);
  return typeof basic === 'string' ? basic : '';
}

/** The value of basic type `type` that holds `basic`. */
export function ofBasic(type: GoType, basic: Basic): Value {
  return type === STRING || type === BOOL || type === INT || type === FLOAT64 ? basic : new Scalar(type, basic);
}

export function zeroOf(type: GoType): Value {
  switch (type.kind) {
    case 'string':
      return ofBasic(type, '');
    case 'bool':
      return ofBasic(type, false);
    case 'int':
    case 'uint':
      return ofBasic(type, 0n);
    case 'float':
      return ofBasic(type, 0);
    case 'complex':
      return new Complex(0, 0);
    case 'slice':
      return new Slice(type, [], true);
    case 'map':
      return new Mapping(type, NO_ENTRIES, true);
    case 'struct':
      return new Struct(
        type,
        type.fields.map((field) => zeroOf(field.type)),
      );
    case 'pointer':
      return new Pointer(type, undefined);
    case 'func':
    case 'interface':
    case 'reflect':
      return null;
  }
}

function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b);
  if (a === b) return 0;
  if (Number.isNaN(a)) return -1;
  return a < b ? -1 : 1;
}
