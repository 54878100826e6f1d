// A value as Go's encoding/json writes it: fields by their tags, map keys sorted, <, > and & escaped.
import { Buffer } from 'node:buffer';
import { goJsonMap, goJsonNumber, goJsonString } from '../model/go-json.ts';
import { fromBytes, toBytes, wellFormed } from './bytes.ts';
import { floatText } from './float-text.ts';
import { BYTES, UINT8 } from './go-type.ts';
import { CallError, type Run } from './run.ts';
import { formatTime } from './time-layout.ts';
import { GoTime } from './time.ts';
import { Complex, Func, Mapping, Pointer, Scalar, Slice, Struct, typeOf, unbox, type Value } from './values.ts';

export function jsonText(value: Value, run: Run): string {
  run.spend(1);
  const inner = unbox(value);
  switch (typeof inner) {
    case 'undefined':
      return 'null';
    case 'string':
      return stringText(inner, run);
    case 'boolean':
    case 'bigint':
      return String(inner);
    case 'number':
      if (!Number.isFinite(inner)) throw new CallError(`json: unsupported value: ${floatText(inner, 'g', -1)}`);
      return goJsonNumber(inner);
    default:
      break;
  }
  if (inner === null) return 'null';
  if (inner instanceof Scalar) return jsonText(inner.value, run);
  if (inner instanceof GoTime) return `"${formatTime(inner, '2006-01-02T15:04:05.999999999Z07:00')}"`;
  if (inner instanceof Complex || inner instanceof Func) {
    throw new CallError(`json: unsupported type: ${typeOf(inner).name}`);
  }
  run.enter();
  const text = containerText(inner, run);
  run.leave();
  run.room(text.length);
  return text;
}

function stringText(text: string, run: Run): string {
  run.spend(text.length >> 6);
  if (text.isWellFormed()) return goJsonString(text);
  // Go writes a stray byte as the escape \ufffd, the character itself as it is.
  const parts = [...fromBytes(toBytes(text))].map((char) =>
    char.isWellFormed() ? goJsonString(char).slice(1, -1) : '\\ufffd',
  );
  return `"${parts.join('')}"`;
}

function containerText(value: Value, run: Run): string {
  if (value instanceof Pointer) return value.isNil ? 'null' : jsonText(value.target, run);
  if (value instanceof Slice) {
    if (value.isNil) return 'null';
    if (value.type === BYTES || value.type.elem === UINT8) return base64(value);
    return `[${joinBounded(
      value.items.map((item) => () => jsonText(item, run)),
      run,
    )}]`;
  }
  if (value instanceof Mapping) {
    if (value.isNil) return 'null';
    run.spend(4 + value.size);
    let size = 0;
    const members = value.sorted().map(([key, item]): readonly [string, string] => {
      const text = jsonText(item, run);
      run.room((size += text.length));
      return [wellFormed(String(key)), text];
    });
    return goJsonMap(members);
  }
  if (value instanceof Struct) {
    const parts = value.type.fields.flatMap((field, i) =>
      field.json === null ? [] : [() => `${goJsonString(field.json!)}:${jsonText(value.values[i], run)}`],
    );
    return `{${joinBounded(parts, run)}}`;
  }
  return '{}';
}

/** Shared parts may be printed many times over: the size is watched while it grows. */
function joinBounded(parts: readonly (() => string)[], run: Run): string {
  let out = '';
  for (const part of parts) {
    out += out === '' ? part() : `,${part()}`;
    run.room(out.length);
  }
  return out;
}

function base64(bytes: Slice): string {
  const numbers = bytes.items.map((item) => Number(item instanceof Scalar ? item.value : 0));
  return `"${Buffer.from(numbers).toString('base64')}"`;
}
