import { describe, expect, it } from 'vitest';
import { parsePromql } from '../../../src/promql/parse.ts';
import type { RuleUse } from '../../../src/promql/uses.ts';
import { dependencies, metricsUsed } from '../../../src/promql/uses.ts';

function rule(kind: RuleUse['kind'], name: string, text: string): RuleUse {
  const parsed = parsePromql(text);
  if (!parsed.ok) throw new Error(parsed.problems[0]!.message);
  return { kind, name, expr: parsed.expr };
}

const used: readonly (readonly [text: string, names: readonly string[], others: boolean])[] = [
  ['1 + time()', [], false],
  ['a / on (x) b', ['a', 'b'], false],
  ['sum(rate(a[5m])) + max_over_time((b + a)[1h:])', ['a', 'b'], false],
  ['{__name__="a"} or {"b.c"}', ['a', 'b.c'], false],
  ['{__name__=~"a.*"} or c', ['c'], true],
  ['{job="x"}', [], true],
  ['count_values("v", a) + topk(scalar(b), c)', ['a', 'b', 'c'], false],
];

describe('`metricsUsed()`', () => {
  it.each(used)('%s', (text, names, others) => {
    const use = metricsUsed(rule('recording', 'x', text).expr);
    expect({ ...use, names: use.names.toSorted() }).toEqual({ names, others });
  });
});

describe('`dependencies()`', () => {
  it('counts earlier rules only', () => {
    const rules = [rule('recording', 'a', 'b'), rule('recording', 'b', 'a'), rule('alerting', 'Down', 'b == 0')];
    expect(dependencies(rules)).toEqual({ known: true, reads: [[], [0], [1]], readBy: [[1], [2], []] });
  });

  it('knows that alerting rules write ALERTS', () => {
    const rules = [
      rule('alerting', 'Down', 'up == 0'),
      rule('alerting', 'Slow', 'up == 1'),
      rule('recording', 'r', 'count(ALERTS{alertname="Down"})'),
    ];
    expect(dependencies(rules)).toMatchObject({ reads: [[], [], [0]] });
  });

  it('gives up for the whole group when a selector has no name', () => {
    expect(dependencies([rule('recording', 'a', 'b'), rule('recording', 'c', '{job="x"}')])).toEqual({ known: false });
  });

  it('has nothing to say of a single rule', () => {
    expect(dependencies([rule('recording', 'a', '{job="x"}')])).toEqual({ known: true, reads: [[]], readBy: [[]] });
  });
});
