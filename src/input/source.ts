// A file's text and how its offsets become places a person can find: lines and columns from 1, columns counted in
// characters (an emoji is one).
import type { Position } from '../model/problem.ts';

/** Offsets into the text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class Source {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  /** A byte order mark at the beginning is not part of the text. */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text.startsWith('\ufeff') ? text.slice(1) : text;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** Underlines the first line of the span, at least one character. */
  position(span: Span): Position {
    const start = Math.min(span.start, this.text.length);
    const line = this.lineAt(start);
    const lineStart = this.#lineStarts[line - 1]!;
    const before = this.text.slice(lineStart, start);
    const shown = this.text.slice(start, Math.min(span.end, this.#lineEnd(line))).trimEnd();
    return { file: this.file, line, column: characters(before) + 1, length: Math.max(1, characters(shown)) };
  }

  lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** The text of a line, without its end; '' for a line the file does not have. */
  excerpt(line: number): string {
    const { start, end } = this.lineSpan(line);
    return this.text.slice(start, end);
  }

  /** Without its end; empty for a line the file does not have. */
  lineSpan(line: number): Span {
    const start = this.#lineStarts[line - 1];
    return start === undefined ? { start: 0, end: 0 } : { start, end: this.#lineEnd(line) };
  }

  #lineEnd(line: number): number {
    const next = this.#lineStarts[line];
    if (next === undefined) return this.text.length;
    return this.text.charAt(next - 2) === '\r' ? next - 2 : next - 1;
  }
}

/** Far faster than counting: most text has nothing outside the sixteen-bit range. */
function characters(text: string): number {
  return text.length - (text.match(SURROGATE_PAIR)?.length ?? 0);
}

const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;
