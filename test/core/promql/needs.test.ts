import { expect, test } from 'vitest';
import { neededSelector } from '../../../src/promql/needs.ts';
import { parsePromql } from '../../../src/promql/parse.ts';

test.each([
  ['up == 0', 'up'],
  ['sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / 2 > 1', 'http_requests_total{code=~"5.."}'],
  ['(-x)', 'x'],
  ['a unless b', 'a'],
  ['1 < a', 'a'],
  ['absent(a) and b', 'b'],
  ['(a or b) * c', 'c'],
  ['a offset 1h / b', 'b'],
  ['a @ 5 + b', 'b'],
  ['histogram_quantile(0.9, rate(a_bucket[5m]))', 'a_bucket'],
  ['max_over_time(a[1h:1m]) > b', 'b'],
  ['{__name__=~"a|b"}', '{__name__=~"a|b"}'],
  ['absent(a)', null],
  ['absent_over_time(a[5m])', null],
  ['a or b', null],
  ['vector(1)', null],
  ['vector(time())', null],
  ['a > scalar(b)', 'a'],
  ['vector(scalar(a))', null],
  ['a offset 1h', null],
])('%s needs %s', (expr, selector) => {
  const parsed = parsePromql(expr);
  expect(parsed.ok && neededSelector(parsed.expr)).toBe(selector);
});
