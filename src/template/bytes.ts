// Go's strings are bytes, JavaScript's are UTF-16. A template string is ordinary text except that a byte which is
// not part of valid UTF-8 (a slice through the middle of a letter, "\xff") is held as the lone surrogate
// U+DC80 … U+DCFF. `wellFormed` gives the text to the outside, as Go would when it is read as UTF-8.
import { Buffer } from 'node:buffer';

export function byteLength(text: string): number {
  return text.isWellFormed() ? Buffer.byteLength(text) : toBytes(text).length;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** The byte a lone surrogate stands for, -1 for anything else. */
export const loneByte = (unit: number): number => (unit >= 0xdc80 && unit <= 0xdcff ? unit - 0xdc00 : -1);

export function toBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isHigh(unit) && i + 1 < text.length && isLow(text.charCodeAt(i + 1))) i++;
    else if (loneByte(unit) >= 0) {
      parts.push(Buffer.from(text.slice(from, i)), Uint8Array.of(loneByte(unit)));
      from = i + 1;
    }
  }
  parts.push(Buffer.from(text.slice(from)));
  return Buffer.concat(parts);
}

export function fromBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  if (!text.includes('\ufffd')) return text;
  let out = '';
  let i = 0;
  while (i < bytes.length) {
    const width = validWidth(bytes, i);
    if (width === 0) out += String.fromCharCode(0xdc00 + bytes[i]!);
    else out += Buffer.from(bytes.buffer, bytes.byteOffset + i, width).toString();
    i += width || 1;
  }
  return out;
}

export function sliceBytes(text: string, from: number, to: number): string {
  return fromBytes(toBytes(text).subarray(from, to));
}

/** The text as a reader of UTF-8 gets it: bytes that meet again are joined, the rest are U+FFFD. */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : fromBytes(toBytes(text)).toWellFormed();
}

/** Code points in Go's sense: a stray byte counts as one. */
export function countRunes(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if (isHigh(text.charCodeAt(i)) && isLow(text.charCodeAt(i + 1))) {
      count--;
      i++;
    }
  }
  return count;
}

export const isLoneSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;

/** How many bytes the UTF-8 sequence at `i` has, 0 when it is not valid. */
function validWidth(bytes: Uint8Array, i: number): number {
  const first = bytes[i]!;
  if (first < 0x80) return 1;
  const width = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || i + width > bytes.length) return 0;
  const second = bytes[i + 1]!;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let k = 2; k < width; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  return width;
}
