// The built-in escapers of text templates, html, js and urlquery, and the URL coding that other functions share.
import { isLoneSurrogate, toBytes } from './bytes.ts';
import { isPrintable } from '../model/go-quote.ts';

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};
export const escapeHtml = (text: string): string => text.replace(/[\0"'&<>]/g, (char) => HTML[char]!);

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, (char) => {
    const known = JS[char];
    if (known !== undefined) return known;
    const point = char.codePointAt(0)!;
    return isLoneSurrogate(point) || isPrintable(point)
      ? char
      : `\\u${point.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

const hexByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** Form coding: a space becomes +. */
export function escapeQuery(text: string): string {
  let out = '';
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(char)) out += char;
    else out += byte === 0x20 ? '+' : hexByte(byte);
  }
  return out;
}

/** Coding for one segment of a path. */
export function escapePath(text: string): string {
  let out = '';
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9_.~$&+=:@-]/.test(char) ? char : hexByte(byte);
  }
  return out;
}
