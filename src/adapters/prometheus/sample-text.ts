// Numbers as answers spell them, exactly: what only JavaScript would take for a number is none.
import type { Instant } from '../../model/time.ts';

const NUMBER = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;

/** null when it is not a number. What is beyond a double is infinite, what is between two is rounded. */
export function readValue(text: string): number | null {
  if (NUMBER.test(text)) return Number(text);
  switch (text) {
    case 'NaN':
      return Number.NaN;
    case '+Inf':
    case 'Inf':
      return Infinity;
    case '-Inf':
      return -Infinity;
    default:
      return null;
  }
}

/** Seconds, as JSON has them. */
export const instantOf = (seconds: number): Instant => Math.round(seconds * 1000);
