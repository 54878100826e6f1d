// Scalars of YAML 1.1 as text, and what they mean: a document's leaves stay text until a field says what it wants.
// Readers answer null for text that is not of their kind.

export type TypedScalar = null | boolean | number | string;

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const INTEGER = /^[-+]?(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITE = /^([-+]?)\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;

/** For plain scalars only: in quotes these are words. */
export const isNull = (text: string): boolean => NULL.has(text);

export function readBool(text: string): boolean | null {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : null;
}

/** Decimal, 0x, 0b, octal (`017`, `0o17`), underscores between digits. */
export function readInt(text: string): number | null {
  const digits = withoutUnderscores(text);
  if (digits === null || !INTEGER.test(digits)) return null;
  const negative = digits.startsWith('-');
  const unsigned = digits.replace(/^[-+]/, '').replace(/^0[oO]?(?=[0-7]+$)/, '0o');
  const value = Number(unsigned === '0o' ? '0' : unsigned);
  return negative ? 0 - value : value;
}

export function readFloat(text: string): number | null {
  const integer = readInt(text);
  if (integer !== null) return integer;
  const digits = withoutUnderscores(text);
  if (digits !== null && FLOAT.test(digits)) return Number(digits);
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return NAN.test(text) ? Number.NaN : null;
}

/** What a plain scalar is when nothing says what is wanted, as in a webhook's `payload`. */
export function readTyped(text: string): TypedScalar {
  if (isNull(text)) return null;
  return readBool(text) ?? readFloat(text) ?? text;
}

function withoutUnderscores(text: string): string | null {
  if (!text.includes('_')) return text;
  return /^[-+]?[0-9]/.test(text) ? text.replaceAll('_', '') : null;
}
