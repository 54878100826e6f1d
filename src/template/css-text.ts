// CSS escapes in strings and names: \26, \"; undone to look at a value, made to put one in.

export function decodeCss(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[\t\n\f\r ])?|([^])|$)/gu,
    (_all, hex?: string, char?: string) => {
      if (hex === undefined) return char ?? '';
      const point = Number.parseInt(hex, 16);
      if (point <= 0x10ffff) return String.fromCodePoint(point);
      return String.fromCodePoint(point >> 4) + hex.at(-1)!;
    },
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\9',
  '\n': '\\a',
  '\f': '\\c',
  '\r': '\\d',
  '"': '\\22',
  '&': '\\26',
  "'": '\\27',
  '(': '\\28',
  ')': '\\29',
  '+': '\\2b',
  '/': '\\2f',
  ':': '\\3a',
  ';': '\\3b',
  '<': '\\3c',
  '>': '\\3e',
  '\\': '\\\\',
  '{': '\\7b',
  '}': '\\7d',
};

/** A space ends an escape that a digit or space would run into. */
export function escapeCss(text: string): string {
  return text.replace(/[\0\t\n\f\r"&'()+/:;<>\\{}]/g, (char, at: number) => {
    const escaped = ESCAPES[char]!;
    const next = text[at + 1] ?? '';
    return char !== '\\' && /^[0-9a-fA-F\t\n\f\r ]?$/.test(next) ? `${escaped} ` : escaped;
  });
}

/** Null when the value could leave its place: quotes, brackets, comments, expressions. */
export function safeCssValue(text: string): string | null {
  const value = decodeCss(text);
  if (/[\0"'()/;@[\\\]`{}<>]|--/.test(value)) return null;
  const name = value.replace(/[^a-zA-Z0-9_]/g, '').toLowerCase();
  return /expression|mozbinding/.test(name) ? null : value;
}
