// Our Markdown has a backslash before every character of a value that would be markup. Dialects without such escapes get
// the characters by another way.

const ESCAPED = /\\([\\`*_~[\]<>|#&])/g;

/** As entities, for dialects that know those. */
export const escapesAsEntities = (markdown: string): string =>
  markdown.replace(ESCAPED, (_, char: string) => `&#${char.charCodeAt(0)};`);

/** As they are: they may be taken for markup, which is better than a backslash in every other word. */
export const withoutEscapes = (markdown: string): string => markdown.replace(ESCAPED, '$1');
