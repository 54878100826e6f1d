import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Expr, PromqlOptions } from '../../../src/promql/ast.ts';
import { childrenOf } from '../../../src/promql/ast.ts';
import { compilePromql } from '../../../src/promql/check.ts';
import { prettyPromql } from '../../../src/promql/pretty.ts';
import { printPromql } from '../../../src/promql/print.ts';
import type { RuleUse } from '../../../src/promql/uses.ts';
import { dependencies } from '../../../src/promql/uses.ts';

// What the parser of Prometheus 3.14 said of the same texts. Flags: x experimental functions, f fill modifiers, r
// extended ranges. A shape is each node's kind and start.
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/promql/${name}.json`, import.meta.url), 'utf8'));

interface Given {
  readonly expr: string;
  readonly flags?: string;
}
type Valid = Given & { readonly type: string; readonly canonical?: string; readonly shape: string };
type Invalid = Given & { readonly start: number; readonly message: string };
type Pretty = Given & { readonly pretty: string };
interface Group {
  readonly rules: readonly (readonly [kind: RuleUse['kind'], name: string, expr: string])[];
  readonly reads: readonly (readonly number[])[] | null;
  readonly readBy: readonly (readonly number[])[] | null;
}

const options = ({ flags = '' }: Given): PromqlOptions => ({
  experimentalFunctions: flags.includes('x'),
  fillModifiers: flags.includes('f'),
  extendedRanges: flags.includes('r'),
});

const NAMES: Readonly<Record<Expr['kind'], string>> = {
  number: 'num',
  string: 'str',
  selector: 'sel',
  range: 'range',
  subquery: 'sub',
  unary: 'un',
  binary: 'bin',
  aggregate: 'agg',
  call: 'call',
  paren: 'paren',
};

function shape(expr: Expr): string {
  const children = expr.kind === 'aggregate' ? childrenOf(expr).toReversed() : childrenOf(expr);
  return `(${[`${NAMES[expr.kind]} ${expr.start}`, ...children.map(shape)].join(' ')})`;
}

function compiled(given: Given): Expr {
  const parsed = compilePromql(given.expr, options(given));
  if (!parsed.ok) throw new Error(`${given.expr}: ${parsed.problems[0]!.message}`);
  return parsed.expr;
}

describe('expressions that Prometheus takes', () => {
  const cases = fixture('valid') as readonly Valid[];

  it('are many', () => expect(cases.length).toBeGreaterThanOrEqual(1500));

  it('have the same type, canonical text and structure', () => {
    const answers = cases.map((given) => {
      const expr = compiled(given);
      const canonical = printPromql(expr);
      return {
        expr: given.expr,
        ...(given.flags !== undefined && { flags: given.flags }),
        type: expr.type,
        ...(canonical !== given.expr && { canonical }),
        shape: shape(expr),
      };
    });
    expect(answers).toEqual(cases);
  });
});

describe('expressions that Prometheus refuses', () => {
  const cases = fixture('invalid') as readonly Invalid[];

  it('are many', () => expect(cases.length).toBeGreaterThanOrEqual(600));

  it('are refused at the same place with the same words', () => {
    const answers = cases.map((given) => {
      const parsed = compilePromql(given.expr, options(given));
      const { start, message } = parsed.ok ? { start: -1, message: 'accepted' } : parsed.problems[0]!;
      return { expr: given.expr, ...(given.flags !== undefined && { flags: given.flags }), start, message };
    });
    expect(answers).toEqual(cases);
  });
});

describe('`prettyPromql()`', () => {
  it('breaks lines where Prometheus does', () => {
    const cases = fixture('pretty') as readonly Pretty[];
    expect(cases.length).toBeGreaterThanOrEqual(50);
    expect(cases.map((given) => prettyPromql(compiled(given)))).toEqual(cases.map(({ pretty }) => pretty));
  });
});

describe('`dependencies()`', () => {
  it('finds what the analysis of Prometheus finds', () => {
    const cases = fixture('dependencies') as readonly Group[];
    expect(cases.length).toBeGreaterThanOrEqual(200);
    const sorted = (lists: readonly (readonly number[])[]): number[][] =>
      lists.map((list) => list.toSorted((a, b) => a - b));
    const answers = cases.map(({ rules }) => {
      const found = dependencies(rules.map(([kind, name, expr]) => ({ kind, name, expr: compiled({ expr }) })));
      if (!found.known) return { rules, reads: null, readBy: null };
      return { rules, reads: sorted(found.reads), readBy: sorted(found.readBy) };
    });
    expect(answers).toEqual(cases);
  });
});
