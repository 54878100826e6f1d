// Title case as Go's libraries have it.

/** A word goes on over an apostrophe, a point or a colon between letters, and over a point or comma between digits. */
const WORD =
  /[\p{L}\p{M}\p{N}\p{Cf}_]+(?:(?<=[\p{L}\p{M}\p{Cf}])['\u2019.:\u00b7\u2027](?=\p{L})[\p{L}\p{M}\p{N}\p{Cf}_]+|(?<=\p{N})['\u2019.,;](?=\p{N})[\p{L}\p{M}\p{N}\p{Cf}_]+)*/gu;

/** The first letter of each word in upper case, the others in lower case or left as they are. */
export function titleCase(text: string, rest: 'lower' | 'keep'): string {
  return text.replace(WORD, (word) => {
    const first = word.search(/\p{L}/u);
    if (first < 0) return word;
    const letter = String.fromCodePoint(word.codePointAt(first)!);
    const head = word.slice(0, first + letter.length);
    // A final sigma is only known by the letters before it.
    const tail = rest === 'lower' ? word.toLowerCase().slice(head.toLowerCase().length) : word.slice(head.length);
    return word.slice(0, first) + titleLetter(letter) + tail;
  });
}

/** Letters that are two in one have a title form of their own. */
const DIGRAPHS: ReadonlyMap<string, string> = new Map(
  ['ǄǅǆǇǈǉǊǋǌǱǲǳ'].flatMap((all) => [...all].map((one, i) => [one, [...all][Math.floor(i / 3) * 3 + 1]!] as const)),
);

function titleLetter(letter: string): string {
  const [upper = '', ...others] = letter.toUpperCase();
  const isLetter = upper.toLowerCase() !== upper;
  return DIGRAPHS.get(letter) ?? upper + (isLetter ? others.join('').toLowerCase() : others.join(''));
}
