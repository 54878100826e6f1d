import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegex } from '../../../src/model/regex.ts';
import { compilePromql } from '../../../src/promql/check.ts';
import type { Expr } from '../../../src/promql/ast.ts';
import { childrenOf } from '../../../src/promql/ast.ts';
import { patternMatchesEmpty, patternProblem } from '../../../src/promql/pattern.ts';
import { prettyPromql } from '../../../src/promql/pretty.ts';
import { printPromql } from '../../../src/promql/print.ts';

const metric = fc.constantFrom('up', 'a:b', 'sum', 'offset', 'by', 'fill', 'start', 'http_requests_total');
const label = fc.constantFrom('job', 'on', 'le', '"a.b"', 'instance');
const quoted = fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text.replaceAll('\ufffd', '')));
const matcher = fc.tuple(label, fc.constantFrom('=', '!='), quoted).map((parts) => parts.join(''));
/** Longer ones lose milliseconds in the seconds they are counted in, as they do in Prometheus. */
const duration = fc.integer({ min: 1, max: 4 * 10 ** 9 }).map((ms) => `${ms}ms`);
const number = fc.oneof(
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('1h', '0x1F', '017'),
);
const shift = fc.constantFrom('', ' offset 5m', ' offset -1d', ' @ 12.5', ' @ end() offset 1s');

const { vector } = fc.letrec<{ vector: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(
    { maxDepth: 3 },
    number,
    fc
      .tuple(tie('scalar'), fc.constantFrom('+', '-', '*', '^', 'atan2'), tie('scalar'))
      .map((parts) => parts.join(' ')),
    tie('scalar').map((inner) => `-(${inner})`),
    tie('vector').map((inner) => `scalar(${inner})`),
  ),
  vector: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(metric, fc.array(matcher, { maxLength: 3 }), shift)
      .map(([name, list, tail]) => `${name}{${list.join(',')}}${tail}`),
    fc.tuple(metric, duration, shift).map(([name, range, tail]) => `rate(${name}[${range}]${tail})`),
    fc.tuple(tie('vector'), duration).map(([inner, range]) => `max_over_time((${inner})[${range}:])`),
    fc
      .tuple(fc.constantFrom('sum', 'MIN'), fc.array(label, { maxLength: 2 }), tie('vector'))
      .map(([op, labels, inner]) => `${op}(${inner}) by (${labels.join(',')})`),
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom('+', '/', '==', '> bool', ') ^ on (a) (', 'and', 'unless on ()'),
        tie('vector'),
      )
      .map(([left, op, right]) => (op.startsWith(')') ? `(${left}${op}${right})` : `${left} ${op} ${right}`)),
    fc.tuple(tie('vector'), fc.constantFrom('-', '%', '<'), tie('scalar')).map((parts) => parts.join(' ')),
    tie('vector').map((inner) => `-(${inner})`),
  ),
}));

/** Words and marks of the language, in any order; now and then anything else. */
const soup = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...'( ) [ ] { } , + - * ^ @ = == < > != =~ :'.split(' ')) },
      {
        weight: 20,
        arbitrary: fc.constantFrom(
          ...'a sum by offset 5m 1 rate( "x" on group_left bool and start() fill( [5m: step'.split(' '),
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 2 }) },
      { weight: 1, arbitrary: fc.constantFrom('\ud800', '\udfff', '\ufffd', '\u{1f600}', '"', '`', '\\', '#') },
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(' '));

function* nodesOf(expr: Expr): Generator<Expr> {
  yield expr;
  for (const child of childrenOf(expr)) yield* nodesOf(child);
}

function printed(text: string): string {
  const parsed = compilePromql(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems[0]!.message}`);
  return printPromql(parsed.expr);
}

describe('`printPromql()`', () => {
  test('prints what reads back to the same text, on one line or several', () => {
    fc.assert(fc.property(vector, (text) => {
      const once = printed(text);
      expect(printed(once)).toBe(once);
      const parsed = compilePromql(once);
      if (parsed.ok) expect(printed(prettyPromql(parsed.expr))).toBe(once);
    }), { numRuns: 400 }); // prettier-ignore
  });
});

describe('`compilePromql()`', () => {
  const inside = (text: string, { start, end }: { start: number; end: number }): boolean =>
    start >= 0 && start <= end && end <= text.length;

  test('never throws, and points into the text', () => {
    fc.assert(fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
      const parsed = compilePromql(text, { experimentalFunctions: true, fillModifiers: true, extendedRanges: true });
      const spans = parsed.ok ? [...nodesOf(parsed.expr)] : parsed.problems;
      expect(spans.length).toBeGreaterThan(0);
      expect(spans.filter((span) => !inside(text, span))).toEqual([]);
    }), { numRuns: 3000 }); // prettier-ignore
  });

  test('finds a child inside its parent', () => {
    fc.assert(fc.property(vector, (text) => {
      const parsed = compilePromql(text);
      if (!parsed.ok) throw new Error(parsed.problems[0]!.message);
      for (const node of nodesOf(parsed.expr)) {
        for (const child of childrenOf(node)) {
          expect([node.start <= child.start, child.end <= node.end]).toEqual([true, true]);
        }
      }
    })); // prettier-ignore
  });
});

describe('patterns of plain words', () => {
  const plain = fc
    .array(fc.constantFrom('a', '-', '|', '.', '.*', '.+', '\\.', '\\+', '/', ' '), { maxLength: 6 })
    .map((parts) => parts.join(''));

  test('are judged without compiling as the compiled ones would be', () => {
    fc.assert(fc.property(plain, (pattern) => {
      const compiled = compileRegex(`^(?s:${pattern})$`);
      expect(patternProblem(pattern)).toBe(null);
      expect(patternMatchesEmpty(pattern)).toBe(compiled.ok && compiled.regex.test(''));
    }), { numRuns: 500 }); // prettier-ignore
  });
});
