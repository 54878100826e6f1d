// Upper, lower and title case as Go has them: letter by letter, so that no letter becomes two (ß stays ß).

export function caseByRune(text: string, to: 'upper' | 'lower'): string {
  const whole = to === 'upper' ? text.toUpperCase() : text.toLowerCase();
  if (/^\p{ASCII}*$/u.test(text)) return whole;
  let out = '';
  for (const char of text) out += runeCase(char, to);
  return out;
}

function runeCase(char: string, to: 'upper' | 'lower'): string {
  if (char === '\u0130') return to === 'lower' ? 'i' : char;
  const cased = to === 'upper' ? char.toUpperCase() : char.toLowerCase();
  return [...cased].length === 1 ? cased : char;
}

/** A word goes on over an apostrophe, a point or a colon between letters, and over a point or comma between digits. */
const WORD = /[\p{L}\p{M}\p{N}_]+(?:(?<=[\p{L}\p{M}])['\u2019.:\u00b7\u2027](?=\p{L})[\p{L}\p{M}\p{N}_]+|(?<=\p{N})['\u2019.,;](?=\p{N})[\p{L}\p{M}\p{N}_]+)*/gu;

/** The first letter of each word in upper case, the others in lower case or left as they are. */
export function titleCase(text: string, rest: 'lower' | 'keep'): string {
  return text.replace(WORD, (word) => {
    const first = word.search(/\p{L}/u);
    if (first < 0) return word;
    const letter = String.fromCodePoint(word.codePointAt(first)!);
    const tail = word.slice(first + letter.length);
    return word.slice(0, first) + runeCase(letter, 'upper') + (rest === 'lower' ? caseByRune(tail, 'lower') : tail);
  });
}
