// Reads a format string: flags, explicit argument indexes, widths and precisions (also as arguments), verbs, and
// what Go writes in place of a mistake. Mirrors fmt.Sprintf.
import { Printer } from './print.ts';
import type { Run } from './run.ts';
import { basicOf, typeOf, unbox, type Value } from './values.ts';

export function sprintf(format: string, args: readonly Value[], run: Run): string {
  return new Reader(format, args, run).read();
}

/** Go refuses a width or precision above a million. */
const TOO_LARGE = 1_000_000;

class Reader {
  readonly #format: string;
  readonly #args: readonly Value[];
  readonly #printer: Printer;
  #at = 0;
  #arg = 0;
  #reordered = false;
  #goodIndex = true;
  /** The last thing read was an index like [3]. */
  #afterIndex = false;

  constructor(format: string, args: readonly Value[], run: Run) {
    this.#format = format;
    this.#args = args;
    this.#printer = new Printer(run);
  }

  read(): string {
    const { length } = this.#format;
    while (this.#at < length) {
      const percent = this.#format.indexOf('%', this.#at);
      this.#printer.write(this.#format.slice(this.#at, percent < 0 ? length : percent));
      if (percent < 0) break;
      this.#at = percent + 1;
      if (!this.#directive()) break;
    }
    if (!this.#reordered && this.#arg < this.#args.length) this.#extra();
    return this.#printer.out;
  }

  /** False when the format ended inside it. */
  #directive(): boolean {
    const printer = this.#printer;
    printer.clearFlags();
    this.#goodIndex = true;
    this.#afterIndex = false;
    this.#flags();
    this.#index();
    this.#width();
    if (this.#at + 1 < this.#format.length && this.#format[this.#at] === '.') this.#precision();
    if (!this.#afterIndex) this.#index();
    if (this.#at >= this.#format.length) {
      printer.write('%!(NOVERB)');
      return false;
    }
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at)!);
    this.#at += verb.length;
    if (verb === '%') printer.write('%');
    else if (!this.#goodIndex) printer.write(`%!${verb}(BADINDEX)`);
    else if (this.#arg >= this.#args.length) printer.write(`%!${verb}(MISSING)`);
    else {
      if (verb === 'v' || verb === 'w') {
        printer.sharpV = printer.sharp;
        printer.sharp = false;
        printer.plusV = printer.plus;
        printer.plus = false;
      }
      printer.printArg(this.#args[this.#arg], verb);
      this.#arg++;
    }
    return true;
  }

  #flags(): void {
    const printer = this.#printer;
    for (; ; this.#at++) {
      switch (this.#format[this.#at]) {
        case '#':
          printer.sharp = true;
          break;
        case '0':
          printer.zero = true;
          break;
        case '+':
          printer.plus = true;
          break;
        case '-':
          printer.minus = true;
          break;
        case ' ':
          printer.space = true;
          break;
        default:
          return;
      }
    }
  }

  #width(): void {
    const printer = this.#printer;
    if (this.#format[this.#at] === '*') {
      this.#at++;
      printer.width = this.#intArg();
      if (printer.width === null) printer.write('%!(BADWIDTH)');
      else if (printer.width < 0) {
        printer.width = -printer.width;
        printer.minus = true;
        printer.zero = false;
      }
      this.#afterIndex = false;
      return;
    }
    printer.width = this.#number();
    if (this.#afterIndex && printer.width !== null) this.#goodIndex = false;
  }

  #precision(): void {
    const printer = this.#printer;
    this.#at++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#index();
    if (this.#format[this.#at] !== '*') {
      printer.precision = this.#number() ?? 0;
      return;
    }
    this.#at++;
    const given = this.#intArg();
    printer.precision = given === null || given < 0 ? null : given;
    if (printer.precision === null) printer.write('%!(BADPREC)');
    this.#afterIndex = false;
  }

  /** `[3]`: the next argument is the third. */
  #index(): void {
    this.#afterIndex = false;
    if (this.#format[this.#at] !== '[') return;
    this.#reordered = true;
    const close = this.#format.indexOf(']', this.#at + 1);
    if (close < 0 || this.#format.length - this.#at < 3) {
      this.#goodIndex = false;
      this.#at++;
      return;
    }
    const text = this.#format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const index = /^[0-9]{1,7}$/.test(text) ? Number(text) : null;
    if (index !== null && index >= 1 && index <= this.#args.length) {
      this.#arg = index - 1;
      this.#afterIndex = true;
      return;
    }
    this.#goodIndex = false;
    this.#afterIndex = index !== null;
  }

  #number(): number | null {
    let value: number | null = null;
    for (; /[0-9]/.test(this.#format[this.#at] ?? ''); this.#at++) {
      if ((value ?? 0) > TOO_LARGE) {
        this.#at = this.#format.length;
        return null;
      }
      value = (value ?? 0) * 10 + Number(this.#format[this.#at]);
    }
    return value;
  }

  #intArg(): number | null {
    if (this.#arg >= this.#args.length) return null;
    const value = basicOf(unbox(this.#args[this.#arg]));
    this.#arg++;
    if (typeof value !== 'bigint') return null;
    return value > BigInt(TOO_LARGE) || value < -BigInt(TOO_LARGE) ? null : Number(value);
  }

  #extra(): void {
    const printer = this.#printer;
    printer.clearFlags();
    printer.write('%!(EXTRA ');
    this.#args.slice(this.#arg).forEach((arg, i) => {
      const value = unbox(arg);
      if (i > 0) printer.write(', ');
      if (value === undefined || value === null) printer.write('<nil>');
      else {
        printer.write(`${typeOf(value).name}=`);
        printer.printArg(value, 'v');
      }
    });
    printer.write(')');
  }
}
