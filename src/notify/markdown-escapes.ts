// Our Markdown has a backslash before every character of a value that would be markup. Dialects without such escapes get
// the characters by another way.

const ESCAPED = /\\([\\`*_~[\]<>|#&])/g;

/** As entities, for dialects that know those. */
export const escapesAsEntities = (markdown: string): string =>
  markdown.replace(ESCAPED, (_, char: string) => `&#${char.charCodeAt(0)};`);

/** As they are, for plain text. */
export const withoutEscapes = (markdown: string): string => markdown.replace(ESCAPED, '$1');

/** Plain text, as our Markdown has it. */
export const withEscapes = (plain: string): string => plain.replace(/[\\`*_~[\]<>|#&]/g, '\\$&');

/** As their full-width twins, for dialects that know neither, wherever they could be a mark or a part of one. */
export const escapesAsLookalikes = (markdown: string): string =>
  markdown
    .replace(ESCAPED, (_, char: string, at: number) => {
      const before = markdown.slice(Math.max(0, at - LOOK), at);
      const after = markdown.slice(at + 2, at + 2 + LOOK);
      return HARMLESS[char]?.(before, after) === true ? char : fullWidth(char);
    })
    .replace(RULE, '\u200b$&');

const LOOK = 64;

const fullWidth = (char: string): string => String.fromCharCode(char.charCodeAt(0) + 0xfee0);

/** After what may stand before the first word of a line; nothing else for as far as we look is as good as its start. */
const STARTS_LINE = /(?:^|[\n\r\u2028\u2029])(?:[\s>+*-]|\d+[.)])*$/;

/** A line below a text that makes it a heading. */
const RULE = /(?<=\S[^\S\n]*[\n\r\u2028\u2029])[ \t]*(?:=+|-+)[ \t]*$/gm;

type Judge = (before: string, after: string) => boolean;

const HARMLESS: Readonly<Record<string, Judge>> = {
  // Windows' paths have letters after it.
  '\\': (_, after) => /^[\p{L}\p{N}\s]/u.test(after),
  _: (before, after) => /[\p{L}\p{N}]$/u.test(before) && /^[\p{L}\p{N}]/u.test(after),
  '<': (_, after) => /^[\s=]/.test(after),
  '>': (before) => !STARTS_LINE.test(before),
  '#': (before) => !STARTS_LINE.test(before),
  // Of tables only.
  '|': () => true,
  // An entity would be shown as what it stands for, a mark perhaps.
  '&': (_, after) => !/^(?:\\#)?\w+;/.test(after),
};
