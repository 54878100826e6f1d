import { describe, expect, it } from 'vitest';
import type { Expr } from '../../../src/promql/ast.ts';
import { compilePromql } from '../../../src/promql/check.ts';
import { parsePromql } from '../../../src/promql/parse.ts';
import { printPromql } from '../../../src/promql/print.ts';
import { LONGEST_EXPRESSION, MOST_OPEN } from '../../../src/promql/size.ts';

function parsed(text: string): Expr {
  const result = parsePromql(text, { fillModifiers: true });
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.expr;
}

const firstProblem = (text: string): string => {
  const result = compilePromql(text);
  return result.ok ? 'accepted' : `${result.problems[0]!.start}: ${result.problems[0]!.message}`;
};

describe('`parsePromql()` gives', () => {
  it('a selector with its matchers, offset and @', () => {
    expect(parsed(`up{job="api", "a.b"=~'x|y'} offset -1h30m @ 1.5`)).toEqual({
      kind: 'selector',
      type: 'vector',
      name: 'up',
      matchers: [
        { name: 'job', op: '=', value: 'api' },
        { name: 'a.b', op: '=~', value: 'x|y' },
      ],
      offset: -5_400_000,
      at: 1500,
      edge: null,
      start: 0,
      end: 47,
    });
  });

  it('a quoted metric name as a matcher', () => {
    expect(parsed('{"metric.name"}')).toMatchObject({
      name: null,
      matchers: [{ name: '__name__', op: '=', value: 'metric.name' }],
    });
  });

  it('a range whose offset belongs to the selector', () => {
    expect(parsed('up[5m] offset 1m @ end()')).toMatchObject({
      kind: 'range',
      range: 300_000,
      selector: { name: 'up', offset: 60_000, at: 'end' },
    });
  });

  it('a subquery with its step, and without', () => {
    expect(parsed('up[1h:30s] @ start()')).toMatchObject({
      kind: 'subquery',
      range: 3_600_000,
      step: 30_000,
      at: 'start',
    });
    expect(parsed('up[1h:]')).toMatchObject({ step: null, at: null, offset: 0 });
  });

  it('a binary operator with matching, and the place of the operator', () => {
    expect(parsed('a / ignoring (x) group_left (y, "z z") b')).toMatchObject({
      kind: 'binary',
      op: '/',
      matching: { on: false, labels: ['x'], group: 'left', include: ['y', 'z z'] },
      fill: null,
      returnBool: false,
      opStart: 2,
      opEnd: 38,
    });
    expect(parsed('a > bool b')).toMatchObject({ op: '>', returnBool: true, matching: null });
    expect(parsed('a + fill_right(-1) fill_left(2) b')).toMatchObject({ fill: { left: 2, right: -1 } });
  });

  it('an aggregation with labels on either side', () => {
    const expected = {
      kind: 'aggregate',
      op: 'topk',
      grouping: ['x'],
      without: true,
      param: { value: 3 },
      expr: { name: 'a' },
    };
    expect(parsed('topk without (x) (3, a)')).toMatchObject(expected);
    expect(parsed('TOPK(3, a) WITHOUT (x)')).toMatchObject(expected);
  });

  it('numbers with their sign folded in, unless an operator binds tighter', () => {
    expect(parsed('-1')).toMatchObject({ kind: 'number', value: -1, start: 0 });
    expect(parsed('- 1h')).toMatchObject({ kind: 'number', value: -3600, isDuration: true });
    expect(parsed('-1 ^ 2')).toMatchObject({ kind: 'unary', expr: { kind: 'binary', op: '^' } });
  });
});

const bindings: readonly (readonly [text: string, operators: string])[] = [
  ['a + b * c', '(a + (b * c))'],
  ['a * b + c', '((a * b) + c)'],
  ['a ^ b ^ c', '(a ^ (b ^ c))'],
  ['a - b - c', '((a - b) - c)'],
  ['a or b and c unless d', '(a or ((b and c) unless d))'],
  ['a == b + c', '(a == (b + c))'],
  ['a atan2 b * c', '((a atan2 b) * c)'],
  ['-a ^ b', '-(a ^ b)'],
  ['-a * b', '(-a * b)'],
  ['a ^ -b * c', '((a ^ -b) * c)'],
  ['a </ b + c', '(a </ (b + c))'],
];

function grouped(expr: Expr): string {
  if (expr.kind === 'binary') return `(${grouped(expr.left)} ${expr.op} ${grouped(expr.right)})`;
  return expr.kind === 'unary' ? expr.op + grouped(expr.expr) : printPromql(expr);
}

