// The order of alerts inside a message, so that a group reads the same in every notification: by `job`, then
// `instance` (who has none comes last), then the whole label set: fewer labels first, then label by label,
// where the set that lacks a name comes before the one that has it.
import type { Labels } from './labels.ts';
import { compareUtf8 } from './order.ts';

export function compareForMessage(a: Labels, b: Labels): number {
  return compareByName(a, b, 'job') || compareByName(a, b, 'instance') || compareLabels(a, b);
}

export function compareLabels(a: Labels, b: Labels): number {
  if (a.flat.length !== b.flat.length) return a.flat.length - b.flat.length;
  for (let i = 0; i < a.flat.length; i += 2) {
    const names = compareUtf8(a.flat[i]!, b.flat[i]!);
    if (names !== 0) return -names;
    const values = compareUtf8(a.flat[i + 1]!, b.flat[i + 1]!);
    if (values !== 0) return values;
  }
  return 0;
}

function compareByName(a: Labels, b: Labels, name: string): number {
  const x = a.get(name);
  const y = b.get(name);
  if (x === y) return 0;
  if (x === '') return 1;
  if (y === '') return -1;
  return compareUtf8(x, y);
}
