// Upper and lower case as Go has them: letter by letter, so that no letter becomes two (ß stays ß).

export function caseByRune(text: string, to: 'upper' | 'lower'): string {
  const whole = to === 'upper' ? text.toUpperCase() : text.toLowerCase();
  if (/^\p{ASCII}*$/u.test(text)) return whole;
  let out = '';
  for (const char of text) out += runeCase(char, to);
  return out;
}

function runeCase(char: string, to: 'upper' | 'lower'): string {
  if (char === '\u0130') return to === 'lower' ? 'i' : char;
  if (to === 'upper' && IOTA_SUBSCRIPT.test(char)) return withIotaAdscript(char);
  const cased = to === 'upper' ? char.toUpperCase() : char.toLowerCase();
  return [...cased].length === 1 ? cased : char;
}

/** Greek letters that become two in JavaScript and have a capital of their own all the same. */
const IOTA_SUBSCRIPT = /^[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7\u1fb3\u1fc3\u1ff3]$/;

function withIotaAdscript(char: string): string {
  const code = char.charCodeAt(0);
  return String.fromCharCode(code + (code < 0x1fb0 ? 8 : 9));
}
