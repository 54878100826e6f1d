// What was kept, looked at before it is believed: a file whose form is whole can still say what nobody wrote. Each
// throws when the value is not what it should be.
import type { Instant } from './time.ts';

/** Of ECMAScript: beyond it no time can be printed. */
const LATEST: Instant = 8.64e15;

export function keptInstant(value: unknown): Instant {
  if (typeof value !== 'number' || !(Math.abs(value) <= LATEST)) throw new TypeError(`${told(value)} is no instant`);
  return value;
}

export const keptInstantOrNull = (value: unknown): Instant | null => (value === null ? null : keptInstant(value));

export function keptText(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${told(value)} is no text`);
  return value;
}

export function keptTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new TypeError(`${told(value)} is no list`);
  for (const text of value) keptText(text);
  return value as readonly string[];
}

/** Name, value, name, value. */
export function keptPairs(value: unknown): readonly string[] {
  const flat = keptTexts(value);
  if (flat.length % 2 !== 0) throw new TypeError('a name has no value');
  return flat;
}

const MOST_TOLD = 40;

const told = (value: unknown): string => String(JSON.stringify(value)).slice(0, MOST_TOLD);
