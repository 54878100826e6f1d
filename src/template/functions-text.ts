// Functions on text that both function sets have.
import { compileRegex, type SearchRegex } from '../model/regex.ts';
import { caseByRune } from '../model/letter-case.ts';
import { STRING, type Callable, type GoType } from './go-type.ts';
import { canBackquote, quote } from './quote.ts';
import { replaceAll } from './regex-replace.ts';
import { CallError, type Run } from './run.ts';
import { HTML } from './trusted-text.ts';
import { Scalar, textOf, type Value } from './values.ts';

/** A function of texts. Its work is paid for by their size. */
export function onText(count: number, body: (texts: readonly string[], run: Run) => Value): Callable {
  const params: GoType[] = Array.from({ length: count }, () => STRING);
  return {
    params,
    variadic: false,
    call: (args, run) => {
      const texts = args.map(textOf);
      run.spend(texts.reduce((size, text) => size + text.length, 0) >> 4);
      const result = body(texts, run);
      return typeof result === 'string' ? run.made(result) : result;
    },
  };
}

function regexOf(pattern: string, name: 'match' | 'reReplaceAll'): SearchRegex {
  const compiled = pattern.isWellFormed() ? compileRegex(pattern) : invalidUtf8(pattern);
  if (compiled.ok) return compiled.regex;
  throw new CallError(name === 'match' ? compiled.message : `regexp: Compile(${shown(pattern)}): ${compiled.message}`);
}

const invalidUtf8 = (pattern: string): { readonly ok: false; readonly message: string } => ({
  ok: false,
  message: `error parsing regexp: invalid UTF-8: \`${pattern.slice(pattern.search(/\p{Surrogate}/u))}\``,
});

const shown = (pattern: string): string => (canBackquote(pattern) ? `\`${pattern}\`` : quote(pattern));

export const TEXT_FUNCTIONS: Readonly<Record<string, Callable>> = {
  toUpper: onText(1, ([text]) => caseByRune(text!, 'upper')),
  toLower: onText(1, ([text]) => caseByRune(text!, 'lower')),
  match: onText(2, ([pattern, text], run) => {
    payForSearch(pattern!, text!, run);
    return regexOf(pattern!, 'match').test(text!);
  }),
  reReplaceAll: onText(3, ([pattern, replacement, text], run) => {
    payForSearch(pattern!, text!, run);
    return replaceAll(regexOf(pattern!, 'reReplaceAll'), text!, replacement!, run);
  }),
  safeHtml: onText(1, ([text]) => new Scalar(HTML, text!)),
};

/** A larger program takes the better part of a second to compile. */
const MAX_WEIGHT = 10_000;

/** A search costs at most program times text, and compiling the program costs more than a search. */
function payForSearch(pattern: string, text: string, run: Run): void {
  const weight = programSize(pattern);
  if (weight > MAX_WEIGHT) throw new CallError('regular expression is too large for a template');
  if (run.firstUse(pattern)) run.spend(500 + weight * 10);
  run.spend(1 + Math.ceil((weight * (text.length + 64)) / 256));
}

/** An upper bound: repeats copy their operand, and RE2 lets nested ones multiply up to a thousand. */
function programSize(pattern: string): number {
  let copies = 1;
  // `\x{2028}` is one character, not a repeat.
  for (const [, least = 1, most = 0] of pattern.matchAll(/\\x\{[0-9a-fA-F]*\}|\\.|\{([0-9]+)(?:,([0-9]*))?\}/gs)) {
    copies = Math.min(1000, copies * Math.max(1, Number(least), Number(most)));
  }
  return pattern.length * copies;
}
