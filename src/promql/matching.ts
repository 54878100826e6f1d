// What stands between a binary operator and its right side: `bool`, `on (…)` or `ignoring (…)` with `group_left` or
// `group_right`, and fill values; and the label lists that aggregations have too.
import type { Fill, VectorMatching } from './ast.ts';
import { literalSeconds } from './duration-expr.ts';
import { unquoted } from './selector.ts';
import type { Source } from './source.ts';

export interface Modifiers {
  readonly returnBool: boolean;
  readonly matching: VectorMatching | null;
  readonly fill: Fill | null;
  /** Index of the token behind them. */
  readonly end: number;
}

export interface Labels {
  readonly names: readonly string[];
  /** Index of the token behind the closing parenthesis. */
  readonly end: number;
}

export function readModifiers(source: Source, first: number): Modifiers {
  const { tokens } = source;
  let at = first;
  const word = (): string => tokens[at]?.word ?? '';
  const returnBool = word() === 'bool';
  if (returnBool) at += 1;
  let matching: VectorMatching | null = null;
  if (word() === 'on' || word() === 'ignoring') {
    const on = word() === 'on';
    const labels = readLabels(source, at + 1);
    at = labels.end;
    matching = { on, labels: labels.names, group: null, include: [] };
    if (word() === 'group_left' || word() === 'group_right') {
      const group = word() === 'group_left' ? 'left' : 'right';
      const include = tokens[at + 1]?.word === '(' ? readLabels(source, at + 1) : { names: [], end: at + 1 };
      at = include.end;
      matching = { ...matching, group, include: include.names };
    }
  }
  let left: number | null = null;
  let right: number | null = null;
  while (tokens[at]?.kind === 'keyword' && word().startsWith('fill')) {
    const side = word();
    const value = readFillValue(source, at + 1);
    at = value.end;
    if (side !== 'fill_right') left = value.number;
    if (side !== 'fill_left') right = value.number;
  }
  const fill = left === null && right === null ? null : { left, right };
  return { returnBool, matching, fill, end: at };
}

/** From the opening parenthesis at `open`. */
export function readLabels(source: Source, open: number): Labels {
  const names: string[] = [];
  let at = open + 1;
  for (let token = source.tokens[at]!; token.word !== ')' || token.kind !== 'mark'; token = source.tokens[at]!) {
    if (token.kind !== 'mark') names.push(readLabel(source, at));
    at += 1;
  }
  return { names, end: at + 1 };
}

export function readLabel(source: Source, at: number): string {
  const token = source.tokens[at]!;
  const name = token.kind === 'string' ? unquoted(source, token, at) : token.text;
  if (name === '') source.report('invalid label name for grouping: ""', token, at);
  return name;
}

function readFillValue(source: Source, open: number): { number: number; end: number } {
  const sign = source.tokens[open + 1]!.word;
  const signed = sign === '-' || sign === '+';
  const at = signed ? open + 2 : open + 1;
  const value = literalSeconds(source, source.tokens[at]!, at);
  return { number: sign === '-' ? -value : value, end: at + 2 };
}
