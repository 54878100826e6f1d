// Functions on text that both function sets have.
import { compileRegex, type SearchRegex } from '../model/regex.ts';
import { caseByRune } from './letter-case.ts';
import { STRING, type Callable, type GoType } from './go-type.ts';
import { canBackquote, quote } from './quote.ts';
import { replaceAll } from './regex-replace.ts';
import { CallError, type Run } from './run.ts';
import { HTML } from './trusted-text.ts';
import { Scalar, type Value } from './values.ts';

/** A function of texts. Its work is paid for by their size. */
export function onText(count: number, body: (texts: readonly string[], run: Run) => Value): Callable {
  const params: GoType[] = Array.from({ length: count }, () => STRING);
  return {
    params,
    variadic: false,
    call: (args, run) => {
      const texts = args.map(String);
      run.spend(texts.reduce((size, text) => size + text.length, 0) >> 4);
      const result = body(texts, run);
      return typeof result === 'string' ? run.made(result) : result;
    },
  };
}

function regexOf(pattern: string, name: 'match' | 'reReplaceAll'): SearchRegex {
  const compiled = compileRegex(pattern);
  if (compiled.ok) return compiled.regex;
  throw new CallError(name === 'match' ? compiled.message : `regexp: Compile(${shown(pattern)}): ${compiled.message}`);
}

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

/** A search costs at most pattern times text. */
function payForSearch(pattern: string, text: string, run: Run): void {
  run.spend(1 + Math.ceil((pattern.length * (text.length + 64)) / 256));
}