describe('operators bind as in Prometheus', () => {
  it.each(bindings)('%s', (text, expected) => expect(grouped(parsed(text))).toBe(expected));

  it('with modifiers closer than any operator', () => {
    expect(parsed('a + b offset 5m')).toMatchObject({ right: { name: 'b', offset: 300_000 } });
    expect(parsed('-b[5m]')).toMatchObject({ kind: 'unary', expr: { kind: 'range' } });
    expect(parsed('a ^ b @ 5')).toMatchObject({ right: { at: 5000 } });
  });
});

describe('positions', () => {
  it('count UTF-16 units, as JavaScript does', () => {
    expect(firstProblem('{a="\u{1f600}"} bar')).toBe('9: unexpected identifier "bar"');
  });

  it('of several findings come in Prometheus’ order', () => {
    const result = compilePromql('foo{a=~"("} + bar(1) + sum()');
    expect(result).toEqual({
      ok: false,
      problems: [
        { message: 'error parsing regexp: missing closing ): `(`', start: 4, end: 10 },
        { message: 'unknown function with name "bar"', start: 14, end: 17 },
        { message: 'no arguments for aggregate expression provided', start: 23, end: 28 },
      ],
    });
  });
});

const different: readonly (readonly [why: string, text: string, ours: string])[] = [
  [
    'our texts are Unicode: bytes that are not UTF-8 cannot be held',
    String.raw`foo{a="\xff"}`,
    '6: string is not valid UTF-8',
  ],
  [
    'Prometheus takes the smallest integer for it and prints `--106751d…`',
    'foo offset NaN',
    '11: duration out of range',
  ],
  ['Prometheus points at the comment', '1 # c\n== 1', '6: comparisons between scalars must use BOOL modifier'],
];

describe('`compilePromql()` differs from Prometheus on purpose', () => {
  it.each(different)('%s', (_, text, ours) => expect(firstProblem(text)).toBe(ours));
});

describe('an expression of a shape that was read before', () => {
  it.each([
    ['sum by (a) (rate(up{b="c"}[5m])) > 1', 'sum by(job)(rate(  other_metric{instance =  "x y"}[1h]))   >   23'],
    ['a + b', 'c:d - e_f'],
  ])('%s, then %s: has its own names and places', (first, second) => {
    parsePromql(first);
    const parsed = parsePromql(second);
    const around = parsePromql(`(${second}) unless z`);
    if (!parsed.ok || !around.ok || around.expr.kind !== 'binary' || around.expr.left.kind !== 'paren') {
      throw new Error('it is read');
    }
    expect(printPromql(parsed.expr)).toBe(printPromql(around.expr.left.expr));
    expect(parsed.expr.end).toBe(second.length);
  });

  it('fails at its own place', () => {
    expect(parsePromql('sum(a b)')).toMatchObject({ ok: false, problems: [{ start: 6, end: 7 }] });
    expect(parsePromql('sum(abc   de)')).toMatchObject({ ok: false, problems: [{ start: 10, end: 12 }] });
  });
});

describe('size limits', () => {
  const row = (count: number): string => Array.from({ length: count }, () => 'sum by (a) (rate(b[5m]))').join(' or ');

  it('refuse an expression that is too long', () => {
    const text = `a${' '.repeat(LONGEST_EXPRESSION)}`;
    expect(firstProblem(text)).toBe('0: expression is longer than 65536 characters');
    expect(firstProblem(text.slice(0, LONGEST_EXPRESSION))).toBe('accepted');
  });

  it('leave room for long rows and deep nesting', () => {
    expect(firstProblem(row(400))).toBe('accepted');
    expect(firstProblem(`${'('.repeat(MOST_OPEN)}a${')'.repeat(MOST_OPEN)}`)).toBe('accepted');
    expect(firstProblem(`${'abs(-'.repeat(MOST_OPEN / 2)}a${')'.repeat(MOST_OPEN / 2)}`)).toBe('accepted');
    expect(firstProblem(`${'(a or '.repeat(MOST_OPEN / 2)}a${')'.repeat(MOST_OPEN / 2)}`)).toBe('accepted');
  });

  it('refuse what is deeper, at the place where it is too much', () => {
    const message = 'expression is too deep: more than 500 operators and brackets are open';
    expect(firstProblem('('.repeat(60_000))).toBe(`500: ${message}`);
    expect(firstProblem('a+'.repeat(30_000))).toBe(`1001: ${message}`);
    expect(firstProblem(`-`.repeat(60_000))).toBe(`500: ${message}`);
  });

  it('do not count what is closed again', () => {
    expect(
      firstProblem(`label_join(${Array.from({ length: 2000 }, (_, i) => (i === 0 ? 'a' : '"b"')).join(',')})`),
    ).toBe('accepted');
  });
});
