// From a place in the text of a scalar to the place in the file where it is written: through folded lines, the
// indentation of blocks, doubled quotes and escapes. Both are walked side by side; where they part, nothing is known.
import type { Span } from './source.ts';

/** In UTF-16 units; null when the file spells the text in a way this does not follow (an alias, say). */
export function offsetInFile(file: string, span: Span, text: string, offset: number): number | null {
  const end = text.trimEnd().length;
  if (end === 0) return null;
  // Behind the last character, not behind the line ends that follow it.
  if (offset >= end) {
    const last = walk(file, span, text, end - 1);
    return last === null ? null : last + 1;
  }
  return walk(file, span, text, offset);
}

type Style = 'plain' | 'single' | 'double' | 'block';

const STYLES: Readonly<Record<string, Style>> = { "'": 'single', '"': 'double', '|': 'block', '>': 'block' };

const isSpace = (char: string | undefined): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r';

function walk(file: string, { start, end }: Span, text: string, target: number): number | null {
  const style = STYLES[file.charAt(start)] ?? 'plain';
  let at = style === 'plain' ? start : style === 'block' ? file.indexOf('\n', start) + 1 : start + 1;
  let i = 0;
  while (at < end) {
    if (style === 'double') at = skipContinuations(file, at);
    if (style === 'block' && !isSpace(text[i])) at = skipSpaces(file, at);
    if (i >= target) return at;
    if (style === 'double' && file[at] === '\\') {
      const [written, meant] = escapeAt(file, at);
      i += meant;
      if (i > target) return at;
      at += written;
    } else if (isSpace(text[i])) {
      const next = skipSpaces(file, at);
      const meant = style === 'block' ? spacesAt(text, i) : foldedLength(file.slice(at, next));
      if (next === at || i + meant > target) return at + Math.min(target - i, Math.max(0, next - at - 1));
      i += meant;
      at = next;
    } else {
      if (file[at] !== text[i]) return null;
      at += style === 'single' && text[i] === "'" ? 2 : 1;
      i++;
    }
  }
  return null;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at++;
  return at;
}

const spacesAt = (text: string, from: number): number => skipSpaces(text, from) - from;

/** A line end that is escaped joins two lines without a space. */
function skipContinuations(file: string, from: number): number {
  let at = from;
  while (file[at] === '\\' && (file[at + 1] === '\n' || file[at + 1] === '\r')) at = skipSpaces(file, at + 1);
  return at;
}

/** One line end is a space; of several, each but the first stays. */
function foldedLength(spaces: string): number {
  const lines = spaces.split('\n').length - 1;
  if (lines === 0) return spaces.length;
  return lines === 1 ? 1 : lines - 1;
}

const CODE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function escapeAt(file: string, at: number): readonly [written: number, meant: number] {
  const letter = file.charAt(at + 1);
  const digits = CODE_DIGITS[letter] ?? 0;
  const isWide = letter === 'U' && Number.parseInt(file.slice(at + 2, at + 10), 16) > 0xffff;
  return [2 + digits, isWide ? 2 : 1];
}
