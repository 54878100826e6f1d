// Texts whose room depends on what they are made of: JSON spells some characters in six.
import { cutBytes } from './cut-text.ts';

/** As much of the text as `fits` allows, found by halves; `fits` is true of '' and false for longer texts once it is. */
export function cutToFit(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  let [good, bad] = [0, Buffer.byteLength(text)];
  while (bad - good > 1) {
    const bytes = Math.floor((good + bad) / 2);
    if (fits(cutBytes(text, bytes))) good = bytes;
    else bad = bytes;
  }
  return cutBytes(text, good);
}
