// PromQL's numbers and durations: how far one reaches, and its value. Numbers are Go's: decimal with underscores,
// octal behind a 0, hexadecimal. A duration's order of units is checked with its value, not while reading.
import { goQuote } from '../model/go-quote.ts';

export type LexedNumber =
  | { readonly kind: 'number' | 'duration'; readonly end: number }
  | { readonly kind: 'bad'; readonly message: string };

const DECIMAL = '0123456789';
const HEX = '0123456789abcdefABCDEF';
const FIRST_UNITS = 'smhdwy';
const LATER_UNITS = 'smhdw';

export function lexNumberOrDuration(text: string, start: number): LexedNumber {
  const scan = new Scan(text, start);
  if (scan.number()) return { kind: 'number', end: scan.at };
  if (scan.restOfDuration()) return { kind: 'duration', end: scan.at };
  return { kind: 'bad', message: `bad number or duration syntax: ${goQuote(text.slice(start, scan.at))}` };
}

/**
 * A reader that stops where Prometheus' stops, since the error text quotes what was read: a number that turns out
 * not to be one is read on as a duration from there, and a failure includes the character that broke it.
 */
class Scan {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  number(): boolean {
    const start = this.at;
    let digits = DECIMAL;
    if (this.#accept('0') && this.#accept('xX')) {
      this.#accept('_');
      digits = HEX;
    }
    this.#accept('.');
    this.#accept(digits);
    let dots = 0;
    let exponents = 0;
    while (this.#is(`${digits}._eE`)) {
      if (this.#is('.') && dots > 0) return this.#refuse('.');
      if (this.#is('eE') && exponents > 0) return this.#refuse('eE');
      if (this.#accept('.')) {
        dots += 1;
        if (this.#accept('_.') || digits === HEX) return false;
      } else if (this.#accept('eE')) {
        exponents += 1;
        this.#accept('+-');
        if (this.#accept('._eE') || this.#atEnd()) return false;
      } else if (this.#accept('_')) {
        if (this.#accept('._eE') || this.#atEnd()) return false;
      } else {
        while (this.#accept(digits));
      }
    }
    return this.at > start && !this.#isWord();
  }

  restOfDuration(): boolean {
    if (!this.#accept(FIRST_UNITS)) return false;
    this.#accept('s'); // of `ms`
    while (this.#accept(DECIMAL)) {
      while (this.#accept(DECIMAL));
      if (!this.#accept(LATER_UNITS)) return false;
      this.#accept('s');
    }
    if (!this.#isWord()) return true;
    this.at += 1;
    return false;
  }

  #refuse(chars: string): false {
    this.#accept(chars);
    return false;
  }

  #is(chars: string): boolean {
    return !this.#atEnd() && chars.includes(this.#text.charAt(this.at));
  }

  #accept(chars: string): boolean {
    if (!this.#is(chars)) return false;
    this.at += 1;
    return true;
  }

  #atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  #isWord(): boolean {
    return /\w/.test(this.#text.charAt(this.at));
  }
}

export type ParsedNumber =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string };

const LARGEST_INT = 2n ** 63n - 1n;

/** The value of a number token. */
export function parseNumber(text: string): ParsedNumber {
  const lower = text.toLowerCase();
  if (lower === 'inf') return { ok: true, value: Infinity };
  if (lower === 'nan') return { ok: true, value: NaN };
  const digits = lower.replaceAll('_', '');
  // 09 and 0.5 are decimal, 017 and 0_17 are octal.
  if (/^0[0-7]+$/.test(digits)) {
    const octal = BigInt(`0o${digits}`);
    if (octal <= LARGEST_INT) return { ok: true, value: Number(octal) };
  }
  if (digits.startsWith('0x')) {
    const valid = /^0x[0-9a-f]+$/.test(digits) && BigInt(digits) <= LARGEST_INT;
    return valid ? { ok: true, value: Number(BigInt(digits)) } : refused(text, 'invalid syntax');
  }
  const value = Number(digits);
  if (Number.isNaN(value) || text.endsWith('_')) return refused(text, 'invalid syntax');
  return Number.isFinite(value) ? { ok: true, value } : refused(text, 'value out of range');
}

function refused(text: string, why: string): ParsedNumber {
  return { ok: false, message: `error parsing number: strconv.ParseFloat: parsing ${goQuote(text)}: ${why}` };
}
