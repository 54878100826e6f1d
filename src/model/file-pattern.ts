// Names of files as patterns, as Go's filepath.Match reads them: `*`, `?`, `[a-z]`, `[^a]`, `\` before a special
// character; leading dots are nothing special. A pattern is read one segment of its path at a time.

type Part = { readonly kind: 'star' } | { readonly kind: 'one'; readonly accepts: (char: string) => boolean };

export const PATTERN_HINT = 'a set is written [a-z]; [ as a character of the name is written \\[';

/** What is wrong with the pattern of a whole path, or null. */
export function patternFault(pattern: string): string | null {
  const faulty = pattern.split('/').some((segment) => partsOf(segment) === null);
  return faulty ? 'syntax error in pattern' : null;
}

export const hasWildcards = (segment: string): boolean => /[*?[\\]/.test(segment);

/** In steps of pattern times name: after a mismatch only the last star is stretched. */
export function matchesName(segment: string, name: string): boolean {
  const parts = partsOf(segment);
  if (parts === null) return false;
  const chars = [...name];
  let part = 0;
  let at = 0;
  let star: { part: number; at: number } | null = null;
  while (at < chars.length) {
    const current = parts[part];
    if (current?.kind === 'star') star = { part: part++, at };
    else if (current?.accepts(chars[at]!) === true) {
      part++;
      at++;
    } else if (star !== null) {
      star.at++;
      part = star.part + 1;
      at = star.at;
    } else return false;
  }
  while (parts[part]?.kind === 'star') part++;
  return part === parts.length;
}

/** null: a bracket or an escape is never ended. */
function partsOf(segment: string): readonly Part[] | null {
  const parts: Part[] = [];
  const chars = [...segment];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (char === '*') parts.push({ kind: 'star' });
    else if (char === '?') parts.push({ kind: 'one', accepts: () => true });
    else if (char === '[') {
      const set = setAt(chars, i);
      if (set === null) return null;
      parts.push({ kind: 'one', accepts: set.accepts });
      i = set.end;
    } else {
      const literal = char === '\\' ? chars[++i] : char;
      if (literal === undefined) return null;
      parts.push({ kind: 'one', accepts: (other) => other === literal });
    }
  }
  return parts;
}

interface CharSet {
  readonly accepts: (char: string) => boolean;
  readonly end: number;
}

/** `[a-z_]`, `[^0-9]`. As Go has it, `]` and `-` stand for themselves only behind a `\`, and no set is empty. */
function setAt(chars: readonly string[], open: number): CharSet | null {
  let i = open + 1;
  const negated = chars[i] === '^';
  if (negated) i++;
  const ranges: (readonly [from: number, to: number])[] = [];
  const next = (): number | undefined => {
    if (chars[i] === '-' || chars[i] === ']') return undefined;
    if (chars[i] === '\\') i++;
    return chars[i++]?.codePointAt(0);
  };
  while (ranges.length === 0 || chars[i] !== ']') {
    const from = next();
    let to = from;
    if (chars[i] === '-') {
      i++;
      to = next();
    }
    if (from === undefined || to === undefined) return null;
    ranges.push([from, to]);
  }
  const isIn = (char: string): boolean => {
    const code = char.codePointAt(0)!;
    return ranges.some(([from, to]) => code >= from && code <= to);
  };
  return { accepts: (char) => isIn(char) !== negated, end: i };
}
