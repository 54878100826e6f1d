import { expect, test } from 'vitest';
import { compilePromql } from '../../../src/promql/check.ts';
import { printPromql } from '../../../src/promql/print.ts';
import { thresholdOf } from '../../../src/promql/threshold.ts';

test.each([
  ['up == 0', 'up == 0'],
  ['5 < rate(errors[5m])', 'rate(errors[5m]) > 5'],
  ['(sum(a) / sum(b)) >= (-0.5)', '(sum(a) / sum(b)) >= -0.5'],
  ['a > 1 and on (job) b < 2', 'a > 1'],
  ['(a > 1) unless c', 'a > 1'],
  ['a > b', 'a > ?'],
  ['a > 2 * 3', 'a > ?'],
  ['a > bool 1', 'none'],
  ['a > 1 or b > 1', 'none'],
  ['absent(up)', 'none'],
  ['a', 'none'],
])('thresholdOf() of %s is %s', (text, expected) => {
  const parsed = compilePromql(text);
  if (!parsed.ok) throw new Error('it does not parse');
  const found = thresholdOf(parsed.expr);
  expect(found === null ? 'none' : `${printPromql(found.watched)} ${found.op} ${found.value ?? '?'}`).toBe(expected);
});
