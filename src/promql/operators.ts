// Operators and modifiers applied to their operands with Prometheus' precedence. The pieces come in the order of the
// text: the grammar of lezer-promql lets `offset`, `@` and `[…]` take everything in front of them (`a + b offset
// 5m`) and a sign its number before `^` (`-1 ^ 2`), so its own nesting at this level is not used.
import type { BinaryOp, Expr, ValueType } from './ast.ts';
import { readModifiers } from './matching.ts';
import { applyPostfix } from './postfix.ts';
import type { Postfix } from './postfix.ts';
import type { Source } from './source.ts';
import { brokenExpr } from './source.ts';

export type Piece =
  | { readonly kind: 'operand'; readonly expr: Expr; readonly last: number }
  | { readonly kind: 'sign'; readonly token: number }
  | { readonly kind: 'operator'; readonly token: number }
  | Postfix;

const SIGN = 5;
const POWER = 6;
/** From the loosest to the tightest. */
const LEVELS: readonly (readonly BinaryOp[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>', '</', '>/'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];

interface Operator {
  readonly op: BinaryOp;
  readonly precedence: number;
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  LEVELS.flatMap((ops, level) => ops.map((op): [string, Operator] => [op, { op, precedence: level + 1 }])),
);

interface Built {
  readonly expr: Expr;
  /** Index of its last token. */
  readonly last: number;
}

export function associate(source: Source, pieces: readonly Piece[]): Built {
  return new Associator(source, pieces).binary(0);
}

class Associator {
  readonly #source: Source;
  readonly #pieces: readonly Piece[];
  #next = 0;

  constructor(source: Source, pieces: readonly Piece[]) {
    this.#source = source;
    this.#pieces = pieces;
  }

  binary(above: number): Built {
    let left = this.#signed();
    for (let piece = this.#pieces[this.#next]; piece?.kind === 'operator'; piece = this.#pieces[this.#next]) {
      const { op, precedence } = OPERATORS.get(this.#source.tokens[piece.token]!.word)!;
      if (precedence <= above) break;
      this.#next += 1;
      const right = this.binary(precedence === POWER ? precedence - 1 : precedence);
      left = { expr: this.#join(op, piece.token, left.expr, right), last: right.last };
    }
    return left;
  }

  #signed(): Built {
    const piece = this.#pieces[this.#next];
    if (piece?.kind !== 'sign') return this.#operand();
    this.#next += 1;
    const token = this.#source.tokens[piece.token]!;
    const { expr, last } = this.binary(SIGN);
    const { start } = token;
    const minus = token.word === '-';
    if (expr.kind === 'number') return { expr: { ...expr, value: minus ? -expr.value : expr.value, start }, last };
    return { expr: { kind: 'unary', type: expr.type, op: minus ? '-' : '+', expr, start, end: expr.end }, last };
  }

  #operand(): Built {
    const piece = this.#pieces[this.#next];
    if (piece?.kind !== 'operand') throw new Error('an operand was expected here');
    let { expr, last } = piece;
    this.#next += 1;
    for (let next = this.#pieces[this.#next]; isPostfix(next); next = this.#pieces[this.#next]) {
      this.#next += 1;
      expr = applyPostfix(this.#source, expr, next);
      last = next.last;
    }
    return { expr, last };
  }

  #join(op: BinaryOp, token: number, left: Expr, { expr: right, last }: Built): Expr {
    const modifiers = readModifiers(this.#source, token + 1);
    const { tokens, options } = this.#source;
    const span = { start: left.start, end: right.end };
    if (modifiers.fill !== null && options.fillModifiers !== true) {
      this.#source.report('binop fill modifiers are experimental and not enabled', span, last + 0.5);
      return brokenExpr(span);
    }
    const { returnBool, matching, fill } = modifiers;
    const { start: opStart } = tokens[token]!;
    const opEnd = tokens[modifiers.end - 1]!.end;
    const type: ValueType = left.type === 'scalar' && right.type === 'scalar' ? 'scalar' : 'vector';
    return { kind: 'binary', type, op, left, right, returnBool, matching, fill, opStart, opEnd, ...span };
  }
}

const isPostfix = (piece: Piece | undefined): piece is Postfix =>
  piece?.kind === 'offset' || piece?.kind === 'at' || piece?.kind === 'square' || piece?.kind === 'edge';
