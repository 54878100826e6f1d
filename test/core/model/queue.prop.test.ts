import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Queue } from '../../../src/model/queue.ts';

test('is an array whose first is taken, however much comes and goes', () => {
  // Positive: so many come. Negative: so many are taken.
  const moves = fc.array(fc.integer({ min: -3000, max: 3000 }), { maxLength: 12 });
  fc.assert(
    fc.property(moves, (steps) => {
      const queue = new Queue<number | undefined>();
      const model: (number | undefined)[] = [];
      let next = 0;
      for (const step of steps) {
        for (let i = 0; i < step; i++) {
          const item = next++ % 7 === 0 ? undefined : next;
          queue.push(item);
          model.push(item);
        }
        const count = Math.min(-step, model.length);
        const taken = Array.from({ length: Math.max(0, count) }, () => queue.take());
        expect(taken).toEqual(model.splice(0, Math.max(0, count)));
        expect(queue.size).toBe(model.length);
      }
    }),
  );
});

test('nothing is taken of an empty one', () => {
  expect(() => new Queue().take()).toThrow('the queue is empty');
});
