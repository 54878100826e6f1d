// How wide a text stands where letters have one width: terminals, and mail read as it was written.

/** Characters that take two cells. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** @param char one code point */
export const isWide = (char: string): boolean => WIDE.test(char);

export function cellsOf(text: string): number {
  let cells = 0;
  for (const char of text) cells += isWide(char) ? 2 : 1;
  return cells;
}

/** Between these a line may end: words, and characters that stand alone. A space belongs to the word before it. */
const PIECES = new RegExp(`${WIDE.source}[，。、；：！？）」』】》]? *|(?:(?!${WIDE.source})[^ ])+ *| +`, 'gu');

/** Lines no wider than this, but for words that are; the lines there are stay. */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrappedLine(line, width))
    .join('\n');
}

function wrappedLine(line: string, width: number): string {
  const lines: string[] = [];
  let current = '';
  let cells = 0;
  for (const [piece] of line.matchAll(PIECES)) {
    if (current !== '' && cells + cellsOf(piece.trimEnd()) > width) {
      lines.push(current.trimEnd());
      current = '';
      cells = 0;
    }
    current += piece;
    cells += cellsOf(piece);
  }
  return [...lines, current.trimEnd()].join('\n');
}
