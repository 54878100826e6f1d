// White space as Go's `unicode.IsSpace` has it. JavaScript's \s differs: it has U+FEFF and lacks U+0085.

const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

export const isSpace = (char: string): boolean => SPACE.test(char);
