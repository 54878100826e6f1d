// The durations in `[…]` and behind `offset`: a literal and its signs. Arithmetic on durations is an experiment of
// Prometheus' that is refused here as it is there when switched off.
import type { DurationMs } from '../model/time.ts';
import { parseDuration } from '../model/duration.ts';
import { parseNumber } from './lex-number.ts';
import type { Moment, Source, Span } from './source.ts';
import type { Token } from './token.ts';

const DISABLED = 'experimental duration expression is not enabled';
/** What 64 bits of nanoseconds hold. */
const LONGEST_SECONDS = 2 ** 63 / 1e9;

/** Seconds of a number or duration token. */
export function literalSeconds(source: Source, token: Token, moment: Moment): number {
  if (token.kind === 'number') {
    const number = parseNumber(token.text);
    if (number.ok) return number.value;
    source.report(number.message, token, moment);
    return 0;
  }
  const duration = parseDuration(token.text);
  // Added as Prometheus adds them, for the same last digit.
  if (duration.ok) return Math.floor(duration.ms / 1000) + ((duration.ms % 1000) * 1e6) / 1e9;
  source.report(duration.message, token, moment);
  return 0;
}

/** Nanoseconds are the smallest Prometheus knows. */
const secondsToMs = (seconds: number): DurationMs => Math.round(seconds * 1e9) / 1e6;

/** The tokens from `first` to `last`, in brackets: positive. */
export function readRange(source: Source, first: number, last: number): DurationMs {
  const read = readDuration(source, first, last);
  if (read.seconds === null) return 0;
  // Only the whole of it must be positive, as far as it can be read.
  if (isArithmetic(source.tokens[last + 1])) return 0;
  if (read.seconds <= 0) source.report('duration must be greater than 0', read, last + 0.5);
  return secondsToMs(read.seconds);
}

/** The tokens from `first` to `last`, behind `offset`: signs are allowed in front of parentheses too. */
export function readOffset(source: Source, first: number, last: number): DurationMs {
  const read = new DurationReader(source, first, last).signed(true);
  // Behind two signs, what follows belongs to the duration: `offset - -5m * 2`.
  const twoSigns = first < last && source.tokens[first + 1]!.kind === 'operator';
  if (twoSigns && isArithmetic(source.tokens[last + 1])) source.report(DISABLED, read, last + 0.5);
  return read.seconds === null ? 0 : secondsToMs(read.seconds);
}

/** The tokens from `first` to `last`, wherever they are. */
export const readDuration = (source: Source, first: number, last: number): DurationRead =>
  new DurationReader(source, first, last).sum();

export interface DurationRead extends Span {
  /** Null once something was reported. */
  readonly seconds: number | null;
}

/** A sign binds like `*`: in `-2^2` it comes last. */
const SIGN = 2;
const POWER = 3;
const PRECEDENCE: Readonly<Record<string, number>> = {
  '+': 1,
  '-': 1,
  '*': SIGN,
  '/': SIGN,
  '%': SIGN,
  '^': POWER,
};
const isLiteral = ({ kind }: Token): boolean => kind === 'number' || kind === 'duration';

const isArithmetic = (token: Token | undefined): boolean => PRECEDENCE[token?.word ?? ''] !== undefined;

class DurationReader {
  readonly #source: Source;
  readonly #last: number;
  #next: number;

  constructor(source: Source, first: number, last: number) {
    this.#source = source;
    this.#next = first;
    this.#last = last;
  }

  sum(above = 0): DurationRead {
    let left = this.signed(false);
    for (let token = this.#peek(); token !== null; token = this.#peek()) {
      const precedence = PRECEDENCE[token.word];
      if (precedence === undefined || precedence <= above) break;
      this.#next += 1;
      const right = this.sum(precedence === POWER ? precedence - 1 : precedence);
      left = this.#refuse(left, { start: left.start, end: right.end }, 0.5);
    }
    return left;
  }

  signed(parenthesesAllowed: boolean): DurationRead {
    const sign = this.#peek()!;
    if (sign.word !== '+' && sign.word !== '-') return this.#primary();
    this.#next += 1;
    const operand = parenthesesAllowed ? this.#behindSign(sign) : this.sum(SIGN);
    if (operand.seconds === null) return operand;
    const seconds = sign.word === '-' ? -operand.seconds : operand.seconds;
    return { seconds, start: sign.start, end: operand.end };
  }

  #behindSign(sign: Token): DurationRead {
    const token = this.#peek()!;
    if (token.word === '(') return this.#parentheses();
    return token.kind === 'operator' ? this.sum(SIGN) : this.#primary(sign);
  }

  #primary(blamed: Span | null = null): DurationRead {
    const token = this.#take();
    const moment = this.#next - 1;
    if (isLiteral(token)) {
      const seconds = literalSeconds(this.#source, token, moment);
      if (Math.abs(seconds) <= LONGEST_SECONDS) return { ...spanOf(token), seconds };
      this.#source.report('duration out of range', blamed ?? token, moment);
      return { ...spanOf(token), seconds: null };
    }
    this.#next -= 1;
    const read = token.word === '(' ? this.#parentheses() : this.#call();
    return this.#refuse({ ...read, start: blamed?.start ?? read.start }, read, 0);
  }

  #parentheses(): DurationRead {
    this.#next += 1;
    const read = this.sum();
    this.#next += 1;
    return read;
  }

  /** `step()`, or `max_of(…, …)`, whose place is that of its first argument. */
  #call(): DurationRead {
    const name = this.#take();
    this.#next += 1;
    const args: DurationRead[] = [];
    while (this.#peek()!.word !== ')') {
      args.push(this.sum());
      if (this.#peek()!.word === ',') this.#next += 1;
    }
    const seconds = args.every((arg) => arg.seconds !== null) ? 0 : null;
    return { seconds, start: args[0]?.start ?? name.start, end: this.#take().end };
  }

  #refuse(read: DurationRead, span: Span, lookAhead: 0 | 0.5): DurationRead {
    if (read.seconds !== null) this.#source.report(DISABLED, read, this.#next - 1 + lookAhead);
    return { seconds: null, start: span.start, end: span.end };
  }

  #peek(): Token | null {
    return this.#next > this.#last ? null : this.#source.tokens[this.#next]!;
  }

  #take(): Token {
    this.#next += 1;
    return this.#source.tokens[this.#next - 1]!;
  }
}

const spanOf = ({ start, end }: Span): Span => ({ start, end });
