// The functions every template has.
import { equalToAny, less, lessOrEqual } from './compare.ts';
import { escapeHtml, escapeJs, escapeQuery } from './escape-text.ts';
import { plainFunctions, type TemplateFunction } from './function-table.ts';
import { ANY, REFLECT, STRING, type Callable, type GoType } from './go-type.ts';
import { index, length, slice } from './indexing.ts';
import { printable, sprint, sprintln } from './print.ts';
import { sprintf } from './printf.ts';
import type { Run } from './run.ts';
import { isTrue } from './truth.ts';
import { textOf, type Value } from './values.ts';

type Body = (args: readonly Value[], run: Run) => Value;

const fixed = (params: readonly GoType[], call: Body): Callable => ({ params, variadic: false, call });
const variadic = (params: readonly GoType[], call: Body): Callable => ({ params, variadic: true, call });

/** What html, js and urlquery work on: the arguments as print shows them. */
function joined(args: readonly Value[], run: Run): string {
  const text = sprint(
    args.map((arg) => printable(arg) ?? '<no value>'),
    run,
  );
  run.spend(text.length >> 4);
  return text;
}

const escaper = (escape: (text: string) => string): Callable =>
  variadic([ANY], (args, run) => run.made(escape(joined(args, run))));

const SPECIAL: ReadonlyMap<string, TemplateFunction> = new Map([
  ['and', { special: 'and', callable: variadic([REFLECT, REFLECT], () => undefined) }],
  ['or', { special: 'or', callable: variadic([REFLECT, REFLECT], () => undefined) }],
  ['call', { special: 'call', callable: variadic([REFLECT, REFLECT], () => undefined) }],
]);

export const BUILTINS: ReadonlyMap<string, TemplateFunction> = new Map([
  ...SPECIAL,
  ...plainFunctions({
    html: escaper(escapeHtml),
    js: escaper(escapeJs),
    urlquery: escaper(escapeQuery),
    index: variadic([REFLECT, REFLECT], ([item, ...indexes]) => index(item, indexes)),
    slice: variadic([REFLECT, REFLECT], ([item, ...indexes], run) => {
      run.spend(1 + (typeof item === 'string' ? item.length >> 6 : 0));
      return slice(item, indexes);
    }),
    len: fixed([REFLECT], ([item], run) => {
      run.spend(typeof item === 'string' ? item.length >> 6 : 0);
      return length(item);
    }),
    not: fixed([REFLECT], ([value]) => !isTrue(value)),
    print: variadic([ANY], (args, run) => run.made(sprint(args, run))),
    println: variadic([ANY], (args, run) => run.made(sprintln(args, run))),
    printf: variadic([STRING, ANY], ([format, ...args], run) => run.made(sprintf(textOf(format), args, run))),
    eq: variadic([REFLECT, REFLECT], ([first, ...others], run) => equalToAny(first, others, run)),
    ne: fixed([REFLECT, REFLECT], ([first, second], run) => !equalToAny(first, [second], run)),
    lt: fixed([REFLECT, REFLECT], ([first, second]) => less(first, second)),
    le: fixed([REFLECT, REFLECT], ([first, second], run) => lessOrEqual(first, second, run)),
    gt: fixed([REFLECT, REFLECT], ([first, second], run) => !lessOrEqual(first, second, run)),
    ge: fixed([REFLECT, REFLECT], ([first, second]) => !less(first, second)),
  }),
]);
