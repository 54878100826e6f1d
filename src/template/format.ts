// The flags of one fmt verb (width, precision, + - # 0 space) and how basic values are written under them.
// Mirrors Go's fmt/format.go. What a value is and which verb suits it is print.ts.
import { isPrintable } from '../model/go-quote.ts';
import { byteLength, countRunes, isLoneSurrogate, toBytes } from './bytes.ts';
import { floatText, type FloatVerb } from './float-text.ts';
import { canBackquote, quote, quoteRune } from './quote.ts';
import type { Run } from './run.ts';

export class Formatter {
  out = '';
  width: number | null = null;
  precision: number | null = null;
  minus = false;
  plus = false;
  sharp = false;
  space = false;
  zero = false;
  /** %+v and %#v: flags of the whole value, not of its parts. */
  plusV = false;
  sharpV = false;
  protected readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  clearFlags(): void {
    this.width = null;
    this.precision = null;
    this.minus = this.plus = this.sharp = this.space = this.zero = this.plusV = this.sharpV = false;
  }

  write(text: string): void {
    this.run.room(this.out.length + text.length);
    this.out += text;
  }

  /** Pads with space, or with zeros on the left when asked to. */
  pad(text: string, zeros = this.zero): void {
    const missing = this.width === null ? 0 : this.width - countRunes(text);
    if (missing <= 0) {
      this.write(text);
      return;
    }
    this.run.room(this.out.length + missing);
    const filler = (zeros && !this.minus ? '0' : ' ').repeat(missing);
    this.write(this.minus ? text + filler : filler + text);
  }

  formatBool(value: boolean): void {
    this.pad(String(value));
  }

  formatString(text: string): void {
    this.pad(this.truncated(text));
  }

  formatQuoted(text: string): void {
    const shown = this.truncated(text);
    if (this.sharp && canBackquote(shown)) this.pad(`\`${shown}\``);
    else this.pad(quote(shown, this.plus));
  }

  private truncated(text: string): string {
    if (this.precision === null || text.length <= this.precision) return text;
    let end = 0;
    for (let left = this.precision; left > 0 && end < text.length; left--) {
      end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    }
    return text.slice(0, end);
  }

  /** %x of text: the hexadecimal digits of its bytes. */
  formatHexString(text: string, upper: boolean): void {
    this.run.room(this.out.length + byteLength(text) * 5);
    const bytes = toBytes(text);
    const shown = this.precision === null ? bytes : bytes.subarray(0, this.precision);
    const prefix = this.sharp ? (upper ? '0X' : '0x') : '';
    const digits = Array.from(shown, (byte) => hexOf(BigInt(byte), upper).padStart(2, '0'));
    const body = this.space ? digits.map((two) => prefix + two).join(' ') : prefix + digits.join('');
    this.pad(shown.length === 0 ? '' : body);
  }

  formatRune(value: bigint): void {
    this.pad(runeText(value));
  }

  formatQuotedRune(value: bigint): void {
    this.pad(quoteRune(value > 0x10ffffn || value < 0n ? 0xfffd : Number(value), this.plus));
  }

  /** %U: U+0041, with the letter itself under #. */
  formatUnicode(value: bigint): void {
    const unsigned = BigInt.asUintN(64, value);
    const digits = hexOf(unsigned, true).padStart(Math.max(4, this.precision ?? 0), '0');
    const letter = unsigned <= 0x10ffffn && isPrintable(Number(unsigned)) ? ` '${runeText(unsigned)}'` : '';
    this.pad(`U+${digits}${this.sharp ? letter : ''}`, false);
  }

  formatInteger(value: bigint, base: 2 | 8 | 10 | 16, verb: string): void {
    const negative = value < 0n;
    const size = negative ? -value : value;
    let least = 0;
    if (this.precision !== null) {
      least = this.precision;
      if (least === 0 && size === 0n) {
        this.pad('', false);
        return;
      }
    } else if (this.zero && !this.minus && this.width !== null) {
      least = this.width - (negative || this.plus || this.space ? 1 : 0);
    }
    this.run.room(this.out.length + least);
    let digits = size.toString(base).padStart(least, '0');
    if (verb === 'X') digits = digits.toUpperCase();
    if (this.sharp) {
      if (base === 2) digits = `0b${digits}`;
      else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
      else if (base === 16) digits = (verb === 'X' ? '0X' : '0x') + digits;
    }
    if (verb === 'O') digits = `0o${digits}`;
    const sign = negative ? '-' : this.plus ? '+' : this.space ? ' ' : '';
    this.pad(sign + digits, false);
  }

  formatFloat(value: number, verb: FloatVerb, defaultPrecision: number): void {
    const precision = this.precision ?? defaultPrecision;
    this.run.room(this.out.length + precision);
    let text = floatText(value, verb, precision);
    if (!/^[-+]/.test(text)) text = `+${text}`;
    if (this.space && text[0] === '+' && !this.plus) text = ` ${text.slice(1)}`;
    if (text[1] === 'I' || text[1] === 'N') {
      const bare = text[1] === 'N' && !this.space && !this.plus;
      this.pad(bare ? text.slice(1) : text, false);
      return;
    }
    if (this.sharp && verb !== 'b') text = withPoint(text, verb, precision);
    if (!this.plus && text[0] === '+') {
      this.pad(text.slice(1));
      return;
    }
    const missing = this.width === null ? 0 : this.width - text.length;
    if (this.zero && !this.minus && missing > 0) {
      this.run.room(this.out.length + missing);
      this.write(text[0]! + '0'.repeat(missing) + text.slice(1));
    } else this.pad(text);
  }
}

const hexOf = (value: bigint, upper: boolean): string => {
  const digits = value.toString(16);
  return upper ? digits.toUpperCase() : digits;
};

function runeText(value: bigint): string {
  const point = value < 0n || value > 0x10ffffn ? 0xfffd : Number(value);
  return isLoneSurrogate(point) ? '\ufffd' : String.fromCodePoint(point);
}

/** The # flag keeps the point and the zeros behind it. */
function withPoint(text: string, verb: FloatVerb, precision: number): string {
  let missing = 0;
  if (verb === 'g' || verb === 'G' || verb === 'x') missing = precision === -1 ? 6 : precision;
  const isHex = verb === 'x' || verb === 'X';
  const tailAt = text.search(isHex ? /[pP]/ : /[eE]/);
  let body = tailAt < 0 ? text : text.slice(0, tailAt);
  const tail = tailAt < 0 ? '' : text.slice(tailAt);
  let significant = false;
  for (const char of body.slice(1)) {
    if (char === '.') continue;
    significant ||= char !== '0';
    if (significant) missing--;
  }
  if (!body.includes('.')) {
    if (body.length === 2 && body[1] === '0') missing--;
    body += '.';
  }
  return body + '0'.repeat(Math.max(0, missing)) + tail;
}
