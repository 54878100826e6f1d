// Prints any value under a verb, as Go's fmt does: Stringers by their text, containers element by element, a
// verb that does not suit a value as %!verb(type=value).
import { BYTES, type GoType } from './go-type.ts';
import { Formatter } from './format.ts';
import type { Run } from './run.ts';
import { fromBytes } from './bytes.ts';
import { GoTime, timeGoString, ZERO_UNIX } from './time.ts';
import {
  Complex,
  Func,
  Mapping,
  ofBasic,
  Pointer,
  Scalar,
  Slice,
  Struct,
  typeOf,
  unbox,
  type Basic,
  type Value,
} from './values.ts';

export function sprint(values: readonly Value[], run: Run): string {
  const only = values[0];
  if (values.length === 1 && typeof only === 'string') return only;
  const printer = new Printer(run);
  let afterString = false;
  values.forEach((value, i) => {
    const isString = isStringKind(value);
    if (i > 0 && !isString && !afterString) printer.write(' ');
    printer.printArg(value, 'v');
    afterString = isString;
  });
  return printer.out;
}

export function sprintln(values: readonly Value[], run: Run): string {
  const printer = new Printer(run);
  values.forEach((value, i) => {
    if (i > 0) printer.write(' ');
    printer.printArg(value, 'v');
  });
  printer.write('\n');
  return printer.out;
}

/** What printing starts from: a pointer is followed unless it is nil. */
export function printable(value: Value): Value {
  let inner = unbox(value);
  while (inner instanceof Pointer && !inner.isNil) inner = unbox(inner.target);
  return inner;
}

const isStringKind = (value: Value): boolean =>
  typeof value === 'string' || (value instanceof Scalar && value.type.kind === 'string');

export class Printer extends Formatter {
  /** Inside %!verb(…) a value is shown plainly, without its own methods. */
  #reporting = false;

  printArg(arg: Value, verb: string): void {
    const value = unbox(arg);
    this.run.spend(1);
    if (value === undefined || value === null) {
      if (verb === 'T' || verb === 'v') this.pad('<nil>');
      else this.badVerb(value, verb);
    } else if (verb === 'T') this.formatString(typeOf(value).name);
    else if (verb === 'p') this.#printPointer(value, verb);
    else this.#printValue(value, verb, 0);
  }

  badVerb(value: Value, verb: string): void {
    this.#reporting = true;
    this.write(`%!${verb}(`);
    if (value === undefined || value === null) this.write('<nil>');
    else {
      this.write(`${typeOf(value).name}=`);
      this.#printValue(value, 'v', 0);
    }
    this.write(')');
    this.#reporting = false;
  }

  #printValue(value: Exclude<Value, undefined>, verb: string, depth: number): void {
    if (this.#printByMethod(value, verb)) return;
    if (value === null) this.#printNil(verb);
    else if (value instanceof Scalar) this.#printBasic(value, value.value, value.type, verb);
    else if (typeof value !== 'object') this.#printBasic(value, value, typeOf(value), verb);
    else if (value instanceof Complex) this.#printComplex(value, verb);
    else if (value instanceof Pointer) this.#printPointee(value, verb, depth);
    else if (value instanceof Func) this.#printPointer(value, verb);
    else {
      this.run.enter();
      if (value instanceof Slice) this.#printSlice(value, verb, depth);
      else if (value instanceof Mapping) this.#printMapping(value, verb, depth);
      else if (value instanceof Struct) this.#printStruct(value, verb, depth);
      else if (value instanceof GoTime) this.#printTimeParts(value);
      this.run.leave();
    }
  }

  /** True when the value's own text was printed. */
  #printByMethod(value: Exclude<Value, undefined>, verb: string): boolean {
    if (this.#reporting || typeof value !== 'object' || value === null) return false;
    const { text } = value.type;
    if (verb === 'w' && value.type !== BYTES) {
      this.badVerb(value, verb);
      return true;
    }
    if (this.sharpV) {
      // Of our types only times write their own Go syntax.
      const inner = value instanceof Pointer ? value.target : value;
      if (!(inner instanceof GoTime)) return false;
      this.formatString(timeGoString(inner));
      return true;
    }
    if (text === null || !'vsxXq'.includes(verb)) return false;
    if (value instanceof Pointer && value.isNil) {
      this.pad('<nil>');
      return true;
    }
    this.#printText(value, text(value), verb);
    return true;
  }

