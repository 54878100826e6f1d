// Where in a text a mistake is, as problems say it.
import type { Problem } from '../model/problem.ts';
import { countLines, type Node, type Source } from './node.ts';
import type { ParseFailure } from './parse.ts';

export type Place = Pick<Problem, 'at' | 'excerpt'>;

export function parseProblem(failure: ParseFailure, source: Source): Problem {
  const { message, pos, length } = failure;
  return { severity: 'error', code: 'template/syntax', message, ...placeOf(source, pos, length) };
}

/** One line about a text that does not compile, as Go words it and counts: columns from 0. */
export const compileFailure = (problems: readonly Problem[]): string =>
  problems
    .map(({ code, message, at }) =>
      code === 'template/syntax' && at !== null
        ? `template: ${at.file}:${at.line}:${at.column - 1}: ${message}`
        : message,
    )
    .join('; ');

export function escapeProblem(message: string, node: Node | null): Problem {
  const code = 'template/escape';
  if (node === null) return { severity: 'error', code, message, at: null };
  return { severity: 'error', code, message, ...placeOf(node.source, node.pos, 1) };
}

/** The place in `source` for a problem. */
export function placeOf(source: Source, pos: number, length: number): Place {
  const before = source.text.slice(0, pos);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = countLines(before) + 1;
  return {
    at: { file: source.name, line, column: pos - lineStart + 1, length },
    excerpt: source.text.split('\n', line)[line - 1] ?? '',
  };
}
