// A finding about something a person wrote: collected, never thrown. The same text reaches CLI, API and log.
import { isWide } from './cells.ts';

export interface Position {
  readonly file: string;
  readonly line: number; // from 1
  readonly column: number; // from 1, in characters
  /** How many characters the caret line underlines. */
  readonly length: number;
}

export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable and short, as `config/unknown-field`; every code is listed in README. */
  readonly code: string;
  readonly message: string;
  readonly at: Position | null;
  /** What to do about it, as `did you mean "group_by"?`. */
  readonly hint?: string;
  /** The line of the file the position is in. */
  readonly excerpt?: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** By place. What an alias repeats is found several times at one place and told once. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const told = new Map<string, Problem>();
  for (const problem of problems) {
    const { at, code, message } = problem;
    told.set(JSON.stringify([at?.line, at?.column, code, message]), problem);
  }
  return [...told.values()].toSorted(
    (a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}

/**
 *   belfry.yml:3:5: error: unknown field "recevier" in route
 *      3 |     recevier: team
 *        |     ^^^^^^^^ did you mean "receiver"?
 */
export function printProblem(problem: Problem): string {
  const { at, excerpt, hint } = problem;
  const where = at === null ? '' : `${at.file}:${at.line}:${at.column}: `;
  const head = `${where}${problem.severity}: ${problem.message}`;
  if (at === null || excerpt === undefined) return hint === undefined ? head : `${head}\n  ${hint}`;
  const number = String(at.line).padStart(5);
  const { line, lead, marked } = underline(excerpt, at);
  return `${head}\n${number} | ${line}\n${' '.repeat(5)} | ${lead}${marked}${hint === undefined ? '' : ` ${hint}`}`;
}

const WIDEST = 160;
const BEFORE = 80;
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Of a long line only the part around the place is shown. */
function underline(excerpt: string, { column, length }: Position): { line: string; lead: string; marked: string } {
  const chars = [...excerpt.replace(CONTROL, '\ufffd')];
  const start = Math.min(column - 1, chars.length);
  const from = chars.length > WIDEST ? Math.max(0, Math.min(start - BEFORE, chars.length - WIDEST)) : 0;
  const to = Math.min(chars.length, from + WIDEST);
  const before = from > 0 ? '…' : '';
  // So that the carets still stand below what they mean.
  const cells = (char: string, mark: string): string => (isWide(char) ? mark + mark : mark);
  const lead = chars.slice(from, start).map((char) => (char === '\t' ? char : cells(char, ' ')));
  const marked = chars.slice(start, Math.min(to, start + length)).map((char) => cells(char, '^'));
  return {
    line: before + chars.slice(from, to).join('') + (to < chars.length ? '…' : ''),
    lead: (before === '' ? '' : ' ') + lead.join(''),
    marked: marked.join('') || '^',
  };
}