  #printNil(verb: string): void {
    if (verb === 'v') this.write('<nil>');
    else this.badVerb(null, verb);
  }

  #printBasic(value: Value, basic: Basic, type: GoType, verb: string): void {
    switch (typeof basic) {
      case 'string':
        return this.#printText(value, basic, verb);
      case 'number':
        return this.#printFloat(value, basic, verb);
      case 'bigint':
        return this.#printInteger(value, basic, type, verb);
      default:
        if (verb === 't' || verb === 'v') this.formatBool(basic);
        else this.badVerb(value, verb);
    }
  }

  #printText(value: Value, text: string, verb: string): void {
    switch (verb) {
      case 'v':
        if (this.sharpV) this.formatQuoted(text);
        else this.formatString(text);
        break;
      case 's':
        this.formatString(text);
        break;
      case 'x':
      case 'X':
        this.formatHexString(text, verb === 'X');
        break;
      case 'q':
        this.formatQuoted(text);
        break;
      default:
        this.badVerb(value, verb);
    }
  }

  #printInteger(value: Value, int: bigint, type: GoType, verb: string): void {
    switch (verb) {
      case 'v':
        if (this.sharpV && type.kind === 'uint') this.#printHex(int, true);
        else this.formatInteger(int, 10, verb);
        break;
      case 'd':
        this.formatInteger(int, 10, verb);
        break;
      case 'b':
        this.formatInteger(int, 2, verb);
        break;
      case 'o':
      case 'O':
        this.formatInteger(int, 8, verb);
        break;
      case 'x':
      case 'X':
        this.formatInteger(int, 16, verb);
        break;
      case 'c':
        this.formatRune(int);
        break;
      case 'q':
        this.formatQuotedRune(int);
        break;
      case 'U':
        this.formatUnicode(int);
        break;
      default:
        this.badVerb(value, verb);
    }
  }

  #printHex(int: bigint, prefixed: boolean): void {
    const { sharp } = this;
    this.sharp = prefixed;
    this.formatInteger(int, 16, 'v');
    this.sharp = sharp;
  }

  #printFloat(value: Value, float: number, verb: string): void {
    switch (verb) {
      case 'v':
        this.formatFloat(float, 'g', -1);
        break;
      case 'b':
      case 'g':
      case 'G':
      case 'x':
      case 'X':
        this.formatFloat(float, verb, -1);
        break;
      case 'e':
      case 'E':
      case 'f':
        this.formatFloat(float, verb, 6);
        break;
      case 'F':
        this.formatFloat(float, 'f', 6);
        break;
      default:
        this.badVerb(value, verb);
    }
  }

  #printComplex(value: Complex, verb: string): void {
    if (!'vbgGxXfFeE'.includes(verb)) {
      this.badVerb(value, verb);
      return;
    }
    const { plus } = this;
    this.write('(');
    this.#printFloat(value, value.re, verb);
    this.plus = true;
    this.#printFloat(value, value.im, verb);
    this.write('i)');
    this.plus = plus;
  }

  #printSlice(slice: Slice, verb: string, depth: number): void {
    const { type, items } = slice;
    if (type.elem!.bits === 8 && type.elem!.kind === 'uint' && 'sqxX'.includes(verb)) {
      const bytes = Uint8Array.from(items, (item) => Number(item instanceof Scalar ? item.value : 0));
      this.#printText(slice, fromBytes(bytes), verb);
      return;
    }
    if (this.sharpV) {
      this.write(type === BYTES ? '[]byte' : type.name);
      if (slice.isNil) {
        this.write('(nil)');
        return;
      }
    }
    this.write(this.sharpV ? '{' : '[');
    items.forEach((item, i) => {
      if (i > 0) this.write(this.sharpV ? ', ' : ' ');
      if (this.sharpV && type === BYTES && item instanceof Scalar) this.#printHex(BigInt(item.value), true);
      else this.#printElement(item, type.elem!, verb, depth);
    });
    this.write(this.sharpV ? '}' : ']');
  }

  #printMapping(map: Mapping, verb: string, depth: number): void {
    const { type } = map;
    this.write(this.sharpV ? type.name : 'map[');
    if (this.sharpV) {
      if (map.isNil) {
        this.write('(nil)');
        return;
      }
      this.write('{');
    }
    this.run.spend(4 + map.size);
    map.sorted().forEach(([key, value], i) => {
      if (i > 0) this.write(this.sharpV ? ', ' : ' ');
      this.#printElement(ofBasic(type.key!, key), type.key!, verb, depth);
      this.write(':');
      this.#printElement(value, type.elem!, verb, depth);
    });
    this.write(this.sharpV ? '}' : ']');
  }

  #printStruct(struct: Struct, verb: string, depth: number): void {
    const { type, values } = struct;
    this.write(`${this.sharpV ? type.name : ''}{`);
    type.fields.forEach((field, i) => {
      if (i > 0) this.write(this.sharpV ? ', ' : ' ');
      if (this.plusV || this.sharpV) this.write(`${field.name}:`);
      this.#printElement(values[i], field.type, verb, depth);
    });
    this.write('}');
  }

  /** What a time holds inside, where its own text is not asked for. */
  #printTimeParts(time: GoTime): void {
    this.write(`{${time.nanos} ${time.unix - ZERO_UNIX} ${time.zone.name === 'UTC' ? '<nil>' : NO_ADDRESS}}`);
  }

  #printElement(item: Value, type: GoType, verb: string, depth: number): void {
    const value = unbox(item);
    this.run.spend(1);
    if (value !== undefined && value !== null) this.#printValue(value, verb, depth + 1);
    else if (this.sharpV) this.write(`${type.name}(nil)`);
    else this.write('<nil>');
  }

  /** `&{…}` at the top; inside other values only the address, which we do not have. */
  #printPointee(pointer: Pointer, verb: string, depth: number): void {
    const target = unbox(pointer.target);
    const shown = target instanceof Slice || target instanceof Struct || target instanceof Mapping;
    if (depth > 0 || !shown) {
      this.#printPointer(pointer, verb);
      return;
    }
    this.write('&');
    this.#printValue(target, verb, depth + 1);
  }

  #printPointer(value: Exclude<Value, undefined>, verb: string): void {
    const isNil = value instanceof Pointer && value.isNil;
    const pointing = value instanceof Pointer || value instanceof Func || value instanceof Slice;
    if (!pointing && !(value instanceof Mapping)) this.badVerb(value, verb);
    else if (verb === 'v' && this.sharpV) this.write(`(${typeOf(value).name})(${isNil ? 'nil' : NO_ADDRESS})`);
    else if (verb === 'v' && isNil) this.pad('<nil>');
    else if (verb === 'v' || verb === 'p') this.pad(isNil ? '0x0' : NO_ADDRESS);
    else this.badVerb(value, verb);
  }
}

/** There are no addresses here; Go prints a different one each time anyway. */
const NO_ADDRESS = '0xc000000000';
