import { expect, test } from 'vitest';
import { Lanes } from '../../../src/engine/lanes.ts';

test('a lane with very many waiting hands them out in their order, each in constant time', () => {
  const started: number[] = [];
  let isOpen = false;
  const never = new Promise<void>(() => {});
  // 32 hold the lane until it opens; then nothing is left to do for anybody.
  const lanes = new Lanes<number>((item) => {
    started.push(item);
    return isOpen ? null : first(item);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = (item: number): Promise<void> => (item === 0 ? promise : never);
  const count = 500_000;
  for (let item = 0; item < count; item++) lanes.add('lane', item);
  expect(started).toHaveLength(32);
  isOpen = true;
  resolve();
  return promise.then(() => {
    expect(started).toHaveLength(count);
    expect(started.every((item, i) => item === i)).toBe(true);
  });
});
