// Texts that have to be short: cut between characters, with an ellipsis for what is gone.

const ELLIPSIS = '…';

/** At most `most` code points, as Go counts characters. */
export const cutRunes = (text: string, most: number): string => cut(text, { most, reserve: 1, sizeOf: () => 1 });

/** At most `most` bytes of UTF-8. */
export const cutBytes = (text: string, most: number): string => cut(text, { most, reserve: 3, sizeOf: bytesOf });

/** At most `most` UTF-16 code units. */
export const cutUnits = (text: string, most: number): string =>
  cut(text, { most, reserve: 1, sizeOf: (char) => char.length });

interface Measure {
  readonly most: number;
  /** What the ellipsis takes. */
  readonly reserve: number;
  readonly sizeOf: (char: string) => number;
}

function cut(text: string, { most, reserve, sizeOf }: Measure): string {
  // No unit of UTF-16 is more than three bytes.
  if (text.length * 3 <= most) return text;
  let size = 0;
  let at = 0;
  let end = 0;
  for (const char of text) {
    size += sizeOf(char);
    if (size > most) return text.slice(0, end) + ELLIPSIS;
    at += char.length;
    if (size <= most - reserve) end = at;
  }
  return text;
}

function bytesOf(char: string): number {
  const code = char.codePointAt(0)!;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
