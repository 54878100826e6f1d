// The types of the values a template sees, as far as Go's template rules look at them: the printed name, the
// kind, what a container holds, fields and methods, and how a value prints itself. Values live in values.ts.
// Two types are the same when their names are: every name here stands for one type.
import type { Run } from './run.ts';
import type { Value } from './values.ts';

export type Kind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'complex'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'pointer'
  | 'func'
  | 'interface'
  // A parameter that takes the value as it stands, whatever its type (Go: reflect.Value).
  | 'reflect';

/** A function or a method. For a method the receiver comes last. */
export interface Callable {
  readonly params: readonly GoType[];
  readonly variadic: boolean;
  /** Go's complaint about a method a template may not call, as one with two results. */
  readonly refused?: string;
  readonly call: (args: readonly Value[], run: Run, receiver: Value) => Value;
}

export interface Field {
  readonly name: string;
  readonly type: GoType;
  /** The key in JSON; null when the field is unexported. */
  readonly json: string | null;
}

export interface GoType {
  readonly name: string;
  readonly kind: Kind;
  /** The type without its name: equal ones are assignable when one of them is unnamed. */
  readonly underlying: string;
  readonly named: boolean;
  readonly bits: number;
  readonly elem: GoType | null;
  readonly key: GoType | null;
  readonly fields: readonly Field[];
  readonly methods: ReadonlyMap<string, Callable>;
  readonly comparable: boolean;
  /** Go's String or Error method. */
  readonly text: ((value: Value) => string) | null;
}

const NO_METHODS: ReadonlyMap<string, Callable> = new Map();

function plain(name: string, kind: Kind, rest: Partial<GoType>): GoType {
  return {
    name,
    kind,
    underlying: name,
    named: false,
    bits: 64,
    elem: null,
    key: null,
    fields: [],
    methods: NO_METHODS,
    comparable: true,
    text: null,
    ...rest,
  };
}

export const STRING: GoType = plain('string', 'string', { named: true });
export const BOOL: GoType = plain('bool', 'bool', { named: true });
export const INT: GoType = plain('int', 'int', { named: true });
export const INT64: GoType = plain('int64', 'int', { named: true });
export const INT32: GoType = plain('int32', 'int', { named: true, bits: 32 });
export const UINT: GoType = plain('uint', 'uint', { named: true });
export const UINT64: GoType = plain('uint64', 'uint', { named: true });
export const UINT8: GoType = plain('uint8', 'uint', { named: true, bits: 8 });
export const FLOAT64: GoType = plain('float64', 'float', { named: true });
export const COMPLEX128: GoType = plain('complex128', 'complex', { named: true, bits: 128 });
export const ANY: GoType = plain('interface {}', 'interface', {});
export const REFLECT: GoType = plain('reflect.Value', 'reflect', { named: true });

export const sliceOf = (elem: GoType): GoType => plain(`[]${elem.name}`, 'slice', { elem, comparable: false });
export const mapOf = (key: GoType, elem: GoType): GoType =>
  plain(`map[${key.name}]${elem.name}`, 'map', { key, elem, comparable: false });

/** A pointer has every method of what it points at, printing included. */
export const pointerTo = (elem: GoType): GoType =>
  plain(`*${elem.name}`, 'pointer', { elem, methods: elem.methods, text: elem.text });

export const funcType = (name: string): GoType => plain(name, 'func', { comparable: false });

export const STRINGS: GoType = sliceOf(STRING);
export const ANYS: GoType = sliceOf(ANY);
export const BYTES: GoType = sliceOf(UINT8);
export const STRING_MAP: GoType = mapOf(STRING, STRING);
export const ANY_MAP: GoType = mapOf(STRING, ANY);

export interface Naming {
  readonly methods?: ReadonlyMap<string, Callable>;
  readonly text?: (value: Value) => string;
}

export function namedType(name: string, base: GoType, naming: Naming = {}): GoType {
  const { methods = NO_METHODS, text = null } = naming;
  return { ...base, name, named: true, methods, text };
}

export function structType(name: string, fields: readonly Field[], naming: Naming = {}): GoType {
  const { methods = NO_METHODS, text = null } = naming;
  const comparable = fields.every((field) => field.type.comparable);
  return plain(name, 'struct', { named: !name.startsWith('struct'), fields, comparable, methods, text });
}

export function assignable(from: GoType, to: GoType): boolean {
  if (from.name === to.name || to.kind === 'interface') return true;
  return from.underlying === to.underlying && (!from.named || !to.named);
}

export function canBeNil(type: GoType): boolean {
  switch (type.kind) {
    case 'slice':
    case 'map':
    case 'pointer':
    case 'func':
    case 'interface':
    case 'reflect':
      return true;
    default:
      return false;
  }
}
